// Owns how the portal talks to the payment gateway: over HTTP alone, with a token for its client id and secret, as any portal would.
import { z } from 'zod'
import type { Language } from '../page-language.ts'

export interface GatewayOptions {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: () => Date
  /** The gateway's address, without a slash at the end. */
  url: string
  client: { client_id: string; client_secret: string }
}

/** Why the gateway says no (RFC 9457), or that it said nothing that could be read: then `status` is 0. */
export interface Problem {
  status: number
  code: string
  title: string
  detail: string | null
  errors: readonly { pointer: string; message: string }[]
}

export type Answer<Body> = { ok: true; body: Body } | { ok: false; problem: Problem }

export interface Call {
  path: string
  method?: 'GET' | 'POST' | 'DELETE'
  json?: unknown
  idempotencyKey?: string
  /** The language of what the gateway says about a refusal. */
  language?: Language
}

export interface GatewayClient {
  call: <Body>(call: Call, schema: z.ZodType<Body>) => Promise<Answer<Body>>
}

const timeoutMs = 15_000
const tokenSchema = z.object({ access_token: z.string(), expires_in: z.number() })
const problemSchema = z.object({
  code: z.string().default(''),
  title: z.string().default(''),
  detail: z.string().nullish(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).default([]),
})

/** A client that asks for a token when it has none, and once more when the gateway takes it no longer. */
export const connectGateway = ({ fetch, now, url, client }: GatewayOptions): GatewayClient => {
  let kept: { token: string; until: number } | null = null
  const send = async (path: string, init: RequestInit): Promise<Response> =>
    fetch(`${url}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs), ...init })
  const tokenOf = async (): Promise<Answer<string>> => {
    if (kept && kept.until > now().getTime()) return { ok: true, body: kept.token }
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...client })
    const answer = await read(await send('/oauth/token', { method: 'POST', body }), tokenSchema)
    if (!answer.ok) return answer
    const { access_token, expires_in } = answer.body
    kept = { token: access_token, until: now().getTime() + expires_in * 500 }
    return { ok: true, body: access_token }
  }
  const callOnce = async <Body>(call: Call, schema: z.ZodType<Body>): Promise<Answer<Body>> => {
    const token = await tokenOf()
    if (!token.ok) return token
    const response = await send(call.path, {
      method: call.method ?? (call.json === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${token.body}`,
        ...(call.language ? { 'accept-language': call.language } : {}),
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
      },
      ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
    })
    return read(response, schema)
  }
  return {
    call: async (call, schema) => {
      try {
        const answer = await callOnce(call, schema)
        if (answer.ok || answer.problem.status !== 401 || kept === null) return answer
        kept = null
        return await callOnce(call, schema)
      } catch (cause) {
        return { ok: false, problem: silence(cause instanceof Error ? cause.message : String(cause)) }
      }
    },
  }
}

const read = async <Body>(response: Response, schema: z.ZodType<Body>): Promise<Answer<Body>> => {
  const text = await response.text()
  const said = parse(text)
  if (response.ok) {
    const body = schema.safeParse(said)
    return body.success ? { ok: true, body: body.data } : { ok: false, problem: silence(z.prettifyError(body.error)) }
  }
  const problem = problemSchema.safeParse(said)
  if (!problem.success) return { ok: false, problem: { ...silence(text.slice(0, 300)), status: response.status } }
  const { detail, ...rest } = problem.data
  return { ok: false, problem: { ...rest, status: response.status, detail: detail ?? null } }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const silence = (detail: string): Problem => ({ status: 0, code: 'no_answer', title: '', detail, errors: [] })
