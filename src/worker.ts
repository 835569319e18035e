/**
 * The gateway on Cloudflare Workers: the same app over PostgreSQL through Hyperdrive. workerd lets no two requests share a socket, so each request, and each
 * run of the jobs, has a pool of its own, closed when its work is over; the app with its limits and its known keys lives as long as the isolate.
 */
import type { ExecutionContext, Hyperdrive } from '@cloudflare/workers-types'
import regularFont from '@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf'
import boldFont from '@expo-google-fonts/be-vietnam-pro/700Bold/BeVietnamPro_700Bold.ttf'
import latin400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-400-normal.woff2'
import latin700 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-700-normal.woff2'
import latinExt400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-ext-400-normal.woff2'
import latinExt700 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-ext-700-normal.woff2'
import vietnamese400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-400-normal.woff2'
import vietnamese700 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-700-normal.woff2'
import { Hono } from 'hono'
import { contextStorage, getContext } from 'hono/context-storage'
import { admitBy, placesWithoutLines } from './api/urgency.ts'
import { buildApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { hostOf, isListedHost } from './domain/outgoing-hosts.ts'
import { isPrivateHost, PrivateAddressError } from './domain/private-address.ts'
import type { Deps } from './flows/deps.ts'
import { longJobs, runJobs } from './flows/run-jobs.ts'
import { createFingerprint } from './lib/fingerprint.ts'
import { randomToken } from './lib/hmac.ts'
import { createIdSource } from './lib/id.ts'
import { createLog } from './lib/log.ts'
import { createMetrics } from './lib/metrics.ts'
import type { PdfFonts } from './lib/pdf.ts'
import { createSealedBox } from './lib/sealed-box.ts'
import type { FontScript, FontWeight } from './lib/web-font.ts'
import { registry } from './providers/registry.ts'
import { type Database, openDatabase } from './store/database.ts'
import { excessOfRights } from './store/gateway-rights.ts'

type Env = { HYPERDRIVE: Hyperdrive } & Readonly<Record<string, unknown>>
type Waiting = Pick<ExecutionContext, 'waitUntil'>
type OuterEnv = { Bindings: Env; Variables: { invocation: Invocation } }

/** One request or one run of the jobs: its own connections, and the work that it has put off. */
type Invocation = { db: Database; defer: Deps['defer']; end: (last?: Promise<unknown>) => void }

/** workerd allows six connections at a time; one is left for calls to providers. */
const connectionsMax = 5
const jobsPerRun = 200
/** Requests of one isolate that are served at a time: each has connections of its own, and Hyperdrive has only so many to the database. */
const requestsMax = 60
/** When its client goes away, workerd stops a request where it stands, and nothing of it is run any more, not even what gives its place back. */
const cutOffMs = 120_000
/** For callers of fetch that set no deadline of their own. */
const wholeCallTimeoutMs = 60_000
/** Workers end what goes on 30 s after the answer; a call that is cut off by them would leave no note of it. */
const deferredWorkMs = 25_000

const openInvocation = (env: Env, context: Waiting, deps: Shared): Invocation => {
  const db = openDatabase({ url: env.HYPERDRIVE.connectionString, role: 'lephi_app', max: connectionsMax })
  const underWay: Promise<unknown>[] = []
  const end = async (last: Promise<unknown>) => {
    await last.catch(() => undefined)
    while (underWay.length > 0) await underWay.shift()
    await db.close()
  }
  return {
    db,
    defer: (work) => {
      underWay.push(work.catch((error: unknown) => deps.log.error({ error }, 'deferred work failed')))
    },
    end: (last = Promise.resolve()) => context.waitUntil(end(last)),
  }
}

/** A name is resolved by Cloudflare, after us; what is known without that is refused here as on Node. */
const fetchPublic =
  ({ mode, privateHosts }: Config): Deps['fetch'] =>
  async (url, init) => {
    const host = hostOf(new URL(url))
    if (mode === 'production' && isPrivateHost(host) && !isListedHost(privateHosts, host))
      throw new TypeError('fetch failed', { cause: new PrivateAddressError('an address of a private network') })
    return fetchWithDeadline(url, init)
  }

const fetchWithDeadline: Deps['fetch'] = (url, init) => {
  const deadline = AbortSignal.timeout(wholeCallTimeoutMs)
  const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline
  return fetch(url, { ...init, redirect: 'manual', signal })
}

const pdfFonts = async (): Promise<PdfFonts> => ({
  regular: new Uint8Array(regularFont),
  bold: new Uint8Array(boldFont),
})

const webFonts: Readonly<Record<FontScript, Readonly<Record<FontWeight, ArrayBuffer>>>> = {
  latin: { 400: latin400, 700: latin700 },
  'latin-ext': { 400: latinExt400, 700: latinExt700 },
  vietnamese: { 400: vietnamese400, 700: vietnamese700 },
}

type Shared = Omit<Deps, 'db' | 'defer'>
type Isolate = { config: Config; shared: Shared; app: Hono<OuterEnv>; isChecked: boolean }

let isolate: Isolate | null = null

/** What all requests of this isolate share. Throws ConfigError when the environment describes no gateway. */
const startIsolate = (env: Env): Isolate => {
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const config = readConfig({ ...Object.fromEntries(texts), DATABASE_URL: env.HYPERDRIVE.connectionString })
  const now = () => new Date()
  const shared: Shared = {
    now,
    newId: createIdSource({ now }),
    newToken: randomToken,
    // Workers reach the public internet alone (wrangler.toml, global_fetch_strictly_public), and no private network but by bindings.
    fetch: fetchPublic(config),
    fetchPublic: fetchPublic(config),
    fetchIssuer: fetchWithDeadline,
    privateHosts: config.privateHosts,
    box: createSealedBox(config.masterKeys),
    fingerprint: createFingerprint(config.masterKeys),
    log: createLog({ write: (line) => console.log(line), now, level: config.logLevel }),
    metrics: createMetrics(),
    deferredMs: deferredWorkMs,
    callBudgetsMs: config.callBudgetsMs,
    keyQuietMs: config.keyQuietMs,
    providers: registry,
    publicUrl: config.publicUrl,
    pdfFonts,
    webFont: async ({ script, weight }) => new Uint8Array(webFonts[script][weight]),
    uploadBytesMax: config.uploadBytesMax,
    mode: config.mode,
  }
  return { config, shared, app: buildOuterApp(config, shared), isChecked: false }
}

/** The gateway's app, told at each request whose connections to use. */
const buildOuterApp = (config: Config, shared: Shared): Hono<OuterEnv> => {
  const current = () => getContext<OuterEnv>().var.invocation
  const deps: Deps = {
    ...shared,
    get db() {
      return current().db
    },
    defer: (work) => current().defer(work),
  }
  const gateway = buildApp(deps, config, {
    remoteAddress: (request) => request.headers.get('cf-connecting-ip'),
    admission: admitBy(placesWithoutLines(requestsMax), { now: deps.now, afterMs: cutOffMs }),
  })
  const outer = new Hono<OuterEnv>()
  outer.use(contextStorage())
  outer.all('*', async (c) => {
    const invocation = openInvocation(c.env, c.executionCtx, shared)
    c.set('invocation', invocation)
    try {
      if (await hasTooManyRights(invocation.db, shared)) return new Response('unavailable\n', { status: 503 })
      return endAfterBody(await gateway.fetch(c.req.raw, c.env, c.executionCtx), invocation)
    } catch (error) {
      invocation.end()
      throw error
    }
  })
  return outer
}

/** An answer that is made while it is sent, such as an export, may still read from the database. JSON, pages and files are whole when they come. */
const endAfterBody = (response: Response, invocation: Invocation): Response => {
  const isWhole = /^(application\/(problem\+)?json|text\/(html|plain|css|javascript)|font\/woff2)\b/.test(
    response.headers.get('content-type') ?? '',
  )
  if (isWhole || !response.body) {
    invocation.end()
    return response
  }
  const { readable, writable } = new TransformStream()
  invocation.end(response.body.pipeTo(writable))
  return new Response(readable, response)
}

/** Asked once in an isolate; a gateway with too many rights serves nobody. While the database is away, each request finds that out for itself. */
const hasTooManyRights = async (db: Database, { log }: Shared): Promise<boolean> => {
  if (!isolate || isolate.isChecked) return false
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

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> => {
    isolate ??= startIsolate(env)
    return isolate.app.fetch(request, env, context)
  },
  /** The cron trigger. */
  scheduled: async (_event: unknown, env: Env, context: ExecutionContext): Promise<void> => {
    isolate ??= startIsolate(env)
    const { shared } = isolate
    const invocation = openInvocation(env, context, shared)
    try {
      if (await hasTooManyRights(invocation.db, shared)) return
      const deps = { ...shared, db: invocation.db, defer: invocation.defer }
      const rounds = [runJobs(deps, { limit: jobsPerRun }), runJobs(deps, { limit: 1, run: longJobs })]
      const failed = (await Promise.all(rounds)).flatMap((round) => round.failed)
      if (failed.length > 0) throw new Error(`jobs failed: ${failed.join(', ')}`)
    } finally {
      invocation.end()
    }
  },
}
