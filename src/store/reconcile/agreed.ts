/**
 * The lines of the period, and which of them agree in everything with the one capture that they could be about: by far most of a file. Those are found by one join
 * and written in place; only the rest goes through the steps that weigh references. A line with a twin, a capture with a second one beside it or money taken
 * back of it, one that was told without the provider's reference and then with it, and a reference that two attempts were captured under are never among them, so
 * that what is decided here is what those steps would decide.
 */
import type { Rows } from '../database.ts'
import type { Transaction } from '../transaction.ts'
import { settlementDay } from './calendar.ts'
import { captureHash, elsewhere, expectedFee, isRead, listedFee, netHolds } from './fragments.ts'
import { idBody, type ReconciliationRun } from './plan.ts'

/** What items of one class come to. */
export type ClassSums = { count: number; amountHere: bigint; amountThere: bigint }

/** Of a relation with both amounts; `readSums` reads them. A sum of many amounts may be longer than an amount. */
export const sums = (sql: Transaction) =>
  sql`count(*)::integer as count, coalesce(sum(amount_here), 0)::text as amount_here, coalesce(sum(amount_there), 0)::text as amount_there`

export const readSums = (row: Rows[number] | undefined): ClassSums => ({
  count: Number(row?.count ?? 0),
  amountHere: BigInt(row?.amountHere ?? 0),
  amountThere: BigInt(row?.amountThere ?? 0),
})

/**
 * Stages `rec_period`: each line of the period and each capture of its days. They stand in one row where both references name the same one, and there `agreed` says
 * whether the two agree in everything and nothing else is about either of them. A row without `statement_id` is a capture that no line names so. The lines are copied
 * out first: of lines that have only just been imported the planner knows nothing, and would look each of them up by itself.
 */
export const stagePeriod = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_listed on commit drop as
    select statement_id, line, line_type, occurred_at, business_day, merchant_reference, provider_reference, amount, provider_fee, net_amount, status,
      payout_reference, value_date, row_hash
    from statement_lines
    where merchant_account_id = ${run.merchantAccountId} and source = 'provider' and business_day between ${run.from} and ${run.to}
      and ${isRead(sql, run)}`
  await sql.unsafe('analyze rec_listed (merchant_reference, provider_reference, line_type)')
  const joined = await sql`
    create temporary table rec_period on commit drop as
    select statement_id, line, line_type, occurred_at, business_day, merchant_reference, provider_reference, amount, provider_fee, net_amount, status,
      payout_reference, value_date, row_hash, attempt_id, order_id, captured_at, fee_here, fee_there, captures,
      coalesce(net is not null and status = 'success' and amount = net and coalesce(fee_there = fee_here, true) and net_holds
        and business_day = captured_on, false) as agreed
    from (
      select line.statement_id, line.line, line.line_type, line.occurred_at, line.business_day, line.merchant_reference, line.provider_reference, line.amount,
        line.provider_fee, line.net_amount, line.status, line.payout_reference, line.value_date, line.row_hash,
        capture.attempt_id, capture.order_id, capture.net, capture.captured_at, capture.captured_on,
        ${expectedFee(sql, run)} as fee_here, ${listedFee(sql)} as fee_there, ${netHolds(sql, run)} as net_holds,
        (select count(*) from money_facts where ${ofPeriod(sql, run)}) as captures
      from (select *, case when line_type = 'capture' then merchant_reference end as name from rec_listed) as line
      full join (
        select fact.attempt_id, fact.order_id, fact.reference as slot, fact.amount as net, fact.occurred_at as captured_at, fact.business_day as captured_on,
          case when attempt.status = 'captured' and attempt.amount_reversed = 0 and attempt.amount_captured = fact.amount
            and (fact.reference <> attempt.merchant_reference or not exists (
              select from money_facts as named where named.attempt_id = fact.attempt_id and named.kind = 'captured' and named.reference <> fact.reference))
            then attempt.merchant_reference end as name
        from (select * from money_facts where ${ofPeriod(sql, run)}) as fact join attempts as attempt on attempt.id = fact.attempt_id) as capture
      on capture.name = line.name and capture.slot = line.provider_reference
      offset 0) as line`
  await sql.unsafe('drop table rec_listed')
  await sql.unsafe('analyze rec_period (attempt_id, agreed)')
  await sql.unsafe('create temporary table rec_rest on commit drop as select * from rec_period where not agreed')
  await withdrawShared(sql, run, joined.count)
}

/**
 * Takes back what agrees but is not alone: another line has one of the two references, or another line is about the same capture. Most files have no such line, and
 * then nothing is written.
 */
const withdrawShared = async (sql: Transaction, run: ReconciliationRun, rows: number): Promise<void> => {
  const shared = await sql`
    create temporary table rec_shared on commit drop as
    select true as is_ours, merchant_reference as name from rec_rest where statement_id is not null and merchant_reference is not null
    union
    select false, provider_reference from rec_rest where statement_id is not null and provider_reference is not null
    union
    select true, merchant_reference from ${elsewhere(sql, run)} as line where merchant_reference in (select merchant_reference from rec_period where agreed)
    union
    select false, provider_reference from ${elsewhere(sql, run)} as line where provider_reference in (select provider_reference from rec_period where agreed)
    union
    select false, reference from money_facts where merchant_account_id = ${run.merchantAccountId} and is_contested`
  let count = shared.count
  if (await isListedTwice(sql, rows)) {
    const twice = await sql.unsafe(`
      insert into rec_shared
      select true, merchant_reference from rec_period where agreed group by merchant_reference having count(*) > 1
      union
      select false, provider_reference from rec_period where agreed group by provider_reference having count(*) > 1`)
    count += twice.count
  }
  await sql.unsafe('analyze rec_shared')
  const [ours, theirs] = [
    'merchant_reference in (select name from rec_shared where is_ours)',
    'provider_reference in (select name from rec_shared where not is_ours)',
  ]
  // One walk looks for both names while they fit into memory; with more of them each is a join of its own.
  for (const isShared of count <= namesAtOnce ? [`(${ours} or ${theirs})`] : [ours, theirs]) {
    await sql.unsafe(`
      with withdrawn as (update rec_period set agreed = false where agreed and ${isShared} returning *)
      insert into rec_rest select * from withdrawn`)
  }
  await sql.unsafe('analyze rec_rest (statement_id, attempt_id)')
}

const namesAtOnce = 200_000

/** The captures of the run's days, among `money_facts`. */
const ofPeriod = (sql: Transaction, { merchantAccountId, from, to }: ReconciliationRun) =>
  sql`merchant_account_id = ${merchantAccountId} and kind = 'captured' and business_day between ${from} and ${to}`

/** Whether a capture stands beside more than one of the lines: then more of the `rows` have a capture than there were captures. */
const isListedTwice = async (sql: Transaction, rows: number): Promise<boolean> => {
  const [row] = await sql`
    select ${rows}::bigint - (select count(*) from rec_rest where attempt_id is null) > (select captures from rec_period limit 1) as is_twice`
  return row?.isTwice === true
}

/**
 * Writes the items of the lines that agree; answers how many and what they come to. Their numbers go before those of all other items. `rec_agreed_payout` then has
 * the payouts that they name.
 */
export const writeAgreed = async (sql: Transaction, run: ReconciliationRun): Promise<ClassSums> => {
  await sql.unsafe(
    'create temporary table rec_agreed_payout (reference text, count bigint, amount_here numeric, amount_there numeric) on commit drop',
  )
  await sql`
    with written as (
      insert into reconciliation_items (
        id, agency_code, reconciliation_id, class, source, statement_id, line, attempt_id, order_id, merchant_reference, provider_reference, payout_reference,
        amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, proof, capture_reference, expected_on)
      select ${`itm_${idBody(run)}`} || lpad(to_hex(row_number() over (order by statement_id, line)), 6, '0'), ${run.agencyCode}, ${run.id}, 'matched', 'provider', statement_id, line,
        attempt_id, order_id, merchant_reference, provider_reference, payout_reference, amount, amount, fee_here, fee_there, business_day, value_date,
        ('{"rule":"reference+amount","hashes":["' || row_hash || '","' || ${captureHash(sql, 'provider_reference', 'amount')} || '"]}')::jsonb, provider_reference, expected_on
      from rec_period left join rec_calendar as calendar on calendar.day = ${settlementDay(sql, run, 'occurred_at')}
      where agreed
      returning payout_reference, amount_here, amount_there)
    insert into rec_agreed_payout
    select payout_reference, count(*), sum(amount_here), sum(amount_there) from written group by payout_reference`
  const [written] = await sql`
    select coalesce(sum(count), 0)::integer as count, coalesce(sum(amount_here), 0)::text as amount_here, coalesce(sum(amount_there), 0)::text as amount_there
    from rec_agreed_payout`
  return readSums(written)
}
