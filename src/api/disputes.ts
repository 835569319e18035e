/** Disputes about payments: chargebacks, complaints and tracings. They lock refunds of their payment until they are settled. */
import { z } from '@hono/zod-openapi'
import { presentDispute } from '../domain/dispute.ts'
import { disputeKinds, disputeOutcomes, type MoneyFact } from '../domain/order-facts.ts'
import { presentAttempt, presentRefund } from '../domain/present.ts'
import { closeDispute, findDispute, openDispute } from '../flows/dispute-payment.ts'
import { decideRelease, requestRelease } from '../flows/release-dispute.ts'
import { toRfc3339 } from '../lib/time.ts'
import { findDisputeOrder, listDisputes } from '../store/disputes.ts'
import { loadFacts } from '../store/facts.ts'
import { amount, amountOut, day, idField, instantOut, text } from './fields.ts'
import { attemptObject, refundObject } from './order-schemas.ts'
import { orderId } from './orders.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const status = z.enum(['open', 'closed'])
const shape = {
  id: z.string(),
  order: z.string(),
  attempt: z.string(),
  merchant_account: z.string(),
  agency_code: z.string(),
  kind: z.enum(disputeKinds),
  status,
  reason: z.string(),
  amount: amountOut,
  reference: z.string().nullable(),
  respond_by: day,
  sent_refunds: z.array(z.string()).openapi({
    description: 'Refunds of the same payment that had been sent, or may have been, when it was opened.',
  }),
  opened_by: z.string(),
  opened_at: instantOut,
  outcome: z.enum(disputeOutcomes).nullable(),
  note: z.string().nullable(),
  closed_by: z.string().nullable(),
  closed_at: instantOut.nullable(),
  reversed_before: amountOut.openapi({ description: 'What of that had been told when the dispute was opened.' }),
  release_asked_by: z.string().nullable(),
  release_asked_at: instantOut.nullable(),
  release_note: z.string().nullable(),
  released_by: z.string().nullable(),
  released_at: instantOut.nullable(),
  released_amount: amountOut.nullable().openapi({ description: 'What it still waited for when it was released.' }),
  amount_reversed: amountOut.openapi({
    description:
      'What a source of truth has told reversed of the payment. After a lost chargeback refunds wait until its amount is told beyond `reversed_before`, or it is released.',
  }),
}
const disputeObject = z.strictObject(shape).openapi('Dispute')
const moneyObject = z.strictObject({
  kind: z.enum(['captured', 'reversed', 'refunded', 'bounced']),
  refund: z.string().nullable(),
  reference: z.string(),
  amount: amountOut,
  source: z.string(),
  code: z.string(),
  occurred_at: instantOut,
  received_at: instantOut,
})
const caseFile = z
  .strictObject({
    ...shape,
    evidence: z
      .strictObject({ attempt: attemptObject, refunds: z.array(refundObject), money: z.array(moneyObject) })
      .openapi({ description: 'The payment as it stands, and what each source of truth has told of its money.' }),
  })
  .openapi('DisputeCase')

const presentMoney = (fact: MoneyFact) => ({
  kind: fact.kind,
  refund: fact.refundId,
  reference: fact.reference,
  amount: fact.amount,
  source: fact.source,
  code: fact.code,
  occurred_at: toRfc3339(fact.occurredAt),
  received_at: toRfc3339(fact.receivedAt),
})

const params = z.strictObject({ id: idField('dsp') })
const objects = { id: 'dispute' } as const
const found = { 200: { description: 'The dispute.', schema: disputeObject } }

const decide = (decision: 'approved' | 'rejected', verb: 'approve' | 'reject') =>
  defineRoute({
    method: 'post',
    path: `/v1/disputes/{id}/release/${verb}`,
    operationId: `${verb}DisputeRelease`,
    summary: decision === 'approved' ? 'Agree to a release' : 'Refuse a release',
    description:
      decision === 'approved'
        ? 'By somebody else than who asked for it. Refunds no longer wait for what the dispute waited for; a reversal that comes all the same is booked like any other. A repetition is refused.'
        : 'The dispute waits on, and its release may be asked for again. A repetition is refused.',
    tag: 'Refunds',
    scopes: ['refunds:approve'],
    objects,
    idempotencyKey: 'natural',
    request: { params },
    responses: found,
    errors: ['not_found', 'dispute_not_waiting', 'maker_cannot_approve', 'conflict'],
    handle: async ({ deps, caller, params: { id } }) => {
      const { dispute, attempt } = await decideRelease(deps, caller, { id, decision })
      return { status: 200, json: presentDispute(dispute, attempt) }
    },
  })

export const disputeRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/orders/{id}/disputes',
    operationId: 'openDispute',
    summary: 'Open a dispute about a payment',
    description:
      'About the attempt that paid the order, unless another is named, and all of its money, unless an amount is given. While it is open no refund of that attempt is asked for, approved or sent. One about the same attempt that is open already is refused, so that a repetition changes nothing.',
    tag: 'Refunds',
    scopes: ['refunds:write'],
    objects: { id: 'order' },
    idempotencyKey: 'natural',
    request: {
      params: orderId,
      json: z.strictObject({
        attempt: z.string().max(60).nullish(),
        kind: z.enum(disputeKinds).optional().openapi({ description: 'complaint unless given.' }),
        reason: text(1_000),
        amount: amount({ min: 1 }).nullish(),
        reference: text(100).nullish(),
        respond_by: day,
      }),
    },
    responses: { 201: { description: 'The dispute.', schema: disputeObject } },
    errors: ['not_found', 'already_exists', 'conflict'],
    handle: async ({ deps, caller, params, json }) => {
      const { dispute, attempt } = await openDispute(deps, caller, {
        orderId: params.id,
        attemptId: json.attempt ?? null,
        kind: json.kind ?? 'complaint',
        reason: json.reason,
        amount: json.amount ?? null,
        reference: json.reference ?? null,
        respondBy: json.respond_by,
      })
      return { status: 201, json: presentDispute(dispute, attempt) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/disputes',
    operationId: 'listDisputes',
    summary: 'List disputes',
    tag: 'Refunds',
    scopes: ['refunds:write', 'refunds:approve', 'reconciliation:read'],
    audit: { read: 'disputes.found' },
    request: { query: z.strictObject({ ...pageQuery, status: status.optional() }) },
    responses: { 200: { description: 'A page, oldest first.', schema: pageOf(disputeObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('disputes', query)
      const rows = await listDisputes(deps.db, caller.agency, {
        status: query.status ?? null,
        after,
        limit: limit + 1,
      })
      const present = (row: (typeof rows)[number]) => presentDispute(row, row)
      return { status: 200, json: pageAnswer(rows, { list: 'disputes', limit, keyOf: (row) => row.id, present }) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/disputes/{id}',
    operationId: 'readDispute',
    summary: 'Read a dispute with its evidence',
    tag: 'Refunds',
    scopes: ['refunds:write', 'refunds:approve', 'reconciliation:read'],
    objects,
    audit: { read: 'dispute.read', object: 'id' },
    request: { params },
    responses: { 200: { description: 'The case.', schema: caseFile } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const order = await findDisputeOrder(deps.db, caller.agency, id)
      const facts = order ? await loadFacts(deps.db, caller.agency, { orderId: order }) : null
      const { dispute, attempt } = findDispute(facts, id)
      const isOwn = (each: { attemptId: string }) => each.attemptId === attempt.id
      const evidence = {
        attempt: presentAttempt(attempt),
        refunds: facts?.refunds.filter(isOwn).map(presentRefund) ?? [],
        money: facts?.money.filter(isOwn).map(presentMoney) ?? [],
      }
      return { status: 200, json: { ...presentDispute(dispute, attempt), evidence } }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/disputes/{id}/close',
    operationId: 'closeDispute',
    summary: 'Close a dispute',
    description:
      'By somebody else than who opened it. Moves no money: when a chargeback was lost, refunds of the payment wait until its provider or a statement has told the reversal, or two people release it. A lost complaint or tracing takes no money back, so nothing waits for it. What is closed already is refused, so that a repetition decides nothing.',
    tag: 'Refunds',
    scopes: ['refunds:approve'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ outcome: z.enum(disputeOutcomes), note: text(1_000) }) },
    responses: found,
    errors: ['not_found', 'dispute_not_open', 'maker_cannot_approve', 'conflict'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const { dispute, attempt } = await closeDispute(deps, caller, { id, ...json })
      return { status: 200, json: presentDispute(dispute, attempt) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/disputes/{id}/release',
    operationId: 'requestDisputeRelease',
    summary: 'Ask for the release of a lost chargeback',
    description:
      'When the bank says in the end that it takes nothing, or less: somebody else must agree, and then refunds of the payment no longer wait for the rest. While one is asked for the same again is refused.',
    tag: 'Refunds',
    scopes: ['refunds:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ note: text(1_000) }) },
    responses: found,
    errors: ['not_found', 'dispute_not_waiting', 'already_exists', 'conflict'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const { dispute, attempt } = await requestRelease(deps, caller, { id, note: json.note })
      return { status: 200, json: presentDispute(dispute, attempt) }
    },
  }),
  decide('approved', 'approve'),
  decide('rejected', 'reject'),
]
