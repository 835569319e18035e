/** The steps of a run in their order. All of it is one transaction, in tables of its own that go away with it. */
import type { Transaction } from '../transaction.ts'
import { type ClassSums, readSums, stagePeriod, sums, writeAgreed } from './agreed.ts'
import { bookSettlements } from './book-settlements.ts'
import { stageCalendar } from './calendar.ts'
import { classifyCaptures, classifyOthers, classifyRefunds } from './classify.ts'
import { classifyBank } from './classify-bank.ts'
import { linkBank } from './link-bank.ts'
import { linkCaptures } from './link-captures.ts'
import { linkRefunds } from './link-refunds.ts'
import { idBody, type ReconciliationRun } from './plan.ts'
import { settleDiscrepancies } from './settle.ts'
import { stageFacts } from './stage.ts'
import { stageBank } from './stage-bank.ts'

/** What was written of a class. */
export type WrittenClass = ClassSums & { class: string }

/** Writes the items of a run and opens and closes discrepancies. Running it again first takes away what it wrote. Answers what it has written of each class. */
export const matchRun = async (sql: Transaction, run: ReconciliationRun): Promise<readonly WrittenClass[]> => {
  await sql`delete from reconciliation_items where reconciliation_id = ${run.id}`
  await stageCalendar(sql, run)
  const hasLines = await stageBank(sql, run)
  await stagePeriod(sql, run)
  const agreed = await writeAgreed(sql, run)
  await stageFacts(sql, run)
  await linkCaptures(sql, run)
  await linkRefunds(sql)
  const hasBankSide = await linkBank(sql, run, hasLines)
  await sql.unsafe(itemTable(run, agreed.count))
  await classifyCaptures(sql, run)
  await classifyRefunds(sql, run)
  await classifyOthers(sql, run)
  await classifyBank(sql, run, hasBankSide)
  const others = await writeItems(sql, run)
  await settleDiscrepancies(sql, run)
  if (hasLines) await bookSettlements(sql, run)
  return summedUp([{ class: 'matched', ...agreed }, ...others])
}

const summedUp = (written: readonly WrittenClass[]): readonly WrittenClass[] => {
  const byClass = new Map<string, WrittenClass>()
  for (const each of written) {
    const { count, amountHere, amountThere } = byClass.get(each.class) ?? { count: 0, amountHere: 0n, amountThere: 0n }
    byClass.set(each.class, {
      class: each.class,
      count: count + each.count,
      amountHere: amountHere + each.amountHere,
      amountThere: amountThere + each.amountThere,
    })
  }
  return [...byClass.values()].filter(({ count }) => count > 0)
}

/**
 * `about` names what a discrepancy is about, whichever run finds it: a capture or refund of ours where one is linked, else the line. An item's id is the
 * run's with its last six characters counting the items, so that no id has to travel; the run's id keeps 98 of its 128 bits, which hold the time and the
 * whole counter of the generator.
 */
const itemTable = (run: ReconciliationRun, agreedCount: number): string => `
  create temporary table rec_item (
    number integer generated always as identity (start ${agreedCount + 1}),
    source text not null default 'provider',
    id text generated always as ('itm_${idBody(run)}' || lpad(to_hex(number), 6, '0')) stored,
    class text not null, statement_id text, line integer, attempt_id text, refund_id text, order_id text, merchant_reference text,
    provider_reference text, payout_reference text, amount_here bigint, amount_there bigint, provider_fee_here bigint, provider_fee_there bigint,
    business_day date, value_date date, candidates jsonb not null default '[]', proof jsonb, capture_reference text, heal text, about text not null,
    expected_on date, bank_reference text, payout_references text[] not null default '{}'
  ) on commit drop`

const writeItems = async (sql: Transaction, run: ReconciliationRun): Promise<readonly WrittenClass[]> => {
  const written = await sql`
    with written as (
      insert into reconciliation_items (
        id, agency_code, reconciliation_id, class, source, statement_id, line, attempt_id, refund_id, order_id, merchant_reference, provider_reference,
        payout_reference, amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, candidates, proof,
        capture_reference, heal, expected_on, bank_reference, payout_references)
      select id, ${run.agencyCode}, ${run.id}, class, source, statement_id, line, attempt_id, refund_id, order_id, merchant_reference,
        provider_reference, payout_reference, amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, candidates,
        proof, capture_reference, heal, expected_on, bank_reference, payout_references
      from rec_item order by number
      returning class, amount_here, amount_there)
    select class, ${sums(sql)} from written group by class`
  return written.map((row) => ({ class: String(row.class), ...readSums(row) }))
}
