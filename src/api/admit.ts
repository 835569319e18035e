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
import { type Language, preferredLanguage, problemAnswer } from './problem.ts'
import { type RequestAdmission, type Urgency, urgencies, urgencyOf } from './urgency.ts'

export type AdmitParts = {
  deps: Pick<Deps, 'metrics' | 'log' | 'now'>
  admission: RequestAdmission
  /** Words the refusal for who is refused before a route was found. */
  refuse: (refusal: Refusal, c: Context<ApiEnv>) => Response | Promise<Response>
}

export const admitRequests = ({ deps, admission, refuse }: AdmitParts): MiddlewareHandler<ApiEnv> => {
  const { refusalOf: shed } = shedder(deps)
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

/** An answer as it goes out: names and values of headers one after the other, as node:http takes them without looking at each. */
export type RawAnswer = { status: number; headers: readonly string[]; body: string }

/**
 * The same refusal of what would find its line full, for a runtime that can answer before it has made a request of what came in: at ten times the load nine of ten are
 * refused, and what that costs is taken from those who are served. So it is written once for each language, and only its id and its time are of the moment. Null: let it come in. A
 * person's page is left to the pipeline.
 */
export const refuseAtOnce = (deps: Deps, admission: RequestAdmission): ((asked: Asked) => RawAnswer | null) => {
  const { note, wording } = shedder(deps)
  const guards = guardingHeaders(deps.publicUrl.startsWith('https://')).flat()
  const written = new Map<Language, { status: number; headers: readonly string[]; body: [string, string] }>()
  const write = (language: Language) => {
    const problem = { code: wording.code, detail: wording.message }
    const { status, headers, body } = problemAnswer(problem, {
      requestId: placeOfId,
      language,
      publicUrl: deps.publicUrl,
    })
    const [before = '', behind = ''] = body.split(placeOfId)
    const answer = {
      status,
      headers: [...guards, ...Object.entries(headers).flat()],
      body: [before, behind] as [string, string],
    }
    written.set(language, answer)
    return answer
  }
  return ({ method, path, acceptLanguage }) => {
    const urgency = urgencyOf(method, path)
    if (!urgency || isPage(path) || !admission.isFull(urgency)) return null
    const seconds = note(urgency, 'full')
    deps.metrics.count('lephi_http_requests_total', { route: 'other', method, status: '503' })
    const requestId = deps.newId('req')
    const language = preferredLanguage(acceptLanguage)
    const { status, headers, body } = written.get(language) ?? write(language)
    const own = ['retry-after', String(seconds), 'x-request-id', requestId]
    return { status, headers: [...headers, ...own], body: `${body[0]}${requestId}${body[1]}` }
  }
}

/** Stands in a written refusal where its id goes; no address and no wording of ours holds it. */
const placeOfId = '{id of the request}'

/** Where a person reads the refusal. */
export const isPage = (path: string): boolean => /^\/(pay|where|receipts|verify|console)(\/|$)/.test(path)

const saidEveryMs = 10_000

/** Counts who is refused, and says so in the log now and then: a line for each would cost more than the refusal. */
const shedder = ({ metrics, log, now }: AdmitParts['deps']) => {
  metrics.describe('lephi_requests_shed_total', 'counter', 'Requests told to come again, by urgency and reason.')
  metrics.describe('lephi_requests_under_way', 'gauge', 'Requests that have a place, by urgency.')
  metrics.describe('lephi_requests_waiting', 'gauge', 'Requests that wait for a place, by urgency.')
  let count = 0
  let saidAt = Number.NEGATIVE_INFINITY
  /** After how many seconds to come again. */
  const note = (urgency: Urgency, reason: Shed['reason']): number => {
    count += 1
    metrics.count('lephi_requests_shed_total', { urgency, reason })
    const at = now().getTime()
    if (at - saidAt >= saidEveryMs) {
      saidAt = at
      log.warn({ urgency, reason, shed_since_start: count }, 'more is asked than can be done')
    }
    // Spread over a few seconds, so that those who come again do not all come at once.
    return 1 + (count % 4)
  }
  const wording = { code: 'overloaded', message: 'More is asked at the moment than can be done.' } as const
  const refusalOf = (urgency: Urgency, error: unknown): unknown =>
    error instanceof Shed
      ? new Refusal(wording.code, wording.message, { retryAfterSeconds: note(urgency, error.reason), cause: error })
      : error
  return { note, wording, refusalOf }
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
