/** What an issue of receipts goes by, in one round trip: it follows every payment. */
import type { SignedSeal } from '../domain/ledger-seal.ts'
import type { OrderFacts } from '../domain/order-facts.ts'
import type { Collector, Receipt, ReceiptSerials } from '../domain/receipt.ts'
import { type Database, everyAgency } from './database.ts'
import { loadFactsWith } from './facts.ts'
import { asSeals, latestSealBy } from './ledger-seals.ts'
import { collector, readReceipts, standingReceipts } from './receipts.ts'

export type ReceiptGround = {
  facts: OrderFacts | null
  /** Those of the order that stand. */
  issued: readonly Receipt[]
  /** Null when the agency is gone. */
  collector: (Collector & ReceiptSerials) | null
  /** The latest seal of the agency's tenant that was written by then. */
  seal: SignedSeal | null
}

export const readReceiptGround = async (database: Database, orderId: string, now: Date): Promise<ReceiptGround> => {
  const { facts, rows } = await loadFactsWith(database, everyAgency, { orderId }, (sql) => {
    const agency = sql`(select agency_code from orders where id = ${orderId})`
    return [standingReceipts(sql, orderId), collector(sql, agency), latestSealBy(sql, agency, now)]
  })
  const [issued = [], collectors = [], seals = []] = rows
  return {
    facts,
    issued: readReceipts(issued),
    collector: (collectors[0] as (Collector & ReceiptSerials) | undefined) ?? null,
    seal: asSeals(seals)[0] ?? null,
  }
}
