/**
 * The third leg: what the bank shows against the ledger. Every bank line of the period has one subject, under which its money stands; so the account `bank` is what the
 * statements say, to the đồng, and nothing is booked twice however often a period is run.
 */

import { bookTargets, stageTargets } from '../ledger-targets.ts'
import { latestFirst } from '../run-sight.ts'
import type { Transaction } from '../transaction.ts'
import { datedNumber } from './dated-number.ts'
import { idBody, type ReconciliationRun } from './plan.ts'

/**
 * A line that pays payouts takes from what the provider owes; the last line of its team (store/reconcile/link-bank.ts) also brings in the provider fees that were kept,
 * and what is short or over stands in suspense until somebody finds it. What the provider lists beyond what is booked here, an adjustment among it, is booked with its own discrepancy. A payment that is its own payout takes its amount, also when this very line tells of it first. What nobody knows stands in suspense; a credit
 * that was told before and stands there already (quarantine) takes the provider's place instead. A refund by hand was booked out of
 * the bank when somebody confirmed it, so its line has nothing, nor has a line listed twice.
 */
export const bookSettlements = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await stagePartners(sql, run)
  await stageTargets(sql)
  await sql`
    insert into ledger_target (subject, agency_code, merchant_account_id, business_day, account, amount)
    with line as (
      select bank.*, team.last = bank.number as is_last, team.gross, team.net, team.paid, link.number is not null as is_linked,
        capture.number is not null or bank.number in (select number from rec_untold) as is_capture, transfer.number is not null as is_transfer, partner.number is not null and not partner.is_read as is_unread,
        exists (select from quarantine as kept where kept.merchant_account_id = ${run.merchantAccountId} and kept.kind = 'unknown_credit'
          and kept.reference in (bank.bank_reference, ${datedNumber(sql, sql`bank.bank_reference`, sql`bank.value_date`)}) and kept.amount = bank.amount and kept.status <> 'attributed') as is_kept
      from rec_bank as bank
      left join rec_link as link on link.number = bank.number
      left join rec_team as team on team.team = link.team
      left join rec_bank_capture as capture on capture.number = bank.number
      left join rec_bank_transfer as transfer on transfer.number = bank.number
      left join rec_partner as partner on partner.number = bank.number
      where bank.in_period or partner.number is not null)
    select 'bank:' || statement_id || ':' || line, ${run.agencyCode}, ${run.merchantAccountId}, value_date, side.account, side.amount
    from line cross join lateral (values
      ('bank', case when rank = 1 and not is_transfer and not is_unread then amount else 0 end),
      ('provider_receivable', case when rank > 1 or is_unread then 0
        when is_linked and is_last then paid - amount - gross
        when is_linked or is_capture or is_kept then -amount else 0 end),
      ('provider_fee', case when rank = 1 and not is_unread and is_linked and is_last then gross - net else 0 end),
      ('suspense', case when rank > 1 or is_unread then 0
        when is_linked and is_last then net - paid
        when is_linked or is_capture or is_kept or is_transfer then 0 else -amount end)) as side (account, amount)`
  await bookTargets(sql, { kind: 'settlement', now: run.now, idBody: idBody(run) })
}

/**
 * Lines of other days whose booking follows from this run: those that pay together with a line of the period, and those that an earlier run found to pay payouts which
 * are all in hand now, and which may pay them no longer. A line that no run of its own days has read yet is not booked: it has no item that would say so.
 */
const stagePartners = (sql: Transaction, run: ReconciliationRun) => sql`
  create temporary table rec_partner on commit drop as
  with near as (
    select bank.number, bank.statement_id, bank.line, coalesce(team.in_period, false) as is_shared
    from rec_bank as bank left join rec_link as link on link.number = bank.number left join rec_team as team on team.team = link.team
    where not bank.in_period and (team.in_period or (bank.statement_id, bank.line) in (select statement_id, line from rec_far_credit)))
  select number, latest.refs is not null as is_read
  from near left join lateral (
    select item.payout_references as refs from reconciliations as earlier
    join reconciliation_items as item on item.reconciliation_id = earlier.id and item.statement_id = near.statement_id and item.line = near.line
    where earlier.merchant_account_id = ${run.merchantAccountId} order by ${latestFirst(sql, 'earlier')} limit 1) as latest on true
  where is_shared or (latest.refs <> '{}' and latest.refs <@ array(select reference from rec_payout))`
