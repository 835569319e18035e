/** Catalogues as they were imported. Entries are added and get a last day; nothing else of them ever changes. */
import { codesAbove } from '../domain/agency-scope.ts'
import {
  type CatalogueEntry,
  type CatalogueName,
  type CodesHeld,
  catalogueNames,
  type NamedCode,
} from '../domain/catalogue.ts'
import { auditQuery, type NewAuditRow } from './audit-log.ts'
import { type Database, everyAgency, type Fragment, inScope, queryInScope, type Rows, type Sql } from './database.ts'

export type CatalogueRow = CatalogueEntry & { id: string; createdAt: Date }

/** The agency and those above it: whose entries bind it. */
export const bindingAgencies = (agencyCode: string): string[] => [...codesAbove(agencyCode), agencyCode]

/** What the catalogues say to these codes on that day (see CodesHeld), as one value of another statement in the scope of every agency. */
export const codesHeld = (
  sql: Sql,
  { agencyCode, codes, day }: { agencyCode: string; codes: readonly NamedCode[]; day: string },
): Fragment => {
  const asked = sql`unnest(${codes.map(({ catalogue }) => catalogue)}::text[], ${codes.map(({ code }) => code)}::text[]) as asked (catalogue, code)`
  const holding = sql`entry.agency_code = any(${bindingAgencies(agencyCode)}::text[]) and entry.catalogue = asked.catalogue
    and entry.valid_from <= ${day} and (entry.valid_to is null or entry.valid_to >= ${day})`
  return sql`
    select jsonb_build_object(
      'catalogues', (
        select coalesce(jsonb_agg(asked.catalogue order by asked.catalogue), '[]') from unnest(${[...catalogueNames]}::text[]) as asked (catalogue)
        where exists (select from catalogue_entries as entry where ${holding})),
      'entries', (
        select coalesce(jsonb_agg(to_jsonb(known) order by catalogue, code), '[]') from (
          select distinct on (entry.catalogue, entry.code) entry.catalogue, entry.code, entry.name
          from ${asked} join catalogue_entries as entry on entry.code = asked.code and ${holding}
          order by entry.catalogue, entry.code, length(entry.agency_code) desc) as known))`
}

export const asCodesHeld = (value: unknown): CodesHeld => value as CodesHeld

/** What binds that agency, in the order in which it was added; with `on` what holds that day, of each code the nearest. The caller’s scope was checked before. */
export const listEntries = async (
  database: Database,
  filter: {
    catalogue: CatalogueName
    /** Null: of every agency. */
    agencyCode: string | null
    after: string | null
    limit: number
    code?: string | undefined
    on?: string | undefined
  },
): Promise<readonly CatalogueRow[]> => {
  const { catalogue, agencyCode, after, limit, code = null, on = null } = filter
  const binding = agencyCode === null ? null : bindingAgencies(agencyCode)
  const rows = await queryInScope(database, everyAgency, (sql) => {
    const fits = (entry: Fragment) => sql`
      ${entry}.catalogue = ${catalogue} and (${binding}::text[] is null or ${entry}.agency_code = any(${binding}::text[]))
      and (${on}::date is null or (${entry}.valid_from <= ${on}::date and (${entry}.valid_to is null or ${entry}.valid_to >= ${on}::date)))`
    return sql`
      select entry.* from catalogue_entries as entry
      where ${fits(sql`entry`)} and (${after}::text is null or entry.id > ${after}) and (${code}::text is null or entry.code = ${code})
        and (${on}::date is null or ${binding}::text[] is null or not exists (
          select from catalogue_entries as nearer
          where ${fits(sql`nearer`)} and nearer.code = entry.code and length(nearer.agency_code) > length(entry.agency_code)))
      order by entry.id limit ${limit}`
  })
  return asEntries(rows)
}

/** A catalogue of some agencies with a print that is the same while none of it changes. */
export type StoredCatalogue = { rows: readonly CatalogueRow[]; print: string }
type Place = { catalogue: CatalogueName; agencyCodes: readonly string[] }

const storedMax = 100_000

/** One statement, so of one moment: rows with a print of a later moment would be taken for what is there. Throws an Error where there is more than anybody has imported. */
export const readCatalogue = async (database: Database, place: Place): Promise<StoredCatalogue> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select entry.*, print from (select ${printOf(sql, place)} as print) as printed left join catalogue_entries as entry on ${ofPlace(sql, place)}
      order by entry.id limit ${storedMax + 1}`,
  )
  if (rows.length > storedMax) throw new Error(`${place.catalogue} has more than ${storedMax} entries`)
  return { rows: asEntries(rows.filter(({ id }) => id !== null)), print: String(rows[0]?.print) }
}

const rowsPerStatement = 1_000

/**
 * Adds entries and gives others their last day, all or none of it, with what is put on record about it. Fails as a conflict (see isConflict) when the catalogue is not what `print` says any more: whoever
 * writes the same catalogue meanwhile is waited for. When an entry came is the database's to say and not the clock's of whoever imports, for reports read by it what there was.
 */
export const writeCatalogue = async (
  database: Database,
  {
    added,
    ended,
    records,
    print,
    ...place
  }: Place & {
    added: readonly Omit<CatalogueRow, 'createdAt'>[]
    ended: readonly { id: string; validTo: string | null }[]
    records: readonly NewAuditRow[]
    print: string
  },
): Promise<void> => {
  const rows = added.map((entry) => ({ ...entry, feeCodes: [...entry.feeCodes] }))
  const pages = Array.from({ length: Math.ceil(rows.length / rowsPerStatement) }, (_, page) =>
    rows.slice(page * rowsPerStatement, (page + 1) * rowsPerStatement),
  )
  await inScope(database, everyAgency, (sql) => [
    sql`select pg_advisory_xact_lock(hashtextextended(${`lephi_catalogue ${place.catalogue}`}, 0))`,
    sql`select lephi_expect((${printOf(sql, place)} = ${print})::int, 1, 'catalogue')`,
    sql`
      update catalogue_entries set valid_to = change.day::date
      from unnest(${ended.map(({ id }) => id)}::text[], ${ended.map(({ validTo }) => validTo)}::text[]) as change (entry, day) where id = change.entry`,
    ...pages.map((page) => sql`insert into catalogue_entries ${sql(page)}`),
    ...records.map((record) => auditQuery(sql, record)),
  ])
}

const ofPlace = (sql: Sql, { catalogue, agencyCodes }: Place): Fragment =>
  sql`catalogue = ${catalogue} and agency_code = any(${[...agencyCodes]}::text[])`

const printOf = (sql: Sql, place: Place): Fragment =>
  sql`(select md5(coalesce(string_agg(concat_ws(' ', id, valid_to), ',' order by id), '')) from catalogue_entries where ${ofPlace(sql, place)})`

const asEntries = (rows: Rows): readonly CatalogueRow[] => rows as readonly unknown[] as readonly CatalogueRow[]
