// A PostgreSQL of a test's own that can be brought into trouble, and a line to it that can hang or be cut.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { type DatabaseOptions, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { TestDatabase } from './database.ts'
import { standInFront } from './stand-in-front.ts'

export type TroubledServer = {
  line: TroubledLine
  /** The gateway's pool goes by the line; the owner's does not. */
  open: (options?: Partial<DatabaseOptions>) => TestDatabase
  /** Takes every connection that is left, until the answer is called. Answers what the server said to the last one. */
  fill: () => Promise<{ refusal: unknown; leave: () => Promise<void> }>
  /** One statement of the superuser's, by a connection of its own. */
  command: (text: string) => Promise<readonly Record<string, unknown>[]>
  stop: () => Promise<void>
}

/** More than any server of a test takes. */
const connectionsMax = 400
const arrivingTogether = 25

/** A durable one, migrated. */
export const startTroubledServer = async (): Promise<TroubledServer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lephi-troubled-'))
  // As root the server runs under another account, which must be able to pass.
  await chmod(dataDir, 0o711)
  const server = await startEmbeddedPostgres({ dataDir, durable: true })
  const command = async (text: string) => {
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined })
    try {
      await sql`set default_transaction_read_only = off`
      return await sql.unsafe(text)
    } finally {
      await sql.end({ timeout: 5 })
    }
  }
  const owner = openDatabase({ url: server.url, role: null, max: 3 })
  await migrate(owner.sql, await readMigrations(), { log: () => undefined })
  const line = await startTroubledLine(server.url)
  return {
    line,
    command,
    open: (options = {}) => {
      const database = openDatabase({ url: line.url, role: 'lephi_app', max: 4, ...options })
      return {
        url: server.url,
        database,
        appSql: database.sql,
        sql: owner.sql,
        // The driver's own first statement on a connection has nobody who waits for it, so it is let come to its end.
        drop: () => database.sql.end({ timeout: 5 }),
      }
    },
    fill: async () => {
      const guests: postgres.Sql[] = []
      const leave = async () => void (await Promise.all(guests.map((guest) => guest.end({ timeout: 0 }))))
      while (guests.length < connectionsMax) {
        const arriving = Array.from({ length: arrivingTogether }, () =>
          postgres(server.url, { max: 1, fetch_types: false, onnotice: () => undefined }),
        )
        guests.push(...arriving)
        const answers = await Promise.allSettled(arriving.map((guest) => guest`select 1`))
        const refused = answers.find((answer) => answer.status === 'rejected')
        if (refused) return { refusal: refused.reason, leave }
      }
      await leave()
      throw new Error(`the server takes more than ${connectionsMax} connections`)
    },
    stop: async () => {
      line.close()
      await owner.sql.end({ timeout: 0 })
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type TroubledLine = {
  url: string
  /** Where the server sees its connections come from. */
  ports: () => number[]
  /** What is sent from now on waits, either way, and nothing tells either end of it. */
  hang: () => void
  /** Every connection ends, and each new one at once. */
  cut: () => void
  /** Where connections lead that are made from now on. */
  leadTo: (target: string) => void
  /** What waited is sent on. */
  heal: () => void
  close: () => void
}

export const startTroubledLine = async (target: string): Promise<TroubledLine> => {
  let address = new URL(target)
  const pairs = new Set<readonly [Socket, Socket]>()
  let state: 'whole' | 'hangs' | 'cut' = 'whole'
  const server = createServer((client) => {
    if (state === 'cut') return void client.resetAndDestroy()
    const upstream = connect(Number(address.port), address.hostname)
    const pair = [client, upstream] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('error', () => from.destroy())
      from.on('data', (bytes) => to.write(bytes))
      from.on('close', () => {
        pairs.delete(pair)
        to.destroy()
      })
    }
    if (state === 'hangs') for (const socket of pair) socket.pause()
  })
  const url = await standInFront(server, target)
  const all = (act: (socket: Socket) => void) => {
    for (const pair of pairs) for (const socket of pair) act(socket)
  }
  const cut = () => {
    state = 'cut'
    all((socket) => socket.destroy())
  }
  return {
    url: url.href,
    ports: () => [...pairs].flatMap(([, upstream]) => upstream.localPort ?? []),
    hang: () => {
      state = 'hangs'
      all((socket) => socket.pause())
    },
    cut,
    leadTo: (other) => {
      address = new URL(other)
    },
    heal: () => {
      state = 'whole'
      all((socket) => socket.resume())
    },
    close: () => {
      cut()
      server.close()
    },
  }
}
