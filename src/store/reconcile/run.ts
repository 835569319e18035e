/** What one run of a reconciliation compares, and the order in which its steps go through the database. All of it is one transaction. */
import type { ProviderTariff } from '../../domain/provider-fee.ts'
import type { ReconciliationClass } from '../../domain/reconciliation-classes.ts'
import type { Transaction } from '../transaction.ts'
import { classifyCaptures, classifyOthers, classifyRefunds } from './classify.ts'
import { linkCaptures } from './link-captures.ts'
import { linkRefunds } from './link-refunds.ts'
import { settleDiscrepancies } from './settle.ts'
import { stageFacts } from './stage.ts'

export type ReconciliationRun = {
  id: string
  agencyCode: string
  merchantAccountId: string
  /** The business days of the lines, inclusive. */
  from: string
  to: string
  /** Payments before this instant are due by the end of `to`. */
  dueBefore: Date
  /** Payments before this instant were due before `from`: they are listed again only while nobody has settled them. */
  dueEarlier: Date
  tariff: ProviderTariff | null
  dueDates: readonly { class: ReconciliationClass; policy: string; dueOn: string }[]
  now: Date
}

/** Writes the items of a run and opens and closes discrepancies. Running it again first takes away what it wrote. Answers the number of items. */
export const matchRun = async (sql: Transaction, run: ReconciliationRun): Promise<number> => {
  await sql`delete from reconciliation_items where reconciliation_id = ${run.id}`
  await stageFacts(sql, run)
  await linkCaptures(sql)
  await linkRefunds(sql)
  await sql.unsafe(itemTable(run))
  await classifyCaptures(sql, run)
  await classifyRefunds(sql, run)
  await classifyOthers(sql, run)
  const count = await writeItems(sql, run)
  await settleDiscrepancies(sql, run)
  return count
}

/**
 * `about` names what a discrepancy is about, whichever run finds it: a capture or refund of ours where one is linked, else the line. An item's id is the
 * run's with its last six characters counting the items, so that no id has to travel; the run's id keeps 98 of its 128 bits, which hold the time and the
 * whole counter of the generator.
 */
const itemTable = (run: ReconciliationRun): string => `
  create temporary table rec_item (
    number integer generated always as identity,
    id text generated always as ('itm_${idBody(run)}' || lpad(to_hex(number), 6, '0')) stored,
    class text not null, statement_id text, line integer, attempt_id text, refund_id text, order_id text, merchant_reference text,
    provider_reference text, payout_reference text, amount_here bigint, amount_there bigint, provider_fee_here bigint, provider_fee_there bigint,
    business_day date, value_date date, candidates jsonb not null default '[]', proof jsonb, capture_reference text, heal text, about text not null
  ) on commit drop`

/** What the ids of a run's items, discrepancies and events begin with. */
export const idBody = ({ id }: Pick<ReconciliationRun, 'id'>): string => {
  const body = id.slice(4, 24)
  if (!/^[0-9a-z]{20}$/.test(body)) throw new Error('a run needs an id of ours')
  return body
}

const writeItems = async (sql: Transaction, run: ReconciliationRun): Promise<number> => {
  const written = await sql`
    insert into reconciliation_items (
      id, agency_code, reconciliation_id, class, source, statement_id, line, attempt_id, refund_id, order_id, merchant_reference, provider_reference,
      payout_reference, amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, candidates, proof,
      capture_reference, heal)
    select id, ${run.agencyCode}, ${run.id}, class, 'provider', statement_id, line, attempt_id, refund_id, order_id, merchant_reference,
      provider_reference, payout_reference, amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, candidates,
      proof, capture_reference, heal
    from rec_item order by number`
  return written.count
}
