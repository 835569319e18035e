/** Outgoing webhooks: where they go, what was delivered, and sending it again. */
import { z } from '@hono/zod-openapi'
import { eventTypes } from '../domain/order-events.ts'
import { presentEndpoint } from '../domain/present-webhooks.ts'
import { Refusal } from '../domain/refusal.ts'
import { createEndpoint, retireEndpoint, rotateEndpointSecret } from '../flows/change-webhook-endpoint.ts'
import { isId } from '../lib/id.ts'
import { toRfc3339 } from '../lib/time.ts'
import {
  findDelivery,
  findEndpoint,
  listDeliveries,
  listEndpoints,
  redeliver,
  redeliverRange,
  type WebhookDelivery,
} from '../store/webhooks.ts'
import { agencyCodeField, idField, instant, instantOut } from './fields.ts'
import { firstAnswer } from './first-answer.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const eventType = z.enum(eventTypes)

const endpointMembers = {
  id: z.string(),
  url: z.string(),
  agency_code: z.string(),
  event_types: z.array(z.string()).nullable().openapi({ description: 'null: every type.' }),
  created_at: instantOut,
  disabled_at: instantOut.nullable(),
  former_secret_until: instantOut.nullable().openapi({ description: 'Until then the former secret signs too.' }),
}
const endpointObject = z.strictObject(endpointMembers).openapi('WebhookEndpoint')
const endpointWithSecret = z
  .strictObject({ ...endpointMembers, secret: z.string().openapi({ description: 'Shown this once.' }) })
  .openapi('WebhookEndpointWithSecret')

const deliveryObject = z
  .strictObject({
    id: z.string(),
    webhook_endpoint: z.string(),
    webhook_id: z.string().openapi({ description: 'The event; also the header webhook-id.' }),
    event_type: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z
      .array(z.strictObject({ at: instantOut, response_status: z.int().nullable(), error: z.string().nullable() }))
      .openapi({ description: 'The last 50 tries.' }),
    next_attempt_at: instantOut.nullable(),
    created_at: instantOut,
    delivered_at: instantOut.nullable(),
  })
  .openapi('WebhookDelivery')

const endpointInput = z.strictObject({
  url: z.string().min(1).max(2_048),
  event_types: z.array(eventType).min(1).max(eventTypes.length).nullish(),
  agency_code: agencyCodeField.nullish(),
})
const endpointId = z.strictObject({ id: z.string().refine((text) => isId('whe', text), 'is not an endpoint id') })
// An event's id and six characters that name the endpoint, as lephi_fan_out makes them.
const deliveryId = z.strictObject({ id: z.string().regex(/^whd_[0-9a-z]{32}$/, 'is not a delivery id') })
const rangeInput = z.strictObject({ from: instant, to: instant })
const rangeMax = 10_000

const time = (at: Date | null): string | null => (at ? toRfc3339(at) : null)

const showDelivery = (delivery: WebhookDelivery) => ({
  id: delivery.id,
  webhook_endpoint: delivery.webhookEndpointId,
  webhook_id: delivery.eventId,
  event_type: delivery.eventType,
  status: delivery.status,
  attempts: [...delivery.attempts],
  next_attempt_at: time(delivery.nextAttemptAt),
  created_at: time(delivery.createdAt),
  delivered_at: time(delivery.deliveredAt),
})

const noEndpoint = () => new Refusal('not_found', 'There is no such webhook endpoint.')
const noDelivery = () => new Refusal('not_found', 'There is no such webhook delivery.')
const disabled = () => new Refusal('conflict', 'The webhook endpoint is disabled.')

const common = { tag: 'Webhooks', scopes: ['webhooks:write'] } as const

const endpointRoutes = [
  defineRoute({
    ...common,
    method: 'post',
    path: '/v1/webhook_endpoints',
    operationId: 'createWebhookEndpoint',
    summary: 'Register where webhooks go',
    description:
      'Standard Webhooks: headers webhook-id, webhook-timestamp, webhook-signature; body `{type, timestamp, data}`. Tried again for 30 days. The endpoint hears of its agency and of those below it. The secret is shown once, and again only to the same Idempotency-Key and body.',
    idempotencyKey: 'accepted',
    audit: { read: 'webhook_endpoint.added', everybody: true },
    request: { json: endpointInput },
    responses: { 201: { description: 'The endpoint with its signing secret.', schema: endpointWithSecret } },
    errors: ['not_found', 'insecure_url', 'host_not_allowed', 'conflict'],
    handle: async ({ deps, caller, json, idempotencyKey }) => {
      const eventTypes = json.event_types ? [...new Set(json.event_types)] : null
      const input = { url: json.url, eventTypes, agencyCode: json.agency_code ?? null }
      return firstAnswer(await createEndpoint(deps, caller, input, { key: idempotencyKey, body: json }))
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: '/v1/webhook_endpoints',
    operationId: 'listWebhookEndpoints',
    summary: 'List webhook endpoints',
    description: 'Newest first, disabled ones included.',
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page of endpoints.', schema: pageOf(endpointObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('webhook_endpoints', query)
      const rows = await listEndpoints(deps.db, caller.agency, { after, limit: limit + 1 })
      return {
        status: 200,
        json: pageAnswer(rows, { list: 'webhook_endpoints', limit, keyOf: ({ id }) => id, present: presentEndpoint }),
      }
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: '/v1/webhook_endpoints/{id}',
    operationId: 'readWebhookEndpoint',
    summary: 'Read a webhook endpoint',
    objects: { id: 'webhook_endpoint' },
    request: { params: endpointId },
    responses: { 200: { description: 'The endpoint, without its secret.', schema: endpointObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params }) => {
      const endpoint = await findEndpoint(deps.db, caller.agency, params.id)
      if (!endpoint) throw noEndpoint()
      return { status: 200, json: presentEndpoint(endpoint) }
    },
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: '/v1/webhook_endpoints/{id}',
    operationId: 'disableWebhookEndpoint',
    summary: 'Disable a webhook endpoint for good',
    description: 'What it is still owed is given up; GET /v1/events still has every event.',
    objects: { id: 'webhook_endpoint' },
    request: { params: endpointId },
    responses: { 200: { description: 'The disabled endpoint.', schema: endpointObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params }) => ({
      status: 200,
      json: presentEndpoint(await retireEndpoint(deps, caller.agency, params.id)),
    }),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: '/v1/webhook_endpoints/{id}/rotate_secret',
    operationId: 'rotateWebhookSecret',
    summary: 'Give a webhook endpoint a new secret',
    description:
      'For 24 hours deliveries carry two signatures, one of each secret. Until then a second rotation is `secret_in_use`, since it would end a secret that is still in use. Send an Idempotency-Key: the same key answers the first rotation again, with its secret.',
    objects: { id: 'webhook_endpoint' },
    idempotencyKey: 'accepted',
    request: { params: endpointId },
    responses: { 200: { description: 'The endpoint with its new secret.', schema: endpointWithSecret } },
    errors: ['not_found', 'conflict', 'secret_in_use'],
    handle: async ({ deps, caller, params, idempotencyKey }) =>
      firstAnswer(await rotateEndpointSecret(deps, caller, params.id, { key: idempotencyKey, body: {} })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: '/v1/webhook_endpoints/{id}/redeliver',
    operationId: 'redeliverWebhooks',
    summary: 'Send the webhooks of a time again',
    description: `Those of events in [from, to), taken before or not; the oldest ${rangeMax}. For what an endpoint lost on its side. A repetition makes them due again; what has the same webhook-id is the same webhook.`,
    objects: { id: 'webhook_endpoint' },
    idempotencyKey: 'natural',
    request: { params: endpointId, json: rangeInput },
    responses: {
      202: { description: 'How many will be sent again.', schema: z.strictObject({ redelivered: z.int() }) },
    },
    errors: ['not_found', 'conflict'],
    handle: async ({ deps, caller, params, json }) => {
      const endpoint = await findEndpoint(deps.db, caller.agency, params.id)
      if (!endpoint) throw noEndpoint()
      if (endpoint.disabledAt) throw disabled()
      const range = { endpoint: params.id, from: json.from, to: json.to, limit: rangeMax, now: deps.now() }
      return { status: 202, json: { redelivered: await redeliverRange(deps.db, caller.agency, range) } }
    },
  }),
]

const deliveryQuery = z.strictObject({
  ...pageQuery,
  webhook_endpoint: idField('whe').optional(),
  status: z.enum(['pending', 'delivered', 'failed']).optional(),
  event_type: eventType.optional(),
})

const deliveryRoutes = [
  defineRoute({
    ...common,
    method: 'get',
    path: '/v1/webhook_deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'List webhook deliveries',
    description: 'Newest first.',
    request: { query: deliveryQuery },
    responses: { 200: { description: 'A page of deliveries.', schema: pageOf(deliveryObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('webhook_deliveries', query)
      const filter = { endpoint: query.webhook_endpoint, status: query.status, eventType: query.event_type }
      const rows = await listDeliveries(deps.db, caller.agency, filter, { after, limit: limit + 1 })
      return {
        status: 200,
        json: pageAnswer(rows, { list: 'webhook_deliveries', limit, keyOf: ({ id }) => id, present: showDelivery }),
      }
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: '/v1/webhook_deliveries/{id}/redeliver',
    operationId: 'redeliverWebhook',
    summary: 'Send a webhook again',
    description:
      'At once, and on a fresh ladder of retries, whether it was taken before or not. A repetition makes it due again; what has the same webhook-id is the same webhook.',
    objects: { id: 'webhook_delivery' },
    idempotencyKey: 'natural',
    request: { params: deliveryId },
    responses: { 202: { description: 'The delivery, pending again.', schema: deliveryObject } },
    errors: ['not_found', 'conflict'],
    handle: async ({ deps, caller, params }) => {
      const again = await redeliver(deps.db, caller.agency, { id: params.id, now: deps.now() })
      if (again) return { status: 202, json: showDelivery(again) }
      throw (await findDelivery(deps.db, caller.agency, params.id)) ? disabled() : noDelivery()
    },
  }),
]

export const webhookRoutes = [...endpointRoutes, ...deliveryRoutes]
