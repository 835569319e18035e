// What the database holds, read as its superuser with statements of this test's own: nothing here goes by way of the gateway's code.
import postgres from 'postgres'

export type BooksHere = {
  /** By merchant account and reference: what the facts say was captured and not reversed. */
  payments: ReadonlyMap<string, Payment>
  /** By merchant account and reference: what the facts say was paid back. */
  refunds: ReadonlyMap<string, { id: string; amount: bigint }>
  /** Signed đồng of the ledger by merchant account and account of the ledger. */
  ledger: ReadonlyMap<string, bigint>
}

export type Payment = { attempt: string; order: string; status: string; captured: bigint; source: string | null }

/** Amounts come as bigint. */
export type Reader = postgres.Sql<{ bigint: bigint }>

export const openReader = (url: string): Reader =>
  postgres(url, { max: 2, onnotice: () => undefined, types: { bigint: postgres.BigInt } })

export const nameOf = (account: string, reference: string): string => `${account} ${reference}`

export const readBooks = async (sql: Reader): Promise<BooksHere> => {
  const payments = await sql`
    select attempt.id, attempt.order_id, attempt.merchant_account_id, attempt.merchant_reference, attempt.status,
      coalesce(sum(case fact.kind when 'captured' then fact.amount when 'reversed' then -fact.amount end), 0)::bigint as captured,
      min(fact.source) filter (where fact.kind = 'captured') as source
    from attempts as attempt left join money_facts as fact on fact.attempt_id = attempt.id and fact.kind in ('captured', 'reversed')
    group by attempt.id`
  const refunds = await sql`
    select refund.id, refund.merchant_account_id, refund.merchant_reference,
      coalesce(sum(case fact.kind when 'refunded' then fact.amount when 'bounced' then -fact.amount end), 0)::bigint as amount
    from refunds as refund left join money_facts as fact on fact.refund_id = refund.id group by refund.id`
  const ledger = await sql`
    select merchant_account_id, account, sum(amount)::bigint as amount from postings group by merchant_account_id, account`
  return {
    payments: new Map(
      payments.map((row) => [
        nameOf(row.merchant_account_id, row.merchant_reference),
        { attempt: row.id, order: row.order_id, status: row.status, captured: row.captured, source: row.source },
      ]),
    ),
    refunds: new Map(
      refunds.map((row) => [
        nameOf(row.merchant_account_id, row.merchant_reference),
        { id: row.id, amount: row.amount },
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
