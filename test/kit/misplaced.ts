// What of a database's catalogue does not distribute by agency as src/store/schema/placement.ts says.
import type { Sql } from '../../src/store/database.ts'
import { placements } from '../../src/store/schema/placement.ts'

type Asked = Pick<Sql, 'unsafe'>

/** Sentences, sorted; a month of a table speaks for the whole once. */
export const misplaced = async (sql: Asked): Promise<string[]> => {
  const tables = (await sql.unsafe(`
    select relname as name, exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'agency_code' and attnotnull) as is_owned from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`)) as readonly unknown[] as Table[]
  return [
    ...tables.flatMap(placeOf),
    ...Object.keys(placements).flatMap((name) =>
      tables.some((table) => table.name === name) ? [] : [`${name}: is no table`],
    ),
    ...(await uniques(sql)).flatMap(uniqueOf),
    ...(await references(sql)).flatMap(referenceOf),
  ].toSorted()
}

type Table = { name: string; isOwned: boolean }
type Unique = { table: string; name: string; columns: string[] }
type Reference = { table: string; name: string; other: string; columns: string[]; otherColumns: string[] }

const kindOf = (table: string) => placements[table]?.kind

const placeOf = ({ name, isOwned }: Table): string[] => {
  if (!kindOf(name)) return [`${name}: has no place`]
  return kindOf(name) === 'distributed' && !isOwned ? [`${name}: has no agency_code in every row`] : []
}

const uniqueOf = ({ table, name, columns }: Unique): string[] =>
  kindOf(table) === 'distributed' && !columns.includes('agency_code')
    ? [`${table}: ${name} is unique without agency_code`]
    : []

const referenceOf = ({ table, name, other, columns, otherColumns }: Reference): string[] => {
  const [from, to] = [kindOf(table), kindOf(other)]
  if (to === 'reference') return []
  if (from === 'distributed' && to === 'distributed') {
    const isBoth = columns.some((column, at) => column === 'agency_code' && otherColumns[at] === 'agency_code')
    return isBoth ? [] : [`${table}: ${name} refers to ${other} without agency_code on both sides`]
  }
  return from === 'local' && to === 'local' ? [] : [`${table}: ${name} refers to ${other}, which is ${to}`]
}

/** Of tables, and of their months what is not part of an index of the whole. */
const uniques = async (sql: Asked): Promise<Unique[]> => {
  const rows = await sql.unsafe(`
    select coalesce(parent.relname, own.relname)::text as table, entry.relname::text as name,
      array(select attname::text from unnest(indkey::int2[]) as number join pg_attribute on attrelid = indrelid and attnum = number) as columns
    from pg_index join pg_class as entry on entry.oid = indexrelid join pg_class as own on own.oid = indrelid
      left join pg_inherits on inhrelid = own.oid left join pg_class as parent on parent.oid = inhparent
    where own.relnamespace = 'public'::regnamespace and (indisunique or indisexclusion)
      and not exists (select from pg_inherits as attached where attached.inhrelid = indexrelid)`)
  return rows as readonly unknown[] as Unique[]
}

const references = async (sql: Asked): Promise<Reference[]> => {
  const rows = await sql.unsafe(`
    select own.relname::text as table, conname::text as name, other.relname::text as other,
      array(select attname::text from unnest(conkey) with ordinality as at (number, place) join pg_attribute on attrelid = conrelid and attnum = number order by place) as columns,
      array(select attname::text from unnest(confkey) with ordinality as at (number, place) join pg_attribute on attrelid = confrelid and attnum = number order by place) as other_columns
    from pg_constraint join pg_class as own on own.oid = conrelid join pg_class as other on other.oid = confrelid
    where contype = 'f' and conparentid = 0 and own.relnamespace = 'public'::regnamespace and not own.relispartition`)
  return rows as readonly unknown[] as Reference[]
}

/**
 * What stands twice in two agencies although it is one thing: rows that are alike in all columns of a unique index but the agency, where that only makes the index
 * distribute and stands last. Sentences, sorted.
 */
export const doubled = async (sql: Asked): Promise<string[]> => {
  const rows = (await sql.unsafe(`
    select own.relname::text as table, entry.relname::text as name, pg_get_expr(indpred, indrelid) as condition,
      array(select pg_get_indexdef(indexrelid, place, true) from generate_series(1, indnkeyatts) as place order by place) as columns
    from pg_index join pg_class as entry on entry.oid = indexrelid join pg_class as own on own.oid = indrelid
    where own.relnamespace = 'public'::regnamespace and indisunique and not own.relispartition order by 1, 2`)) as readonly unknown[] as Key[]
  const keys = rows.filter(({ table, columns }) => kindOf(table) === 'distributed' && columns.at(-1) === 'agency_code')
  const found: string[] = []
  for (const { table, name, condition, columns } of keys) {
    const alone = columns.slice(0, -1)
    const [row] = await sql.unsafe(`
      select count(*)::int as times, array_agg(distinct agency_code) as agencies from ${table}
      where ${[condition ?? 'true', ...alone.map((column) => `${column} is not null`)].join(' and ')}
      group by ${alone.join(', ')} having count(*) > 1 limit 1`)
    if (row) found.push(`${table}: ${name} holds one thing ${row.times} times, for ${row.agencies.join(' and ')}`)
  }
  return found
}

type Key = { table: string; name: string; condition: string | null; columns: string[] }
