/** Who makes a report, as it was at an instant: what the head of a paper says. */
import { type Database, queryInScope } from '../database.ts'

export type ReportUnit = { name: string; taxCode: string | null; budgetUnitCode: string | null; address: string | null }

/** The agency as it was then. Null when the scope has none. */
export const findUnit = async (
  database: Database,
  scope: string,
  { agencyCode, asOf }: { agencyCode: string; asOf: Date },
): Promise<ReportUnit | null> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select name, tax_code, budget_unit_code, address from (
        select until, name, tax_code, budget_unit_code, address from former_agencies where agency_code = ${agencyCode} and until > ${asOf}
        union all select null, name, tax_code, budget_unit_code, address from agencies where agency_code = ${agencyCode}) as versions
      order by until nulls last limit 1`,
  )
  return row ? (row as ReportUnit) : null
}
