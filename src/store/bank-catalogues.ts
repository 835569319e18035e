/** Names of banks out of the catalogues, for refunds that people transfer. */
import type { AskedBank, BanksHeld } from '../domain/payee-banks.ts'
import { bindingAgencies } from './catalogues.ts'
import { type Database, everyAgency, inScope, type Query, type Rows, type Sql } from './database.ts'

/** Two statements in the scope of every agency, for `asBanksHeld`: the entries of those banks that hold that day, and whose catalogues of banks hold anything then. */
export const bankQueries = (sql: Sql, asked: readonly AskedBank[], day: string): Query[] => {
  const agencies = [...new Set(asked.flatMap(({ agencyCode }) => bindingAgencies(agencyCode)))]
  const bins = [...new Set(asked.map(({ bin }) => bin))]
  const holding = sql`
    entry.catalogue = 'banks' and entry.valid_from <= ${day}::date and (entry.valid_to is null or entry.valid_to >= ${day}::date)`
  return [
    sql`
      select entry.agency_code, entry.code, entry.name from catalogue_entries as entry
      where entry.agency_code = any(${agencies}::text[]) and entry.code = any(${bins}::text[]) and ${holding}`,
    sql`
      select agency.code from unnest(${agencies}::text[]) as agency (code)
      where exists (select from catalogue_entries as entry where entry.agency_code = agency.code and ${holding})`,
  ]
}

export const asBanksHeld = ([entries = [], keepers = []]: readonly Rows[], day: string): BanksHeld => {
  const names = new Map(entries.map(({ agencyCode, code, name }) => [`${agencyCode} ${code}`, String(name)]))
  const kept = new Set(keepers.map(({ code }) => String(code)))
  const nearest = (agencyCode: string) => bindingAgencies(agencyCode).toReversed()
  return {
    day,
    isBound: (agencyCode) => nearest(agencyCode).some((binding) => kept.has(binding)),
    nameOf: ({ agencyCode, bin }) =>
      nearest(agencyCode)
        .map((binding) => names.get(`${binding} ${bin}`))
        .find((name) => name !== undefined) ?? null,
  }
}

/** Asks nothing where no bank is asked for. */
export const readBanks = async (database: Database, asked: readonly AskedBank[], day: string): Promise<BanksHeld> =>
  asBanksHeld(
    asked.length === 0 ? [] : await inScope(database, everyAgency, (sql) => bankQueries(sql, asked, day)),
    day,
  )
