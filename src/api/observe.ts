/** Counts requests by route, method and status, and how long they took, and gives each a span. The route is the pattern, never the address: ids would be labels without end. */
import type { MiddlewareHandler } from 'hono'
import type { Deps } from '../flows/deps.ts'
import { exampleOf, tracingOf } from '../flows/trace-order.ts'
import type { ApiEnv } from './env.ts'

export const observeRequests = (deps: Pick<Deps, 'metrics' | 'now' | 'tracing'>): MiddlewareHandler<ApiEnv> => {
  const { metrics, now } = deps
  const tracing = tracingOf(deps)
  metrics.describe('lephi_http_requests_total', 'counter', 'Requests answered, by route, method and status.')
  metrics.describe('lephi_http_request_duration_seconds', 'histogram', 'Time to answer, by route.')
  return (c, next) => {
    const startedAt = now().getTime()
    const method = knownMethods.has(c.req.method) ? c.req.method : 'other'
    const parent = isForPortals(c.req.path) ? (c.req.header('traceparent') ?? null) : null
    return tracing.within({ name: method, kind: 'server', parent }, async (span) => {
      await next()
      const route = c.get('route') ?? 'other'
      const { status } = c.res
      metrics.count('lephi_http_requests_total', { route, method, status: String(status) })
      const seconds = (now().getTime() - startedAt) / 1000
      metrics.observe('lephi_http_request_duration_seconds', { route }, seconds, exampleOf(deps))
      span.rename(`${method} ${route}`)
      span.add({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status })
      if (status >= 500) span.fail()
    })
  }
}

/** A portal's trace goes on here. A provider's, a browser's or a stranger's does not: whoever can send a callback or open a page could put it into the trace of somebody else's order. */
const isForPortals = (path: string): boolean => /^\/(v1|oauth)\//.test(path)

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
