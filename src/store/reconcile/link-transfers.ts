/**
 * Bank lines that are refunds by hand: the transfer that somebody confirmed, or the credit by which the bank gave one back. The number and the amount say so, and
 * nothing else does.
 */
import { confirmedByHand } from '../../domain/order-facts.ts'
import type { Transaction } from '../transaction.ts'
import type { ReconciliationRun } from './plan.ts'

export const transferTable = `
  create temporary table rec_bank_transfer (
    number integer primary key, refund_id text not null, attempt_id text not null, order_id text not null, merchant_reference text not null, reference text not null,
    amount bigint not null, hash text not null) on commit drop`

/** One line of one transfer and one transfer of one line. `hash` is SHA-256 over refund, reference, signed amount and milliseconds, joined by line feeds. */
export const linkTransfers = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    insert into rec_bank_transfer
    with pair as (
      select bank.number, fact.id as fact_id, fact.refund_id, fact.attempt_id, fact.order_id, fact.reference, bank.amount, fact.occurred_at
      from rec_bank as bank join money_facts as fact on fact.merchant_account_id = ${run.merchantAccountId} and fact.reference = bank.bank_reference
        and ((fact.kind = 'refunded' and fact.source = 'person' and fact.code = ${confirmedByHand} and fact.amount = -bank.amount)
          or (fact.kind = 'bounced' and fact.amount = bank.amount))
      where bank.rank = 1 and bank.number not in (select number from rec_link union all select number from rec_tie)),
    counted as (select *, count(*) over (partition by number) as of_line, count(*) over (partition by fact_id) as of_fact from pair)
    select number, refund_id, counted.attempt_id, counted.order_id, refund.merchant_reference, reference, counted.amount,
      encode(sha256(convert_to(concat_ws(E'\\n', refund_id, reference, counted.amount, (extract(epoch from occurred_at) * 1000)::bigint), 'UTF8')), 'hex')
    from counted join refunds as refund on refund.id = counted.refund_id
    where of_line = 1 and of_fact = 1`
}
