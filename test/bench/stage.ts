/** One PostgreSQL that syncs to disk, the gateway of `npm start` on it, and copies of its database for the floor. */
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'
import { readUnits, type Unit } from './record.ts'

export type Stage = {
  gateway: () => StartedGateway
  sql: Sql
  /** Ends the gateway, keeps the database as it is now under the name `floor_base`, and starts another gateway on the first. */
  keepBase: () => Promise<void>
  /** Ends the gateway and starts another one with as many connections as one has that nobody tells otherwise. */
  startAsDelivered: () => Promise<void>
  /** Hands over the address of a fresh copy of what was kept, as the gateway's role, and drops it afterwards. */
  onCopy: <Result>(use: (url: string) => Promise<Result>) => Promise<Result>
  /** What was said to PostgreSQL meanwhile. */
  record: (act: () => Promise<unknown>) => Promise<Unit[]>
  close: () => Promise<void>
}

const limits = { LEPHI_RATE_READ: '10000000', LEPHI_RATE_WRITE: '10000000', LEPHI_LOG_LEVEL: 'error' }
/** 32 places for programs and a line of 100 before them: 128 callers at once are all served (api/urgency.ts). */
const forManyCallers = { LEPHI_DATABASE_CONNECTIONS: '60' }
/** Every statement's log line is written before its answer is sent, but the collector may be behind. */
const logLagMs = 500

export const openStage = async (): Promise<Stage> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lephi-bench-'))
  await chmod(dataDir, 0o711)
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), durable: true })
  const admin = new URL(server.url)
  admin.pathname = '/postgres'
  const [sql, outside] = [server.url, admin.href].map((url) => postgres(url, { max: 1, onnotice: () => {} })) as [
    Sql,
    Sql,
  ]
  // The launcher keeps values out of the log; these are made up, and a database's own setting comes after the command line's.
  await outside.unsafe(`alter database lephi set log_error_verbosity = 'default'`)
  const start = (more: Record<string, string> = forManyCallers) =>
    startGatewayProcess(
      { LEPHI_DATA_DIR: dataDir, DATABASE_URL: server.url, LEPHI_MODE: 'demo', ...limits, ...more },
      { isDescribed: false },
    )
  let gateway = await start()
  const logFile = join(dataDir, 'postgres', 'server.log')
  const logging = async (minimumMs: number) => {
    await outside.unsafe(`alter system set log_min_duration_statement = ${minimumMs}`)
    await outside`select pg_reload_conf()`
    await pause(logLagMs)
  }
  return {
    gateway: () => gateway,
    sql,
    keepBase: async () => {
      await gateway.end('SIGTERM')
      await outside`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'lephi'`
      await outside.unsafe('create database floor_base template lephi')
      gateway = await start()
    },
    startAsDelivered: async () => {
      await gateway.end('SIGTERM')
      gateway = await start({})
    },
    onCopy: async (use) => {
      await outside.unsafe('create database floor template floor_base')
      const url = new URL(server.url)
      url.pathname = '/floor'
      try {
        return await use(url.href)
      } finally {
        await outside.unsafe('drop database floor with (force)')
      }
    },
    record: async (act) => {
      const { size } = await stat(logFile)
      await logging(0)
      await act()
      await logging(-1)
      return readUnits((await readFile(logFile)).subarray(size).toString('utf8'))
    },
    close: async () => {
      await gateway.end('SIGTERM')
      await Promise.all([sql.end(), outside.end()])
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
