// What PostgreSQL's catalogues say of tables that are held by month.
import type { Sql } from '../../src/store/database.ts'

/** The parts of a table, in the order of their names. */
export const partsOf = async (sql: Sql, table: string): Promise<string[]> => {
  const rows =
    await sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = ${table}::regclass order by 1`
  return rows.map(({ name }) => String(name))
}

/** In which part each of these rows lies, by the value of one column. */
export const placesOf = async (sql: Sql, table: string, column: string): Promise<Record<string, string>> => {
  const rows = await sql`select ${sql(column)}::text as key, tableoid::regclass::text as part from ${sql(table)}`
  return Object.fromEntries(rows.map(({ key, part }) => [String(key), String(part)]))
}

/** What holds for a relation, without its own name: policies, triggers, indexes, constraints and whether row security binds everybody. */
export const guardsOf = async (sql: Sql, table: string): Promise<Record<string, unknown>> => {
  const nameless = (text: unknown) =>
    String(text)
      .replace(/ ON (ONLY )?public\.\w+/, ' ON it')
      .replace(/INDEX \w+/, 'INDEX')
  const list = async (rows: PromiseLike<readonly Record<string, unknown>[]>) =>
    (await rows).map(({ text }) => nameless(text)).toSorted()
  const [security] =
    await sql`select relrowsecurity and relforcerowsecurity as is_bound, relowner::regrole::text as owner from pg_class where oid = ${table}::regclass`
  return {
    ...security,
    policies: await list(
      sql`select concat_ws(' ', polname, polpermissive, polcmd, polroles::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) as text from pg_policy where polrelid = ${table}::regclass`,
    ),
    triggers: await list(
      sql`select pg_get_triggerdef(oid) || tgenabled::text as text from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal`,
    ),
    indexes: await list(
      sql`select pg_get_indexdef(indexrelid) || indisvalid || indisprimary as text from pg_index where indrelid = ${table}::regclass`,
    ),
    constraints: await list(
      sql`select concat_ws(' ', contype, pg_get_constraintdef(oid), convalidated) as text from pg_constraint where conrelid = ${table}::regclass and contype in ('c', 'f')`,
    ),
  }
}

/** The tables that a plan (`explain (format json)`) reads or writes, each once, in order. */
export const tablesIn = (plan: string): string[] =>
  [...new Set([...plan.matchAll(/"Relation Name":\s*"(\w+)"/g)].map(([, name]) => String(name)))].toSorted()

/** How each table of a plan is read, as `Index Scan callbacks_first`. */
export const scansIn = (plan: string): string[] =>
  [...plan.matchAll(/"Node Type":"((?:\w+ )*Scan)"[^{}]*?"Relation Name":"(\w+)"/g)].map(
    ([, how, name]) => `${how} ${name}`,
  )
