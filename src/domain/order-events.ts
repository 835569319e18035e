/** The events of an order: numbered without gaps from 1, and hash-linked, so that a timeline that was changed does not verify. */
import { sha256Hex } from '../lib/hmac.ts'
import { stringifyMoney } from '../lib/json.ts'

export const eventTypes = [
  'order.created',
  'order.paid',
  'order.expired',
  'order.extended',
  'order.cancelled',
  'order.waived',
  'order.refunded',
  'attempt.started',
  'attempt.captured',
  'attempt.failed',
  'refund.requested',
  'refund.succeeded',
  'refund.failed',
  'refund.overdue',
  'refund.payee_named',
  'dispute.opened',
  'dispute.closed',
  'dispute.release_requested',
  'dispute.release_rejected',
  'dispute.released',
  'receipt.issued',
  'receipt.replaced',
  'receipt.noticed',
  'receipt.overdue',
  'discrepancy.opened',
  'discrepancy.resolved',
  'discrepancy.proposed',
  'discrepancy.rejected',
  'discrepancy.reopening_proposed',
  'discrepancy.reopening_rejected',
  'tracing.opened',
  'tracing.answered',
  'tracing.closed',
  'reconciliation.completed',
  'period.closed',
  'ledger.sealed',
  'period.countersigned',
  'period.reopened',
] as const
export type EventType = (typeof eventTypes)[number]

/** `data` is JSON text, exactly as stored, sent and hashed. */
export type OrderEvent = { id: string; type: EventType; sequence: number; data: string; hash: string; createdAt: Date }

/** Numbers and links new events behind those that the order has. `data` members may hold bigint đồng. */
export const linkEvents = (
  order: { id: string; eventCount: number; eventHash: string | null },
  drafts: readonly { type: EventType; data: unknown }[],
  { newId, now }: { newId: (prefix: string) => string; now: Date },
): OrderEvent[] => {
  let former = order.eventHash ?? ''
  return drafts.map((draft, index) => {
    const event = {
      id: newId('evt'),
      type: draft.type,
      sequence: order.eventCount + index + 1,
      data: stringifyMoney(draft.data),
      createdAt: now,
    }
    former = eventHash(former, order.id, event)
    return { ...event, hash: former }
  })
}

/** SHA-256 over the former hash and the event, joined by line feeds; the first event has an empty former hash. */
export const eventHash = (former: string, subject: string, event: Omit<OrderEvent, 'hash'>): string =>
  sha256Hex(
    [former, subject, event.id, event.type, event.sequence, event.createdAt.toISOString(), event.data].join('\n'),
  )
