// A process of the gateway as a proxy sees it, which does what a test wants: ready or not, dead, silent, or breaking off.
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../src/node/postgres-server.ts'

export type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: string }

export type StubGateway = {
  port: number
  /** All but questions whether it is ready, in the order in which their heads came. */
  received: Received[]
  isReady: boolean
  saysReadyAfterMs: number
  /** How often it has said whether it is ready. */
  timesAsked: number
  /** What is asked under such a path: `breakOff` reads it and ends the connection, `hold` answers when it is released. */
  does: (path: string) => 'answer' | 'breakOff' | 'hold'
  held: () => number
  release: () => void
  /** Nobody listens any more, until it starts again at the same port. */
  die: () => Promise<void>
  start: () => Promise<void>
  /** As it was at first. */
  reset: () => Promise<void>
}

/** At 127.0.0.1 and a port that is free, unless it is said where. */
export const startStubGateway = async (at?: { host: string; port: number }): Promise<StubGateway> => {
  const { host, port } = at ?? { host: '127.0.0.1', port: await freePort() }
  let server: Server | null = null
  let waiting: (() => void)[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = String(request.url)
    if (path === '/readyz') {
      await pause(gateway.saysReadyAfterMs)
      gateway.timesAsked += 1
      return void response.writeHead(gateway.isReady ? 200 : 503).end()
    }
    const received = { method: String(request.method), path, headers: request.headers, body: '' }
    gateway.received.push(received)
    for await (const piece of request as AsyncIterable<Buffer>) received.body += String(piece)
    const deed = gateway.does(path)
    if (deed === 'breakOff') return void request.socket.destroy()
    if (deed === 'hold') await new Promise<void>((resolve) => void waiting.push(resolve))
    response.writeHead(200, { 'x-content-type-options': 'nosniff' }).end('served')
  }
  const gateway: StubGateway = {
    port,
    received: [],
    isReady: true,
    saysReadyAfterMs: 0,
    timesAsked: 0,
    does: () => 'answer',
    held: () => waiting.length,
    release: () => {
      for (const go of waiting) go()
      waiting = []
    },
    die: async () => {
      if (!server) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      server = null
      await closed
    },
    start: async () => {
      if (server) return
      // A body that breaks off is its sender's affair.
      server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
      server.keepAliveTimeout = 65_000
      server.listen(port, host)
      await once(server, 'listening')
    },
    reset: async () => {
      Object.assign(gateway, { isReady: true, saysReadyAfterMs: 0, timesAsked: 0 })
      gateway.does = () => 'answer'
      gateway.release()
      gateway.received.length = 0
      await gateway.start()
    },
  }
  await gateway.start()
  return gateway
}
