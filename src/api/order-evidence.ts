/** What an order's money rests on: the ledger's entries, and what its sources sent us. For people who check it. */
import { z } from '@hono/zod-openapi'
import { callbackReasons, presentCallback, presentEntry, presentFact } from '../domain/present-evidence.ts'
import { Refusal } from '../domain/refusal.ts'
import { readOrderEvidence } from '../flows/read-evidence.ts'
import { listOrderEntries } from '../store/order-evidence.ts'
import { amountOut, instantOut } from './fields.ts'
import { orderId } from './orders.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const entryObject = z
  .strictObject({
    id: z.string(),
    kind: z.string(),
    subject: z.string().nullable().openapi({ description: 'Of bookings that no order owns: `discrepancy:dsc_…`.' }),
    attempt: z.string().nullable(),
    refund: z.string().nullable(),
    memo: z.string().nullable(),
    business_day: z.string(),
    occurred_at: instantOut,
    posted_at: instantOut,
    postings: z.array(
      z.strictObject({
        line: z.int(),
        account: z.string(),
        merchant_account: z.string(),
        amount: amountOut.openapi({ description: 'Debit positive, credit negative.' }),
      }),
    ),
    chain: z
      .strictObject({
        place: z.int(),
        leaf_hash: z.string(),
        sealed_on: z.string().nullable().openapi({ description: 'The day whose signed root covers it.' }),
      })
      .nullable()
      .openapi({ description: 'Its place in the sealed ledger; null for some moments after it was written.' }),
  })
  .openapi('OrderEntry')

const factObject = z.strictObject({
  source: z.string(),
  kind: z.string(),
  attempt: z.string(),
  refund: z.string().nullable(),
  merchant_account: z.string(),
  reference: z.string(),
  amount: amountOut,
  code: z.string(),
  occurred_at: instantOut,
  received_at: instantOut,
})

const callbackObject = z
  .strictObject({
    id: z.string(),
    received_at: instantOut,
    provider: z.string(),
    merchant_account: z.string(),
    claimed_reference: z.string().nullable(),
    reading: z.enum(['genuine', 'forged', 'malformed', 'foreign']),
    verdict: z.string().nullable(),
    reason: z.enum(callbackReasons).nullable().openapi({ description: 'Why it came to nothing, or to nothing new.' }),
    key: z.string().nullable().openapi({ description: 'Which of the account’s keys its signature fits.' }),
    replay_of: z.string().nullable(),
    content_hash: z.string(),
    request_id: z.string(),
    erased_at: instantOut
      .nullable()
      .openapi({ description: 'When its bytes were erased, having been kept as long as they had to be.' }),
    message: z
      .strictObject({
        method: z.string(),
        body_type: z.string().nullable(),
        body_bytes: z.int(),
        fields: z
          .array(z.strictObject({ in: z.enum(['query', 'body']), name: z.string(), value: z.string().nullable() }))
          .openapi({ description: 'null: masked. At most 200.' }),
        is_cut: z.boolean(),
      })
      .nullable()
      .openapi({ description: 'null where it was erased, or the key that encrypted it is gone.' }),
  })
  .openapi('CallbackEvidence')

const noOrder = () => new Refusal('not_found', 'There is no such order.')

/** Callbacks on one page: each is opened. */
const callbacksMax = 50

export const orderEvidenceRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/orders/{id}/entries',
    operationId: 'listOrderEntries',
    summary: 'The ledger’s entries of an order',
    description:
      'In the order of their writing, with what is held in suspense for its discrepancies. `GET /v1/ledger/entries/{id}/proof` proves one once it is sealed.',
    tag: 'Ledger',
    scopes: ['reports:read', 'reconciliation:read'],
    objects: { id: 'order' },
    request: { params: orderId, query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page of entries.', schema: pageOf(entryObject) } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params, query }) => {
      const list = `order_entries ${params.id}`
      const { limit, after } = readPage(list, query)
      const page = { orderId: params.id, after: after ?? '', limit: limit + 1 }
      const rows = await listOrderEntries(deps.db, caller.agency, page)
      if (!rows) throw noOrder()
      return { status: 200, json: pageAnswer(rows, { list, limit, keyOf: ({ id }) => id, present: presentEntry }) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders/{id}/evidence',
    operationId: 'readOrderEvidence',
    summary: 'The raw evidence of an order',
    description: `Every callback that named the order, believed or not, oldest first, at most ${callbacksMax} on a page: opened, with personal data, secrets and free texts masked. \`told\` is what all sources told, queries and statements too, whose bytes are not kept here. It is on record who reads this.`,
    tag: 'Ledger',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects: { id: 'order' },
    audit: { read: 'evidence.read', object: 'id', everybody: true },
    request: { params: orderId, query: z.strictObject(pageQuery) },
    responses: {
      200: {
        description: 'A page of callbacks.',
        schema: z.strictObject({ ...pageOf(callbackObject).shape, told: z.array(factObject) }),
      },
    },
    errors: ['not_found'],
    handle: async ({ deps, caller, params, query }) => {
      const list = `order_evidence ${params.id}`
      const { limit: asked, after } = readPage(list, query)
      const limit = Math.min(asked, callbacksMax)
      const page = { orderId: params.id, after: after ?? '', limit: limit + 1 }
      const found = await readOrderEvidence(deps, caller.agency, page)
      if (!found) throw noOrder()
      const answer = pageAnswer(found.callbacks, { list, limit, keyOf: ({ id }) => id, present: presentCallback })
      return { status: 200, json: { ...answer, told: found.facts.map(presentFact) } }
    },
  }),
]
