/** Files that were uploaded and are no statements yet. Their pieces are in statement_chunks, under the id that the statement will have. */
import type { StatementSource } from '../domain/statement-columns.ts'
import { type Database, everyAgency, inScope, queryInScope } from './database.ts'

export type StatementDraft = {
  id: string
  agencyCode: string
  merchantAccountId: string | null
  source: StatementSource | null
  format: string | null
  fileName: string
  sha256: string
  totalBytes: bigint
  createdBy: string
  createdAt: Date
}

/** Notes that a file is coming, so that what comes of it is swept away even if this process ends in the middle. */
export const insertDraft = async (
  database: Database,
  scope: string,
  draft: Pick<StatementDraft, 'id' | 'agencyCode' | 'fileName' | 'createdBy' | 'createdAt'>,
): Promise<void> => {
  await queryInScope(database, scope, (sql) => sql`insert into statement_drafts ${sql(draft)}`)
}

/** The file has come whole. */
export const finishDraft = async (
  database: Database,
  scope: string,
  {
    id,
    ...told
  }: Pick<StatementDraft, 'id' | 'sha256' | 'totalBytes' | 'fileName' | 'merchantAccountId' | 'source' | 'format'>,
): Promise<void> => {
  await queryInScope(database, scope, (sql) => sql`update statement_drafts set ${sql(told)} where id = ${id}`)
}

/** A draft whose file has come whole, within the scope; null when there is none. */
export const findDraft = async (database: Database, scope: string, id: string): Promise<StatementDraft | null> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`select * from statement_drafts where id = ${id} and sha256 is not null`,
  )
  return row ? (row as StatementDraft) : null
}

/** Drafts of the scope, newest first, before the id `before`. */
export const listDrafts = async (
  database: Database,
  scope: string,
  { before, limit }: { before: string | null; limit: number },
): Promise<readonly StatementDraft[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from statement_drafts where sha256 is not null ${before ? sql`and id < ${before}` : sql``}
      order by id desc limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly StatementDraft[]
}

/** Drops a draft and its file. Answers false when there is none in the scope, as when it has become a statement. */
export const dropDraft = async (database: Database, scope: string, id: string): Promise<boolean> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`
      with gone as (delete from statement_drafts where id = ${id} returning id),
      pieces as (delete from statement_chunks using gone where statement_id = gone.id returning 1)
      select count(*)::int as n from gone`,
  )
  return Number(row?.n ?? 0) > 0
}

/** Drops drafts from before then, at most `limit`, with what has come of their files, and answers how many. */
export const dropOldDrafts = async (database: Database, before: Date, limit: number): Promise<number> => {
  const [dropped] = await inScope(database, everyAgency, (sql) => [
    sql`
      with old as (
        select id from statement_drafts where created_at < ${before} order by created_at, id limit ${limit} for update skip locked),
      gone as (delete from statement_drafts using old where statement_drafts.id = old.id returning statement_drafts.id),
      pieces as (delete from statement_chunks using old where statement_id = old.id returning 1)
      select count(*)::int as n from gone`,
  ])
  return Number(dropped?.[0]?.n ?? 0)
}

/**
 * Makes a draft a queued statement, once: the draft is gone then. When the same bytes of the same source were taken before, the draft stays and that import's id is
 * answered. Null when there is no such draft.
 */
export const promoteDraft = async (
  database: Database,
  scope: string,
  {
    id,
    ...statement
  }: {
    id: string
    agencyCode: string
    merchantAccountId: string
    source: StatementSource
    format: string
    createdBy: string
    createdAt: Date
  },
): Promise<{ id: string; isDuplicate: boolean } | null> => {
  const { agencyCode, merchantAccountId, source, format, createdBy, createdAt } = statement
  const [draft, inserted, , known] = await inScope(database, scope, (sql) => [
    sql`select sha256 from statement_drafts where id = ${id} and sha256 is not null for update`,
    sql`
      insert into statements (id, agency_code, merchant_account_id, source, format, file_name, sha256, total_bytes, status, currency, created_by, created_at)
      select id, ${agencyCode}, ${merchantAccountId}, ${source}, ${format}, file_name, sha256, total_bytes, 'queued', 'VND', ${createdBy}, ${createdAt}::timestamptz
      from statement_drafts where id = ${id} and sha256 is not null
      on conflict do nothing returning id`,
    sql`delete from statement_drafts where id = ${id} and exists (select from statements where statements.id = ${id})`,
    sql`
      select statements.id from statements join statement_drafts as draft on draft.id = ${id} and draft.sha256 = statements.sha256
      where statements.merchant_account_id = ${merchantAccountId} and statements.source = ${source} and statements.status <> 'rejected'`,
  ])
  if (!draft?.length) return null
  if (inserted?.length) return { id, isDuplicate: false }
  // Whoever took the bytes before may be rejected in the same instant: then the place is free for the next try.
  return known?.length ? { id: String(known[0]?.id), isDuplicate: true } : null
}
