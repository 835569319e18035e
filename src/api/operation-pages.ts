/** The operations that need the whole app: its document as YAML and as a page, and its metrics. */
import type { Hono } from 'hono'
import { stringify } from 'yaml'
import { Refusal } from '../domain/refusal.ts'
import { equalInConstantTime } from '../lib/hmac.ts'
import type { Metrics } from '../lib/metrics.ts'
import { docsPage } from './docs.ts'
import type { OpenApiDocument } from './document.ts'
import type { ApiEnv } from './env.ts'

export type OperationParts = {
  metrics: Metrics
  /** Sets the gauges that are only true at the moment; must not throw. */
  setGauges: () => Promise<void>
  metricsToken: string | null
  mode: 'demo' | 'production'
  document: () => OpenApiDocument
}

export const mountOperationPages = (app: Hono<ApiEnv>, parts: OperationParts): void => {
  const written = once(() => stringify(parts.document(), { aliasDuplicateObjects: false, lineWidth: 0 }))
  const page = once(() => docsPage(parts.document()))
  app.get('/openapi.yaml', (c) => {
    c.set('route', '/openapi.yaml')
    return c.body(written(), 200, { 'content-type': 'application/yaml', 'cache-control': 'public, max-age=300' })
  })
  app.get('/docs', (c) => {
    c.set('route', '/docs')
    return c.html(page(), 200, {
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cache-control': 'public, max-age=300',
    })
  })
  app.get('/metrics', async (c) => {
    c.set('route', '/metrics')
    refuseStrangers(c.req.header('authorization') ?? '', parts)
    await parts.setGauges()
    return c.body(parts.metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
}

/** In production the metrics exist only for who has the token; without a token set there are none. */
const refuseStrangers = (authorization: string, { metricsToken, mode }: OperationParts): void => {
  if (metricsToken === null && mode === 'demo') return
  if (metricsToken !== null && equalInConstantTime(authorization, `Bearer ${metricsToken}`)) return
  throw new Refusal('not_found', 'There is nothing at this address.')
}

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
