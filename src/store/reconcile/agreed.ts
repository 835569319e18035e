/**
 * The lines of the period, and which of them agree in everything with the one capture that they could be about: by far most of a file. Those are found by one join
 * and written in place; only the rest goes through the steps that weigh references. A line with a twin, a capture with a second one beside it or money taken
 * back of it, and a reference that two attempts were captured under are never among them, so that what is decided here is what those steps would decide.
 */
import type { Transaction } from '../transaction.ts'
import { settlementDay } from './calendar.ts'
import { captureHash, expectedFee, listedFee, netHolds } from './fragments.ts'
import { idBody, type ReconciliationRun } from './plan.ts'

/**
 * Stages `rec_period`: each line of the period, with its capture where both references name the same one and nothing else is about either of them, and whether the two
 * are `agreed`. The lines are copied out first: of lines that have only just been imported the planner knows nothing, and would look each of them up by itself.
 */
export const stagePeriod = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_listed on commit drop as
    select statement_id, line, line_type, occurred_at, business_day, merchant_reference, provider_reference, amount, provider_fee, net_amount, status,
      payout_reference, value_date, row_hash
    from statement_lines
    where merchant_account_id = ${run.merchantAccountId} and source = 'provider' and business_day between ${run.from} and ${run.to}`
  await sql.unsafe('analyze rec_listed (merchant_reference, provider_reference, line_type)')
  await stageRepeated(sql, run)
  await sql`
    create temporary table rec_period on commit drop as
    select *, coalesce(net is not null and status = 'success' and amount = net and coalesce(fee_there = fee_here, true) and net_holds
      and business_day = captured_on, false) as agreed
    from (
      select line.*, fact.attempt_id, fact.order_id, fact.reference as slot, fact.amount as net, fact.occurred_at as captured_at, fact.business_day as captured_on,
        ${expectedFee(sql, run)} as fee_here, ${listedFee(sql)} as fee_there, ${netHolds(sql, run)} as net_holds
      from rec_listed as line
      left join attempts as attempt on attempt.merchant_account_id = ${run.merchantAccountId} and attempt.merchant_reference = line.merchant_reference
        and attempt.status = 'captured' and attempt.amount_reversed = 0 and line.line_type = 'capture'
      left join money_facts as fact on fact.attempt_id = attempt.id and fact.kind = 'captured' and fact.reference = line.provider_reference
        and fact.amount = attempt.amount_captured
        and hashtextextended(line.merchant_reference, 0) not in (select name from rec_repeated)
        and hashtextextended(line.provider_reference, 1) not in (select name from rec_repeated)
      offset 0) as line`
  await sql.unsafe('drop table rec_listed')
  await sql.unsafe('analyze rec_period (attempt_id, agreed, payout_reference)')
}

/** Hashes of the references that more than one line or capture has. Two references of one hash only go the longer way. */
const stageRepeated = async (sql: Transaction, { merchantAccountId, from, to }: ReconciliationRun): Promise<void> => {
  const elsewhere = sql`merchant_account_id = ${merchantAccountId} and source = 'provider' and (business_day < ${from} or business_day > ${to})`
  await sql`
    create temporary table rec_repeated on commit drop as
    select hashtextextended(merchant_reference, 0) as name from rec_listed where merchant_reference is not null group by 1 having count(*) > 1
    union
    select hashtextextended(provider_reference, 1) from rec_listed where provider_reference is not null group by 1 having count(*) > 1
    union
    select hashtextextended(merchant_reference, 0) from statement_lines
    where ${elsewhere} and merchant_reference in (select merchant_reference from rec_listed)
    union
    select hashtextextended(provider_reference, 1) from statement_lines
    where ${elsewhere} and provider_reference in (select provider_reference from rec_listed)
    union
    select hashtextextended(reference, 1) from money_facts where merchant_account_id = ${merchantAccountId} and is_contested`
}

/** Writes the items of the lines that agree; answers how many. Their numbers go before those of all other items. */
export const writeAgreed = async (sql: Transaction, run: ReconciliationRun): Promise<number> => {
  const written = await sql`
    insert into reconciliation_items (
      id, agency_code, reconciliation_id, class, source, statement_id, line, attempt_id, order_id, merchant_reference, provider_reference, payout_reference,
      amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, proof, capture_reference, expected_on)
    select ${`itm_${idBody(run)}`} || lpad(to_hex(row_number() over ()), 6, '0'), ${run.agencyCode}, ${run.id}, 'matched', 'provider', statement_id, line,
      attempt_id, order_id, merchant_reference, provider_reference, payout_reference, net, amount, fee_here, fee_there, business_day, value_date,
      ('{"rule":"reference+amount","hashes":["' || row_hash || '","' || ${captureHash(sql)} || '"]}')::jsonb, slot, expected_on
    from rec_period left join rec_calendar as calendar on calendar.day = ${settlementDay(sql, run, 'occurred_at')}
    where agreed`
  return written.count
}
