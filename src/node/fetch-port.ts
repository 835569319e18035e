// Outgoing HTTP on Node: undici's fetch over one pool with its own deadlines, behind the port that flows and adapters are handed.
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, fetch as undiciFetch } from 'undici'
import { isPrivateAddress, PrivateAddressError } from '../domain/webhook-url.ts'
import type { FetchPort } from '../providers/contract.ts'

export type OutgoingHttp = {
  fetch: FetchPort
  /** The same, but connects to no address of a private network: neither by number nor by a name that resolves to one. */
  fetchPublic: FetchPort
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
  const agent = createAgent({})
  const publicAgent = createAgent({ lookup: lookupPublic })
  return {
    fetch: (url, init) => send(agent, url, init),
    fetchPublic: async (url, init) => {
      // A number is connected to without asking a resolver.
      const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && isPrivateAddress(host)) throw refusedAddress()
      return send(publicAgent, url, init)
    },
    destroy: async () => {
      await Promise.all([agent.destroy(), publicAgent.destroy()])
    },
  }
}

const createAgent = (connect: { lookup?: LookupFunction }): Agent =>
  new Agent({
    connect: { timeout: connectTimeoutMs, ...connect },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    connections: connectionsPerOriginMax,
    // A connection that the other side may be about to close must not carry a payment request.
    keepAliveTimeout: 4_000,
    maxResponseSize: -1,
  })

const send = async (agent: Agent, url: string, init: RequestInit): Promise<Response> => {
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
  return new Response(body, { status: answer.status, statusText: answer.statusText, headers })
}

/**
 * Resolves a name, and fails when any of its addresses is private. The connection is made to what is answered here, so that a name cannot resolve to one
 * address when it is looked at and to another when it is connected to.
 */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error || !first) callback(error ?? new Error('the name has no address'), '')
    else if (addresses.some(({ address }) => isPrivateAddress(address))) callback(new PrivateAddressError(refusal), '')
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

const refusal = 'an address of a private network'
const refusedAddress = () => new TypeError('fetch failed', { cause: new PrivateAddressError(refusal) })

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
