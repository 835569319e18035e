// The PostgreSQL under the gateways: with the settings of `npm start`, on a folder of its own, killed at once and started again on the same port.
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { databaseUser, ensureCluster, readPassword } from '../../src/node/postgres-cluster.ts'
import { findPostgresHome } from '../../src/node/postgres-home.ts'
import { freePort, launchPostgres, shutDownPostgres } from '../../src/node/postgres-server.ts'
import { isAlive } from '../../src/node/postmaster.ts'

export type DatabaseServer = {
  /** postgres://… of its superuser. */
  url: string
  /** The settings by which a commit is on the disk before it is answered. */
  durability: Readonly<Record<string, string>>
  /** Immediate shutdown (SIGQUIT: no checkpoint, no goodbye), then a start with recovery. Resolves when it takes connections again. */
  kill: () => Promise<void>
  /** Whether it was down, or was recovering, at this instant (`performance.now()`) or `marginMs` before it. */
  wasDown: (at: number, marginMs: number) => boolean
  kills: () => number
  stop: () => Promise<void>
}

const durable = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method'] as const

/** Makes a cluster in `dataDir` and starts it. */
export const startDatabaseServer = async (dataDir: string): Promise<DatabaseServer> => {
  const home = await findPostgresHome(dataDir, () => undefined)
  await ensureCluster(home, true)
  const port = await freePort()
  let server = await launchPostgres(home, true, port)
  const address = (name: string, password: string) => `postgres://${databaseUser}:${password}@127.0.0.1:${port}/${name}`
  const password = await readPassword(home)
  const durability = await prepare(address('postgres', password))
  const downs: { from: number; to: number }[] = []
  return {
    url: address(databaseUser, password),
    durability,
    kill: async () => {
      const down = { from: performance.now(), to: Number.POSITIVE_INFINITY }
      downs.push(down)
      process.kill(server.pid, 'SIGQUIT')
      while (isAlive(server.pid)) await pause(5)
      server = await launchPostgres(home, true, port)
      down.to = performance.now()
    },
    wasDown: (at, marginMs) => downs.some(({ from, to }) => from <= at && at - marginMs <= to),
    kills: () => downs.length,
    stop: () => shutDownPostgres(home),
  }
}

/** Makes the database, and answers how durable the server says that it is. Throws where a commit could be lost by its settings. */
const prepare = async (url: string): Promise<Record<string, string>> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await sql`create database ${sql(databaseUser)}`
    const rows = await sql`select name, setting from pg_settings where name = any(${[...durable]})`
    const settings = Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)]))
    if (settings.fsync !== 'on' || settings.synchronous_commit !== 'on')
      throw new Error(`the server is not durable: ${JSON.stringify(settings)}`)
    return settings
  } finally {
    await sql.end({ timeout: 5 })
  }
}
