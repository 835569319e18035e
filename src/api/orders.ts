/** Orders: place, read, find, cancel; their attempts; and bill inquiry. */
import { z } from '@hono/zod-openapi'
import { normaliseDossierCode } from '../domain/dossier-code.ts'
import { presentAttempt, presentOrder } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { cancelOrder } from '../flows/cancel-order.ts'
import type { Deps } from '../flows/deps.ts'
import { placeOrder } from '../flows/place-order.ts'
import { startAttempt } from '../flows/start-attempt.ts'
import { isId } from '../lib/id.ts'
import { readOrders, type ShownOrder } from '../store/order-reads.ts'
import { findOrderIds } from '../store/order-search.ts'
import { attemptObject, orderInput, orderObject, rfc3339 } from './order-schemas.ts'
import { pageLimitDefault, pageOf, pageQuery, readCursor, writeCursor } from './paging.ts'
import { defineRoute } from './route.ts'

export const orderId = z.strictObject({ id: z.string().refine((text) => isId('ord', text), 'is not an order id') })

const show = (deps: Deps, { order, attempts }: ShownOrder) => presentOrder(order, attempts, deps.publicUrl)

const findQuery = z.strictObject({
  ...pageQuery,
  dossier_code: z.string().min(1).max(100).optional(),
  agency_code: z.string().min(1).max(50).optional(),
  status: z.enum(['open', 'paid', 'expired', 'cancelled', 'waived']).optional(),
  created_from: rfc3339.optional(),
  created_to: rfc3339.optional(),
  provider_reference: z.string().min(1).max(200).optional(),
})

const bill = z.strictObject({
  dossier_code: z.string(),
  amount_owed: z.int(),
  orders: z.array(orderObject),
})

export const orderRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/orders',
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'Creates what must be paid for one dossier. An order of 0 đ is waived at birth. The same Idempotency-Key and body give the first answer again, byte for byte.',
    tag: 'Orders',
    scopes: ['orders:write'],
    idempotencyKey: 'required',
    request: { json: orderInput },
    responses: { 201: { description: 'The order.', schema: orderObject } },
    errors: ['not_found', 'idempotency_key_reused', 'request_in_progress', 'fee_differs_from_schedule', 'insecure_url'],
    handle: async ({ deps, caller, json, idempotencyKey }) => {
      refuseInsecure(deps, json.return_url)
      const answer = await placeOrder(deps, caller, readOrder(json), { key: idempotencyKey ?? '', body: json })
      return {
        status: answer.status,
        text: answer.body,
        ...(answer.isReplay ? { headers: { 'idempotent-replayed': 'true' } } : {}),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders',
    operationId: 'findOrders',
    summary: 'Find orders',
    description:
      'Newest first. `provider_reference` finds the number of the provider and our own reference at the provider.',
    tag: 'Orders',
    scopes: ['orders:read'],
    request: { query: findQuery },
    responses: { 200: { description: 'A page of orders.', schema: pageOf(orderObject) } },
    handle: async ({ deps, caller, query }) => {
      const limit = query.limit ?? pageLimitDefault
      const ids = await findOrderIds(deps.db, caller.agency, {
        limit,
        before: readCursor(query.cursor),
        dossierCode: query.dossier_code === undefined ? undefined : normaliseDossierCode(query.dossier_code),
        agencyCode: query.agency_code,
        status: query.status,
        createdFrom: query.created_from === undefined ? undefined : new Date(query.created_from),
        createdTo: query.created_to === undefined ? undefined : new Date(query.created_to),
        providerReference: query.provider_reference,
      })
      const page = ids.slice(0, limit)
      const data = (await readOrders(deps.db, caller.agency, page)).map((shown) => show(deps, shown))
      return { status: 200, json: { data, next_cursor: ids.length > limit ? writeCursor(page.at(-1) ?? '') : null } }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders/{id}',
    operationId: 'readOrder',
    summary: 'Read an order',
    tag: 'Orders',
    scopes: ['orders:read'],
    objects: { id: 'order' },
    request: { params: orderId },
    responses: { 200: { description: 'The order.', schema: orderObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params }) => {
      const [shown] = await readOrders(deps.db, caller.agency, [params.id])
      if (!shown) throw new Refusal('not_found', 'There is no such order.')
      return { status: 200, json: show(deps, shown) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/orders/{id}/cancel',
    operationId: 'cancelOrder',
    summary: 'Cancel an open order',
    description:
      'Money that arrives all the same is not lost: it pays the order if the agency accepts late money, else it goes to suspense and is proposed for refund.',
    tag: 'Orders',
    scopes: ['orders:write'],
    objects: { id: 'order' },
    request: {
      params: orderId,
      json: z.strictObject({ reason: z.string().trim().min(1).max(255).nullish() }).optional(),
    },
    responses: { 200: { description: 'The cancelled order.', schema: orderObject } },
    errors: ['not_found', 'order_already_paid', 'order_not_open', 'conflict'],
    handle: async ({ deps, caller, params, json }) => {
      const order = await cancelOrder(deps, { scope: caller.agency, orderId: params.id, reason: json?.reason ?? null })
      return { status: 200, json: order }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/orders/{id}/attempts',
    operationId: 'startAttempt',
    summary: 'Start an attempt to pay',
    description:
      'Sends the citizen to a provider. When the provider does not answer in time the attempt is `unknown` and has no action: it is settled by asking the provider.',
    tag: 'Attempts',
    scopes: ['orders:write'],
    objects: { id: 'order' },
    request: {
      params: orderId,
      json: z.strictObject({ provider: z.string().min(1).max(40), bank_code: z.string().min(1).max(20).nullish() }),
    },
    responses: { 201: { description: 'The attempt and what the browser has to do next.', schema: attemptObject } },
    errors: [
      'not_found',
      'order_already_paid',
      'order_not_open',
      'order_waived',
      'provider_not_available',
      'provider_unreachable',
      'amount_outside_provider_limits',
      'too_many_requests',
      'conflict',
    ],
    handle: async ({ deps, caller, params, json, clientAddress }) => {
      const order = { orderId: params.id }
      const started = await startAttempt(deps, {
        scope: caller.agency,
        order,
        provider: json.provider,
        bankCode: json.bank_code ?? null,
        payerIp: clientAddress,
      })
      return { status: 201, json: { ...presentAttempt(started.attempt), action: started.action } }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders/{id}/attempts',
    operationId: 'listAttempts',
    summary: 'List the attempts of an order',
    tag: 'Attempts',
    scopes: ['orders:read'],
    objects: { id: 'order' },
    request: { params: orderId },
    responses: { 200: { description: 'All attempts, oldest first.', schema: pageOf(attemptObject) } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params }) => {
      const [shown] = await readOrders(deps.db, caller.agency, [params.id])
      if (!shown) throw new Refusal('not_found', 'There is no such order.')
      return { status: 200, json: { data: shown.attempts.map(presentAttempt), next_cursor: null } }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/bills',
    operationId: 'inquireBill',
    summary: 'What is still owed for a dossier',
    tag: 'Orders',
    scopes: ['orders:read'],
    request: { query: z.strictObject({ dossier_code: z.string().min(1).max(100) }) },
    responses: {
      200: { description: 'The open orders of the dossier and their sum; empty when nothing is owed.', schema: bill },
    },
    handle: async ({ deps, caller, query }) => {
      const dossierCode = normaliseDossierCode(query.dossier_code)
      const ids = await findOrderIds(deps.db, caller.agency, { dossierCode, status: 'open', limit: 100 })
      const orders = await readOrders(deps.db, caller.agency, ids)
      const owed = orders.reduce((total, { order }) => total + order.amount, 0n)
      return {
        status: 200,
        json: { dossier_code: dossierCode, amount_owed: owed, orders: orders.map((shown) => show(deps, shown)) },
      }
    },
  }),
]

/** Citizens are sent to it after paying, so it must not be readable on the way. */
const refuseInsecure = (deps: Deps, url: string): void => {
  if (url.startsWith('https:') || deps.mode === 'demo') return
  throw new Refusal('insecure_url', 'The return URL must use https.', {
    errors: [{ pointer: '/return_url', message: 'must use https' }],
  })
}

const readOrder = (json: z.output<typeof orderInput>): Parameters<typeof placeOrder>[2] => ({
  dossierCode: json.dossier_code,
  agencyCode: json.agency_code,
  procedureCode: json.procedure_code ?? null,
  procedureName: json.procedure_name ?? null,
  payer: json.payer,
  lines: json.lines.map((line) => ({
    feeCode: line.fee_code ?? null,
    kind: line.kind,
    description: line.description,
    unitAmount: BigInt(line.unit_amount),
    quantity: line.quantity,
    budgetItem: line.budget_item ?? null,
    exemption: line.exemption ?? null,
  })),
  collectionStage: json.collection_stage ?? null,
  expiresAt: json.expires_at ? new Date(json.expires_at) : null,
  returnUrl: json.return_url,
  language: json.language,
  metadata: json.metadata,
})
