/**
 * Receipts that a payment left without: issued as soon as they can be, ever more seldom where that fails, and told of when they are late. The data of a receipt must
 * go to the tax office on the day of the collection (NĐ 254/2026 Điều 29.3.b), so an hour without one, or the end of the day, is an alarm.
 */
import { linkEvents } from '../domain/order-events.ts'
import { drain } from '../lib/drain.ts'
import { createPace } from '../lib/pace.ts'
import { nextDelay } from '../lib/retry-ladder.ts'
import { businessDay, businessDayRange, toRfc3339 } from '../lib/time.ts'
import { everyAgency } from '../store/database.ts'
import {
  countUnreceipted,
  findOverdueReceipts,
  findUnreceipted,
  markOverdue,
  noteFailedTry,
  type UnreceiptedReason,
} from '../store/unreceipted.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'
import { issueReceipts, waitsForTaxCode } from './issue-receipts.ts'
import { isAboutToIssue } from './receipt-line.ts'

/** Waits after the first tries, in seconds; hourly from then on, without end: the law knows no order that needs no receipt any more. */
const ladderSeconds = [15, 60, 300, 900, 1_800]
const hourlySeconds = 3_600
/** The numbers of one series are taken one after another, so more than two would only wait for each other. */
const concurrency = 2

/** Issues what is due, at most `limit` orders, but for those that this process is about to do anyway; answers how many there were of both. */
export const chaseReceipts = async (
  deps: Deps,
  { limit, everything }: { limit: number; everything: boolean },
): Promise<number> => {
  const found = await findUnreceipted(deps.db, { limit, everything, now: deps.now() })
  const waiting = found.filter(({ id }) => !isAboutToIssue(deps, id))
  const inLine = found.length - waiting.length
  const pace = createPace(deps.isServing)
  const tried = await drain(
    { limit, concurrency },
    async () => {
      await pace()
      return deps.isEnding?.() ? null : (waiting.shift() ?? null)
    },
    async ({ id, tries }) => {
      try {
        await issueReceipts(deps, id)
      } catch (error) {
        const seconds = nextDelay(tries + 1, ladderSeconds) ?? hourlySeconds
        const nextTryAt = new Date(deps.now().getTime() + seconds * 1_000)
        const reason = waitsForTaxCode(error) ? 'no_tax_code' : 'failed'
        await noteFailedTry(deps.db, { orderId: id, nextTryAt, reason })
        throw error
      }
    },
    (error, { id, tries }) => deps.log.error({ order: id, tries: tries + 1, error }, 'receipt not issued'),
  )
  return tried + inLine
}

const lateMs = 3_600_000

/** Tells of each order once, on its timeline and in the log, that its receipt is late; at most `limit`. Answers how many. */
export const noteOverdueReceipts = async (deps: Deps, limit: number): Promise<number> => {
  const now = deps.now()
  // The later of an hour ago and midnight in Vietnam: money of yesterday is late at once.
  const { from: midnight } = businessDayRange(businessDay(now))
  const before = new Date(Math.max(now.getTime() - lateMs, midnight.getTime()))
  const late = await findOverdueReceipts(deps.db, { before, limit })
  let told = 0
  for (const { id, reason } of late) {
    // One order that cannot be told of must not keep the others waiting.
    await noteOverdue(deps, { orderId: id, reason, now }).then(
      () => {
        told += 1
      },
      (error: unknown) => deps.log.error({ order: id, error }, 'overdue receipt not told of'),
    )
  }
  return told
}

type Late = { orderId: string; reason: UnreceiptedReason | null; now: Date }

const noteOverdue = async (deps: Deps, { orderId, reason, now }: Late): Promise<void> => {
  await changeOrder<void>(deps, { scope: everyAgency, order: { orderId } }, (facts) => {
    if (!facts) return { answer: undefined }
    const { order } = facts
    const data = {
      order: orderId,
      dossier_code: order.dossierCode,
      agency_code: order.agencyCode,
      paid_at: order.paidAt ? toRfc3339(order.paidAt) : null,
      reason,
    }
    const events = linkEvents(order, [{ type: 'receipt.overdue', data }], { newId: deps.newId, now })
    return { answer: undefined, write: { order: {}, events, now, also: (sql) => [markOverdue(sql, order, now)] } }
  })
  deps.log.error({ order: orderId, reason }, 'receipt overdue')
}

/** Sets the gauges. Never throws: metrics are answered without a database too. */
export const setReceiptGauges = async (deps: Deps): Promise<void> => {
  try {
    const { count, oldest } = await countUnreceipted(deps.db)
    deps.metrics.set('lephi_orders_without_receipt', {}, count)
    const ageMs = oldest ? Math.max(0, deps.now().getTime() - oldest.getTime()) : 0
    deps.metrics.set('lephi_orders_without_receipt_age_seconds', {}, ageMs / 1_000)
  } catch (error) {
    deps.log.warn({ error }, 'receipt gauges not set')
  }
}
