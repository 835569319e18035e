/** Fee schedules: what a fee of an agency costs, from day to day. Of one fee there is at most one price on any day. */
import type { Caller } from '../domain/access.ts'
import type { FeeKind } from '../domain/order-facts.ts'
import { type Database, inScope, type Query, queryInScope, type Rows, type Sql } from './database.ts'

export type FeeScheduleRow = {
  id: string
  agencyCode: string
  feeCode: string
  name: string
  kind: FeeKind
  /** Null: the fee follows a formula, so no price is compared. */
  unitAmount: bigint | null
  budgetItem: string | null
  legalBasis: string | null
  /** Whether it is returned when the dossier is rejected; null: the agency decides case by case. */
  refundableWhenRejected: boolean | null
  validFrom: string
  /** The last day; null while it has no end. */
  validTo: string | null
  createdAt: Date
}

/** The entry, if the caller's agency covers it; null otherwise. */
export const findFeeSchedule = async (database: Database, caller: Caller, id: string): Promise<FeeScheduleRow | null> =>
  asSchedules(
    await queryInScope(database, caller.agency, (sql) => sql`select * from fee_schedules where id = ${id}`),
  )[0] ?? null

/** The entries after that id, in the order in which they were made. `on` is a day on which they hold. */
export const listFeeSchedules = async (
  database: Database,
  caller: Caller,
  filter: {
    after: string | null
    limit: number
    agencyCode?: string | undefined
    feeCode?: string | undefined
    on?: string | undefined
  },
): Promise<readonly FeeScheduleRow[]> => {
  const { after, limit, agencyCode = null, feeCode = null, on = null } = filter
  const rows = await queryInScope(
    database,
    caller.agency,
    (sql) => sql`
      select * from fee_schedules
      where (${after}::text is null or id > ${after}) and (${agencyCode}::text is null or agency_code = ${agencyCode} or starts_with(agency_code, ${agencyCode} || '.'))
        and (${feeCode}::text is null or fee_code = ${feeCode})
        and (${on}::date is null or (valid_from <= ${on}::date and (valid_to is null or valid_to >= ${on}::date)))
      order by id limit ${limit}`,
  )
  return asSchedules(rows)
}

/** Adds an entry; `before` goes first in the same transaction. Fails as a conflict (see isConflict) when another entry holds on one of its days. */
export const insertFeeSchedule = async (
  database: Database,
  caller: Caller,
  { schedule, before }: { schedule: FeeScheduleRow; before: (sql: Sql) => readonly Query[] },
): Promise<void> => {
  await inScope(database, caller.agency, (sql) => [
    ...before(sql),
    ...onlyPrice(sql, schedule),
    sql`insert into fee_schedules ${sql(schedule)}`,
  ])
}

/** Gives an entry another last day. Fails as a conflict when another entry would hold on one of its days then. */
export const endFeeSchedule = async (database: Database, caller: Caller, schedule: FeeScheduleRow): Promise<void> => {
  await inScope(database, caller.agency, (sql) => [
    ...onlyPrice(sql, schedule),
    sql`update fee_schedules set valid_to = ${schedule.validTo} where id = ${schedule.id}`,
  ])
}

/** Entries of one fee are written one after another, so that two of them cannot both find the days free. */
const onlyPrice = (sql: Sql, { id, agencyCode, feeCode, validFrom, validTo }: FeeScheduleRow): Query[] => [
  sql`select pg_advisory_xact_lock(hashtextextended(${`lephi_fee ${agencyCode} ${feeCode}`}, 0))`,
  sql`
    select lephi_expect(count(*), 0, 'another price of these days') from fee_schedules
    where agency_code = ${agencyCode} and fee_code = ${feeCode} and id <> ${id}
      and valid_from <= coalesce(${validTo}::date, 'infinity') and coalesce(valid_to, 'infinity') >= ${validFrom}::date`,
]

const asSchedules = (rows: Rows): readonly FeeScheduleRow[] => rows as readonly unknown[] as readonly FeeScheduleRow[]
