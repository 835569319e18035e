// Starts, shares and stops the PostgreSQL that comes with the npm package, for a machine that has none of its own.
// The server outlives a killed parent, so a start first looks for one that still runs; the last process to leave stops it.
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { type FolderUse, useFolder, withFolderLock } from './folder-users.ts'
import { databaseUser, ensureCluster, readPassword } from './postgres-cluster.ts'
import { findPostgresHome, type PostgresHome } from './postgres-home.ts'
import { clusterOf, launchPostgres, logOf, pollMs, readyTimeoutMs, shutDownPostgres } from './postgres-server.ts'
import { isPostmasterOf, type Postmaster, readPostmaster } from './postmaster.ts'

/** `durable: false` trades crash safety for speed: only for data that nobody will miss. */
export type EmbeddedPostgresOptions = { dataDir: string; durable: boolean; log?: (line: string) => void }

export type EmbeddedPostgres = {
  /** postgres://… of the database `lephi`, as its superuser, on 127.0.0.1. */
  url: string
  /** Whether the server was already running, started by another process. */
  attached: boolean
  /** Stops the server unless another living process uses it. Resolves when it is down; safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on the data in `dataDir`, making it on the first run, or attaches to the server that runs on it.
 * Throws an Error that says what to do when it cannot.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {})
  const home = await findPostgresHome(resolve(options.dataDir), log)
  const use = useFolder(home.folder)
  try {
    return await withFolderLock(home.folder, async () => {
      await ensureCluster(home, options.durable)
      const running = await findRunning(home)
      const server = running ?? (await launchPostgres(home, options.durable))
      if (running) log(`attached to the PostgreSQL that already runs (pid ${running.pid})`)
      await ensureDatabase(home, server, options.durable)
      const url = await urlOf(home, server, databaseUser)
      return { url, attached: running !== undefined, stop: leaveOnExit(home, server, use) }
    })
  } catch (error) {
    use.leave()
    throw error
  }
}

/** Returns `stop`, and sees to it that a process which ends without calling it still leaves. */
function leaveOnExit(home: PostgresHome, server: Postmaster, use: FolderUse): () => Promise<void> {
  let stopping: Promise<void> | undefined
  const leaveAtExit = () => {
    if (!use.leave().othersRemain && isPostmasterOf(server.pid, clusterOf(home))) process.kill(server.pid, 'SIGINT')
  }
  process.once('exit', leaveAtExit)
  return () => {
    stopping ??= withFolderLock(home.folder, async () => {
      process.off('exit', leaveAtExit)
      if (!use.leave().othersRemain) await shutDownPostgres(home)
    })
    return stopping
  }
}

async function findRunning(home: PostgresHome): Promise<Postmaster | undefined> {
  const cluster = clusterOf(home)
  const deadline = performance.now() + readyTimeoutMs
  for (;;) {
    const found = await readPostmaster(cluster)
    if (!found) return undefined
    if (!isPostmasterOf(found.pid, cluster)) {
      // A killed server leaves its file. PostgreSQL itself gives up when another process has got the same id since.
      await rm(join(cluster, 'postmaster.pid'), { force: true })
      return undefined
    }
    if (found.status === 'ready') return found
    if (performance.now() > deadline) {
      throw new Error(`PostgreSQL (pid ${found.pid}) has been "${found.status}" for too long: see ${logOf(home)}`)
    }
    await pause(pollMs)
  }
}

/** Proves that the server answers, knows our password and serves our folder; then makes the database on the first run. */
async function ensureDatabase(home: PostgresHome, server: Postmaster, durable: boolean): Promise<void> {
  const sql = connect(await urlOf(home, server, 'postgres'))
  try {
    const [row] = await sql`
      select current_setting('data_directory') as folder, current_setting('fsync') as fsync,
             exists (select from pg_database where datname = ${databaseUser}) as made`
    if (row?.folder !== clusterOf(home)) throw new Error(`it serves ${row?.folder}`)
    if (durable && row.fsync !== 'on') throw new Error('it was started without fsync, and would lose data in a crash')
    if (!row.made) await sql`create database ${sql(databaseUser)}`
  } catch (cause) {
    const advice = `end it (kill -INT ${server.pid}) and start again`
    throw new Error(`PostgreSQL (pid ${server.pid}, port ${server.port}) is not usable: ${String(cause)}; ${advice}`, {
      cause,
    })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

function connect(url: string) {
  return postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} })
}

async function urlOf(home: PostgresHome, server: Postmaster, database: string): Promise<string> {
  return `postgres://${databaseUser}:${await readPassword(home)}@127.0.0.1:${server.port}/${database}`
}
