// A TCP proxy before PostgreSQL that answers readings from memory, as Hyperdrive does while its cache is on: a statement that begins with `select`, names no function of which the
// answer moves, and was sent with the same values before. Frontend messages as in PostgreSQL 18, 54.7.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { standInFront } from './stand-in-front.ts'

export type CachingPooler = { url: string; hits: () => number; close: () => Promise<void> }

/** What was sent up to a Sync, and what comes back before its ReadyForQuery. */
type Unit = { key: string | null; fromMemory: Buffer | null; answer: Buffer[] }

type Line = {
  /** Texts of prepared statements by name. */
  parsed: Map<string, string>
  statement: string
  isOpen: boolean
  bound: Buffer | null
  next: Unit
  underway: Unit[]
}

const newUnit = (): Unit => ({ key: null, fromMemory: null, answer: [] })

/** `inTransactions`: also what is read in a transaction. */
export const createCachingPooler = async (
  target: string,
  { inTransactions }: { inTransactions: boolean },
): Promise<CachingPooler> => {
  const address = new URL(target)
  const sockets = new Set<Socket>()
  const kept = new Map<string, Buffer>()
  let hits = 0
  const server = createServer((client) => {
    const upstream = connect(Number(address.port), address.hostname)
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
    const line: Line = { parsed: new Map(), statement: '', isOpen: false, bound: null, next: newUnit(), underway: [] }
    const send = (message: Buffer, type: string): void => {
      if (type === 'P' || type === 'Q') noteStatement(line, message)
      if (type === 'B') {
        noteBinding(line, message)
        return
      }
      if (type === 'E' && line.bound) {
        const key = isCacheable(line, inTransactions) ? keyOf(line) : null
        const fromMemory = key === null ? null : (kept.get(key) ?? null)
        line.next = { key, fromMemory, answer: [] }
        if (fromMemory) hits += 1
        else upstream.write(Buffer.concat([line.bound, message]))
        line.bound = null
        return
      }
      if (type === 'S' || type === 'Q') {
        line.underway.push(line.next)
        line.next = newUnit()
      }
      upstream.write(message)
    }
    const answer = (message: Buffer, type: string): void => {
      const [unit] = line.underway
      // BindComplete, rows, CommandComplete; ReadyForQuery ends them.
      if (unit && /[2DC]/.test(type)) unit.answer.push(message)
      if (unit && type === 'Z') {
        line.underway.shift()
        if (unit.fromMemory) client.write(unit.fromMemory)
        else if (unit.key !== null && unit.answer.length > 1) kept.set(unit.key, Buffer.concat(unit.answer))
      }
      client.write(message)
    }
    client.on('data', messagesOf(false, send))
    upstream.on('data', messagesOf(true, answer))
  })
  const url = await standInFront(server, target)
  return {
    url: url.href,
    hits: () => hits,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Parse has a name and a text; a simple query has a text. */
const noteStatement = (line: Line, message: Buffer): void => {
  const [first = '', second = ''] = message.subarray(5).toString('latin1').split('\0')
  if (message[0] === 'P'.charCodeAt(0)) line.parsed.set(first, second)
  else begin(line, first)
}

/** Bind has the names of a portal and of a statement. */
const noteBinding = (line: Line, message: Buffer): void => {
  line.bound = message
  const [, name = ''] = message.subarray(5).toString('latin1').split('\0')
  begin(line, line.parsed.get(name) ?? '')
}

const begin = (line: Line, statement: string): void => {
  line.statement = statement
  if (/^\s*begin/i.test(statement)) line.isOpen = true
  if (/^\s*(commit|rollback)/i.test(statement)) line.isOpen = false
}

const isCacheable = ({ statement, isOpen }: Line, inTransactions: boolean): boolean =>
  /^\s*select/i.test(statement) &&
  !/set_config|now\(|clock|nextval|random/i.test(statement) &&
  (inTransactions || !isOpen)

/** The name that a connection gave the statement says nothing of what is asked. */
const keyOf = ({ statement, bound }: Line): string => {
  const named = bound?.subarray(5) ?? Buffer.alloc(0)
  const values = named.subarray(named.indexOf(0, named.indexOf(0) + 1))
  return `${statement} ${values.toString('base64')}`
}

/** Cuts bytes into messages. The frontend's first has no type byte; every other one has. */
const messagesOf = (isTyped: boolean, each: (message: Buffer, type: string) => void): ((bytes: Buffer) => void) => {
  let rest = Buffer.alloc(0)
  let hasType = isTyped
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      const header = hasType ? 5 : 4
      if (rest.length < header) return
      const length = rest.readInt32BE(header - 4) + (hasType ? 1 : 0)
      if (rest.length < length) return
      const message = Buffer.from(rest.subarray(0, length))
      rest = rest.subarray(length)
      const type = hasType ? String.fromCharCode(message[0] ?? 0) : ''
      hasType = true
      each(message, type)
    }
  }
}
