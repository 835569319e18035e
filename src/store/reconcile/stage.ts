/**
 * Gathers both sides of a run into tables of its own: the lines of the period with every other line of the same references, and the attempts, captures and
 * refunds that they could be about, with those that are due and were never listed.
 */
import { confirmedByHand } from '../../domain/order-facts.ts'
import type { Transaction } from '../transaction.ts'
import { daysMax } from './find-damaged.ts'
import { elsewhere, isRead } from './fragments.ts'
import type { ReconciliationRun } from './plan.ts'
import { spreadReversals } from './spread-reversals.ts'
import { bankDays } from './stage-bank.ts'

/** How long before the period something that was never listed is still looked for. */
const lookBack = '1 year'

export const stageFacts = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await stageRest(sql)
  await stageAttempts(sql, run)
  await stageRefunds(sql, run)
  await stageStrays(sql, run)
  await stageTwins(sql, run)
  await stageTwinsOwners(sql, run)
  await stageCaptures(sql)
  await spreadReversals(sql)
}

const lineColumns = `statement_id, line, line_type, occurred_at, business_day, merchant_reference, provider_reference, amount, provider_fee, net_amount,
  status, payout_reference, value_date, row_hash`

/** The lines that do not agree as they stand. */
const stageRest = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_line on commit drop as
    select ${lineColumns}, true as in_period from rec_rest where statement_id is not null`)
  await sql.unsafe('alter table rec_line add primary key (statement_id, line)')
  await sql.unsafe(
    'analyze rec_line (statement_id, line_type, business_day, merchant_reference, provider_reference, in_period)',
  )
}

const attemptColumns = 'id, order_id, merchant_reference, status, amount, amount_reversed'

/** The item of an attempt whose line agrees. Few are asked about, of very many: each is looked up by itself, which `offset 0` makes the planner do. */
const agreedItem = (sql: Transaction, run: ReconciliationRun) => sql`
  select from reconciliation_items as item where item.reconciliation_id = ${run.id} and item.attempt_id = attempts.id and item.refund_id is null
    and item.class <> 'duplicate_line' offset 0`

const stageAttempts = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_attempt on commit drop as
    select ${sql.unsafe(attemptColumns)} from attempts
    where not exists (${agreedItem(sql, run)}) and id in (
      select attempt_id from rec_rest where attempt_id is not null
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

/** `amount_refunded` is what the provider has given back: what a person has is no business of its statement, and standing there as well it went back twice. */
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
    from (select distinct on (fact.refund_id) fact.refund_id, reference, occurred_at, business_day, source, code from money_facts as fact
      where fact.refund_id in (select id from rec_refund) and kind = 'refunded' order by fact.refund_id, ${byProvider(sql)} desc, sequence) as fact
    where fact.refund_id = rec_refund.id`
  await sql`
    update rec_refund set amount_refunded = greatest(0, amount_refunded - greatest(0, by_hand.amount - by_hand.bounced))
    from (
      select refund_id, sum(amount) filter (where kind = 'refunded') as amount, coalesce(sum(amount) filter (where kind = 'bounced'), 0) as bounced
      from (
        select fact.refund_id, kind, reference, max(amount) as amount from money_facts as fact
        where fact.refund_id in (select id from rec_refund) and (kind = 'bounced' or (kind = 'refunded' and not ${byProvider(sql)}))
        group by fact.refund_id, kind, reference) as told
      group by refund_id) as by_hand
    where by_hand.refund_id = rec_refund.id and by_hand.amount is not null`
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
    select ${sql.unsafe(attemptColumns)} from attempts
    where id in (select attempt_id from rec_refund where business_day < ${run.from}) and not exists (${agreedItem(sql, run)})
    on conflict do nothing`
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
      and (line_type, amount, business_day) in (select line_type, amount, day from rec_older) and ${isRead(sql, run, 'line')}
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
      select statement_id, line from ${elsewhere(sql, run)} as line where merchant_reference in (select name from named)
      union
      select statement_id, line from ${elsewhere(sql, run)} as line where provider_reference in (select name from known))
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
 * the larger; what was told without the provider's reference, and then with it, is one. `net` is what reversals left of an attempt's one capture
 * (spread-reversals.ts: of several).
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
    select attempt_id, reference, occurred_at, business_day, amount, amount - least(amount, amount_reversed) as net from told where rank = 1`)
  await sql.unsafe('alter table rec_capture add primary key (attempt_id, reference)')
  await sql.unsafe('create index on rec_capture (reference)')
  await sql.unsafe('analyze rec_capture')
}
