/** Which calls may follow on an answer, by the state of what it shows: openapi.yaml tells them as links (OpenAPI 3.1, 4.8.20). The rules themselves are the domain's. */
import { discrepancyDeeds, disputeDeeds, quarantineDeeds, tracingDeeds } from '../domain/case-deeds.ts'
import { orderMoves, refundMoves } from '../domain/states.ts'

/** `takes` fills the next call's parameters from the answer, by a JSON pointer into it; `states` are those in which it is legal, absent where it always is. */
export type NextAction = {
  operationId: string
  takes: Readonly<Record<string, string>>
  states?: readonly string[]
  when?: string
}

/** The states in which a deed, or an event, is legal. */
const statesWith = <State extends string, Deed extends string>(
  table: Readonly<Record<State, Readonly<Partial<Record<Deed, unknown>>>>>,
  deed: Deed,
): State[] => (Object.keys(table) as State[]).filter((state) => table[state][deed] !== undefined)

const byId = { id: '/id' }
const byOrder = { id: '/order' }

const disputeActions: readonly NextAction[] = [
  {
    operationId: 'closeDispute',
    takes: byId,
    states: statesWith(disputeDeeds, 'close'),
    when: 'somebody else opened it',
  },
  {
    operationId: 'requestDisputeRelease',
    takes: byId,
    states: statesWith(disputeDeeds, 'requestRelease'),
    when: 'it is a lost chargeback that waits for its reversal, and nobody has asked yet',
  },
  {
    operationId: 'approveDisputeRelease',
    takes: byId,
    states: statesWith(disputeDeeds, 'approveRelease'),
    when: 'somebody else has asked for its release, and it waits',
  },
  {
    operationId: 'rejectDisputeRelease',
    takes: byId,
    states: statesWith(disputeDeeds, 'rejectRelease'),
    when: 'its release is asked for',
  },
]

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
    { operationId: 'openDispute', takes: byOrder, when: 'none about it is open; it is named unless it paid the order' },
  ],
  Refund: [
    {
      operationId: 'approveRefund',
      takes: byId,
      states: statesWith(refundMoves, 'approve'),
      when: 'somebody else asked for it and no dispute holds its payment',
    },
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
  Dispute: [...disputeActions, { operationId: 'readDispute', takes: byId }],
  DisputeCase: disputeActions,
  Discrepancy: [
    { operationId: 'resolveDiscrepancy', takes: byId, states: statesWith(discrepancyDeeds, 'resolve') },
    {
      operationId: 'approveResolution',
      takes: byId,
      states: statesWith(discrepancyDeeds, 'approve'),
      when: 'somebody else proposed it, or proposed to open it again',
    },
    {
      operationId: 'rejectResolution',
      takes: byId,
      states: statesWith(discrepancyDeeds, 'reject'),
      when: 'of a resolved one, opening it again is proposed',
    },
    {
      operationId: 'reopenDiscrepancy',
      takes: byId,
      states: statesWith(discrepancyDeeds, 'reopen'),
      when: 'that is not proposed already',
    },
    { operationId: 'assignDiscrepancy', takes: byId, states: statesWith(discrepancyDeeds, 'assign') },
    { operationId: 'noteDiscrepancy', takes: byId },
  ],
  TracingCase: [
    { operationId: 'answerTracing', takes: byId, states: statesWith(tracingDeeds, 'answer') },
    { operationId: 'closeTracing', takes: byId, states: statesWith(tracingDeeds, 'close') },
    { operationId: 'readTracingEvidence', takes: byId },
  ],
  QuarantineEntry: [
    {
      operationId: 'attributeQuarantine',
      takes: byId,
      states: statesWith(quarantineDeeds, 'attribute'),
      when: 'it is no refund, and its discrepancy was not resolved by two people',
    },
    { operationId: 'dismissQuarantine', takes: byId, states: statesWith(quarantineDeeds, 'dismiss') },
  ],
  WebhookDelivery: [{ operationId: 'redeliverWebhook', takes: byId }],
}
