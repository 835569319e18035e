/** What budget items are called in a report: as the catalogues had it at its instant, for the last day of its period. */
import { systemScope } from '../../domain/agency-scope.ts'
import { bindingAgencies } from '../catalogues.ts'
import { type Database, everyAgency, queryInScope } from '../database.ts'
import type { ReportFilter, ReportRow } from './source.ts'

/**
 * Rows with `budget_item` get `budget_item_name`; null where no catalogue has the item. An entry that has ended still names what was collected under it, and one that begins
 * later names it where none did before. Of several agencies the nearest to the one that the report is about counts, those above it first. Entries never change but for their
 * last day, which is not looked at, so that a report of the same instant has the same names for ever.
 */
export const withItemNames = async (
  database: Database,
  scope: string,
  { rows, filter }: { rows: readonly ReportRow[]; filter: ReportFilter },
): Promise<readonly ReportRow[]> => {
  const codes = rows.flatMap(({ budget_item }) => (typeof budget_item === 'string' ? [budget_item] : []))
  const about = filter.agencyCode ?? scope
  const binding = about === systemScope ? [] : bindingAgencies(about)
  const below = about === systemScope ? '' : `${about}.`
  const found = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select distinct on (code) code, name from catalogue_entries
      where catalogue = 'budget_items' and code = any(${codes}::text[]) and created_at <= ${filter.asOf}
        and (agency_code = any(${binding}::text[]) or starts_with(agency_code, ${below}))
      order by code, agency_code = any(${binding}::text[]) desc,
        case when agency_code = any(${binding}::text[]) then -length(agency_code) else length(agency_code) end, agency_code,
        valid_from <= ${filter.to} desc, case when valid_from <= ${filter.to} then valid_from end desc, valid_from`,
  )
  const names = new Map(found.map(({ code, name }) => [String(code), String(name)]))
  return rows.map((row) => ({ ...row, budget_item_name: names.get(String(row.budget_item)) ?? null }))
}
