/** Counts requests by route, method and status, and how long they took. The route is the pattern, never the address: ids would be labels without end. */
import type { MiddlewareHandler } from 'hono'
import type { Metrics } from '../lib/metrics.ts'
import type { ApiEnv } from './env.ts'

export const observeRequests = (metrics: Metrics, now: () => Date): MiddlewareHandler<ApiEnv> => {
  metrics.describe('lephi_http_requests_total', 'counter', 'Requests answered, by route, method and status.')
  metrics.describe('lephi_http_request_duration_seconds', 'histogram', 'Time to answer, by route.')
  return async (c, next) => {
    const startedAt = now().getTime()
    await next()
    const route = c.get('route') ?? 'other'
    const method = knownMethods.has(c.req.method) ? c.req.method : 'other'
    metrics.count('lephi_http_requests_total', { route, method, status: String(c.res.status) })
    metrics.observe('lephi_http_request_duration_seconds', { route }, (now().getTime() - startedAt) / 1000)
  }
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
