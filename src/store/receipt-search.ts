/** Receipts as somebody looks for them: by what is printed on them, by their dossier, or by their day. */
import type { Receipt, ReceiptState } from '../domain/receipt.ts'
import { businessDayRange } from '../lib/time.ts'
import { type Database, queryInScope, type Sql } from './database.ts'
import { readReceipts } from './receipts.ts'

export type ReceiptFilter = {
  dossierCode: string | null
  serial: string | null
  number: number | null
  issuedOn: string | null
  /** The page begins behind this id; the newest come first. */
  before: string | null
  limit: number
}

export type FoundReceipt = { receipt: Receipt; state: ReceiptState }

/** A page of the scope's receipts, newest first. */
export const searchReceipts = async (
  database: Database,
  scope: string,
  filter: ReceiptFilter,
): Promise<readonly FoundReceipt[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select receipt.*, exists (select from receipts as later where later.replaces = receipt.id) as is_replaced,
        exists (select from receipt_notices as notice where notice.receipt_id = receipt.id) as is_noticed
      from ${numbered(sql, filter)} as receipt
      where true ${filter.before ? sql`and receipt.id < ${filter.before}` : sql``}
        ${filter.dossierCode ? sql`and receipt.order_id in (select id from orders where dossier_code = ${filter.dossierCode})` : sql``}
        ${filter.issuedOn ? onDay(sql, filter.issuedOn) : sql``}
      order by receipt.id desc limit ${filter.limit}`,
  )
  return readReceipts(rows).map((receipt, index) => {
    const { isReplaced, isNoticed } = rows[index] ?? {}
    return { receipt, state: isReplaced ? 'replaced' : isNoticed ? 'noticed' : 'issued' }
  })
}

const onDay = (sql: Sql, day: string) => {
  const { from, to } = businessDayRange(day)
  return sql`and receipt.issued_at >= ${from} and receipt.issued_at < ${to}`
}

/** A number is looked up agency by agency, since that is how the numbers are indexed. */
const numbered = (sql: Sql, { serial, number }: ReceiptFilter) =>
  serial === null && number === null
    ? sql`receipts`
    : sql`(
        select found.* from agencies cross join lateral (
          select * from receipts where receipts.agency_code = agencies.agency_code
            ${serial === null ? sql`` : sql`and serial = ${serial}`} ${number === null ? sql`` : sql`and number = ${number}`}) as found)`
