/** Everything about money, order by order, as whoever compares it with the providers' own books reads it. */
import { type Database, everyAgency, inScope, queryInScope } from './database.ts'
import { latestFirst } from './run-sight.ts'

export type BookedAttempt = {
  id: string
  merchantAccountId: string
  merchantReference: string
  status: string
  failureCode: string | null
  paysOrder: boolean
  isWatched: boolean
  captured: bigint
  reversed: bigint
}

export type BookedRefund = {
  id: string
  merchantAccountId: string
  merchantReference: string
  /** Our reference of the payment that it returns money of: by some protocols a refund has no other. */
  paymentReference: string
  status: string
  amount: bigint
  refunded: bigint
  method: string
  /** The transfer by which people returned it. */
  bankReference: string | null
}

export type BookedOrder = {
  id: string
  status: string
  amount: bigint
  amountPaid: bigint
  amountRefunded: bigint
  /** How often its deadline was moved. */
  extensions: number
  /** Signed đồng by ledger account. */
  balances: Readonly<Record<string, bigint>>
  attempts: readonly BookedAttempt[]
  refunds: readonly BookedRefund[]
  /** Kinds of fees that call for a receipt, and those that have one. */
  receiptKinds: readonly string[]
  receipts: readonly string[]
  /** How the webhook that tells of the payment stands; null where no endpoint is owed it. */
  paidWebhooks: readonly { event: string; status: string; isDue: boolean }[]
}

type Raw = {
  id: string
  status: string
  amount: bigint
  amountPaid: bigint
  amountRefunded: bigint
  extensions: number
  parts: Parts
}

/** Every order with its attempts, refunds, ledger balances, receipts and webhooks. */
export const readBooks = async (database: Database): Promise<readonly BookedOrder[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select placed.id, placed.status, placed.amount, placed.amount_paid, placed.amount_refunded, placed.extensions, json_build_object(
        'balances', (select coalesce(json_object_agg(account, total::text), '{}') from (
          select account, sum(amount) as total from postings where order_id = placed.id group by account order by account) as summed),
        'attempts', (select coalesce(json_agg(json_build_object('id', tried.id, 'merchantAccountId', merchant_account_id, 'merchantReference', merchant_reference,
            'status', status, 'failureCode', failure_code, 'paysOrder', pays_order, 'isWatched', next_query_at is not null,
            'captured', amount_captured::text, 'reversed', amount_reversed::text) order by tried.id), '[]')
          from attempts as tried where tried.order_id = placed.id),
        'refunds', (select coalesce(json_agg(json_build_object('id', asked.id, 'merchantAccountId', merchant_account_id, 'merchantReference', merchant_reference,
            'status', status, 'amount', amount::text, 'refunded', amount_refunded::text, 'method', method, 'bankReference', bank_reference,
            'paymentReference', (select merchant_reference from attempts where id = asked.attempt_id)) order by asked.id), '[]')
          from refunds as asked where asked.order_id = placed.id),
        'receiptKinds', (select coalesce(json_agg(distinct kind), '[]') from order_lines where order_id = placed.id and kind in ('phi', 'le_phi') and amount > 0),
        'receipts', (select coalesce(json_agg(distinct kind), '[]') from receipts where order_id = placed.id),
        'paidWebhooks', (select coalesce(json_agg(json_build_object('event', event_id, 'status', owed.status, 'isDue', next_attempt_at is not null) order by owed.id), '[]')
          from webhook_deliveries as owed join events on events.id = owed.event_id where events.order_id = placed.id and events.type = 'order.paid')) as parts
      from orders as placed order by placed.id`,
  )
  return (rows as readonly unknown[] as readonly Raw[]).map(orderOf)
}

type Texts<Row> = { [Name in keyof Row]: Row[Name] extends bigint ? string : Row[Name] }
type Parts = Pick<BookedOrder, 'receiptKinds' | 'receipts' | 'paidWebhooks'> & {
  balances: Record<string, string>
  attempts: readonly Texts<BookedAttempt>[]
  refunds: readonly Texts<BookedRefund>[]
}

const orderOf = ({ parts, ...order }: Raw): BookedOrder => {
  const { balances, attempts, refunds, ...rest } = parts
  return {
    ...order,
    ...rest,
    balances: Object.fromEntries(Object.entries(balances).map(([account, total]) => [account, BigInt(total)])),
    attempts: attempts.map((each) => ({ ...each, captured: BigInt(each.captured), reversed: BigInt(each.reversed) })),
    refunds: refunds.map((each) => ({ ...each, amount: BigInt(each.amount), refunded: BigInt(each.refunded) })),
  }
}

/** Entries whose postings do not sum to zero, and orders that two attempts pay; nothing else may be in it. */
export const readImbalances = async (
  database: Database,
): Promise<{ entries: readonly { id: string; sum: bigint }[]; paidTwice: readonly string[] }> => {
  const [entries, orders] = await inScope(database, everyAgency, (sql) => [
    sql`
      select entry.id, coalesce(sum(posting.amount), 0)::bigint as sum from journal_entries as entry
      left join postings as posting on posting.entry_id = entry.id group by entry.id
      having coalesce(sum(posting.amount), 0) <> 0 or count(posting.amount) < 2 order by entry.id limit 20`,
    sql`select order_id as id from attempts where pays_order group by order_id having count(*) > 1 order by order_id limit 20`,
  ])
  return {
    entries: (entries ?? []).map((row) => ({ id: String(row.id), sum: row.sum as bigint })),
    paidTwice: (orders ?? []).map((row) => String(row.id)),
  }
}

export type UnexplainedItem = {
  id: string
  class: string
  reconciliationId: string
  amountHere: bigint | null
  amountThere: bigint | null
}

/** Items of the latest run of each account that do not match and of which no discrepancy tells, and matches of two amounts. */
export const findUnexplained = async (database: Database): Promise<readonly UnexplainedItem[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with latest as (
        select distinct on (merchant_account_id) id, merchant_account_id from reconciliations as run where status = 'completed'
        order by merchant_account_id, ${latestFirst(sql, 'run')})
      select item.id, item.class, item.reconciliation_id, item.amount_here, item.amount_there
      from reconciliation_items as item join latest on latest.id = item.reconciliation_id
      where (item.class = 'matched' and item.amount_here is distinct from item.amount_there)
        or (item.class <> 'matched' and not exists (
          select from discrepancies as told left join reconciliation_items as origin on origin.id = told.item_id
          where told.source = 'reconciliation' and told.class = item.class and told.merchant_account_id = latest.merchant_account_id
            and (told.item_id = item.id or (origin.statement_id = item.statement_id and origin.line = item.line)
              or (item.attempt_id is not null and told.attempt_id = item.attempt_id and told.refund_id is not distinct from item.refund_id)
              or (item.payout_reference is not null and origin.payout_reference = item.payout_reference)
              or (item.bank_reference is not null and origin.bank_reference = item.bank_reference))))
      order by item.id limit 20`,
  )
  return rows as readonly unknown[] as readonly UnexplainedItem[]
}
