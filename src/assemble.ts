/** Puts a gateway together out of its parts: requests let in and watched, routes of the API, citizens' pages, and whatever else an app has (app.ts, front-app.ts). */
import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { admitRequests, isPage, withPlaces } from './api/admit.ts'
import type { ApiEnv } from './api/env.ts'
import { errorResponse } from './api/errors.ts'
import { finishResponses } from './api/finish.ts'
import { createLimiter, type LimitClass } from './api/limits.ts'
import { mountRoutes, type Pipeline } from './api/mount.ts'
import { observeRequests } from './api/observe.ts'
import { preferredLanguage, problemResponse } from './api/problem.ts'
import type { Route } from './api/route.ts'
import { type AnyLimiter, type SharedCount, withSharedCount } from './api/shared-count.ts'
import { tellFull } from './api/tell-limits.ts'
import { admitBy, placesFor, type RequestAdmission, type Urgency } from './api/urgency.ts'
import type { Config } from './config.ts'
import { Refusal } from './domain/refusal.ts'
import type { Deps } from './flows/deps.ts'
import { describeFlowMetrics } from './flows/metric-names.ts'
import { createTokenVerifier } from './flows/verify-token.ts'
import type { ClassLimits } from './lib/admission.ts'
import { networkOf } from './lib/network.ts'
import { renderError } from './pages/error-response.tsx'
import { citizenPages, type FrontLink, type PageOptions } from './pages/index.tsx'
import { rankHtml } from './pages/language.ts'
import type { LiveLimits } from './pages/live-routes.ts'
import { ProviderError } from './providers/contract.ts'

/** What only an entry knows, or only a test wants. */
export type Extras = {
  /** What the front page leads to besides the API's reference. */
  frontLinks?: readonly FrontLink[]
  /** The providers' own side, mounted under /simulators. Never in production. */
  simulators?: Hono
  /** The demo's service portal, mounted under /demo-portal. Never in production. */
  demoPortal?: Hono
  /** Where the demo plays a payer's bank app, below /simulators. Never in production. */
  bankAppHref?: string | null
  /** The address of the other end of the connection; `env` is what the runtime handed to fetch. */
  remoteAddress?: (request: Request, env: unknown) => string | null
  /** Compresses pages and their files: for a runtime that nothing in front does it for. */
  compress?: boolean
  /** How open pages hear of news, where not as usual. */
  live?: LiveLimits
  /** Who is let in, where an entry wants to know it as well. */
  admission?: RequestAdmission
  /** How many requests of each urgency are let in, where not by the database's connections. */
  places?: Record<Urgency, ClassLimits>
  /** Counters that several processes share, where the runtime has some. */
  sharedCount?: SharedCount
  /** Fails every answer that differs from what its route declares: for tests. */
  checkAnswers?: boolean
}

/** What an app is made of besides what each has. */
export type Parts = {
  routes: readonly Route[]
  /** Pages besides those of citizens, mounted with them. */
  morePages?: PageOptions['morePages']
  /** Mounted behind the API and before the citizens' pages. */
  more?: (app: Hono<ApiEnv>, around: Around) => void
}

export type Around = {
  deps: Deps
  config: Config
  extras: Extras
  admission: RequestAdmission
  pipeline: Omit<Pipeline, 'clientAddress' | 'callerOf'>
  clientAddress: (request: Request, env: unknown) => string
  /** Counts one more of a caller; how many seconds to wait, 0 where none. */
  waitOf: (limitClass: LimitClass, request: Request, env: unknown) => Promise<number>
}

/** One Hono app: `app.fetch(request, env)`. Nothing is sent and nothing is started before the first request. */
export const assembleApp = (given: Deps, config: Config, extras: Extras, parts: Parts): Hono<ApiEnv> => {
  const app = new Hono<ApiEnv>()
  const admission = extras.admission ?? admitBy(extras.places ?? placesFor(config.requestConnections))
  const deps = withPlaces(given, admission)
  const { metrics } = deps
  describeFlowMetrics(metrics)
  const clientAddress = addressReader(config.trustedProxies, extras)
  // Only what is ours to say, and no answer that holds a secret beside what a stranger may choose: those could be guessed by their length. A screen of the
  // console is one: it repeats what its address searches for, beside the token of its forms.
  if (extras.compress) {
    const squeeze = compress({ contentTypeFilter: /^(text\/(html|css|javascript)|image\/svg\+xml)\b/ })
    app.use((c, next) => (/^\/console(\/|$)/.test(c.req.path) ? next() : squeeze(c, next)))
  }
  app.use(finishResponses({ newId: deps.newId, isHttps: deps.publicUrl.startsWith('https://') }))
  app.use(observeRequests(deps))
  app.use(admitRequests({ deps, admission, refuse: (refusal, c) => refuseBusy(deps, refusal, c) }))
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => refuseMethod(deps, c, methods) }))
  const pipeline = {
    deps,
    limiter: limiterOf(deps, config, extras),
    verifyToken: createTokenVerifier(deps, config.trustedIssuers),
    checkAnswers: extras.checkAnswers ?? false,
  }
  mountRoutes(app, parts.routes, { ...pipeline, clientAddress: (c) => clientAddress(c.req.raw, c.env) })
  const waitOf = async (limitClass: LimitClass, request: Request, env: unknown) => {
    const who = networkOf(clientAddress(request, env))
    const { allowed, retryAfterSeconds } = await pipeline.limiter(limitClass, who, deps.now())
    return allowed ? 0 : retryAfterSeconds
  }
  parts.more?.(app, { deps, config, extras, admission, pipeline, clientAddress, waitOf })
  app.route(
    '/',
    citizenPages(deps, {
      frontLinks: extras.frontLinks ?? [],
      bankAppLinks: config.bankAppLinks,
      bankAppHref: deps.mode === 'demo' ? (extras.bankAppHref ?? null) : null,
      payerAddress: clientAddress,
      allow: waitOf,
      ...(parts.morePages ? { morePages: parts.morePages } : {}),
      ...(extras.live ? { live: extras.live } : {}),
    }),
  )
  app.notFound((c) => errorResponse(deps, new Refusal('not_found', 'There is nothing at this address.'), c))
  app.onError((error, c) => errorResponse(deps, withRefusals(error), c))
  return app
}

const limiterOf = (deps: Deps, { rateLimits }: Config, { sharedCount }: Extras): AnyLimiter => {
  const isFull = tellFull(deps)
  const own = createLimiter(rateLimits, isFull)
  return sharedCount ? withSharedCount(own, sharedCount, isFull) : own
}

/** A person gets a page that says so, a program the problem. */
const refuseBusy = (deps: Deps, refusal: Refusal, c: Context<ApiEnv>): Response | Promise<Response> => {
  return isPage(c.req.path) && rankHtml(c.req.header('accept')) > 0
    ? renderError(deps, c, { name: 'busy', status: 503 })
    : errorResponse(deps, refusal, c)
}

/** What a provider's silence means to whoever asked us, should no flow have said it better. */
const withRefusals = (error: unknown): unknown =>
  error instanceof ProviderError
    ? new Refusal('provider_unreachable', 'The provider gave no usable answer.', { cause: error })
    : error

/** The nth address from the end that our own proxies have appended; what stands further left is a stranger's word. */
const addressReader =
  (trustedProxies: number, { remoteAddress }: Extras) =>
  (request: Request, env: unknown): string => {
    const forwarded = (request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
    const named = trustedProxies > 0 ? forwarded.at(-trustedProxies) : undefined
    return (named || remoteAddress?.(request, env) || '0.0.0.0').slice(0, 45)
  }

const refuseMethod = (deps: Deps, c: Context<ApiEnv>, methods: readonly string[]): Response =>
  problemResponse(
    { code: 'method_not_allowed', detail: `Use ${methods.join(', ')}.` },
    {
      requestId: c.get('requestId'),
      language: preferredLanguage(c.req.header('accept-language')),
      publicUrl: deps.publicUrl,
      headers: { allow: methods.join(', ') },
    },
  )
