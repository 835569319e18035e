// Many listening sockets on one port: all of them answer, strangers are taken soon, and nobody else's port is shared.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Listening, listenOnMany } from '../../src/node/accept-many.ts'

const place = { host: '127.0.0.1', port: 0 }
const listenings: Listening[] = []
const sockets: Socket[] = []
const begin = async (server: Server, given = place): Promise<Listening> => {
  const listening = await listenOnMany(server, given)
  listenings.push(listening)
  return listening
}
const dial = (port: number): Socket => {
  const socket = connect(port, place.host)
  sockets.push(socket)
  return socket
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(listenings.splice(0).map(({ close }) => close()))
})

test('who connects is taken within a few turns of the loop, however many connect at once', async () => {
  const server = createServer()
  const { port } = await begin(server)
  let taken = 0
  server.on('connection', () => {
    taken += 1
  })
  // The system takes all of them before the loop turns once.
  const many = 96
  for (let count = 0; count < many; count += 1) dial(port)
  let turns = 0
  for (; taken < many && turns < 10_000; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(taken).toBe(many)
  // One in each turn would be as many turns as connections.
  expect(turns).toBeLessThan(many / 2)
})

test('every socket serves, and the last connection ends before closing is over', async () => {
  const server = createServer((_request, response) => response.end('here'))
  const listening = await listenOnMany(server, place)
  const statuses = await Promise.all(
    Array.from(
      { length: 64 },
      async () => (await fetch(`http://127.0.0.1:${listening.port}/`, { headers: { connection: 'close' } })).status,
    ),
  )
  expect(statuses.filter((status) => status === 200)).toHaveLength(64)
  let taken = 0
  server.on('connection', () => {
    taken += 1
  })
  const held = Array.from({ length: 32 }, () => dial(listening.port))
  while (taken < held.length) await new Promise((resolve) => setImmediate(resolve))
  let isClosed = false
  const closing = listening.close().then(() => {
    isClosed = true
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(isClosed).toBe(false)
  for (const socket of held) socket.destroy()
  await closing
  expect(await fetch(`http://127.0.0.1:${listening.port}/`).catch(() => 'refused')).toBe('refused')
})

test('a port that another has is had by nobody else, whether or not the other would share it', async () => {
  const { port } = await begin(createServer())
  await expect(listenOnMany(createServer(), { ...place, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const other = createTcpServer().listen({ ...place, reusePort: true })
  await once(other, 'listening')
  const { port: shared } = other.address() as AddressInfo
  listenings.push({ port: shared, close: async () => void (await once(other.close(), 'close')) })
  await expect(listenOnMany(createServer(), { ...place, port: shared })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
