/** Which calls may follow on an answer, by the state of what it shows: openapi.yaml tells them as links (OpenAPI 3.1, 4.8.20). The rules themselves are the domain's. */
import { type Moves, orderMoves, refundMoves } from '../domain/states.ts'

/** `takes` fills the next call's parameters from the answer, by a JSON pointer into it; `states` are those in which it is legal, absent where it always is. */
export type NextAction = {
  operationId: string
  takes: Readonly<Record<string, string>>
  states?: readonly string[]
  when?: string
}

/** The states in which an event is a legal move. */
const statesWith = <State extends string, Event extends string>(moves: Moves<State, Event>, event: Event): State[] =>
  (Object.keys(moves) as State[]).filter((state) => moves[state][event] !== undefined)

const byId = { id: '/id' }
const byOrder = { id: '/order' }

/** By the name that the shape of the answer has in the document. */
export const nextActions: Readonly<Record<string, readonly NextAction[]>> = {
  Order: [
    { operationId: 'startAttempt', takes: byId, states: statesWith(orderMoves, 'start') },
    { operationId: 'cancelOrder', takes: byId, states: statesWith(orderMoves, 'cancel') },
    { operationId: 'readReceipt', takes: byId, states: ['paid'] },
    { operationId: 'requestRefund', takes: byId, states: ['paid'], when: 'less was refunded than paid' },
    { operationId: 'readTimeline', takes: byId },
  ],
  Attempt: [
    { operationId: 'readOrder', takes: byOrder },
    { operationId: 'openDispute', takes: byOrder, states: ['captured'] },
  ],
  Refund: [
    { operationId: 'approveRefund', takes: byId, states: statesWith(refundMoves, 'approve') },
    { operationId: 'rejectRefund', takes: byId, states: statesWith(refundMoves, 'reject') },
    { operationId: 'confirmRefund', takes: byId, states: ['pending'], when: 'it is paid back by hand' },
    {
      operationId: 'bounceRefund',
      takes: byId,
      states: statesWith(refundMoves, 'bounced'),
      when: 'it was paid by hand',
    },
    { operationId: 'readOrder', takes: byOrder },
  ],
  Dispute: [{ operationId: 'closeDispute', takes: byId, states: ['open'] }],
  Discrepancy: [
    { operationId: 'resolveDiscrepancy', takes: byId, states: ['open'] },
    // A proposal to open it again leaves it resolved until somebody else agrees.
    {
      operationId: 'approveResolution',
      takes: byId,
      states: ['proposed', 'resolved'],
      when: 'somebody else proposed it',
    },
    {
      operationId: 'rejectResolution',
      takes: byId,
      states: ['proposed', 'resolved'],
      when: 'somebody else proposed it',
    },
    { operationId: 'reopenDiscrepancy', takes: byId, states: ['resolved'] },
    { operationId: 'assignDiscrepancy', takes: byId, states: ['open', 'proposed'] },
    { operationId: 'noteDiscrepancy', takes: byId },
  ],
  TracingCase: [
    { operationId: 'answerTracing', takes: byId, states: ['open'] },
    { operationId: 'closeTracing', takes: byId, states: ['open', 'answered'] },
    { operationId: 'readTracingEvidence', takes: byId },
  ],
  QuarantineEntry: [
    { operationId: 'attributeQuarantine', takes: byId, states: ['open'] },
    { operationId: 'dismissQuarantine', takes: byId, states: ['open'] },
  ],
  WebhookDelivery: [{ operationId: 'redeliverWebhook', takes: byId }],
}
