/** Is it alive, is it ready, and by which keys are its signatures checked. Never rate-limited: these must always answer. */
import { z } from '@hono/zod-openapi'
import { findMissingColumns } from '../store/readiness.ts'
import { definePublicRoute } from './route.ts'

const alive = z.strictObject({ status: z.literal('ok') })
const notReady = z.strictObject({ status: z.literal('unavailable'), reason: z.string() })

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
    summary: 'Whether the database is reachable and migrated',
    tag: 'Operations',
    limit: 'none',
    responses: {
      200: { description: 'Ready for requests.', schema: alive },
      503: { description: 'Not ready.', schema: notReady },
    },
    handle: async ({ deps }) => {
      const reason = await whyNotReady(() => findMissingColumns(deps.db))
      if (reason === null) return { status: 200, json: { status: 'ok' } }
      return { status: 503, json: { status: 'unavailable', reason }, headers: { 'retry-after': '5' } }
    },
  }),
]

const whyNotReady = async (missing: () => Promise<readonly string[]>): Promise<string | null> => {
  try {
    return (await missing()).length > 0 ? 'migrations are not applied' : null
  } catch {
    return 'the database cannot be reached'
  }
}
