/** By which providers an agency can be paid, and how they are doing. */
import { z } from '@hono/zod-openapi'
import { healthStatuses } from '../domain/provider-health.ts'
import { listMethods } from '../flows/list-methods.ts'
import { instantOut } from './fields.ts'
import { defineRoute } from './route.ts'

const method = z.strictObject({
  provider: z.string(),
  merchant_account: z.string(),
  title: z.strictObject({ vi: z.string(), en: z.string() }),
  limits: z.strictObject({ minimum: z.int(), maximum: z.int() }),
  capabilities: z.strictObject({ query: z.boolean(), refund: z.boolean() }),
  health: z.strictObject({
    status: z.enum(healthStatuses),
    since: instantOut.nullable(),
    attempts: z.int(),
    unanswered: z.int(),
    captured: z.int(),
    failed: z.int(),
    calls: z.int(),
    unanswered_calls: z.int(),
    success_rate: z.number().min(0).max(1).nullable(),
    latency_ms: z.int().nullable(),
    latency_max_ms: z.int().nullable(),
    callback_delay_seconds: z.int().nullable(),
  }),
})

const contract = z
  .strictObject({
    provider: z.string(),
    title: z.strictObject({ vi: z.string(), en: z.string() }),
    members: z.array(
      z.strictObject({
        name: z.string(),
        secret: z.boolean().openapi({ description: 'Belongs under `credentials`, and is never shown.' }),
        required: z.boolean(),
        type: z.enum(['text', 'number', 'yes_no', 'list']),
        choices: z.array(z.string()).nullable(),
        default: z.union([z.string(), z.number(), z.boolean()]).nullable(),
      }),
    ),
  })
  .openapi('ProviderContract')

export const providerRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/provider_contracts',
    operationId: 'listProviderContracts',
    summary: 'What a merchant account of each provider is asked for',
    description:
      'In the provider’s own names and order: what stands under `credentials` and `settings` of a merchant account.',
    tag: 'Administration',
    scopes: ['admin'],
    request: { query: z.strictObject({}) },
    responses: {
      200: {
        description: 'One entry per provider.',
        schema: z.strictObject({ data: z.array(contract), next_cursor: z.null() }),
      },
    },
    handle: async ({ deps }) => ({
      status: 200,
      json: {
        data: Object.entries(deps.providers).map(([provider, { title, accountMembers }]) => ({
          provider,
          title,
          members: accountMembers(),
        })),
        next_cursor: null,
      },
    }),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/providers',
    operationId: 'listProviders',
    summary: 'The methods open to an agency, with health',
    description:
      'Health is our own evidence of the last 15 minutes. `down`: payments are not started at the moment because several in a row had no answer, or nine tenths of five or more calls had none and nothing was paid. `degraded`: a third of five or more calls or attempts had no answer, or calls take 8 s and more on average. `unknown`: there were neither. `attempts`, `unanswered`, `captured` and `failed` count payment attempts; `calls`, `unanswered_calls`, `success_rate` and the latencies are about our calls to the provider. `callback_delay_seconds` is the average from payment to callback, null where the provider does not tell the time of a payment. `since` is when the status began.',
    tag: 'Providers',
    scopes: ['orders:read', 'orders:write'],
    request: { query: z.strictObject({ agency_code: z.string().min(1).max(50).optional() }) },
    responses: {
      200: {
        description: 'One entry per provider.',
        schema: z.strictObject({ data: z.array(method), next_cursor: z.null() }),
      },
    },
    errors: ['not_found'],
    handle: async ({ deps, caller, query }) => ({
      status: 200,
      json: {
        data: await listMethods(deps, {
          scope: caller.agency,
          agencyCode: query.agency_code ?? caller.agency,
          withDelays: true,
        }),
        next_cursor: null,
      },
    }),
  }),
]
