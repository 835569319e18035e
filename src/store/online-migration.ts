/**
 * Steps of a migration that run beside a working gateway, outside of a transaction: an index built concurrently, a constraint validated, rows filled in by batches. A file
 * whose first line is `-- online` holds nothing else. Each step can be taken again from its beginning, so a file that broke off is simply applied again.
 */
import type postgres from 'postgres'
import { everyAgency } from './database.ts'

/** The first line of such a file. */
const onlineMark = /^\s*--\s*online\s*\n/
/** Stands before a statement that is repeated until it changes no more rows. */
const batchedMark = /^\s*--\s*batched\s*\n/
/** Stands before a statement about `{part}`, which is taken for each part of a table that is held by month: PostgreSQL builds no index concurrently on the whole. */
const eachPartMark = /^\s*--\s*each part of ([a-z_][a-z0-9_]*)\s*\n/

export const isOnline = (sql: string): boolean => onlineMark.test(sql)

export type OnlineStep =
  | { kind: 'build_index'; name: string; statement: string }
  | { kind: 'build_on_parts'; table: string; name: string; statement: string }
  | { kind: 'drop_index' | 'validate'; statement: string }
  | { kind: 'batched'; statement: string }

/** What a statement of such a file is; null for what has no place there. */
export const onlineStepOf = (text: string): OnlineStep | null => {
  const statement = text.replace(onlineMark, '').trim()
  if (batchedMark.test(`${statement}\n`))
    return /^(update|delete|insert)\b/i.test(withoutComments(statement)) ? { kind: 'batched', statement } : null
  const plain = withoutComments(statement)
  const table = eachPartMark.exec(statement)?.[1]
  if (table) {
    const name = /^create unique index concurrently "(\{part\}[a-z_]+)" on "\{part\}" /i.exec(plain)?.[1]
    return name ? { kind: 'build_on_parts', table, name, statement } : null
  }
  const built = /^create (?:unique )?index concurrently (?:if not exists )?"?([a-z_][a-z0-9_]*)"? on /i.exec(plain)
  if (built?.[1]) return { kind: 'build_index', name: built[1], statement }
  if (/^drop index concurrently if exists /i.test(plain)) return { kind: 'drop_index', statement }
  if (/^alter table (?:only )?\S+ validate constraint \S+;?$/i.test(plain)) return { kind: 'validate', statement }
  return null
}

/** One line, without comments, for looking at and never for running. */
export const withoutComments = (sql: string): string =>
  sql
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** Rows of one batch are changed in one short transaction; between two others get in. */
const batchPauseMs = 20

/** Takes one step over `sql`, a pool of which nobody else uses this connection. Throws the database's error; an index that it left unfinished goes with the next try. */
export const takeOnlineStep = async <Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  step: OnlineStep,
): Promise<void> => {
  if (step.kind === 'batched') return fillByBatches(sql, step.statement)
  if (step.kind === 'build_on_parts') {
    for (const each of await ofParts(sql, step)) await takeOnlineStep(sql, each)
    return
  }
  const connection = await sql.reserve()
  try {
    // These wait for others and nobody waits for them: what they lock lets rows be read and written (PostgreSQL manual, 13.3.1).
    await connection.unsafe('set statement_timeout = 0')
    await connection.unsafe('set lock_timeout = 0')
    if (step.kind === 'build_index' && (await isBuilt(connection, step.name))) return
    await connection.unsafe(step.statement)
  } finally {
    await connection.unsafe('reset statement_timeout').catch(() => undefined)
    await connection.unsafe('reset lock_timeout').catch(() => undefined)
    connection.release()
  }
}

const ofParts = async <Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  { table, name, statement }: Extract<OnlineStep, { kind: 'build_on_parts' }>,
): Promise<OnlineStep[]> => {
  const parts = await sql.unsafe(
    `select relname as part from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = to_regclass('public.${table}') order by relname`,
  )
  return parts.map(({ part }) => ({
    kind: 'build_index',
    name: name.replace('{part}', String(part)),
    statement: statement.replaceAll('{part}', String(part)),
  }))
}

/** True when the index stands. One that a crash left unfinished is `invalid`: it costs every write and serves no reader, so it is dropped and built again. */
const isBuilt = async <Types extends Record<string, unknown>>(
  sql: postgres.ReservedSql<Types>,
  name: string,
): Promise<boolean> => {
  const [found] = await sql.unsafe(
    `select indisvalid as is_valid from pg_index where indexrelid = to_regclass('public.${name}')`,
  )
  if (!found) return false
  if (found.is_valid === true || found.isValid === true) return true
  await sql.unsafe(`drop index concurrently if exists public.${name}`)
  return false
}

const fillByBatches = async <Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  statement: string,
): Promise<void> => {
  for (;;) {
    const { count } = (await sql.begin(async (tx) => {
      // Row-level security binds the owner of the tables too.
      await tx.unsafe(
        `set local lock_timeout = '1s'; set local statement_timeout = 0; select set_config('lephi.agency', '${everyAgency}', true)`,
      )
      return tx.unsafe(statement)
    })) as { count: number }
    if (count === 0) return
    await new Promise((resolve) => setTimeout(resolve, batchPauseMs))
  }
}
