/** Reads everything that decides the state of one order, in one round trip. */
import type {
  Attempt,
  Balance,
  Dispute,
  DoorClass,
  MoneyFact,
  Order,
  OrderFacts,
  OrderLine,
} from '../domain/order-facts.ts'
import { type Database, type Fragment, inScope, type Query, type Rows, type Sql } from './database.ts'
import { readRefundRow, selectRefunds } from './refunds.ts'

/** Which order: by its own id, by its checkout token, or by what a provider calls one of its attempts or refunds. */
export type OrderKey =
  | { orderId: string }
  | { checkoutToken: string }
  | { merchantAccountId: string; merchantReference: string; providerReference?: string | null }

/** The facts of the order, or null when the scope holds no such order. `more` are statements to run in the same round trip, before. */
export const loadFacts = async (
  database: Database,
  scope: string,
  key: OrderKey,
  more: (sql: Sql) => readonly Query[] = () => [],
): Promise<OrderFacts | null> => {
  const answers = await inScope(database, scope, (sql) => [...more(sql), ...factQueries(sql, key)])
  return readFacts(answers.slice(-factQueryCount))
}

/**
 * The same, with the rows of each of other statements, which run behind: what they see is as new as the facts at least, so that a commit which compares the order's version
 * compares theirs too.
 */
export const loadFactsWith = async (
  database: Database,
  scope: string,
  key: OrderKey,
  besides: (sql: Sql) => readonly Query[],
): Promise<{ facts: OrderFacts | null; rows: readonly Rows[] }> => {
  const answers = await inScope(database, scope, (sql) => [...factQueries(sql, key), ...besides(sql)])
  return { facts: readFacts(answers.slice(0, factQueryCount)), rows: answers.slice(factQueryCount) }
}

const factQueryCount = 10

const factQueries = (sql: Sql, key: OrderKey): Query[] => {
  const wanted = orderIdOf(sql, key)
  return [
    sql`select * from orders where id = ${wanted}`,
    sql`select * from order_lines where order_id = ${wanted} order by line_no`,
    sql`select * from attempts where order_id = ${wanted} order by created_at, id`,
    selectRefunds(sql, sql`order_id = ${wanted} order by created_at, id`),
    sql`select * from money_facts where order_id = ${wanted} order by sequence`,
    sql`
      select posting.account, posting.merchant_account_id, sum(posting.amount)::bigint as amount
      from postings as posting join journal_entries as entry on entry.id = posting.entry_id
      where posting.order_id = ${wanted} and entry.kind in ('capture', 'reversal', 'refund', 'adjustment')
      group by posting.account, posting.merchant_account_id`,
    sql`select id, dedupe_key, class, attempt_id, amount, status, resolved_by from discrepancies where order_id = ${wanted} and source = 'door'`,
    sql`
      select agency.accepts_late_money and not exists (${paidElsewhere(sql, wanted)}) as accepts_late_money
      from orders as late join agencies as agency on agency.agency_code = late.agency_code
      where late.id = ${wanted}`,
    takenReference(sql, key),
    sql`select * from disputes where order_id = ${wanted} order by id`,
  ]
}

/** Whether another attempt has captured under the reference that is being told. */
const takenReference = (sql: Sql, key: OrderKey): Query => {
  if (!('merchantReference' in key) || !key.providerReference) return sql`select null::text as reference where false`
  const { merchantAccountId, merchantReference, providerReference } = key
  return sql`
    select fact.reference from money_facts as fact join attempts as attempt on attempt.id = fact.attempt_id
    where fact.merchant_account_id = ${merchantAccountId} and fact.reference = ${providerReference} and fact.kind = 'captured'
      and attempt.merchant_reference <> ${merchantReference}
    limit 1`
}

const orderIdOf = (sql: Sql, key: OrderKey) => {
  if ('orderId' in key) return sql`${key.orderId}`
  if ('checkoutToken' in key) return sql`(select id from orders where checkout_token = ${key.checkoutToken})`
  const { merchantAccountId, merchantReference } = key
  return sql`(
    select order_id from attempts where merchant_account_id = ${merchantAccountId} and merchant_reference = ${merchantReference}
    union all
    select order_id from refunds where merchant_account_id = ${merchantAccountId} and merchant_reference = ${merchantReference}
    limit 1)`
}

/** Other paid orders with a line of the same dossier: the fee code is the same, or kind and description are. */
export const paidElsewhere = (sql: Sql, orderId: Fragment | string) => sql`
  select from order_lines as line
  join order_lines as twin on twin.agency_code = line.agency_code and twin.dossier_code = line.dossier_code
    and twin.line_key = line.line_key and twin.order_id <> line.order_id
  join orders as other on other.id = twin.order_id and other.status = 'paid'
  where line.order_id = ${orderId}`

const readFacts = ([
  orders,
  lines,
  attempts,
  refunds,
  money,
  balances,
  discrepancies,
  late,
  taken,
  disputes,
]: Rows[]): OrderFacts | null => {
  const row = orders?.[0]
  if (!row) return null
  return {
    order: { ...(row as Omit<Order, 'lines'>), lines: (lines ?? []) as readonly OrderLine[] },
    attempts: (attempts ?? []) as readonly Attempt[],
    refunds: (refunds ?? []).map(readRefundRow),
    disputes: (disputes ?? []) as readonly Dispute[],
    money: (money ?? []) as readonly MoneyFact[],
    balances: ((balances ?? []) as readonly Balance[]).filter((balance) => balance.amount !== 0n),
    discrepancies: (discrepancies ?? []).map((each) => ({
      id: String(each.id),
      key: String(each.dedupeKey),
      class: each.class as DoorClass,
      attemptId: String(each.attemptId),
      amount: BigInt(each.amount),
      isOpen: each.status !== 'resolved',
      closedByDoor: each.status === 'resolved' && each.resolvedBy === 'lephi',
    })),
    acceptsLateMoney: late?.[0]?.acceptsLateMoney === true,
    takenReference: typeof taken?.[0]?.reference === 'string' ? taken[0].reference : null,
  }
}
