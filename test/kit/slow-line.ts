// A TCP proxy before PostgreSQL that adds latency and counts round trips: each time a client sends after it has heard an answer, one begins. It waits half of the latency each
// way, so that nothing which a client sends at once can be taken for two.
import { once } from 'node:events'
import { connect, createServer, Socket } from 'node:net'
import { standInFront } from './stand-in-front.ts'

/**
 * The driver (postgres.js 3.4.9) leaves Nagle's algorithm on, so that what it writes in several pieces can wait for the kernel of the other end to confirm the first. That is no
 * question of ours, and says nothing of what the gateway waits for: off until the answer is called.
 */
export const withoutNagle = (): (() => void) => {
  const { connect: original } = Socket.prototype
  const connectAtOnce = function (this: Socket, ...args: unknown[]) {
    this.setNoDelay(true)
    return Reflect.apply(original, this, args)
  }
  Object.assign(Socket.prototype, { connect: connectAtOnce })
  return () => Object.assign(Socket.prototype, { connect: original })
}

export type SlowLine = {
  url: string
  /** Round trips that began since the last call, over all connections. */
  trips: () => number
  close: () => Promise<void>
}

/** `latencyMs` is added to each round trip. */
export const createSlowLine = async (target: string, latencyMs: number): Promise<SlowLine> => {
  const address = new URL(target)
  const sockets = new Set<Socket>()
  let trips = 0
  const server = createServer((client) => {
    const upstream = connect(Number(address.port), address.hostname)
    let hasHeard = true
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    // Timers of one length ring in the order in which they were set, so that bytes stay in order.
    client.on('data', (bytes) => {
      if (hasHeard) trips += 1
      hasHeard = false
      setTimeout(() => upstream.write(bytes), latencyMs / 2)
    })
    upstream.on('data', (bytes) => {
      setTimeout(() => {
        hasHeard = true
        client.write(bytes)
      }, latencyMs / 2)
    })
  })
  const url = await standInFront(server, target)
  return {
    url: url.href,
    trips: () => {
      const since = trips
      trips = 0
      return since
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
