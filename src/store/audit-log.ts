/** The record of reading: written before what was read leaves, and never changed. */
import type { AuditAction } from '../domain/audit.ts'
import { idFloor } from '../lib/id.ts'
import { type Database, type Query, queryInScope, type Sql } from './database.ts'

export type AuditRow = {
  id: string
  agencyCode: string
  at: Date
  actor: string
  action: AuditAction
  object: string | null
  shown: readonly string[]
  format: string | null
  query: Readonly<Record<string, string>>
  requestId: string
  address: string | null
  rows: number | null
}

/** Where an object says whose it is. */
const owners = {
  order: 'orders',
  refund: 'refunds',
  dispute: 'disputes',
  discrepancy: 'discrepancies',
  receipt: 'receipts',
  statement: 'statements',
  statement_draft: 'statement_drafts',
  tracing_case: 'tracing_cases',
  quarantine_entry: 'quarantine',
  merchant_account: 'merchant_accounts',
  legal_hold: 'legal_holds',
} as const

export type AuditedKind = keyof typeof owners

export const isAuditedKind = (kind: string | undefined): kind is AuditedKind =>
  kind !== undefined && Object.hasOwn(owners, kind)

export type NewAuditRow = AuditRow & { kind: AuditedKind | null }

/** Writes a row in one statement. */
export const insertAudit = async (database: Database, scope: string, row: NewAuditRow): Promise<void> => {
  await queryInScope(database, scope, (sql) => auditQuery(sql, row))
}

/** The same for a commit that has more in it. The row is the object's agency's, as far as the scope holds it, and else its own. */
export const auditQuery = (sql: Sql, { kind, agencyCode, ...row }: NewAuditRow): Query => sql`
  insert into audit_log (id, agency_code, at, actor, action, object, shown, format, query, request_id, address, rows)
  values (${row.id}, ${kind ? ownerOf(sql, { kind, object: row.object, agencyCode }) : agencyCode}, ${row.at}, ${row.actor}, ${row.action}, ${row.object},
    ${[...row.shown]}::text[], ${row.format}, ${sql.json(row.query)}, ${row.requestId}, ${row.address}, ${row.rows})`

const ownerOf = (
  sql: Sql,
  { kind, object, agencyCode }: { kind: AuditedKind; object: string | null; agencyCode: string },
) => sql`coalesce((select agency_code from ${sql(owners[kind])} where id = ${object}), ${agencyCode})`

export type AuditFilter = {
  from: Date
  to: Date
  actor: string | null
  object: string | null
  action: AuditAction | null
  /** The last row of the page before. */
  before: { at: Date; id: string } | null
  limit: number
}

/** A page of the scope's rows from `from` to before `to`, newest first. */
export const listAudit = async (
  database: Database,
  scope: string,
  { from, to, actor, object, action, before, limit }: AuditFilter,
): Promise<readonly AuditRow[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from audit_log
      where at >= ${from} and at < ${to} ${actor ? sql`and actor = ${actor}` : sql``} ${action ? sql`and action = ${action}` : sql``}
        and id >= ${idFloor('aud', new Date(from.getTime() - apartMs))} and id < ${idFloor('aud', new Date(to.getTime() + apartMs))}
        ${object ? sql`and (object = ${object} or ${object} = any(shown))` : sql``}
        ${before ? sql`and (at, id) < (${before.at}, ${before.id})` : sql``}
      order by at desc, id desc limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly AuditRow[]
}

/** An id and its row's time are taken in one go. With a day between them the other months need not be looked at. */
const apartMs = 86_400_000
