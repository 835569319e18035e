/** Orders: place, read, find, cancel; their attempts; and bill inquiry. */
import { z } from '@hono/zod-openapi'
import { normaliseDossierCode } from '../domain/dossier-code.ts'
import { presentAttempt, presentOrder } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { cancelOrder } from '../flows/cancel-order.ts'
import type { Deps } from '../flows/deps.ts'
import { placeOrder } from '../flows/place-order.ts'
import { startAttemptOnce } from '../flows/start-attempt-once.ts'
import { isId } from '../lib/id.ts'
import { wordsOfName } from '../lib/text.ts'
import { readOrders, type ShownOrder } from '../store/order-reads.ts'
import { findOrderIds, findOwed } from '../store/order-search.ts'
import { queryInstant, text } from './fields.ts'
import { firstAnswer } from './first-answer.ts'
import { attemptObject, orderInput, orderObject } from './order-schemas.ts'
import { pageLimitDefault, pageOf, pageQuery, readCursor, writeCursor } from './paging.ts'
import { defineRoute } from './route.ts'

export const orderId = z.strictObject({ id: z.string().refine((text) => isId('ord', text), 'is not an order id') })

const show = (deps: Deps, { order, attempts }: ShownOrder) => presentOrder(order, attempts, deps.publicUrl)

const bankCode = z.string().regex(/^[A-Za-z0-9]{2,20}$/, 'must be 2 to 20 letters and digits')

const findQuery = z.strictObject({
  ...pageQuery,
  dossier_code: z.string().min(1).max(100).optional(),
  agency_code: z.string().min(1).max(50).optional(),
  status: z.enum(['open', 'paid', 'expired', 'cancelled', 'waived']).optional(),
  created_from: queryInstant.optional(),
  created_to: queryInstant.optional(),
  provider_reference: z.string().min(1).max(200).optional(),
  merchant_reference: z.string().min(1).max(200).optional(),
  payer_name: text(150)
    .transform(wordsOfName)
    .pipe(z.array(z.string()).min(1, 'holds no word'))
    .optional()
    .openapi({
      type: 'string',
      description:
        'Words of the payer’s name in any order, each as far as it is known, with or without marks and capitals.',
    } as never),
  amount: z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number of đồng')
    .transform(BigInt)
    .optional()
    .openapi({ type: 'integer', description: 'What is to be paid, in đồng.' } as never),
  unknown: z
    .literal('true')
    .optional()
    .openapi({ description: 'Those of which an attempt or a refund is unknown: its provider has not answered.' }),
})

const bill = z.strictObject({
  dossier_code: z.string(),
  amount_owed: z.int().openapi({ description: 'The sum of all open orders, listed or not.' }),
  order_count: z.int(),
  is_cut: z.boolean().openapi({ description: 'True when only the newest 100 orders are listed.' }),
  orders: z.array(orderObject),
})
const billOrdersMax = 100

/** Fifty lines of the longest texts, written with escapes, are more than other bodies may have. */
const orderBytesMax = 512 * 1024

export const orderRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/orders',
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'Creates what must be paid for one dossier. An order of 0 đ is waived at birth. The same Idempotency-Key and body give the first answer again, byte for byte. Where the agency, or one above it, has imported a catalogue (`GET /v1/catalogues/{catalogue}`), a `budget_item` or an `exemption.rule` that holds in none of its entries today is refused with `code_not_in_catalogue` where the agency’s `fee_check` is `enforce`, and gets a warning `code_not_in_catalogue` where it is `warn`; an unknown `procedure_code` gets a warning `procedure_not_in_catalogue` in both cases. A known one without `procedure_name` gets its name. With `off` no code is looked at.',
    tag: 'Orders',
    scopes: ['orders:write'],
    idempotencyKey: 'required',
    bytesMax: orderBytesMax,
    request: { json: orderInput },
    responses: { 201: { description: 'The order.', schema: orderObject } },
    errors: [
      'not_found',
      'idempotency_key_reused',
      'request_in_progress',
      'fee_differs_from_schedule',
      'code_not_in_catalogue',
      'insecure_url',
    ],
    handle: async ({ deps, caller, json, idempotencyKey }) => {
      refuseInsecure(deps, json.return_url)
      const answer = await placeOrder(deps, caller, readOrder(json), { key: idempotencyKey ?? '', body: json })
      return firstAnswer(answer)
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders',
    operationId: 'findOrders',
    summary: 'Find orders',
    description:
      'Newest first. `created_from` is inclusive, `created_to` exclusive; a + in a query is written %2B. `agency_code` finds those below it too. `provider_reference` finds the number of the provider and our own reference at the provider; `merchant_reference` only the latter.',
    tag: 'Orders',
    scopes: ['orders:read'],
    audit: { read: 'orders.found' },
    request: { query: findQuery },
    responses: { 200: { description: 'A page of orders.', schema: pageOf(orderObject) } },
    handle: async ({ deps, caller, query }) => {
      const limit = query.limit ?? pageLimitDefault
      const ids = await findOrderIds(deps.db, caller.agency, {
        limit,
        before: readCursor('orders', query.cursor),
        dossierCode: query.dossier_code === undefined ? undefined : normaliseDossierCode(query.dossier_code),
        agencyCode: query.agency_code,
        status: query.status,
        createdFrom: query.created_from,
        createdTo: query.created_to,
        providerReference: query.provider_reference,
        merchantReference: query.merchant_reference,
        payerWords: query.payer_name,
        amount: query.amount,
        isUnknown: query.unknown === 'true',
      })
      const page = ids.slice(0, limit)
      const data = (await readOrders(deps.db, caller.agency, page)).map((shown) => show(deps, shown))
      return {
        status: 200,
        json: { data, next_cursor: ids.length > limit ? writeCursor('orders', page.at(-1) ?? '') : null },
      }
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
    audit: { read: 'order.read', object: 'id' },
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
      'Money that arrives all the same is not lost: it pays the order if the agency accepts late money, else it goes to suspense and is proposed for refund. Cancelling a cancelled order again answers it as it is.',
    tag: 'Orders',
    scopes: ['orders:write'],
    objects: { id: 'order' },
    idempotencyKey: 'natural',
    request: {
      params: orderId,
      json: z.strictObject({ reason: text(255).nullish() }).optional(),
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
      'Sends the citizen to a provider. When the provider does not answer in time the attempt is `unknown` and has no action: it is settled by asking the provider. The same Idempotency-Key and body answer the attempt that the first call started, as it is now and with its action: not the bytes of the first answer, and never a second attempt.',
    tag: 'Attempts',
    scopes: ['orders:write'],
    objects: { id: 'order' },
    idempotencyKey: 'accepted',
    request: {
      params: orderId,
      json: z.strictObject({ provider: z.string().min(1).max(40), bank_code: bankCode.nullish() }),
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
      'too_many_attempts',
      'conflict',
    ],
    handle: async ({ deps, caller, params, json, clientAddress, idempotencyKey }) => {
      const { provider, bank_code: bankCode } = json
      const input = { orderId: params.id, provider, bankCode: bankCode ?? null, payerIp: clientAddress }
      return firstAnswer(await startAttemptOnce(deps, caller, input, { key: idempotencyKey, body: json }))
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
    audit: { read: 'bill.read' },
    request: { query: z.strictObject({ dossier_code: z.string().min(1).max(100) }) },
    responses: {
      200: {
        description: 'The open orders of the dossier, newest first, and their sum; empty when nothing is owed.',
        schema: bill,
      },
    },
    handle: async ({ deps, caller, query }) => {
      const dossierCode = normaliseDossierCode(query.dossier_code)
      const { ids, count, amount } = await findOwed(deps.db, caller.agency, { dossierCode, limit: billOrdersMax })
      const orders = (await readOrders(deps.db, caller.agency, ids)).map((shown) => show(deps, shown))
      const json = {
        dossier_code: dossierCode,
        amount_owed: amount,
        order_count: count,
        is_cut: count > ids.length,
        orders,
      }
      return { status: 200, json }
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
  firmDeadline: json.firm_deadline,
  returnUrl: json.return_url,
  language: json.language,
  metadata: json.metadata,
})
