// What must hold of the database by itself, whatever anybody was told. Each query names what breaks its rule, and must find nothing.
import type { Reader } from './books-here.ts'

const rules: Readonly<Record<string, (sql: Reader) => PromiseLike<readonly Record<string, unknown>[]>>> = {
  'an entry does not sum to zero': (sql) => sql`
    select entry_id as id from postings group by entry_id having sum(amount) <> 0`,
  'captured is not collected and suspense': (sql) => sql`
    select merchant_account_id as id from postings group by merchant_account_id having sum(amount) <> 0`,
  'an order is paid by more than one attempt': (sql) => sql`
    select order_id as id from attempts where pays_order group by order_id having count(*) > 1`,
  'a paid order has no attempt that captured its amount': (sql) => sql`
    select id from orders where status = 'paid' and not exists (
      select from attempts where attempts.id = orders.paid_by and attempts.order_id = orders.id and pays_order and amount_captured = orders.amount)`,
  'an attempt has captured what no fact tells': (sql) => sql`
    select id from attempts where amount_captured > 0 and not exists (
      select from money_facts where attempt_id = attempts.id and kind = 'captured' and amount <= amount_captured)`,
  'more is refunded than was captured': (sql) => sql`
    select attempt_id as id from money_facts group by attempt_id
    having sum(amount) filter (where kind in ('refunded', 'reversed')) > coalesce(sum(amount) filter (where kind in ('captured', 'bounced')), 0)`,
  'a timeline has a gap': (sql) => sql`
    select subject_id as id from events group by subject_id having max(sequence) <> count(*)`,
  'an order counts other events than it has': (sql) => sql`
    select id from orders where event_count <> (select count(*) from events where subject_id = orders.id)`,
  'an event has no place in the feed': (sql) => sql`select id from events where position is null`,
  'a paid order lacks a receipt': (sql) => sql`
    select distinct line.order_id as id from order_lines as line join orders on orders.id = line.order_id
    where orders.status = 'paid' and line.kind in ('phi', 'le_phi') and not exists (
      select from receipts where receipts.order_id = line.order_id and receipts.kind = line.kind)`,
  'receipt numbers have a gap': (sql) => sql`
    select agency_code || ' ' || serial as id from receipts group by agency_code, serial having max(number) <> count(*)`,
  'a callback has no verdict': (sql) => sql`select id from callbacks where verdict is null`,
  'a webhook is still owed': (sql) => sql`select id from webhook_deliveries where status <> 'delivered'`,
  // Money in suspense is compared with the providers' books, payment by payment (compare-money.ts). No bank's file is imported: what a provider owes is unsettled once its day has come, which it does in a
  // storm that lasts over midnight.
  'a discrepancy of a provider is open': (sql) => sql`
    select discrepancy.id || ' ' || discrepancy.class as id from discrepancies as discrepancy left join reconciliation_items as item on item.id = discrepancy.item_id
    where discrepancy.status = 'open' and discrepancy.source = 'reconciliation' and item.source is distinct from 'bank'
      and not (discrepancy.holds_difference and discrepancy.difference <> 0)`,
}

const namedMax = 5

/** One line for each broken rule, with the first few that break it. */
export const findBroken = async (sql: Reader): Promise<string[]> => {
  const found: string[] = []
  for (const [rule, query] of Object.entries(rules)) {
    const rows = await query(sql)
    const named = rows.slice(0, namedMax).map(({ id }) => String(id))
    if (rows.length > 0) found.push(`${rule}: ${rows.length}, first ${named.join(', ')}`)
  }
  return found
}

export const ruleCount = Object.keys(rules).length
