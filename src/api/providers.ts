/** By which providers an agency can be paid, and how they are doing. */
import { z } from '@hono/zod-openapi'
import { listMethods } from '../flows/list-methods.ts'
import { defineRoute } from './route.ts'

const method = z.strictObject({
  provider: z.string(),
  merchant_account: z.string(),
  title: z.strictObject({ vi: z.string(), en: z.string() }),
  limits: z.strictObject({ minimum: z.int(), maximum: z.int() }),
  capabilities: z.strictObject({ query: z.boolean(), refund: z.boolean() }),
  health: z.strictObject({
    status: z.enum(['up', 'degraded', 'unknown']),
    attempts: z.int(),
    unanswered: z.int(),
    captured: z.int(),
  }),
})

export const providerRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/providers',
    operationId: 'listProviders',
    summary: 'The methods open to an agency, with health',
    description:
      'Health is our own evidence of the last 15 minutes: `degraded` when the provider left at least a third of five or more attempts unanswered, `unknown` when there were none.',
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
        data: await listMethods(deps, { scope: caller.agency, agencyCode: query.agency_code ?? caller.agency }),
        next_cursor: null,
      },
    }),
  }),
]
