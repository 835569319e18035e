/** The one pipeline that every declared route runs through: limit, token, scope, body, validation, handler, answer. */
import type { Context, Hono } from 'hono'
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { BodyTooLarge, readLimited } from '../lib/body.ts'
import { stringifyMoney } from '../lib/json.ts'
import { networkOf } from '../lib/network.ts'
import { auditAnswer } from './audit-answer.ts'
import type { ApiEnv } from './env.ts'
import { readForm, readJson, readQuery } from './input.ts'
import type { LimitClass } from './limits.ts'
import { preferredLanguage } from './problem.ts'
import { type Answer, type Circumstances, limitClassOf, type Received, type Route } from './route.ts'
import type { AnyLimiter } from './shared-count.ts'
import { createRefusalTeller } from './tell-refusals.ts'

export type Pipeline = {
  deps: Deps
  limiter: AnyLimiter
  /** The caller that a bearer token speaks for; null when it does not hold. */
  verifyToken: (token: string) => Promise<Caller | null>
  clientAddress: (c: Context<ApiEnv>) => string
  /** Who calls, where that is known without a token: our own pages, for somebody who has signed in. */
  callerOf?: (c: Context<ApiEnv>) => Caller
  /** Compares each answer with what its route declares, and fails where they differ: for tests. */
  checkAnswers: boolean
}

const jsonBytesMax = 256 * 1024
const formBytesMax = 16 * 1024

/** Mounts the routes on the app. Parameters in braces become Hono's. */
export const mountRoutes = (app: Hono<ApiEnv>, routes: readonly Route[], pipeline: Pipeline): void => {
  const tellRefusal = createRefusalTeller(pipeline.deps)
  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(route.method.toUpperCase(), path, (c) =>
      serve(c, route, pipeline).catch((error) => {
        tellRefusal(c, { error, clientAddress: pipeline.clientAddress(c) })
        return reword(c, route, error)
      }),
    )
  }
}

const serve = async (c: Context<ApiEnv>, route: Route, pipeline: Pipeline): Promise<Response> => {
  c.set('route', route.path)
  const clientAddress = pipeline.clientAddress(c)
  const caller = route.scopes.length > 0 ? await authorize(c, route, pipeline, clientAddress) : null
  await takeToken(c, pipeline, {
    limitClass: limitClassOf(route),
    who: caller ? `client ${caller.clientId}` : `network ${networkOf(clientAddress)}`,
  })
  const idempotencyKey = idempotencyKeyOf(c, route)
  const received = await receive(c, route)
  await c.get('begin')?.()
  const around: Circumstances = {
    deps: pipeline.deps,
    request: c.req.raw,
    body: received.body,
    requestId: c.get('requestId'),
    language: preferredLanguage(c.req.header('accept-language')),
    clientAddress,
    idempotencyKey,
  }
  const answer = await route.run(received, around, caller)
  if (route.audit && caller) await auditAnswer(route, { received, around, caller, answer })
  return answered(c, route, { answer, checked: pipeline.checkAnswers })
}

const reword = (c: Context<ApiEnv>, route: Route, error: unknown): Response => {
  const refusal = error instanceof BodyTooLarge ? new Refusal('body_too_large', error.message) : error
  const answer = refusal instanceof Refusal ? (route.wordRefusal?.(refusal) ?? null) : null
  // Hono hands only errors to onError; whatever else a bug throws would end the connection without an answer.
  if (!answer)
    throw error instanceof Error ? error : new Error('something that is no error was thrown', { cause: error })
  return answered(c, route, { answer, checked: false })
}

const authorize = async (c: Context<ApiEnv>, route: Route, pipeline: Pipeline, address: string): Promise<Caller> => {
  const known = pipeline.callerOf?.(c)
  if (known) return allowed(c, route, known)
  const [, token] = /^Bearer +([A-Za-z0-9._~+/=-]{1,8000})$/i.exec(c.req.header('authorization') ?? '') ?? []
  c.set('challenge', 'Bearer realm="lephi"')
  const caller = token ? await pipeline.verifyToken(token) : null
  if (!caller) {
    await takeToken(c, pipeline, { limitClass: 'read', who: `stranger ${address}` })
    if (!token) throw new Refusal('unauthorized', 'Send a token from /oauth/token as Authorization: Bearer.')
    c.set('challenge', 'Bearer realm="lephi", error="invalid_token"')
    throw new Refusal('unauthorized', 'The token is not valid or has expired.')
  }
  return allowed(c, route, caller)
}

const allowed = (c: Context<ApiEnv>, route: Route, caller: Caller): Caller => {
  c.set('caller', caller)
  if (!route.scopes.some((scope) => caller.scopes.includes(scope))) {
    c.set('challenge', `Bearer realm="lephi", error="insufficient_scope", scope="${route.scopes.join(' ')}"`)
    throw new Refusal('insufficient_scope', `This needs the scope ${route.scopes.join(' or ')}.`)
  }
  // RFC 9110, 11.6.1 allows a challenge on other answers too, but there it would only confuse.
  c.set('challenge', undefined)
  return caller
}

const takeToken = async (
  c: Context<ApiEnv>,
  { deps, limiter }: Pipeline,
  { limitClass, who }: { limitClass: LimitClass | 'none'; who: string },
): Promise<void> => {
  if (limitClass === 'none') return
  const { allowed, retryAfterSeconds, headers } = await limiter(limitClass, who, deps.now())
  c.set('rateLimitHeaders', headers)
  if (allowed) return
  c.set('challenge', undefined)
  throw new Refusal('too_many_requests', `Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
}

const idempotencyKeyOf = (c: Context<ApiEnv>, route: Route): string | null => {
  if (!route.idempotencyKey) return null
  const key = c.req.header('idempotency-key')
  if (key === undefined && route.idempotencyKey !== 'required') return null
  if (!key)
    throw new Refusal(
      'idempotency_key_required',
      'Send an Idempotency-Key header, so that a repeated call has one effect.',
    )
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  const message = 'must be 1 to 255 visible ASCII characters'
  throw new Refusal('invalid_input', `The Idempotency-Key header ${message}.`, {
    errors: [{ pointer: '/headers/idempotency-key', message }],
  })
}

/** Reads what the route declares and no more. A body that nobody asked for is refused like an unknown field. */
const receive = async (c: Context<ApiEnv>, route: Route): Promise<Received> => {
  // A public route that declares no query leaves it to its handler: a provider's callback is read by its adapter, byte for byte.
  const query = route.request.query || route.scopes.length > 0 ? readQuery(new URL(c.req.url).search) : {}
  const params = c.req.param() as Record<string, string>
  const received = { params, query, json: {}, form: {}, body: new Uint8Array(0) }
  if (route.method === 'get') return received
  if (route.raw) {
    if (Number(c.req.header('content-length')) > route.raw.bytesMax) throw new BodyTooLarge(route.raw.bytesMax)
    refuseOtherType(c, route.raw.contentTypes)
    return route.raw.isWhole ? { ...received, body: await readLimited(c.req.raw, route.raw.bytesMax) } : received
  }
  if (route.request.form) {
    refuseOtherType(c, ['application/x-www-form-urlencoded'])
    return { ...received, form: await readForm(c.req.raw, route.bytesMax ?? formBytesMax) }
  }
  const json = await readJson(c.req.raw, route.bytesMax ?? jsonBytesMax)
  if (json !== undefined) refuseOtherType(c, ['application/json'])
  const isOptional = !route.request.json || route.request.json.safeParse(undefined).success
  if (json === undefined && !isOptional) throw new Refusal('invalid_request', 'The body is empty; it must be JSON.')
  return { ...received, json: json === undefined && !route.request.json ? {} : json }
}

const refuseOtherType = (c: Context<ApiEnv>, contentTypes: readonly string[]): void => {
  const [given = ''] = (c.req.header('content-type') ?? '').split(';')
  if (contentTypes.includes('*/*') || contentTypes.includes(given.trim().toLowerCase())) return
  throw new Refusal('unsupported_media_type', `Send the body as ${contentTypes.join(' or ')}.`)
}

const answered = (
  c: Context<ApiEnv>,
  route: Route,
  { answer, checked }: { answer: Answer; checked: boolean },
): Response => {
  if (answer instanceof Response) return withHeaders(answer, c.get('rateLimitHeaders') ?? {})
  const text = 'text' in answer ? answer.text : answer.json === undefined ? null : stringifyMoney(answer.json)
  if (checked) refuseUndeclared(route, answer.status, text)
  return new Response(text, {
    status: answer.status,
    headers: {
      ...(text === null ? {} : { 'content-type': 'application/json' }),
      'cache-control': 'no-store',
      ...(c.get('rateLimitHeaders') ?? {}),
      ...answer.headers,
    },
  })
}

const withHeaders = (answer: Response, more: Record<string, string>): Response => {
  const headers = new Headers(answer.headers)
  for (const [name, value] of Object.entries(more)) headers.set(name, value)
  return new Response(answer.body, { status: answer.status, headers })
}

/** Throws where an answer is not the one that openapi.yaml promises. */
const refuseUndeclared = (route: Route, status: number, text: string | null): void => {
  const declared = route.responses[status]
  if (!declared) throw new Error(`${route.operationId} answers ${status}, which it does not declare`)
  if (!declared.schema || text === null) return
  const parsed = declared.schema.safeParse(JSON.parse(text))
  if (parsed.success) return
  const where = parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`)
  throw new Error(`${route.operationId} answers ${status} with another shape than it declares: ${where.join('; ')}`)
}
