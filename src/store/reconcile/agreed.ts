/**
 * The lines of the period, and which of them agree in everything with the one capture that they could be about: by far most of a file. Those are found by one join
 * and written in place; only the rest goes through the steps that weigh references. A line with a twin, a capture with a second one beside it or money taken
 * back of it, and a reference that two attempts were captured under are never among them, so that what is decided here is what those steps would decide.
 */
import type { Transaction } from '../transaction.ts'
import { settlementDay } from './calendar.ts'
import { captureHash, expectedFee, listedFee, netHolds } from './fragments.ts'
import { idBody, type ReconciliationRun } from './plan.ts'

/** Stages `rec_period`: each line of the period, with its capture where both references name the same one and nothing else is about either of them, and whether
 * the two are `agreed`. Fees are worked out once, before they are compared. */
export const stagePeriod = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await stageRepeated(sql, run)
  await sql`
    create temporary table rec_period on commit drop as
    select *, coalesce(net is not null and status = 'success' and amount = net and coalesce(fee_there = fee_here, true) and net_holds
      and business_day = captured_on, false) as agreed
    from (select line.statement_id, line.line, line.line_type, line.occurred_at, line.business_day, line.merchant_reference, line.provider_reference, line.amount,
      line.provider_fee, line.net_amount, line.status, line.payout_reference, line.value_date, line.row_hash,
      fact.attempt_id, fact.order_id, fact.reference as slot, fact.amount as net, fact.occurred_at as captured_at, fact.business_day as captured_on,
      ${expectedFee(sql, run)} as fee_here, ${listedFee(sql)} as fee_there, ${netHolds(sql, run)} as net_holds
    from statement_lines as line
    left join attempts as attempt on attempt.merchant_account_id = ${run.merchantAccountId} and attempt.merchant_reference = line.merchant_reference
      and attempt.status = 'captured' and attempt.amount_reversed = 0 and line.line_type = 'capture'
    left join money_facts as fact on fact.attempt_id = attempt.id and fact.kind = 'captured' and fact.reference = line.provider_reference
      and fact.amount = attempt.amount_captured
      and hashtextextended(line.merchant_reference, 0) not in (select name from rec_repeated)
      and hashtextextended(line.provider_reference, 1) not in (select name from rec_repeated)
    where line.merchant_account_id = ${run.merchantAccountId} and line.source = 'provider' and line.business_day between ${run.from} and ${run.to}
      offset 0) as line`
  await sql.unsafe('analyze rec_period (attempt_id, agreed, payout_reference)')
}

/** Hashes of the references that more than one line or capture has. Two references of one hash only go the longer way. */
const stageRepeated = async (sql: Transaction, { merchantAccountId, from, to }: ReconciliationRun): Promise<void> => {
  const ofAccount = sql`merchant_account_id = ${merchantAccountId} and source = 'provider'`
  const inPeriod = sql`${ofAccount} and business_day between ${from} and ${to}`
  const elsewhere = sql`${ofAccount} and (business_day < ${from} or business_day > ${to})`
  await sql`
    create temporary table rec_repeated on commit drop as
    select hashtextextended(merchant_reference, 0) as name from statement_lines where ${inPeriod} and merchant_reference is not null group by 1 having count(*) > 1
    union
    select hashtextextended(provider_reference, 1) from statement_lines where ${inPeriod} and provider_reference is not null group by 1 having count(*) > 1
    union
    select hashtextextended(merchant_reference, 0) from statement_lines
    where ${elsewhere} and merchant_reference in (select merchant_reference from statement_lines where ${inPeriod})
    union
    select hashtextextended(provider_reference, 1) from statement_lines
    where ${elsewhere} and provider_reference in (select provider_reference from statement_lines where ${inPeriod})
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
