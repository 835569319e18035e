/** Statements and the sealed pieces of their files. The lines are in store/statement-lines.ts. */
import type { StatementSource } from '../domain/statement-columns.ts'
import type { StatementProblem, StatementTally } from '../domain/statement-tally.ts'
import { type Database, everyAgency, inScope, type Query, queryInScope } from './database.ts'
import { newestIds, newestOfFew } from './newest.ts'
import type { Transaction } from './transaction.ts'

export type StatementStatus = 'queued' | 'processing' | 'imported' | 'rejected'

export type Statement = {
  id: string
  agencyCode: string
  merchantAccountId: string
  source: StatementSource
  format: string | null
  fileName: string
  sha256: string
  totalBytes: bigint
  status: StatementStatus
  readBytes: bigint
  lines: number
  accepted: number
  problems: readonly StatementProblem[]
  problemCount: number
  openingBalance: bigint | null
  closingBalance: bigint | null
  credits: bigint
  debits: bigint
  closes: boolean | null
  account: string | null
  currency: string | null
  fromDay: string | null
  toDay: string | null
  reason: string | null
  tries: number
  tryAt: Date | null
  profile: unknown
  createdBy: string
  createdAt: Date
  importedAt: Date | null
  /** When its file and the texts of its lines were erased; null while they are kept. */
  erasedAt: Date | null
}

export type NewStatement = Pick<
  Statement,
  | 'id'
  | 'agencyCode'
  | 'merchantAccountId'
  | 'source'
  | 'format'
  | 'fileName'
  | 'sha256'
  | 'totalBytes'
  | 'createdBy'
  | 'createdAt'
>

/**
 * Stores a statement as queued. When the same bytes of the same source were taken before, nothing is stored and the first import's id is
 * answered; of two uploads at the same moment one is the first. Bytes that were rejected were not taken: they are tried again.
 */
export const insertStatement = async (
  database: Database,
  scope: string,
  statement: NewStatement,
): Promise<{ id: string; isDuplicate: boolean }> => {
  // The one that was there may be rejected between the two statements: then the place is free again.
  for (let tries = 0; tries < insertTriesMax; tries += 1) {
    const [inserted, known] = await inScope(database, scope, (sql) => [
      sql`
        insert into statements ${sql({ ...statement, status: 'queued', currency: 'VND' })}
        on conflict do nothing returning id`,
      sql`
        select id from statements where merchant_account_id = ${statement.merchantAccountId} and source = ${statement.source}
          and sha256 = ${statement.sha256} and status <> 'rejected'`,
    ])
    if (inserted?.length) return { id: statement.id, isDuplicate: false }
    if (known?.length) return { id: String(known[0]?.id), isDuplicate: true }
  }
  throw new Error('a statement is neither new nor known')
}

const insertTriesMax = 5

/** A statement within the scope, or null. */
export const findStatement = async (database: Database, scope: string, id: string): Promise<Statement | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select * from statements where id = ${id}`)
  return row ? (row as Statement) : null
}

export type StatementFilter = {
  merchantAccountId: string | null
  source: StatementSource | null
  status: StatementStatus | null
  /** The id of the last one of the page before. */
  before: string | null
  limit: number
}

export type StatementHead = Omit<Statement, 'problems' | 'profile'>

/** A page of the scope's statements, newest first (ids sort by time), without what can be long. */
export const listStatements = async (
  database: Database,
  scope: string,
  { merchantAccountId, source, status, before, limit }: StatementFilter,
): Promise<readonly StatementHead[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select id, agency_code, merchant_account_id, source, format, file_name, sha256, total_bytes, status, read_bytes, lines, accepted, problem_count,
        opening_balance, closing_balance, credits, debits, closes, account, currency, from_day, to_day, reason, tries, try_at, created_by, created_at, imported_at, erased_at
      from statements
      where id in (${(merchantAccountId !== null ? newestOfFew : newestIds)(sql, {
        table: 'statements',
        where: sql`
          ${merchantAccountId ? sql`and merchant_account_id = ${merchantAccountId}` : sql``}
          ${source ? sql`and source = ${source}` : sql``} ${status ? sql`and status = ${status}` : sql``}
          ${before ? sql`and id < ${before}` : sql``}`,
        limit,
      })})
      order by id desc`,
  )
  return rows as readonly unknown[] as readonly StatementHead[]
}

/** The problems of a statement's rows behind the `after`-th, in the order of the file, with the place of each, and how many there are; null outside the scope. */
export const listProblems = async (
  database: Database,
  scope: string,
  { id, after, limit }: { id: string; after: number; limit: number },
): Promise<{ problems: readonly (StatementProblem & { place: number })[]; problemCount: number } | null> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select statements.problem_count, found.place::int, found.problem
      from statements
      left join lateral (
        select problem, place from jsonb_array_elements(problems) with ordinality as each (problem, place)
        where place > ${after} order by place limit ${limit}) as found on true
      where id = ${id} order by found.place`,
  )
  if (rows.length === 0) return null
  const problems = rows.flatMap(({ place, problem }) => (place === null ? [] : [{ ...problem, place }]))
  return { problems, problemCount: Number(rows[0]?.problemCount) }
}

/** Statements that wait for their import, or whose import was cut off, and are to be begun by now; oldest first. None of more than `bytesMax`. */
export const unfinishedStatements = async (
  database: Database,
  { now, limit, bytesMax }: { now: Date; limit: number; bytesMax: number | null },
): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select id from statements where status in ('queued', 'processing') and (try_at is null or try_at <= ${now})
        ${bytesMax === null ? sql`` : sql`and total_bytes <= ${bytesMax}`}
      order by created_at, id limit ${limit}`,
  )
  return rows.map((row) => String(row.id))
}

/** Notes that an import begins for the `tries`-th time, and when it is to be begun again if it never ends. */
export const noteTry = async (
  database: Database,
  id: string,
  { tries, tryAt }: Pick<Statement, 'tries' | 'tryAt'>,
): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update statements set tries = ${tries}, try_at = ${tryAt} where id = ${id} and status in ('queued', 'processing')`,
  )
}

/** Shows how far an import is. */
export const noteProgress = async (
  database: Database,
  id: string,
  { readBytes, lines }: { readBytes: bigint; lines: number },
): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update statements set status = 'processing', read_bytes = ${readBytes}, lines = ${lines}
      where id = ${id} and status in ('queued', 'processing')`,
  )
}

/** Ends an import that cannot succeed; nothing of it is stored. Answers false when it had ended. */
export const rejectStatement = async (
  database: Database,
  id: string,
  { now, reason }: { now: Date; reason: string },
): Promise<boolean> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update statements set status = 'rejected', reason = ${reason}, imported_at = ${now}
      where id = ${id} and status in ('queued', 'processing') returning id`,
  )
  return rows.length > 0
}

/** The statement that ends an import. A rejected file has no lines, so it has no sums either. */
export const finishStatement = (
  sql: Transaction,
  id: string,
  finish: {
    tally: StatementTally
    status: 'imported' | 'rejected'
    reason: string | null
    profile: unknown
    now: Date
  },
): Query => {
  const { tally, status, reason, profile, now } = finish
  const isImported = status === 'imported'
  return sql`
    with finished as (
      update statements set
        status = ${status}, reason = ${reason}, profile = ${profile == null ? null : sql.json(profile as never)}, imported_at = ${now}, read_bytes = total_bytes, lines = ${tally.lines},
        accepted = ${isImported ? tally.accepted : 0}, problems = ${sql.json(tally.problems)}, problem_count = ${tally.problemCount},
        credits = ${isImported ? tally.credits : 0n}, debits = ${isImported ? tally.debits : 0n},
        opening_balance = ${isImported ? tally.openingBalance : null}, closing_balance = ${isImported ? tally.closingBalance : null},
        closes = ${isImported ? tally.closes : null}, account = ${tally.account}, currency = ${tally.currency},
        from_day = ${isImported ? tally.fromDay : null}, to_day = ${isImported ? tally.toDay : null}
      where id = ${id} and status in ('queued', 'processing') returning 1)
    select lephi_expect((select count(*) from finished), 1, 'statement')`
}

/** Stores one sealed piece of a file, numbered from 0. */
export const insertChunk = async (
  database: Database,
  scope: string,
  chunk: { agencyCode: string; statementId: string; chunkNo: number; sealed: Uint8Array },
): Promise<void> => {
  await queryInScope(
    database,
    scope,
    (sql) => sql`insert into statement_chunks ${sql({ ...chunk, sealed: Buffer.from(chunk.sealed) })}`,
  )
}

/** One sealed piece of a file; null behind the last. */
export const readChunk = async (
  database: Database,
  statementId: string,
  chunkNo: number,
): Promise<Uint8Array | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select sealed from statement_chunks where statement_id = ${statementId} and chunk_no = ${chunkNo}`,
  )
  return row ? (row.sealed as Uint8Array) : null
}

/** Drops the pieces of an upload that became no statement. The database refuses it for one that did. */
export const dropChunks = async (database: Database, scope: string, statementId: string): Promise<void> => {
  await queryInScope(database, scope, (sql) => sql`delete from statement_chunks where statement_id = ${statementId}`)
}
