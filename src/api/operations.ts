/** Is it alive, is it ready, and by which keys are its signatures checked. Never rate-limited: these must always answer. */
import { z } from '@hono/zod-openapi'
import { checkReadiness, readinessChecks } from '../flows/check-readiness.ts'
import { definePublicRoute } from './route.ts'

const alive = z.strictObject({ status: z.literal('ok') })
const checks = z
  .strictObject(Object.fromEntries(readinessChecks.map((name) => [name, z.string()])))
  .openapi({ description: '`ok`, `not checked` where an earlier one failed, or what is wrong.' })
const ready = z.strictObject({ status: z.literal('ok'), checks })
const notReady = z.strictObject({ status: z.literal('unavailable'), reason: z.string(), checks })

export const operationRoutes = [
  definePublicRoute({
    method: 'get',
    path: '/healthz',
    operationId: 'getHealth',
    summary: 'Whether the process answers',
    tag: 'Operations',
    limit: 'none',
    responses: { 200: { description: 'It does.', schema: alive } },
    handle: async () => ({ status: 200, json: { status: 'ok' } }),
  }),
  definePublicRoute({
    method: 'get',
    path: '/readyz',
    operationId: 'getReadiness',
    summary: 'Whether requests should be sent to this process',
    description:
      'No while it starts or is about to end, while the database is away, takes no writes or lacks migrations, and while its keys do not open. `jobs` tells that nobody does background work; the process is ready all the same.',
    tag: 'Operations',
    limit: 'none',
    responses: {
      200: { description: 'Ready for requests.', schema: ready },
      503: { description: 'Not ready.', schema: notReady },
    },
    handle: async ({ deps }) => {
      const { isReady, reason, checks } = await checkReadiness(deps)
      if (isReady) return { status: 200, json: { status: 'ok', checks } }
      return { status: 503, json: { status: 'unavailable', reason, checks }, headers: { 'retry-after': '5' } }
    },
  }),
]
