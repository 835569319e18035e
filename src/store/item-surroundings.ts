/** One item of a reconciliation with what stands around it: the row of the file, what we know of the payment, what the bank has paid for it, and its discrepancy. */
import { type Database, inScope } from './database.ts'
import type { ReconciliationItem } from './reconciliations.ts'
import { latestFirst } from './run-sight.ts'

export type ItemRowOfFile = {
  statementId: string
  fileName: string
  line: number
  lineType: string | null
  occurredAt: Date | null
  businessDay: string | null
  merchantReference: string | null
  providerReference: string | null
  amount: bigint
  providerFee: bigint | null
  netAmount: bigint | null
  status: string | null
  payoutReference: string | null
  valueDate: string | null
  bankReference: string | null
  description: string | null
  counterparty: string | null
}

export type ItemPayment = {
  merchantReference: string
  provider: string
  status: string
  amount: bigint
  dossierCode: string
  orderStatus: string
}

export type ItemRefund = { merchantReference: string; status: string; amount: bigint }

export type ItemBankLine = {
  id: string
  reconciliationId: string
  class: string
  statementId: string
  line: number
  amount: bigint
  valueDate: string | null
  bankReference: string | null
  description: string | null
  payoutReferences: readonly string[]
}

export type ItemSurroundings = {
  item: ReconciliationItem & { reconciliationId: string }
  row: ItemRowOfFile | null
  payment: ItemPayment | null
  refund: ItemRefund | null
  bank: readonly ItemBankLine[]
  discrepancy: string | null
}

/** A payout may come in several credits; more than these nobody reads beside one another. */
const bankLinesMax = 20

/** Null when the run has no such item within the scope. */
export const findItem = async (
  database: Database,
  scope: string,
  { reconciliationId, id }: { reconciliationId: string; id: string },
): Promise<ItemSurroundings | null> => {
  const [items, rows, payments, refunds, bank, discrepancies] = await inScope(database, scope, (sql) => {
    const own = sql`item.id = ${id} and item.reconciliation_id = ${reconciliationId}`
    return [
      sql`select item.* from reconciliation_items as item where ${own}`,
      sql`
        select line.statement_id, file.file_name, line.line, line.line_type, line.occurred_at, line.business_day, line.merchant_reference, line.provider_reference,
          line.amount, line.provider_fee, line.net_amount, line.status, line.payout_reference, line.value_date, line.bank_reference, line.description, line.counterparty
        from reconciliation_items as item
        join statement_lines as line on line.statement_id = item.statement_id and line.line = item.line
        join statements as file on file.id = item.statement_id where ${own}`,
      sql`
        select attempt.merchant_reference, attempt.provider, attempt.status, attempt.amount, orders.dossier_code, orders.status as order_status
        from reconciliation_items as item join attempts as attempt on attempt.id = item.attempt_id join orders on orders.id = attempt.order_id where ${own}`,
      sql`
        select refund.merchant_reference, refund.status, refund.amount
        from reconciliation_items as item join refunds as refund on refund.id = item.refund_id where ${own}`,
      // What this run has found of the payout stands before what another has.
      sql`
        select distinct on (paid.statement_id, paid.line) paid.id, paid.reconciliation_id, paid.class, paid.statement_id, paid.line, line.amount, line.value_date,
          line.bank_reference, line.description, paid.payout_references
        from reconciliation_items as item
        join reconciliations as run on run.id = item.reconciliation_id
        join reconciliation_items as paid on paid.payout_references @> array[item.payout_reference] and paid.source = 'bank' and paid.statement_id is not null
        join reconciliations as other on other.id = paid.reconciliation_id and other.merchant_account_id = run.merchant_account_id
        join statement_lines as line on line.statement_id = paid.statement_id and line.line = paid.line
        where ${own} and item.source = 'provider' and item.payout_reference is not null
        order by paid.statement_id, paid.line, (paid.reconciliation_id = item.reconciliation_id) desc, ${latestFirst(sql, 'other')}, paid.id desc limit ${bankLinesMax}`,
      // A discrepancy keeps the item that opened it; a later run knows it by what it is about (store/reconcile/settle.ts).
      sql`
        with keys as materialized (
          select unnest(array[
            'reconciliation:' || item.class || ':refund:' || item.refund_id,
            'reconciliation:' || item.class || ':capture:' || item.attempt_id || ':' || item.capture_reference,
            'reconciliation:' || item.class || ':line:' || item.statement_id || ':' || item.line,
            'reconciliation:' || item.class || ':bank:' || item.statement_id || ':' || item.line,
            'reconciliation:' || item.class || ':payout:' || run.merchant_account_id || ':' || item.payout_reference]) as key
          from reconciliation_items as item join reconciliations as run on run.id = item.reconciliation_id
          where ${own} and item.class <> 'matched')
        select min(found.id) as id from keys join discrepancies as found on found.dedupe_key = keys.key having min(found.id) is not null`,
    ]
  })
  const item = items?.[0]
  if (!item) return null
  return {
    item: item as ItemSurroundings['item'],
    row: (rows?.[0] as ItemRowOfFile | undefined) ?? null,
    payment: (payments?.[0] as ItemPayment | undefined) ?? null,
    refund: (refunds?.[0] as ItemRefund | undefined) ?? null,
    bank: (bank ?? []) as readonly unknown[] as readonly ItemBankLine[],
    discrepancy: discrepancies?.[0] ? String(discrepancies[0].id) : null,
  }
}
