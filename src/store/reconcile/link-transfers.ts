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

/** A number that stands in a text is read when it is so long. */
const numberMin = 6

/**
 * One line of one transfer and one transfer of one line. The number is the bank's own of the line, or stands in its text: the same number in a line of its own beats
 * it there. A number is read as it was told, and, where it was kept with its refund, also without case, marks, spaces and signs.
 * `hash` is SHA-256 over refund, reference, signed amount and milliseconds, joined by line feeds.
 */
export const linkTransfers = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    insert into rec_bank_transfer
    with name as (
      select number, bank_reference as said, true as is_own from rec_bank where rank = 1 and bank_reference is not null
      union select number, word, false from rec_bank_word where length(word) >= ${numberMin}::integer
      union select number, said, false from rec_bank_token cross join lateral (values (token), (upper(token))) as spelt (said)
        where length(token) >= ${numberMin}::integer),
    folded as (select distinct number, lephi_reference(said) as key, is_own from name),
    kept as (
      select id, attempt_id, 'refunded' as kind, transfer_key as key from refunds where merchant_account_id = ${run.merchantAccountId} and transfer_key is not null
      union all
      select id, attempt_id, 'bounced', bounce_key from refunds where merchant_account_id = ${run.merchantAccountId} and bounce_key is not null),
    told as (
      select name.number, name.is_own, fact.id from name
      join money_facts as fact on fact.merchant_account_id = ${run.merchantAccountId} and fact.reference = name.said
      union
      select folded.number, folded.is_own, fact.id from folded join kept on kept.key = folded.key
      join money_facts as fact on fact.attempt_id = kept.attempt_id and fact.kind = kept.kind and fact.refund_id = kept.id
        and lephi_reference(fact.reference) = kept.key),
    pair as (
      select bank.number, fact.id as fact_id, fact.refund_id, fact.attempt_id, fact.order_id, fact.reference, bank.amount, fact.occurred_at, bool_or(is_own) as is_own
      from told join rec_bank as bank on bank.number = told.number
      join money_facts as fact on fact.id = told.id
        and ((fact.kind = 'refunded' and fact.source = 'person' and fact.code = ${confirmedByHand} and fact.amount = -bank.amount)
          or (fact.kind = 'bounced' and fact.amount = bank.amount))
      where bank.number not in (select number from rec_link union all select number from rec_tie)
      group by bank.number, fact.id, fact.agency_code),
    nearest as (
      select *, bool_or(is_own) over (partition by number) as line_own, bool_or(is_own) over (partition by fact_id) as fact_own from pair),
    counted as (
      select *, count(*) over (partition by number) as of_line, count(*) over (partition by fact_id) as of_fact from nearest
      where is_own or not (line_own or fact_own))
    select number, refund_id, counted.attempt_id, counted.order_id, refund.merchant_reference, reference, counted.amount,
      encode(sha256(convert_to(concat_ws(E'\\n', refund_id, reference, counted.amount, (extract(epoch from occurred_at) * 1000)::bigint), 'UTF8')), 'hex')
    from counted join refunds as refund on refund.id = counted.refund_id
    where of_line = 1 and of_fact = 1`
}
