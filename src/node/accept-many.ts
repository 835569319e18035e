/**
 * Several listening sockets on one port. libuv takes one new connection from a listening socket in each turn of its loop (libuv pull request 3696, since 1.45; Node 24 has 1.52). Under load a turn serves
 * dozens of requests and takes 10 ms and more: with 2,000 strangers connecting, a callback waited 25 s to be taken, however urgently it would have been served.
 */
import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { hasCode } from './folder-users.ts'

/**
 * Connections that the system keeps for each socket until we take them; it lowers this to its own bound (Linux: `net.core.somaxconn`, 4,096). Beyond it a connection is dropped without a word, and
 * who called tries again after 1, 3, 7 and 15 seconds: a callback would come late by that. Node's own 511 overflows when thousands come at once.
 */
const backlogMax = 4_096

/** As many connections are taken in a turn. A hundred turns a second take more then than the system keeps. */
const socketsTogether = 16

/** The system shares new connections out among sockets of one port that all ask for it: SO_REUSEPORT, socket(7). Elsewhere than on Linux one socket has to do. */
const sharesPorts = process.platform === 'linux'

export type Listening = {
  port: number
  /** Takes no new connection; resolves when the last one has ended. */
  close: () => Promise<void>
}

/** Lets `server` be reached at this address; port 0 has the system choose one. Throws what `listen` throws when it cannot be had: a port that another process has is never shared with it. */
export async function listenOnMany(server: HttpServer, { host, port }: Place): Promise<Listening> {
  if (!sharesPorts) return closer([server], await open(server, { host, port }))
  // Those that share a port do not hear of each other, so it is asked for alone first.
  const alone = createServer()
  const had = await open(alone, { host, port })
  await end(alone)
  const more = Array.from({ length: socketsTogether - 1 }, () =>
    // What Node's own HTTP server asks of its sockets (http.createServer: noDelay; half-open, so that an answer still goes out after the request's end).
    createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket)),
  )
  const all: Server[] = [server, ...more]
  try {
    for (const one of all) await open(one, { host, port: had, reusePort: true })
  } catch (error) {
    await Promise.all(all.filter(({ listening }) => listening).map(end))
    // Between the two somebody took what the system had chosen; it will choose another one.
    if (port === 0 && hasCode(error, 'EADDRINUSE')) return listenOnMany(server, { host, port })
    throw error
  }
  return closer(all, had)
}

type Place = { host: string; port: number }

const open = async (server: Server, place: Place & { reusePort?: boolean }): Promise<number> => {
  server.listen({ ...place, backlog: backlogMax })
  await Promise.race([once(server, 'listening'), once(server, 'error').then(([error]) => Promise.reject(error))])
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  return address.port
}

const closer = (servers: readonly Server[], port: number): Listening => ({
  port,
  close: async () => void (await Promise.all(servers.map(end))),
})

const end = async (server: Server): Promise<void> => {
  const closed = once(server, 'close')
  server.close()
  await closed
}
