// Where a proxy of a test is reached: on this machine, at a port that the system chose, and with everything else of the address that it stands in front of.
import { once } from 'node:events'
import type { Server } from 'node:net'

/** Listens, and answers the address by which the target is reached through it. */
export const standInFront = async (server: Server, target: string): Promise<URL> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(bound.port)
  return url
}
