/** Agencies: the tree of public bodies that are owed fees. */
import type { Caller } from '../domain/access.ts'
import { type Database, inScope, isDuplicate, type Query, queryInScope, type Rows, type Sql } from './database.ts'
import { tryAgain } from './unreceipted.ts'

export type AgencyRow = {
  agencyCode: string
  parentCode: string | null
  name: string
  taxCode: string | null
  budgetUnitCode: string | null
  address: string | null
  phone: string | null
  feeCheck: 'off' | 'warn' | 'enforce'
  acceptsLateMoney: boolean
  /** Refunds above this need a checker; whole đồng. */
  refundLimit: bigint
  /** Working days within which an approved refund is promised. */
  refundWorkingDays: number
  /** What follows the year in the serials of its receipts. */
  receiptSerialPhi: string
  receiptSerialLePhi: string
  createdAt: Date
}

/** What may be changed about an agency. Its code may not: rows without end carry it. */
export type AgencyChanges = Partial<Omit<AgencyRow, 'agencyCode' | 'parentCode' | 'createdAt'>>

/** The agency, if the caller's covers it; null otherwise. */
export const findAgency = async (
  database: Database,
  caller: Pick<Caller, 'agency'>,
  code: string,
): Promise<AgencyRow | null> =>
  asAgencies(
    await queryInScope(database, caller.agency, (sql) => sql`select * from agencies where agency_code = ${code}`),
  )[0] ?? null

/** The nearest of these agencies, the longest code, that exists and that the caller's covers; null when none does. */
export const findNearestAgency = async (
  database: Database,
  caller: Caller,
  codes: readonly string[],
): Promise<string | null> => {
  const [row] = await queryInScope(
    database,
    caller.agency,
    (sql) => sql`
      select agency_code from agencies where agency_code = any(${[...codes]}) order by length(agency_code) desc limit 1`,
  )
  return row ? String(row.agencyCode) : null
}

/** The agencies after that code, in the order of their codes. */
export const listAgencies = async (
  database: Database,
  caller: Caller,
  { after, limit }: { after: string | null; limit: number },
): Promise<readonly AgencyRow[]> =>
  asAgencies(
    await queryInScope(
      database,
      caller.agency,
      (sql) => sql`
        select * from agencies where ${after}::text is null or agency_code > ${after}
        order by agency_code limit ${limit}`,
    ),
  )

/** Adds an agency; `before` goes first in the same transaction. False when its code is taken. */
export const insertAgency = async (
  database: Database,
  caller: Caller,
  { agency, before }: { agency: AgencyRow; before: (sql: Sql) => readonly Query[] },
): Promise<boolean> => {
  try {
    await inScope(database, caller.agency, (sql) => [...before(sql), sql`insert into agencies ${sql(agency)}`])
    return true
  } catch (error) {
    if (isDuplicate(error, 'agencies_pkey')) return false
    throw error
  }
}

/** Changes an agency and answers it as it is then; null when the caller's covers no such agency. What it was until `now` is kept for reports as of then. */
export const updateAgency = async (
  database: Database,
  caller: Caller,
  { code, changes, now }: { code: string; changes: AgencyChanges; now: Date },
): Promise<AgencyRow | null> => {
  const [, rows] = await inScope(database, caller.agency, (sql) => [
    sql`
      insert into former_agencies (agency_code, until, name, tax_code, budget_unit_code, address)
      select agency_code, ${now}::timestamptz, name, tax_code, budget_unit_code, address from agencies where agency_code = ${code} for update
      on conflict do nothing`,
    sql`update agencies set ${sql(changes)} where agency_code = ${code} returning *`,
    ...(changes.taxCode ? [tryAgain(sql, code, now)] : []),
  ])
  return asAgencies(rows ?? [])[0] ?? null
}

const asAgencies = (rows: Rows): readonly AgencyRow[] => rows as readonly unknown[] as readonly AgencyRow[]
