// Outgoing HTTP on Node: undici's fetch over one pool with its own deadlines, behind the port that flows and adapters are handed.
import { Agent, fetch as undiciFetch } from 'undici'
import type { FetchPort } from '../providers/contract.ts'

export type OutgoingHttp = {
  fetch: FetchPort
  /** Breaks every call that is under way; later ones fail. */
  destroy: () => Promise<void>
}

const connectTimeoutMs = 5_000
const answerTimeoutMs = 30_000
/** For callers that set no deadline of their own: a body that trickles in would else never end. */
const wholeCallTimeoutMs = 60_000
const connectionsPerOriginMax = 64

/**
 * A fetch with deadlines (connect 5 s, headers 30 s, pause within a body 30 s, all of it 60 s) that follows no redirect. Rejects as undici does: a TypeError
 * whose `cause` has the code by which providers/call.ts tells whether anything can have been sent.
 */
export function openOutgoingHttp(): OutgoingHttp {
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    connections: connectionsPerOriginMax,
    // A connection that the other side may be about to close must not carry a payment request.
    keepAliveTimeout: 4_000,
    maxResponseSize: -1,
  })
  return {
    fetch: async (url, init) => {
      const deadline = AbortSignal.timeout(wholeCallTimeoutMs)
      const answer = await undiciFetch(url, {
        ...outgoing(init),
        redirect: 'manual',
        signal: init.signal ? AbortSignal.any([init.signal, deadline]) : deadline,
        dispatcher: agent,
      })
      const headers = new Headers([...answer.headers])
      const body = bodilessStatuses.includes(answer.status)
        ? null
        : (answer.body as ReadableStream<Uint8Array<ArrayBuffer>> | null)
      return new Response(body, {
        status: answer.status,
        statusText: answer.statusText,
        headers,
      })
    },
    destroy: () => agent.destroy(),
  }
}

/** A Response with these may not have a body, not even an empty stream. */
const bodilessStatuses = [101, 103, 204, 205, 304]

type Outgoing = NonNullable<Parameters<typeof undiciFetch>[1]>

/** undici has types of its own for what is the same at run time; only what our callers use is passed on. */
const outgoing = ({ method, headers, body }: RequestInit): Outgoing => ({
  ...(method === undefined ? {} : { method }),
  ...(headers === undefined ? {} : { headers: [...new Headers(headers)] }),
  ...(body === undefined || body === null ? {} : { body: readableBody(body) }),
})

const readableBody = (body: BodyInit): string | Uint8Array | URLSearchParams => {
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof URLSearchParams) return body
  throw new TypeError('an outgoing body is text, bytes or a form')
}
