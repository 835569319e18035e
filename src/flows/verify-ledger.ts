/**
 * Checks the books: every entry balances, entries and facts are what was chained and sealed, money of no order is where quarantine and the open discrepancies
 * say, receipt numbers have no gap, every order is what the facts about money say, every timeline is the one that was written, and every receipt what was signed and told
 * of. Changes nothing.
 */
import { recheck } from '../domain/apply.ts'
import { eventHash } from '../domain/order-events.ts'
import type { OrderFacts } from '../domain/order-facts.ts'
import { originProblem } from '../domain/order-origin.ts'
import type { ReceiptHistory } from '../domain/receipt.ts'
import type { Progress } from '../lib/progress.ts'
import { everyAgency } from '../store/database.ts'
import { discrepancyAstray } from '../store/discrepancy-bookings.ts'
import { loadFacts } from '../store/facts.ts'
import { eventsOfOrder, orderIdsAfter, tallyLedger } from '../store/ledger-audit.ts'
import { creditsAstray } from '../store/quarantine.ts'
import { findHistoriesOf, findReceiptHistories } from '../store/receipt-histories.ts'
import { findReceiptGap } from '../store/receipts.ts'
import { settlementAstray } from '../store/settlement-audit.ts'
import type { Deps } from './deps.ts'
import { type CheckReceipts, createReceiptChecker } from './verify-receipts.ts'
import { type SealedTenant, type SealFault, verifySeals } from './verify-seals.ts'

/** What does not agree: a row by its id, and in which way. */
export type LedgerFault =
  | {
      what: 'entry' | 'order' | 'event' | 'credit' | 'discrepancy' | 'settlement' | 'receipt'
      id: string
      problem: string
    }
  | SealFault

export type LedgerCheck = {
  entries: number
  postings: number
  orders: number
  events: number
  receipts: number
  /** Receipts of before they were signed at their issue: held against their timelines alone until a job has signed them. */
  unsignedReceipts: number
  /** How far the ledger of each tenant is sealed; nothing can be said by its seal of what was written since. */
  sealed: readonly SealedTenant[]
  fault: LedgerFault | null
}

const pageSize = 200

/** Reads everything, up to the first row that does not agree: `fault`, with the counts of what was read until then. */
export const verifyLedger = async (
  deps: Pick<Deps, 'db' | 'box' | 'now'>,
  { copies = [], onProgress = () => undefined }: { copies?: readonly string[]; onProgress?: Progress } = {},
): Promise<LedgerCheck> => {
  const { entries, postings, firstUnbalanced } = await tallyLedger(deps.db)
  const check: LedgerCheck = {
    entries,
    postings,
    orders: 0,
    events: 0,
    receipts: 0,
    unsignedReceipts: 0,
    sealed: [],
    fault: null,
  }
  onProgress(`${entries} entries add up`)
  if (firstUnbalanced) {
    const { id, postings: lines, sum } = firstUnbalanced
    return { ...check, fault: { what: 'entry', id, problem: `has ${lines} postings that sum to ${sum} đ` } }
  }
  const seals = await verifySeals(deps, {
    copies,
    onProgress: ({ agencyCode, places }) => onProgress(`${places} places of ${agencyCode} are as they were chained`),
  })
  check.sealed = seals.tenants
  if (seals.fault) return { ...check, fault: seals.fault }
  const astray = await creditsAstray(deps.db)
  if (astray)
    return { ...check, fault: { what: 'credit', id: astray, problem: 'is not in suspense as its entry says' } }
  const gap = await findReceiptGap(deps.db)
  if (gap)
    return {
      ...check,
      fault: { what: 'receipt', id: `${gap.agencyCode} ${gap.serial}-${gap.number}`, problem: 'is missing' },
    }
  const unheld = await discrepancyAstray(deps.db)
  if (unheld)
    return { ...check, fault: { what: 'discrepancy', id: unheld, problem: 'does not hold in suspense what it says' } }
  const unsettled = await settlementAstray(deps.db)
  if (unsettled)
    return { ...check, fault: { what: 'settlement', id: unsettled, problem: 'is not booked as its bank line says' } }
  const checkReceipts = createReceiptChecker(deps)
  for (let after = ''; ; ) {
    const ids = await orderIdsAfter(deps.db, { after, limit: pageSize })
    const receipted = await findHistoriesOf(deps.db, ids)
    for (const id of ids) {
      // What differs may have been changed while it was being read: what differs again is wrong.
      const first = await checkOrder(deps, id, { checkReceipts, histories: receipted.get(id) ?? [] })
      const found = first.fault ? await checkOrder(deps, id, { checkReceipts, histories: null }) : first
      check.orders += 1
      check.events += found.events
      check.receipts += found.receipts
      check.unsignedReceipts += found.unsignedReceipts
      if (found.fault) return { ...check, fault: found.fault }
    }
    const last = ids.at(-1)
    if (last === undefined) return check
    onProgress(`${check.orders} orders agree`)
    after = last
  }
}

type CheckedOrder = Pick<LedgerCheck, 'events' | 'receipts' | 'unsignedReceipts' | 'fault'>

const checkOrder = async (
  deps: Pick<Deps, 'db'>,
  orderId: string,
  read: { checkReceipts: CheckReceipts; histories: readonly ReceiptHistory[] | null },
): Promise<CheckedOrder> => {
  const none = { events: 0, receipts: 0, unsignedReceipts: 0 }
  const facts = await loadFacts(deps.db, everyAgency, { orderId })
  if (!facts) return { ...none, fault: { what: 'order', id: orderId, problem: 'is gone' } }
  const events = await eventsOfOrder(deps.db, orderId)
  const timeline = checkTimeline(facts, events)
  const change = recheck(facts)
  if (change) {
    const parts = Object.entries(change).filter(([, part]) => (Array.isArray(part) ? part.length > 0 : part !== null))
    const problem = `differs from the facts about its money in: ${parts.map(([name]) => name).join(', ')}`
    return { ...none, ...timeline, fault: { what: 'order', id: orderId, problem } }
  }
  if (timeline.fault) return { ...none, ...timeline }
  const histories = read.histories ?? (await findReceiptHistories(deps.db, everyAgency, orderId))
  const fault = await read.checkReceipts({ order: facts.order, events, histories })
  const unsignedReceipts = histories.filter(({ receipt }) => receipt.proof === null).length
  return { events: events.length, receipts: histories.length, unsignedReceipts, fault }
}

const checkTimeline = (
  facts: OrderFacts,
  events: Awaited<ReturnType<typeof eventsOfOrder>>,
): Pick<CheckedOrder, 'events' | 'fault'> => {
  const { order } = facts
  let former = ''
  for (const [index, { hash, ...event }] of events.entries()) {
    const fault = (problem: string) => ({ events: index, fault: { what: 'event' as const, id: event.id, problem } })
    if (event.sequence !== index + 1) return fault(`of ${order.id} has number ${event.sequence}, not ${index + 1}`)
    if (hash !== eventHash(former, order.id, event)) return fault(`of ${order.id} is not what was hashed`)
    former = hash
  }
  const isWhole = events.length === order.eventCount && former === (order.eventHash ?? '')
  const problem = isWhole
    ? originProblem(facts, events)
    : `has ${events.length} events, but says that it has ${order.eventCount}`
  return { events: events.length, fault: problem ? { what: 'order', id: order.id, problem } : null }
}
