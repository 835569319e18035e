/** The operations that need the whole app: its document as YAML and as a page, and its metrics. */
import type { Hono } from 'hono'
import { stringify } from 'yaml'
import { Refusal } from '../domain/refusal.ts'
import { equalInConstantTime } from '../lib/hmac.ts'
import type { Metrics } from '../lib/metrics.ts'
import { scriptHash } from '../lib/script-hash.ts'
import { chooseType } from './accept.ts'
import { docsPage } from './docs.ts'
import { tryScript } from './docs-try.ts'
import type { OpenApiDocument } from './document-parts.ts'
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
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; script-src '${mayRun}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'cache-control': 'public, max-age=300',
    })
  })
  app.get('/metrics', async (c) => {
    c.set('route', '/metrics')
    refuseStrangers(c.req.header('authorization') ?? '', parts)
    await parts.setGauges()
    const format = metricsFormat(c.req.header('accept'))
    return c.body(parts.metrics.text(format), 200, { 'content-type': metricsTypes[format], vary: 'accept' })
  })
}

/** The one script of the documentation, which calls this host alone. */
const mayRun = scriptHash(tryScript)

const metricsTypes = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const

/** OpenMetrics for who names it, as Prometheus does; whatever else is asked for, the older format: a watch that gets 406 sees nothing. */
const metricsFormat = (accept: string | undefined): keyof typeof metricsTypes => {
  if (!accept) return 'prometheus'
  try {
    const type = chooseType(accept, ['text/plain', 'application/openmetrics-text'])
    return type === 'text/plain' ? 'prometheus' : 'openmetrics'
  } catch (error) {
    if (error instanceof Refusal) return 'prometheus'
    throw error
  }
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
