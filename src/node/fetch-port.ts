// Outgoing HTTP on Node: undici's fetch over one pool with its own deadlines and limits, behind the port that flows and adapters are handed.
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, fetch as undiciFetch } from 'undici'
import { hostOf, isListedHost } from '../domain/outgoing-hosts.ts'
import { isPrivateAddress, PrivateAddressError } from '../domain/private-address.ts'
import type { FetchPort } from '../providers/contract.ts'

export type OutgoingHttp = {
  /** For addresses that the operator's configuration names: they may lie anywhere. */
  fetch: FetchPort
  /** For addresses that callers choose: connects to no address of a private network, neither by number nor by a name that resolves to one. */
  fetchPublic: FetchPort
  /** Breaks every call that is under way; later ones fail. */
  destroy: () => Promise<void>
}

export type OutgoingOptions = {
  /** Hosts of private networks that `fetchPublic` may call, as `readHostPattern` gives them. */
  privateHosts?: readonly string[]
  /** How names are resolved, to all of their addresses; absent: as the machine does. */
  resolve?: Resolve
}

type Resolve = (hostname: string, callback: (error: Error | null, addresses: readonly Address[]) => void) => void
type Address = { address: string; family: number }

const connectTimeoutMs = 5_000
const answerTimeoutMs = 30_000
/** For callers that set no deadline of their own: a body that trickles in would else never end. */
const wholeCallTimeoutMs = 60_000
const connectionsPerOriginMax = 64
/** What any answer may weigh on the wire; callers read no more than a part of that. */
const answerBytesMax = 1024 * 1024
const answerHeaderBytesMax = 16 * 1024

/**
 * A fetch with deadlines (connect 5 s, headers 30 s, pause within a body 30 s, all of it 60 s) and limits (headers 16 KiB, answer 1 MiB) that follows no redirect,
 * asks for no compression and always verifies certificates. Rejects as undici does: a TypeError whose `cause` has the code by which providers/call.ts tells whether
 * anything can have been sent.
 */
export function openOutgoingHttp({ privateHosts = [], resolve = resolveAll }: OutgoingOptions = {}): OutgoingHttp {
  const agent = createAgent({})
  const publicAgent = createAgent({ lookup: lookupPublic(resolve, privateHosts) })
  return {
    fetch: (url, init) => send(agent, url, init),
    fetchPublic: async (url, init) => {
      // A number is connected to without asking a resolver.
      const host = hostOf(new URL(url))
      const address = host.replace(/^\[|\]$/g, '')
      if (isIP(address) !== 0 && isPrivateAddress(address) && !isListedHost(privateHosts, host)) throw refusedAddress()
      return send(publicAgent, url, init)
    },
    destroy: async () => {
      await Promise.all([agent.destroy(), publicAgent.destroy()])
    },
  }
}

const createAgent = (connect: { lookup?: LookupFunction }): Agent =>
  new Agent({
    // Said here, so that no variable of the environment (NODE_TLS_REJECT_UNAUTHORIZED, --tls-min-v1.0) says otherwise.
    connect: { timeout: connectTimeoutMs, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...connect },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    connections: connectionsPerOriginMax,
    // A connection that the other side may be about to close must not carry a payment request.
    keepAliveTimeout: 4_000,
    maxHeaderSize: answerHeaderBytesMax,
    maxResponseSize: answerBytesMax,
    // The limits above are those of HTTP/1.1; and over HTTP/2 one connection could serve several hosts.
    allowH2: false,
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

const resolveAll: Resolve = (hostname, callback) =>
  lookup(hostname, { all: true }, (error, addresses) => callback(error, addresses ?? []))

/**
 * Resolves a name, and fails when any of its addresses is private and its host is none that may be called all the same. The connection is made to what is answered
 * here, so that a name cannot resolve to one address when it is looked at and to another when it is connected to.
 */
const lookupPublic =
  (resolve: Resolve, privateHosts: readonly string[]): LookupFunction =>
  (hostname, options, callback) => {
    const isAllowed = isListedHost(privateHosts, hostname.toLowerCase().replace(/\.$/, ''))
    resolve(hostname, (error, found) => {
      const isRefused = !isAllowed && found.some(({ address }) => isPrivateAddress(address))
      const wanted = { IPv4: 4, IPv6: 6 }[String(options.family)] ?? options.family
      const addresses = found.filter(({ family }) => !wanted || wanted === family)
      const [first] = addresses
      if (error) callback(error, '')
      else if (isRefused) callback(new PrivateAddressError(refusal), '')
      else if (!first) callback(new Error('the name has no address'), '')
      else if (options.all) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    })
  }

const refusal = 'an address of a private network'
const refusedAddress = () => new TypeError('fetch failed', { cause: new PrivateAddressError(refusal) })

/** A Response with these may not have a body, not even an empty stream. */
const bodilessStatuses = [101, 103, 204, 205, 304]

type Outgoing = NonNullable<Parameters<typeof undiciFetch>[1]>

/**
 * undici has types of its own for what is the same at run time; only what our callers use is passed on. Answers are short, so that compression saves nothing, and a
 * compressed one could unpack to a thousand times of what the limit lets through.
 */
const outgoing = ({ method, headers, body }: RequestInit): Outgoing => ({
  ...(method === undefined ? {} : { method }),
  headers: [
    ['accept-encoding', 'identity'],
    ...[...new Headers(headers)].filter(([name]) => name !== 'accept-encoding'),
  ],
  ...(body === undefined || body === null ? {} : { body: readableBody(body) }),
})

const readableBody = (body: BodyInit): string | Uint8Array | URLSearchParams => {
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof URLSearchParams) return body
  throw new TypeError('an outgoing body is text, bytes or a form')
}
