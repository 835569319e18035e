/**
 * Gathers both sides of a run into tables of its own: the lines of the period with every other line of the same references, and the attempts, captures and
 * refunds that they could be about, with those that are due and were never listed.
 */
import { confirmedByHand } from '../../domain/order-facts.ts'
import type { Transaction } from '../transaction.ts'
import { stagePeriod } from './agreed.ts'
import { daysMax } from './find-damaged.ts'
import type { ReconciliationRun } from './plan.ts'
import { bankDays } from './stage-bank.ts'

/** How long before the period something that was never listed is still looked for. */
const lookBack = '1 year'

export const stageFacts = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await stagePeriod(sql, run)
  await stageRest(sql)
  await stageAttempts(sql, run)
  await stageRefunds(sql, run)
  await stageStrays(sql, run)
  await stageTwins(sql, run)
  await stageTwinsOwners(sql, run)
  await stageCaptures(sql)
}

const lineColumns = `statement_id, line, line_type, occurred_at, business_day, merchant_reference, provider_reference, amount, provider_fee, net_amount,
  status, payout_reference, value_date, row_hash`

/** The lines that do not agree as they stand. */
const stageRest = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_line on commit drop as
    select ${lineColumns}, true as in_period from rec_period where not agreed`)
  await sql.unsafe('alter table rec_line add primary key (statement_id, line)')
  await sql.unsafe(
    'analyze rec_line (statement_id, line_type, business_day, merchant_reference, provider_reference, in_period)',
  )
}

const attemptColumns = 'id, order_id, merchant_reference, status, amount, amount_reversed'

const stageAttempts = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_attempt on commit drop as
    select ${sql.unsafe(attemptColumns)} from attempts
    where not exists (select from rec_period where rec_period.attempt_id = attempts.id and agreed) and id in (
      select attempt_id from money_facts as fact
      where merchant_account_id = ${run.merchantAccountId} and kind = 'captured' and business_day between ${run.from} and ${run.to}
        and not exists (select from rec_period where rec_period.attempt_id = fact.attempt_id and agreed)
      union
      select attempt_id from money_facts as fact join attempts as attempt on attempt.id = fact.attempt_id
      where fact.merchant_account_id = ${run.merchantAccountId} and kind = 'captured' and occurred_at < ${run.dueBefore}
        and business_day < ${run.from} and business_day >= ${run.from}::date - ${lookBack}::interval
        and not exists (select from statement_lines as line where line.merchant_account_id = fact.merchant_account_id
          and line.merchant_reference = attempt.merchant_reference and line.source = 'provider')
        and not exists (select from statement_lines as line where line.merchant_account_id = fact.merchant_account_id
          and line.provider_reference = fact.reference and line.source = 'provider')
        and not (business_day < ${run.from}::date - ${bankDays.before}::integer and exists (select from reconciliation_items as item
          where item.attempt_id = fact.attempt_id and item.source = 'bank' and item.refund_id is null
            and (item.capture_reference = fact.reference or item.heal = 'captured')))
      union
      select id from attempts where merchant_account_id = ${run.merchantAccountId} and merchant_reference in (select merchant_reference from rec_line)
      union
      select attempt_id from money_facts where merchant_account_id = ${run.merchantAccountId} and kind = 'captured'
        and reference in (select provider_reference from rec_line)
      union
      select attempt_id from rec_bank_attempt)`
  await sql.unsafe('alter table rec_attempt add primary key (id)')
  await sql.unsafe('analyze rec_attempt')
}

const refundColumns =
  'id, attempt_id, order_id, merchant_reference, status, amount, amount_refunded, provider_reference'

/** What a person has paid back by bank transfer is not on a provider's statement. */
const byProvider = (sql: Transaction) => sql`(fact.source <> 'person' or fact.code <> ${confirmedByHand})`

const stageRefunds = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_refund on commit drop as
    select ${sql.unsafe(refundColumns)}, null::text as reference, null::timestamptz as occurred_at, null::date as business_day, false as is_by_hand
    from refunds where id in (
      select refund_id from money_facts as fact
      where merchant_account_id = ${run.merchantAccountId} and kind = 'refunded' and business_day between ${run.from} and ${run.to}
        and ${byProvider(sql)}
      union
      select refund_id from money_facts as fact join refunds as refund on refund.id = fact.refund_id
      where fact.merchant_account_id = ${run.merchantAccountId} and kind = 'refunded' and occurred_at < ${run.dueBefore} and ${byProvider(sql)}
        and business_day < ${run.from} and business_day >= ${run.from}::date - ${lookBack}::interval
        and not exists (select from statement_lines as line where line.merchant_account_id = fact.merchant_account_id
          and line.merchant_reference = refund.merchant_reference and line.source = 'provider')
        and not exists (select from statement_lines as line where line.merchant_account_id = fact.merchant_account_id
          and line.provider_reference = fact.reference and line.source = 'provider')
      union
      select id from refunds where merchant_account_id = ${run.merchantAccountId}
        and merchant_reference in (select merchant_reference from rec_line where line_type = 'refund')
      union
      select refund.id from refunds as refund join attempts as attempt on attempt.id = refund.attempt_id
      where attempt.merchant_account_id = ${run.merchantAccountId}
        and attempt.merchant_reference in (select merchant_reference from rec_line where line_type = 'refund')
      union
      select refund_id from money_facts where merchant_account_id = ${run.merchantAccountId} and kind = 'refunded'
        and reference in (select provider_reference from rec_line where line_type = 'refund'))`
  await sql`
    update rec_refund set reference = fact.reference, occurred_at = fact.occurred_at, business_day = fact.business_day, is_by_hand = not ${byProvider(sql)}
    from (select distinct on (refund_id) refund_id, reference, occurred_at, business_day, source, code from money_facts
      where refund_id in (select id from rec_refund) and kind = 'refunded' order by refund_id, sequence) as fact
    where fact.refund_id = rec_refund.id`
  await sql.unsafe('alter table rec_refund add primary key (id)')
  await sql.unsafe('analyze rec_refund')
}

/**
 * Lines near something older that was never listed as it is called, and that name nothing themselves: their references may be damaged or left out. A run of their own
 * days has linked them, or would; without them what they list would be missing in every run that comes later. A refund may be listed under its payment's reference.
 */
const stageStrays = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const ofAccount = sql`merchant_account_id = ${run.merchantAccountId}`
  await sql`
    insert into rec_attempt
    select ${sql.unsafe(attemptColumns)} from attempts where id in (select attempt_id from rec_refund where business_day < ${run.from}) on conflict do nothing`
  const older = await sql`
    create temporary table rec_older on commit drop as
    select distinct line_type, amount, business_day + away as day
    from (
      select 'capture' as line_type, fact.amount - said.less as amount, fact.business_day
      from money_facts as fact join rec_attempt as attempt on attempt.id = fact.attempt_id cross join lateral (values (0), (attempt.amount_reversed)) as said (less)
      where fact.kind = 'captured' and fact.business_day < ${run.from}
      union
      select 'refund', amount_refunded, business_day from rec_refund where business_day < ${run.from}) as fact
      cross join generate_series(-${daysMax}::integer, ${daysMax}::integer) as away`
  if (older.count === 0) return
  await sql.unsafe('analyze rec_older')
  await sql`
    insert into rec_line
    select ${sql.unsafe(lineColumns)}, false from statement_lines as line
    where ${ofAccount} and source = 'provider' and status = 'success'
      and business_day between (select min(day) from rec_older) and ${run.from}::date - 1
      and (line_type, amount, business_day) in (select line_type, amount, day from rec_older)
      and not exists (select from attempts where ${ofAccount} and merchant_reference = line.merchant_reference)
      and not exists (select from refunds where ${ofAccount} and merchant_reference = line.merchant_reference)
      and not exists (select from money_facts where ${ofAccount} and reference = line.provider_reference)`
}

/** Lines outside the period that share a reference with something in hand: a line may stand in another day's file, or twice. */
const stageTwins = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    insert into rec_line
    with named as (
      select merchant_reference as name from rec_line union select merchant_reference from rec_attempt union select merchant_reference from rec_refund),
    known as (
      select provider_reference as name from rec_line
      union select reference from money_facts where attempt_id in (select id from rec_attempt) and kind = 'captured'
      union select reference from rec_refund),
    twin as (
      select statement_id, line from statement_lines
      where merchant_account_id = ${run.merchantAccountId} and source = 'provider' and business_day not between ${run.from} and ${run.to}
        and merchant_reference in (select name from named)
      union
      select statement_id, line from statement_lines
      where merchant_account_id = ${run.merchantAccountId} and source = 'provider' and business_day not between ${run.from} and ${run.to}
        and provider_reference in (select name from known))
    select ${sql.unsafe(lineColumns)}, false from statement_lines join twin using (statement_id, line)
    on conflict do nothing`
  await sql.unsafe(
    'analyze rec_line (statement_id, line_type, business_day, merchant_reference, provider_reference, in_period)',
  )
}

/** Attempts that only such a line names: it must not be taken for somebody else's. */
const stageTwinsOwners = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    insert into rec_attempt
    select ${sql.unsafe(attemptColumns)} from attempts
    where merchant_account_id = ${run.merchantAccountId} and id not in (select id from rec_attempt)
      and merchant_reference in (select merchant_reference from rec_line where not in_period)
    on conflict do nothing`
}

/**
 * What was captured, by attempt and reference, as domain/projection.ts reads it: of two amounts told for one reference the one that is due counts, else
 * the larger; what was told without the provider's reference, and then with it, is one; reversals take from an attempt's captures in order of arrival. `net` is
 * what is left.
 */
const stageCaptures = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_capture on commit drop as
    with told as (
      select fact.attempt_id, fact.reference, fact.amount, fact.occurred_at, fact.business_day, fact.sequence, attempt.amount_reversed,
        row_number() over (partition by fact.attempt_id, fact.reference order by (fact.amount = attempt.amount) desc, fact.amount desc, fact.sequence) as rank
      from money_facts as fact join rec_attempt as attempt on attempt.id = fact.attempt_id
      where fact.kind = 'captured' and (fact.reference <> attempt.merchant_reference or not exists (
        select from money_facts as named where named.attempt_id = fact.attempt_id and named.kind = 'captured' and named.amount = fact.amount
          and named.reference <> attempt.merchant_reference)))
    select attempt_id, reference, occurred_at, business_day,
      amount - least(amount, greatest(0, amount_reversed - coalesce(sum(amount) over (partition by attempt_id order by sequence
        rows between unbounded preceding and 1 preceding), 0)))::bigint as net
    from told where rank = 1`)
  await sql.unsafe('alter table rec_capture add primary key (attempt_id, reference)')
  await sql.unsafe('create index on rec_capture (reference)')
  await sql.unsafe('analyze rec_capture')
}
