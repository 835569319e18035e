/** Refunds: ask, read, and a second person's decision. */
import { z } from '@hono/zod-openapi'
import { refundMethods, refundReasonCodes } from '../domain/order-facts.ts'
import { askedBank, presentWithBank } from '../domain/payee-banks.ts'
import { presentRefund } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { decideRefund } from '../flows/decide-refund.ts'
import { requestRefund } from '../flows/request-refund.ts'
import { settleRefund } from '../flows/settle-refund.ts'
import { isId } from '../lib/id.ts'
import { businessDay } from '../lib/time.ts'
import { readBanks } from '../store/bank-catalogues.ts'
import { loadFacts } from '../store/facts.ts'
import { findRefundOrder, listRefunds } from '../store/refunds.ts'
import { amount, text } from './fields.ts'
import { payeeAccount } from './merchant-account-schemas.ts'
import { refundObject } from './order-schemas.ts'
import { orderId } from './orders.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const refundId = z.strictObject({ id: z.string().refine((text) => isId('rfd', text), 'is not a refund id') })

/** The naming of the payee that the checker saw, so that nobody agrees to an account that they have not seen. */
const approval = z.strictObject({ payee_version: z.int().min(0).max(1_000).optional() }).optional()
const rejection = z.strictObject({}).optional()

const decide = (decision: 'approved' | 'rejected', verb: 'approve' | 'reject') =>
  defineRoute({
    method: 'post',
    path: `/v1/refunds/{id}/${verb}`,
    operationId: `${verb}Refund`,
    summary: decision === 'approved' ? 'Approve a refund' : 'Reject a refund',
    description:
      'Who asked for a refund cannot approve it. Refunds that the gateway proposes are decided here too. Where it was named after the request who gets a refund by hand, it is approved with the `payee_version` that the checker saw. The same decision by the same person again changes nothing.',
    tag: 'Refunds',
    scopes: ['refunds:approve'],
    objects: { id: 'refund' },
    idempotencyKey: 'natural',
    request: { params: refundId, json: decision === 'approved' ? approval : rejection },
    responses: { 200: { description: 'The refund.', schema: refundObject } },
    errors: [
      'not_found',
      'maker_cannot_approve',
      'refund_not_awaiting_approval',
      'refund_payee_changed',
      'refund_exceeds_captured',
      'disputed',
      'conflict',
    ],
    handle: async ({ deps, caller, params, json }) => {
      const payeeVersion = json && 'payee_version' in json ? (json.payee_version ?? null) : null
      return {
        status: 200,
        json: presentRefund(await decideRefund(deps, caller, { refundId: params.id, decision, payeeVersion })),
      }
    },
  })

export const refundRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/orders/{id}/refunds',
    operationId: 'requestRefund',
    summary: 'Ask for a refund',
    description:
      "Returns what paid the order, or part of it. With `attempt`, what is held of that attempt beyond what paid the order: money paid twice, too late or in a wrong amount. Once the refunds of one payment together exceed the agency's limit, a second person must approve.",
    tag: 'Refunds',
    scopes: ['refunds:write'],
    objects: { id: 'order' },
    idempotencyKey: 'required',
    request: {
      params: orderId,
      json: z.strictObject({
        amount: z.int().min(1).max(999_999_999_999).nullish(),
        attempt: z.string().max(60).nullish(),
        reason: text(255).openapi({
          description:
            'In words, for who may read refunds here and in reports. Events and the provider are told `reason_code` or our reference only.',
        }),
        reason_code: z.enum(refundReasonCodes).nullish().openapi({
          description:
            'dossier_rejected refuses lines whose price says that they are not returned then (`refundable_when_rejected`).',
        }),
        method: z.enum(refundMethods).nullish().openapi({
          description:
            "By the provider's own call where it has one, unless given. treasury: the money has gone to the Treasury, which only a return of budget revenue gets back.",
        }),
        payee_account: payeeAccount.nullish().openapi({
          description: 'Who gets it where it is returned by hand. Encrypted; answers show the last four digits.',
        } as never),
        lines: z
          .array(
            z.strictObject({
              line: z.union([z.int().min(1).max(50), text(50)]),
              amount: z.int().min(1).max(999_999_999_999).nullish(),
            }),
          )
          .min(1)
          .max(50)
          .nullish()
          .openapi({
            description:
              'Which fee lines are returned, by number or fee code, and how much of each: all that is left unless given. Without it the amount is shared over what is left of all lines, by the largest remainder.',
          }),
      }),
    },
    responses: { 202: { description: 'The refund.', schema: refundObject } },
    errors: [
      'not_found',
      'nothing_to_refund',
      'refund_exceeds_captured',
      'refund_in_progress',
      'disputed',
      'line_not_refundable',
      'idempotency_key_reused',
      'request_in_progress',
      'conflict',
    ],
    handle: async ({ deps, caller, params, json, idempotencyKey }) => {
      const input = {
        orderId: params.id,
        attemptId: json.attempt ?? null,
        amount: json.amount ? BigInt(json.amount) : null,
        reason: json.reason,
        reasonCode: json.reason_code ?? null,
        method: json.method ?? null,
        payeeAccount: json.payee_account ?? null,
        lines: json.lines?.map(({ line, amount }) => ({ line, amount: amount ? BigInt(amount) : null })) ?? null,
      }
      const answer = await requestRefund(deps, caller, input, { key: idempotencyKey ?? '', body: json })
      return {
        status: answer.status,
        text: answer.body,
        ...(answer.isReplay ? { headers: { 'idempotent-replayed': 'true' } } : {}),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders/{id}/refunds',
    operationId: 'listRefunds',
    summary: 'List the refunds of an order',
    tag: 'Refunds',
    scopes: ['orders:read', 'refunds:write', 'refunds:approve'],
    objects: { id: 'order' },
    audit: { read: 'refunds.found', object: 'id' },
    request: { params: orderId },
    responses: {
      200: {
        description: 'All refunds, oldest first, those that the gateway proposes included.',
        schema: pageOf(refundObject),
      },
    },
    errors: ['not_found'],
    handle: async ({ deps, caller, params }) => {
      const facts = await loadFacts(deps.db, caller.agency, { orderId: params.id })
      if (!facts) throw new Refusal('not_found', 'There is no such order.')
      const banks = await readBanks(deps.db, facts.refunds.flatMap(askedBank), businessDay(deps.now()))
      return {
        status: 200,
        json: { data: facts.refunds.map((each) => presentWithBank(each, banks)), next_cursor: null },
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/refunds',
    operationId: 'findRefunds',
    summary: 'Find refunds',
    description:
      'Of all orders: those that await a checker (proposed, requested), that somebody must pay by hand (pending and manual or treasury), or whose promised day has passed.',
    tag: 'Refunds',
    scopes: ['orders:read', 'refunds:write', 'refunds:approve'],
    audit: { read: 'refunds.found' },
    request: {
      query: z.strictObject({
        ...pageQuery,
        status: refundObject.shape.status.optional(),
        method: z.enum(refundMethods).optional(),
        overdue: z.literal('true').optional(),
      }),
    },
    responses: { 200: { description: 'A page, oldest first.', schema: pageOf(refundObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('refunds', query)
      const rows = await listRefunds(deps.db, caller.agency, {
        status: query.status ?? null,
        method: query.method ?? null,
        overdueOn: query.overdue ? businessDay(deps.now()) : null,
        after,
        limit: limit + 1,
      })
      const banks = await readBanks(deps.db, rows.flatMap(askedBank), businessDay(deps.now()))
      const keyOf = ({ id }: (typeof rows)[number]) => id
      const present = (row: (typeof rows)[number]) => presentWithBank(row, banks)
      return { status: 200, json: pageAnswer(rows, { list: 'refunds', limit, keyOf, present }) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/refunds/{id}',
    operationId: 'readRefund',
    summary: 'Read a refund',
    tag: 'Refunds',
    scopes: ['orders:read', 'refunds:write', 'refunds:approve'],
    objects: { id: 'refund' },
    audit: { read: 'refund.read', object: 'id' },
    request: { params: refundId },
    responses: { 200: { description: 'The refund.', schema: refundObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params }) => {
      const order = await findRefundOrder(deps.db, caller.agency, params.id)
      const facts = order ? await loadFacts(deps.db, caller.agency, { orderId: order }) : null
      const refund = facts?.refunds.find((each) => each.id === params.id)
      if (!refund) throw new Refusal('not_found', 'There is no such refund.')
      const banks = await readBanks(deps.db, askedBank(refund), businessDay(deps.now()))
      return { status: 200, json: presentWithBank(refund, banks) }
    },
  }),
  decide('approved', 'approve'),
  decide('rejected', 'reject'),
  defineRoute({
    method: 'post',
    path: '/v1/refunds/{id}/settle',
    operationId: 'settleRefund',
    summary: 'Say what became of a refund',
    description:
      'For a refund that was handed over and whose end nobody here has been told of (`sending`, `pending`, `unknown`): somebody has looked it up at the provider. Who asked for it cannot settle it. `amount` is what went back to the payer, all of it unless given. A refund by hand (`manual`, `treasury`) may be said to have failed here; that it succeeded is confirmed with the reference of its transfer, by `POST /v1/refunds/{id}/confirm`. What the provider or a statement says later still counts. `note`, how one knows, is told with the event: name no people in it. The same outcome again changes nothing and answers the refund as it stands; another one is refused, since it is no longer under way.',
    tag: 'Refunds',
    scopes: ['refunds:approve'],
    objects: { id: 'refund' },
    idempotencyKey: 'natural',
    request: {
      params: refundId,
      json: z.strictObject({
        outcome: z.enum(['succeeded', 'failed']),
        amount: amount({ min: 1 }).nullish(),
        provider_reference: text(100).nullish(),
        note: text(1_000),
      }),
    },
    responses: { 200: { description: 'The refund.', schema: refundObject } },
    errors: ['not_found', 'maker_cannot_approve', 'refund_not_under_way', 'refund_by_hand', 'conflict'],
    handle: async ({ deps, caller, params, json }) => ({
      status: 200,
      json: presentRefund(
        await settleRefund(deps, caller, {
          refundId: params.id,
          outcome: json.outcome,
          amount: json.amount ?? null,
          providerReference: json.provider_reference ?? null,
          note: json.note,
        }),
      ),
    }),
  }),
]
