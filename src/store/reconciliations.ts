/** Reconciliations and their items: begun, carried on, finished, read. What an item says is decided in store/reconcile. */
import { calendarVersion } from '../domain/holidays.ts'
import type { MatchedItem } from '../domain/match-evidence.ts'
import type { ItemClass } from '../domain/reconciliation-classes.ts'
import { valueDate } from '../domain/settlement-due.ts'
import { type CalendarCertainty, calendarCertainty } from '../domain/working-days.ts'
import { type Database, everyAgency, inScope, interactively, queryInScope } from './database.ts'
import { newestIds, newestOfFew } from './newest.ts'
import type { PlannedRun } from './reconcile/plan.ts'
import { matchRun, type WrittenClass } from './reconcile/run.ts'
import { storedTariff } from './settlement-terms.ts'

export type ClassSummary = Partial<Record<ItemClass, { count: number; amount_here: number; amount_there: number }>>

/** `matching` until the items are written, `healing` while lines go through the one door, `done`. `after` is the last item that went through. */
export type ReconciliationProgress = {
  phase: 'matching' | 'healing' | 'done'
  items: number
  healed: number
  after: string
  /** The version of the days off by which lateness was judged: domain/holidays.ts. */
  calendar: string
  /** How sure they are, from the first day of the run to the last on which what it lists is due. */
  certainty: CalendarCertainty
  /** When both sides were read, as ISO 8601. */
  matched: string
  /** The place of the last file that was read; of every file up to it each line of the period has its item. */
  files: number
  /** Those of them that could have lines of the period. */
  statements: readonly string[]
  /** By which it was worked out when each line was due. */
  settlement: { cutoff: string; settlementDays: number }
  /** By which lines were priced, in the members of a merchant account's `provider_fee`; null when the contract's was not known. */
  tariff: ReturnType<typeof storedTariff> | null
}

export type Reconciliation = {
  id: string
  agencyCode: string
  merchantAccountId: string
  fromDay: string
  toDay: string
  status: 'running' | 'completed' | 'failed'
  progress: Partial<ReconciliationProgress>
  summary: ClassSummary
  failure: string | null
  createdBy: string
  createdAt: Date
  completedAt: Date | null
}

export type NewReconciliation = Pick<
  Reconciliation,
  'id' | 'agencyCode' | 'merchantAccountId' | 'fromDay' | 'toDay' | 'createdBy' | 'createdAt'
>

export const insertReconciliation = async (
  database: Database,
  scope: string,
  reconciliation: NewReconciliation,
): Promise<void> => {
  await queryInScope(
    database,
    scope,
    (sql) => sql`insert into reconciliations ${sql({ ...reconciliation, status: 'running' })}`,
  )
}

export const findReconciliation = async (
  database: Database,
  scope: string,
  id: string,
): Promise<Reconciliation | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select * from reconciliations where id = ${id}`)
  return row ? (row as Reconciliation) : null
}

/** A page of the scope's runs, newest first (ids sort by time), before the id `before`. */
export const listReconciliations = async (
  database: Database,
  scope: string,
  page: {
    merchantAccountId: string | null
    status: Reconciliation['status'] | null
    before: string | null
    limit: number
  },
): Promise<readonly Reconciliation[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from reconciliations
      where id in (${(page.merchantAccountId !== null ? newestOfFew : newestIds)(sql, {
        table: 'reconciliations',
        where: sql`
          ${page.merchantAccountId ? sql`and merchant_account_id = ${page.merchantAccountId}` : sql``}
          ${page.status ? sql`and status = ${page.status}` : sql``} ${page.before ? sql`and id < ${page.before}` : sql``}`,
        limit: page.limit,
      })})
      order by id desc`,
  )
  return rows as readonly unknown[] as readonly Reconciliation[]
}

/** Runs that wait or were cut off, oldest first. */
export const unfinishedReconciliations = async (database: Database, limit: number): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select id from reconciliations where status = 'running' order by created_at, id limit ${limit}`,
  )
  return rows.map((row) => String(row.id))
}

/**
 * Writes all items of a run, or none. Runs of one merchant account wait for each other, so that none opens what the other closes. Answers false when
 * the items were written before.
 */
export const writeItems = async (database: Database, run: PlannedRun): Promise<boolean> =>
  interactively(database, everyAgency, async (sql) => {
    await sql`select set_config('statement_timeout', ${runTimeout}, true), set_config('lock_timeout', ${runTimeout}, true)`
    await sql`select pg_advisory_xact_lock(hashtextextended(${`reconciliation ${run.merchantAccountId}`}, 0))`
    const [row] = await sql`select status, progress from reconciliations where id = ${run.id} for update`
    if (row?.status !== 'running' || row.progress.phase) return false
    // A million lines are sorted and hashed: the default of 4 MB would put every step on disk.
    await sql`select set_config('work_mem', '64MB', true)`
    // Before anything is read: imports of an account end one after another, so every file up to the last one is there.
    const [sight] = await sql`
      select pg_current_snapshot()::text as read_in, coalesce(max(place), 0) as files,
        coalesce(array_agg(id order by id) filter (where coalesce(from_day <= ${run.to} and to_day >= ${run.from}, true)), '{}') as statements
      from statements where merchant_account_id = ${run.merchantAccountId} and status = 'imported'`
    const files = Number(sight?.files)
    const written = await matchRun(sql, { ...run, files })
    const tariff = run.tariff && storedTariff(run.tariff)
    const { cutoff, settlementDays } = run.settlement
    const progress = {
      phase: 'healing',
      items: written.reduce((sum, { count }) => sum + count, 0),
      written: Object.fromEntries(written.map((each) => [each.class, sumsOf(each)])),
      healed: 0,
      after: '',
      calendar: calendarVersion,
      certainty: calendarCertainty(run.from, valueDate(run.settlement, run.to)),
      settlement: { cutoff, settlementDays },
      tariff,
      matched: run.now.toISOString(),
      files,
      statements: sight?.statements as string[],
    }
    await sql`update reconciliations set progress = ${sql.json(progress)}, read_in = ${String(sight?.readIn)}::text::pg_snapshot where id = ${run.id}`
    return true
  })

const runTimeout = '60min'

/** As the summary has it. A sum is text until the database makes a number of it: in JSON it may have more digits than a number of ours. */
const sumsOf = ({ count, amountHere, amountThere }: WrittenClass) => ({
  count,
  amount_here: String(amountHere),
  amount_there: String(amountThere),
})

export type ItemToHeal = {
  id: string
  heal: 'captured' | 'refunded' | 'failed'
  isRefund: boolean
  /** Our own reference of the attempt or refund, which the line may not have named. */
  merchantReference: string
  providerReference: string | null
  amount: bigint
  status: string
  occurredAt: Date
}

/** The next items that say something we did not know, behind `after`. */
export const itemsToHeal = async (
  database: Database,
  { id, after, limit }: { id: string; after: string; limit: number },
): Promise<readonly ItemToHeal[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select item.id, item.heal, item.refund_id is not null as is_refund, coalesce(refund.merchant_reference, attempt.merchant_reference) as merchant_reference,
        coalesce(line.provider_reference, line.bank_reference) as provider_reference, line.amount, coalesce(line.status, 'success') as status,
        coalesce(line.occurred_at, line.value_date - interval '7 hours') as occurred_at
      from reconciliation_items as item
      join attempts as attempt on attempt.id = item.attempt_id
      left join refunds as refund on refund.id = item.refund_id
      join statement_lines as line on line.statement_id = item.statement_id and line.line = item.line
      where item.reconciliation_id = ${id} and item.heal is not null and item.id > ${after}
      order by item.id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly ItemToHeal[]
}

export const noteHealed = async (
  database: Database,
  id: string,
  { after, healed }: { after: string; healed: number },
): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update reconciliations set progress = progress || ${sql.json({ after, healed })} where id = ${id} and status = 'running'`,
  )
}

/** Ends a run: the summary by class, as its items were written, and the event. Does nothing for a run that has ended. */
export const completeReconciliation = async (
  database: Database,
  id: string,
  { now, eventId }: { now: Date; eventId: string },
): Promise<void> => {
  await inScope(database, everyAgency, (sql) => [
    sql`
      with written as (
        select key as class, (value ->> 'count')::bigint as count, (value ->> 'amount_here')::numeric as amount_here, (value ->> 'amount_there')::numeric as amount_there
        from reconciliations cross join jsonb_each(coalesce(progress -> 'written', '{}')) where id = ${id}
        union all
        -- Of a run that was cut off before runs noted it.
        select class, count(*), coalesce(sum(amount_here), 0), coalesce(sum(amount_there), 0) from reconciliation_items
        where reconciliation_id = ${id} and not exists (select from reconciliations where id = ${id} and progress ? 'written') group by class),
      summed as (
        select coalesce(jsonb_object_agg(class, jsonb_build_object('count', count, 'amount_here', amount_here, 'amount_there', amount_there)), '{}') as summary
        from written),
      done as (
        update reconciliations set status = 'completed', completed_at = ${now}, summary = summed.summary,
          progress = (progress - 'written') || '{"phase": "done"}'
        from summed where id = ${id} and status = 'running'
        returning id, agency_code, merchant_account_id, from_day, to_day, reconciliations.summary)
      insert into events (id, agency_code, type, subject_id, sequence, data, created_at)
      select ${eventId}, agency_code, 'reconciliation.completed', id,
        (select coalesce(max(sequence), 0) + 1 from events where subject_id = ${id}),
        json_build_object('id', id, 'status', 'completed', 'merchant_account', merchant_account_id, 'from', from_day, 'to', to_day, 'summary', summary),
        ${now}::timestamptz
      from done`,
  ])
}

/** Ends a run that cannot succeed. What is already healed stays healed. */
export const failReconciliation = async (
  database: Database,
  id: string,
  { now, failure }: { now: Date; failure: string },
): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update reconciliations set status = 'failed', failure = ${failure}, completed_at = ${now} where id = ${id} and status = 'running'`,
  )
}

/** What a proof is checked against, and what else is shown of an item. */
export type ReconciliationItem = Omit<MatchedItem, 'proof'> & {
  class: ItemClass
  orderId: string | null
  candidates: readonly string[]
  /** What the columns do not hold; domain/present-reconciliation.ts puts the proof together. */
  proof: MatchedItem['proof'] & {
    status?: { here: string | null; there: string }
    business_day_here?: string | null
    due_before?: string
  }
}

/** A page of items behind `after`, by class where one is asked for. */
export const listItems = async (
  database: Database,
  scope: string,
  page: { reconciliationId: string; class: ItemClass | null; after: string; limit: number },
): Promise<readonly ReconciliationItem[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from reconciliation_items
      where reconciliation_id = ${page.reconciliationId} and id > ${page.after} ${page.class ? sql`and class = ${page.class}` : sql``}
      order by id limit ${page.limit}`,
  )
  return rows as readonly unknown[] as readonly ReconciliationItem[]
}
