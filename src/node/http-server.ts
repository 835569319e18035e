// Listening on a port: bound first and answering later, so that a port in use is known before anything is started, and the port that the system
// chose is known before addresses are made of it.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { type Listening, listenOnMany } from './accept-many.ts'
import { hasCode } from './folder-users.ts'

export type HttpServer = {
  port: number
  /** From now on requests are answered by `handle`; until then by 503, except that it is alive. */
  answer: (handle: Handle) => void
  /** Asked first of every request: what it answers is sent as it is, and nothing of the body is read. */
  refuse: (given: Refuse) => void
  /** What lies at or below this path is answered by a listener of Node's own kind. */
  mount: (path: string, listener: RequestListener) => void
  /** Asks whoever is connected to come again over another connection, which a load balancer gives to another process. */
  retire: () => void
  /** Takes no new connection, lets answers under way finish for `graceMs`, then breaks what is left. */
  close: (graceMs: number) => Promise<void>
}

/** Null: the request may come in. */
export type Refuse = (asked: { method: string; path: string; acceptLanguage: string | undefined }) => {
  status: number
  /** Names and values, one after the other. */
  headers: readonly string[]
  body: string
} | null

export type Handle = (request: Request, env: unknown) => Response | Promise<Response>

/** Throws an Error that says what to do when the address cannot be had. */
export async function listen({ host, port }: { host: string; port: number }): Promise<HttpServer> {
  let handle: Handle = whileStarting
  let refuse: Refuse = () => null
  let isRetiring = false
  const mounted = new Map<string, RequestListener>()
  const gateway = getRequestListener((request, env) => handle(request, env))
  const server = createServer((request, response) => {
    if (isRetiring) response.setHeader('connection', 'close')
    const path = request.url?.split('?')[0] ?? ''
    const refused = refuse({ method: request.method ?? '', path, acceptLanguage: request.headers['accept-language'] })
    if (refused) {
      response.writeHead(refused.status, [
        ...refused.headers,
        'content-length',
        String(Buffer.byteLength(refused.body)),
      ])
      response.end(refused.body)
      return
    }
    for (const [mount, listener] of mounted) {
      if (path === mount || path.startsWith(`${mount}/`)) return listener(request, response)
    }
    return gateway(request, response)
  })
  // Longer than the 60 s after which common proxies drop an idle connection, so that it is never us who closes it under a request.
  server.keepAliveTimeout = 65_000
  server.headersTimeout = 20_000
  // An upload of half a gigabyte over a slow line.
  server.requestTimeout = 15 * 60_000
  const listening = await listenOnMany(server, { host, port }).catch((error: unknown) => {
    throw new Error(adviceOn(error, { host, port }), { cause: error })
  })
  return {
    port: listening.port,
    answer: (given) => {
      handle = given
    },
    refuse: (given) => {
      refuse = given
    },
    mount: (path, listener) => void mounted.set(path, listener),
    retire: () => {
      isRetiring = true
    },
    close: (graceMs) => closeServer(server, listening, graceMs),
  }
}

const whileStarting: Handle = ({ url }) => {
  const { pathname } = new URL(url)
  if (pathname === '/healthz') return Response.json({ status: 'ok' })
  const headers = { 'retry-after': '1' }
  if (pathname !== '/readyz') return new Response('starting\n', { status: 503, headers })
  const reason = 'starting: the database is being opened and brought up to date'
  return Response.json({ status: 'unavailable', reason, checks: { process: reason } }, { status: 503, headers })
}

const adviceOn = (error: unknown, { host, port }: { host: string; port: number }): string => {
  if (hasCode(error, 'EADDRINUSE'))
    return `Port ${port} on ${host} is in use. Stop the other program, or choose another port: PORT=${port + 1} npm start`
  if (hasCode(error, 'EACCES')) return `Port ${port} may not be used by this account. Choose one above 1023: PORT=8787`
  if (hasCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'))
    return `HOST=${host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all of them.`
  return `Cannot listen on ${host}:${port}: ${String(error)}`
}

const closeServer = async (server: Server, listening: Listening, graceMs: number): Promise<void> => {
  const closed = listening.close()
  const deadline = performance.now() + graceMs
  // A kept-alive connection becomes idle only when its last answer is out, so idle ones are looked for again and again.
  while (performance.now() < deadline) {
    server.closeIdleConnections()
    const isClosed = await Promise.race([closed.then(() => true), pause(25, false)])
    if (isClosed) return
  }
  server.closeAllConnections()
  await closed
}

/** The other end's address, from what the server hands to every request. IPv4 is written as such on a double-stack socket too. */
export function remoteAddressOf(env: unknown): string | null {
  const address = (env as { incoming?: IncomingMessage } | null)?.incoming?.socket.remoteAddress
  return address?.replace(/^::ffff:(?=\d+\.)/, '') ?? null
}
