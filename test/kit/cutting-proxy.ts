// A TCP proxy before PostgreSQL that cuts the line after the nth statement of a conversation, as a crash of the gateway would. It counts Sync messages of the
// frontend protocol (PostgreSQL 18, 54.7): every statement, pipelined or not, ends with one.

import { connect, createServer, type Socket } from 'node:net'
import { standInFront } from './stand-in-front.ts'

export type CuttingProxy = {
  url: string
  /** Cuts every connection once this many statements have passed, counted from now over all connections. `answered: false` lets the statement through but not its answer. */
  cutAfter: (statements: number, options?: { answered?: boolean }) => void
  /** Statements that have passed since the last cutAfter or heal. */
  passed: () => number
  heal: () => void
  close: () => Promise<void>
}

export const createCuttingProxy = async (target: string): Promise<CuttingProxy> => {
  const address = new URL(target)
  const sockets = new Set<Socket>()
  let limit = Number.POSITIVE_INFINITY
  let answered = true
  let count = 0
  let round = 0
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  /** A cut that was ordered in an earlier round must not reach the connections of the next. */
  const cutSoon = (afterMs: number) => {
    const ordered = round
    setTimeout(() => ordered === round && cut(), afterMs)
  }
  const server = createServer((client) => {
    const upstream = connect(Number(address.port), address.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    const frames = splitMessages((message, isSync) => {
      if (count >= limit) return cut()
      upstream.write(message)
      if (!isSync) return
      count += 1
      // The statement must have run before the line goes, or PostgreSQL might never see it.
      if (count >= limit && !answered) cutSoon(60)
      else if (count >= limit) upstream.once('data', () => cutSoon(5))
    })
    client.on('data', frames)
    upstream.on('data', (bytes) => {
      if (count < limit || answered) client.write(bytes)
    })
  })
  const url = await standInFront(server, target)
  const set = (statements: number, isAnswered: boolean) => {
    round += 1
    limit = statements
    answered = isAnswered
    count = 0
  }
  return {
    url: url.href,
    cutAfter: (statements, options = {}) => set(statements, options.answered ?? true),
    passed: () => count,
    heal: () => set(Number.POSITIVE_INFINITY, true),
    close: async () => {
      cut()
      server.close()
    },
  }
}

/** Cuts the frontend's bytes into messages: the first has no type byte, every later one has; `S` is Sync. */
const splitMessages = (each: (message: Buffer, isSync: boolean) => void): ((bytes: Buffer) => void) => {
  let rest = Buffer.alloc(0)
  let started = false
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      const header = started ? 5 : 4
      if (rest.length < header) return
      const length = rest.readInt32BE(header - 4) + (started ? 1 : 0)
      if (rest.length < length) return
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      const isSync = started && message[0] === 'S'.charCodeAt(0)
      started = true
      each(Buffer.from(message), isSync)
    }
  }
}
