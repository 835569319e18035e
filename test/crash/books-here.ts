// What the database holds, read as its superuser with statements of this test's own: nothing here goes by way of the gateway's code.
import postgres from 'postgres'

export type BooksHere = {
  /** By merchant account and reference: what was captured and not reversed. */
  payments: ReadonlyMap<string, Payment>
  /** By merchant account and reference: what was paid back, and the name of the payment that it was paid back of. */
  refunds: ReadonlyMap<string, { id: string; amount: bigint; payment: string }>
  /** Signed đồng of the ledger by merchant account and account of the ledger. */
  ledger: ReadonlyMap<string, bigint>
}

/** `source` told of it first. `held`: what a statement lists beyond that, in suspense behind an open discrepancy of this payment. */
export type Payment = {
  attempt: string
  order: string
  status: string
  captured: bigint
  held: bigint
  source: string | null
}

/** Amounts come as bigint. */
export type Reader = postgres.Sql<{ bigint: bigint }>

export const openReader = (url: string): Reader =>
  postgres(url, { max: 2, onnotice: () => undefined, types: { bigint: postgres.BigInt } })

export const nameOf = (account: string, reference: string): string => `${account} ${reference}`

export const readBooks = async (sql: Reader): Promise<BooksHere> => {
  // One arrival of money can be told under two numbers, the provider's and ours, so facts are not added up here: the attempt says what they come to.
  const payments = await sql`
    select id, order_id, merchant_account_id, merchant_reference, status, amount_captured - amount_reversed as captured,
      (select coalesce(sum(difference), 0)::bigint from discrepancies
        where attempt_id = attempts.id and source = 'reconciliation' and holds_difference and status <> 'resolved') as held,
      (select fact.source from money_facts as fact where fact.attempt_id = attempts.id and fact.kind = 'captured' order by sequence limit 1) as source
    from attempts`
  const refunds = await sql`
    select refunds.id, refunds.merchant_account_id, refunds.merchant_reference, amount_refunded as amount, attempts.merchant_reference as payment
    from refunds join attempts on attempts.id = refunds.attempt_id`
  const ledger = await sql`
    select merchant_account_id, account, sum(amount)::bigint as amount from postings group by merchant_account_id, account`
  return {
    payments: new Map(
      payments.map((row) => [
        nameOf(row.merchant_account_id, row.merchant_reference),
        {
          attempt: row.id,
          order: row.order_id,
          status: row.status,
          captured: row.captured,
          held: row.held,
          source: row.source,
        },
      ]),
    ),
    refunds: new Map(
      refunds.map((row) => [
        nameOf(row.merchant_account_id, row.merchant_reference),
        { id: row.id, amount: row.amount, payment: nameOf(row.merchant_account_id, row.payment) },
      ]),
    ),
    ledger: new Map(ledger.map((row) => [nameOf(row.merchant_account_id, row.account), row.amount])),
  }
}

/** What is still under way: webhooks that are owed, and paid orders whose receipts are. */
export const readUnfinished = async (sql: Reader): Promise<{ webhooks: number; receipts: number }> => {
  const [row] = await sql`
    select (select count(*) from webhook_deliveries where status = 'pending')::int as webhooks,
      (select count(distinct (line.order_id, line.kind)) from order_lines as line join orders on orders.id = line.order_id
        where orders.status = 'paid' and line.kind in ('phi', 'le_phi') and not exists (
          select from receipts where receipts.order_id = line.order_id and receipts.kind = line.kind))::int as receipts`
  return { webhooks: Number(row?.webhooks), receipts: Number(row?.receipts) }
}
