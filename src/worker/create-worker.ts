/**
 * The gateway as a Worker: the same app over PostgreSQL through Hyperdrive. The app with its limits and its known keys lives as long as the isolate; what belongs to one
 * request is in invocation.ts.
 */
import type { ExecutionContext, Hyperdrive } from '@cloudflare/workers-types'
import { Hono } from 'hono'
import { contextStorage, getContext } from 'hono/context-storage'
import type { ApiEnv } from '../api/env.ts'
import { admitBy, placesWithoutLines } from '../api/urgency.ts'
import type { Extras } from '../assemble.ts'
import { type Config, readConfig } from '../config.ts'
import type { Deps } from '../flows/deps.ts'
import { createFingerprint } from '../lib/fingerprint.ts'
import { randomToken } from '../lib/hmac.ts'
import { createIdSource } from '../lib/id.ts'
import { createLog, withTraceId } from '../lib/log.ts'
import { createMetrics } from '../lib/metrics.ts'
import { createSealedBox } from '../lib/sealed-box.ts'
import { openSpans } from '../lib/spans.ts'
import { noTracing, type Tracing, traceIdOf } from '../lib/tracing.ts'
import type { Database } from '../store/database.ts'
import { excessOfRights } from '../store/gateway-rights.ts'
import { collectSpans } from './collect-spans.ts'
import { hasAddress } from './has-address.ts'
import { type Around, endAfterBody, type Invocation, openInvocation, type Waiting } from './invocation.ts'
import { fetchPublic, fetchWithDeadline } from './outgoing.ts'
import { sharedCount } from './shared-counts.ts'

export type Env = { HYPERDRIVE: Hyperdrive } & Readonly<Record<string, unknown>>
type OuterEnv = { Bindings: Env; Variables: { invocation: Invocation } }

/** What an entry, or a test, decides. */
export type WorkerParts = Pick<Deps, 'providers' | 'now' | 'pdfFonts' | 'webFont' | 'readBytesMax'> & {
  buildApp: (deps: Deps, config: Config, extras: Extras) => Hono<ApiEnv>
  /** Who answers at addresses that the app does not have; absent: the app says that there is nothing. */
  elsewhere?: (request: Request, env: Env) => Promise<Response>
  extras?: Extras
}

export type Worker = {
  fetch: (request: Request, env: Env, context: ExecutionContext) => Response | Promise<Response>
  /** Runs something with what flows are handed, over connections that end with it. Throws when the database login has too many rights. */
  within: <Result>(env: Env, context: Waiting, run: (deps: Deps) => Promise<Result>) => Promise<Result>
}

/** Requests of one isolate that are served at a time: each has connections of its own, and Hyperdrive has only so many to the database. */
const requestsMax = 60
/** When its client goes away, workerd stops a request where it stands, and nothing of it is run any more, not even what gives its place back. */
const cutOffMs = 120_000
/** Workers end what goes on 30 s after the answer; a call that is cut off by them would leave no note of it. */
const deferredWorkMs = 25_000

type Shared = Omit<Deps, 'db' | 'defer' | 'tracing'>
type Isolate = { shared: Shared; app: Hono<OuterEnv>; isChecked: boolean; collect: Around['collect'] }

export const createWorker = (parts: WorkerParts): Worker => {
  let started: Isolate | null = null
  const isolateOf = (env: Env): Isolate => {
    started ??= startIsolate(env, parts)
    return started
  }
  const within: Worker['within'] = async (env, context, run) => {
    const isolate = isolateOf(env)
    const invocation = openInvocation(context, around(isolate, env))
    const { db, defer, tracing } = invocation
    try {
      if (await hasTooManyRights(db, isolate)) throw new Error('the database login has too many rights')
      return await run({ ...isolate.shared, db, defer, ...(tracing ? { tracing } : {}) })
    } finally {
      invocation.end()
    }
  }
  return {
    within,
    fetch: (request, env, context) => isolateOf(env).app.fetch(request, env, context),
  }
}

/** What all requests of this isolate share. Throws ConfigError when the environment describes no gateway. */
const startIsolate = (env: Env, parts: WorkerParts): Isolate => {
  const { providers, now, pdfFonts, webFont } = parts
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const config = readConfig({ ...Object.fromEntries(texts), DATABASE_URL: env.HYPERDRIVE.connectionString })
  const plainLog = createLog({ write: (line) => console.log(line), now, level: config.logLevel })
  const spans = config.traces ? openSpans(config.traces) : null
  const shared: Shared = {
    now,
    newId: createIdSource({ now }),
    newToken: randomToken,
    fetch: fetchPublic(config),
    fetchPublic: fetchPublic(config),
    fetchIssuer: fetchWithDeadline,
    privateHosts: config.privateHosts,
    box: createSealedBox(config.masterKeys),
    fingerprint: createFingerprint(config.masterKeys),
    log: spans ? withTraceId(plainLog, () => traceIdOf(spans.current())) : plainLog,
    metrics: createMetrics(),
    deferredMs: deferredWorkMs,
    callBudgetsMs: config.callBudgetsMs,
    keyQuietMs: config.keyQuietMs,
    providers,
    publicUrl: config.publicUrl,
    pdfFonts,
    webFont,
    uploadBytesMax: config.uploadBytesMax,
    looksForCachedReads: true,
    ...(parts.readBytesMax === undefined ? {} : { readBytesMax: parts.readBytesMax }),
    mode: config.mode,
  }
  const { traces } = config
  // The operator names the collector, as it does an issuer.
  const collect = spans && traces ? () => collectSpans(spans, traces, shared) : null
  const isolate: Isolate = { shared, app: new Hono(), isChecked: false, collect }
  addApp(isolate, config, { ...parts, extras: { sharedCount: sharedCount(env), ...parts.extras } })
  return isolate
}

const around = ({ shared, collect }: Isolate, env: Env): Around => ({
  url: env.HYPERDRIVE.connectionString,
  log: shared.log,
  collect,
})

/** The gateway's app, told at each request whose connections to use. */
const addApp = (isolate: Isolate, config: Config, { buildApp, elsewhere, extras }: WorkerParts): void => {
  const { app, shared } = isolate
  const current = () => getContext<OuterEnv>().var.invocation
  const deps: Deps = {
    ...shared,
    get db() {
      return current().db
    },
    defer: (work) => current().defer(work),
    ...(isolate.collect ? { tracing: tracingBy(() => current().tracing ?? noTracing) } : {}),
  }
  const gateway = buildApp(deps, config, {
    remoteAddress: (request) => request.headers.get('cf-connecting-ip'),
    admission: admitBy(placesWithoutLines(requestsMax), { now: deps.now, afterMs: cutOffMs }),
    ...extras,
  })
  if (elsewhere) {
    const isOurs = hasAddress(gateway)
    app.use((c, next) => (isOurs(c.req.path) ? next() : elsewhere(c.req.raw, c.env)))
  }
  app.use(contextStorage())
  app.all('*', async (c) => {
    const invocation = openInvocation(c.executionCtx, around(isolate, c.env))
    c.set('invocation', invocation)
    try {
      if (await hasTooManyRights(invocation.db, isolate)) {
        invocation.end()
        return new Response('unavailable\n', { status: 503 })
      }
      return endAfterBody(await gateway.fetch(c.req.raw, c.env, c.executionCtx), invocation)
    } catch (error) {
      invocation.end()
      throw error
    }
  })
}

const tracingBy = (tracing: () => Tracing): Tracing => ({
  within: (begin, work) => tracing().within(begin, work),
  current: () => tracing().current(),
})

/** Asked once in an isolate; a gateway with too many rights serves nobody. While the database is away, each request finds that out for itself. */
const hasTooManyRights = async (db: Database, isolate: Isolate): Promise<boolean> => {
  if (isolate.isChecked) return false
  const { log } = isolate.shared
  try {
    const excess = await excessOfRights(db)
    if (excess) log.error({ excess }, 'the database login has too many rights')
    else isolate.isChecked = true
    return excess !== null
  } catch (error) {
    log.error({ error }, 'the database cannot be reached')
    return false
  }
}
