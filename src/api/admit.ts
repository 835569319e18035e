/**
 * Lets requests in by their urgency, and answers 503 `overloaded` with Retry-After to those that there is no room for: at once, before anything was read, asked or written.
 * A body is read before its request takes a place, and a file is sent after it has given the place back, for both go at the pace of whoever is at the other end.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { Shed } from '../lib/admission.ts'
import type { ApiEnv } from './env.ts'
import { guardingHeaders } from './finish.ts'
import { type PlainAnswer, preferredLanguage, problemAnswer } from './problem.ts'
import { type RequestAdmission, type Urgency, urgencies, urgencyOf } from './urgency.ts'

export type AdmitParts = {
  deps: Pick<Deps, 'metrics' | 'log' | 'now'>
  admission: RequestAdmission
  /** Words the refusal for who is refused before a route was found. */
  refuse: (refusal: Refusal, c: Context<ApiEnv>) => Response | Promise<Response>
}

export const admitRequests = ({ deps, admission, refuse }: AdmitParts): MiddlewareHandler<ApiEnv> => {
  const shed = shedder(deps)
  return async (c, next) => {
    const urgency = urgencyOf(c.req.method, c.req.path)
    if (!urgency) return next()
    let leave: (() => void) | undefined
    const begin = async () => {
      leave ??= await admission.enter(urgency).catch((error: unknown) => Promise.reject(shed(urgency, error)))
    }
    try {
      if (c.req.method === 'GET' || c.req.method === 'HEAD' || urgency === 'upload') await begin()
      else if (admission.isFull(urgency)) throw shed(urgency, new Shed('full'))
      else c.set('begin', begin)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return refuse(error, c)
    }
    try {
      await next()
    } finally {
      leave?.()
    }
  }
}

export type Asked = { method: string; path: string; acceptLanguage: string | undefined }

/**
 * The same refusal of what would find its line full, for a runtime that can answer before it has made a request of what came in: at ten times the load nearly all are
 * refused, and what that costs is taken from those who are served. Null: let it come in. A person's page is left to the pipeline.
 */
export const refuseAtOnce = (deps: Deps, admission: RequestAdmission): ((asked: Asked) => PlainAnswer | null) => {
  const shed = shedder(deps)
  const guards = Object.fromEntries(guardingHeaders(deps.publicUrl.startsWith('https://')))
  return ({ method, path, acceptLanguage }) => {
    const urgency = urgencyOf(method, path)
    if (!urgency || isPage(path) || !admission.isFull(urgency)) return null
    const refusal = shed(urgency, new Shed('full'))
    if (!(refusal instanceof Refusal)) return null
    deps.metrics.count('lephi_http_requests_total', { route: 'other', method, status: '503' })
    const requestId = deps.newId('req')
    const { status, headers, body } = problemAnswer(
      { code: refusal.code, detail: refusal.message },
      { requestId, language: preferredLanguage(acceptLanguage), publicUrl: deps.publicUrl },
    )
    const more = { 'retry-after': String(refusal.retryAfterSeconds ?? 1), 'x-request-id': requestId }
    return { status, headers: { ...guards, ...headers, ...more }, body }
  }
}

/** Where a person reads the refusal. */
export const isPage = (path: string): boolean => /^\/(pay|where|receipts|verify|console)(\/|$)/.test(path)

const saidEveryMs = 10_000

/** Counts who is refused, and says so in the log now and then: a line for each would cost more than the refusal. */
const shedder = ({ metrics, log, now }: AdmitParts['deps']): ((urgency: Urgency, error: unknown) => unknown) => {
  metrics.describe('lephi_requests_shed_total', 'counter', 'Requests told to come again, by urgency and reason.')
  metrics.describe('lephi_requests_under_way', 'gauge', 'Requests that have a place, by urgency.')
  metrics.describe('lephi_requests_waiting', 'gauge', 'Requests that wait for a place, by urgency.')
  let count = 0
  let saidAt = Number.NEGATIVE_INFINITY
  return (urgency, error) => {
    if (!(error instanceof Shed)) return error
    count += 1
    metrics.count('lephi_requests_shed_total', { urgency, reason: error.reason })
    const at = now().getTime()
    if (at - saidAt >= saidEveryMs) {
      saidAt = at
      log.warn({ urgency, reason: error.reason, shed_since_start: count }, 'more is asked than can be done')
    }
    // Spread over a few seconds, so that those who come again do not all come at once.
    return new Refusal('overloaded', 'More is asked at the moment than can be done.', {
      retryAfterSeconds: 1 + (count % 4),
      cause: error,
    })
  }
}

export const setAdmissionGauges = (metrics: Deps['metrics'], admission: RequestAdmission): void => {
  const standing = admission.standing()
  for (const urgency of urgencies) {
    metrics.set('lephi_requests_under_way', { urgency }, standing[urgency].underWay)
    metrics.set('lephi_requests_waiting', { urgency }, standing[urgency].waiting)
  }
}

/** The same deps as requests use them: while a provider is asked, or an earlier click of the same payer, another request has the place; work that goes on after the answer has one too. */
export const withPlaces = (deps: Deps, admission: RequestAdmission): Deps => {
  const own = {
    fetch: ((url, init) => admission.away(() => deps.fetch(url, init))) satisfies Deps['fetch'],
    standAside: admission.away satisfies Deps['standAside'],
    defer: ((work) => {
      admission.besides(work)
      deps.defer(work)
    }) satisfies Deps['defer'],
  }
  // Read at each use, for an entry may answer a member at each request anew.
  const members = Object.keys(deps).map((name) => [name, { enumerable: true, get: () => Reflect.get(deps, name) }])
  return Object.defineProperties(
    {},
    { ...Object.fromEntries(members), ...Object.getOwnPropertyDescriptors(own) },
  ) as Deps
}
