/** Legal holds: what must not be erased although its time has come, because of a dispute, an audit or a court. */
import { type Database, inScope, type Query, queryInScope, type Sql } from './database.ts'
import { lockHolds } from './retention.ts'

export const heldKinds = ['order', 'merchant_account'] as const
export type HeldKind = (typeof heldKinds)[number]

export type LegalHold = {
  id: string
  agencyCode: string
  kind: HeldKind
  objectId: string
  reason: string
  placedBy: string
  placedAt: Date
  releasedBy: string | null
  releasedAt: Date | null
  releaseReason: string | null
}

const tables = { order: 'orders', merchant_account: 'merchant_accounts' } as const

/**
 * Places a hold on an object of the scope, behind whatever is being erased at this moment; the same again, as long as it stands, is the one that was placed. Null when
 * the scope holds no such object.
 */
export const insertHold = async (
  database: Database,
  scope: string,
  hold: Pick<LegalHold, 'id' | 'kind' | 'objectId' | 'reason' | 'placedBy' | 'placedAt'>,
): Promise<LegalHold | null> => {
  const [, , rows] = await inScope(database, scope, (sql) => [
    lockHolds(sql),
    sql`
      insert into legal_holds (id, agency_code, kind, object_id, reason, placed_by, placed_at)
      select ${hold.id}, agency_code, ${hold.kind}, id, ${hold.reason}, ${hold.placedBy}, ${hold.placedAt}::timestamptz
      from ${sql(tables[hold.kind])} as object where id = ${hold.objectId} and not exists (${same(sql, hold)})`,
    same(sql, hold),
  ])
  return (rows?.[0] as LegalHold | undefined) ?? null
}

const same = (
  sql: Sql,
  { kind, objectId, reason, placedBy }: Pick<LegalHold, 'kind' | 'objectId' | 'reason' | 'placedBy'>,
): Query => sql`
  select * from legal_holds
  where released_at is null and kind = ${kind} and object_id = ${objectId} and reason = ${reason} and placed_by = ${placedBy}`

/** Releases a hold of the scope, once. Null when there is none; a hold that was released before comes back as it is. */
export const releaseHold = async (
  database: Database,
  scope: string,
  release: { id: string; by: string; at: Date; reason: string },
): Promise<LegalHold | null> => {
  const [, rows] = await inScope(database, scope, (sql) => [
    sql`
      update legal_holds set released_by = ${release.by}, released_at = ${release.at}, release_reason = ${release.reason}
      where id = ${release.id} and released_at is null`,
    sql`select * from legal_holds where id = ${release.id}`,
  ])
  return (rows?.[0] as LegalHold | undefined) ?? null
}

/** A page of the scope's holds, newest first, before the id `before`. */
export const listHolds = async (
  database: Database,
  scope: string,
  { active, before, limit }: { active: boolean | null; before: string | null; limit: number },
): Promise<readonly LegalHold[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from legal_holds
      where true ${active === null ? sql`` : sql`and (released_at is null) = ${active}`} ${before ? sql`and id < ${before}` : sql``}
      order by id desc limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly LegalHold[]
}
