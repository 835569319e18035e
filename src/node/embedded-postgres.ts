// Starts, shares and stops the PostgreSQL that comes with the npm package, for a machine that has none of its own.
// The server outlives a killed parent, so a start first looks for one that still runs; the last process to leave stops it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { useFolder, withFolderLock } from './folder-users.ts'
import { databaseUser, ensureCluster, readPassword } from './postgres-cluster.ts'
import { findPostgresHome, type PostgresHome, preparePostgresBinaries } from './postgres-home.ts'
import { isAlive, isPostmasterOf, type Postmaster, readPostmaster } from './postmaster.ts'

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

// Recovery after a crash replays the log and may take its time.
const readyTimeoutMs = 120_000
const fastStopTimeoutMs = 30_000
const immediateStopTimeoutMs = 10_000
const portAttemptsMax = 5
const pollMs = 15

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
      if (running && options.durable) await refuseUnsafeServer(home, running)
      const server = running ?? (await launch(home, options.durable))
      if (running) log(`attached to the PostgreSQL that already runs (pid ${running.pid})`)
      await ensureDatabase(home, server)
      const url = await urlOf(home, server, databaseUser)
      return { url, attached: running !== undefined, stop: leaveOnExit(home, server, use) }
    })
  } catch (error) {
    use.leave()
    throw error
  }
}

/** Returns `stop`, and sees to it that a process which ends without calling it still leaves. */
function leaveOnExit(home: PostgresHome, server: Postmaster, use: ReturnType<typeof useFolder>): () => Promise<void> {
  let stopping: Promise<void> | undefined
  const leaveAtExit = () => {
    if (!use.leave().othersRemain && isPostmasterOf(server.pid, clusterOf(home))) process.kill(server.pid, 'SIGINT')
  }
  process.once('exit', leaveAtExit)
  return () => {
    stopping ??= withFolderLock(home.folder, async () => {
      process.off('exit', leaveAtExit)
      if (!use.leave().othersRemain) await shutDown(home)
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

async function launch(home: PostgresHome, durable: boolean): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const logStart = await sizeOf(logOf(home))
    const child = await spawnServer(home, port, durable)
    const ready = await waitUntilReady(home, child)
    if (ready) return ready
    const said = (await readFile(logOf(home), 'utf8')).slice(logStart).trim()
    // Somebody else may take the port between our look and the server's.
    if (attempt < portAttemptsMax && /could not (bind|create any TCP)/.test(said)) continue
    // After a kill, the last backends need a moment to notice and let go of the shared memory.
    if (attempt < portAttemptsMax && /shared memory block .* is still in use/.test(said)) {
      await pause(500)
      continue
    }
    throw new Error(`PostgreSQL did not start: ${said.slice(-2000)}\nSee ${logOf(home)}, or set DATABASE_URL`)
  }
}

async function spawnServer(home: PostgresHome, port: number, durable: boolean): Promise<ChildProcess> {
  const { postgres: program } = await preparePostgresBinaries(home)
  const output = openSync(logOf(home), 'a', 0o600)
  try {
    const child = spawn(program, ['-D', clusterOf(home), '-p', String(port), ...settings(durable)], {
      ...home.account,
      cwd: home.folder,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      // Its own process group: Ctrl-C in a terminal reaches us only, and we stop it when our own work is done.
      detached: true,
      stdio: ['ignore', output, output],
    })
    await once(child, 'spawn')
    child.unref()
    return child
  } catch (cause) {
    throw new Error(`could not run ${program}: ${String(cause)}. Set DATABASE_URL to use another PostgreSQL`, { cause })
  } finally {
    closeSync(output)
  }
}

function settings(durable: boolean): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The server's log must not hold personal data: no statements, and no details, which quote the row.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    jit: 'off',
  }
  if (!durable) {
    const unsafe = {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: 0,
    }
    Object.assign(values, unsafe)
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Resolves to nothing when the server ended instead. */
async function waitUntilReady(home: PostgresHome, child: ChildProcess): Promise<Postmaster | undefined> {
  const deadline = performance.now() + readyTimeoutMs
  while (child.exitCode === null && child.signalCode === null) {
    const found = await readPostmaster(clusterOf(home))
    if (found?.pid === child.pid && found?.status === 'ready') return found
    if (performance.now() > deadline) {
      child.kill('SIGQUIT')
      throw new Error(`PostgreSQL was not ready after ${readyTimeoutMs / 1000} s: see ${logOf(home)}`)
    }
    await pause(pollMs)
  }
  return undefined
}

async function shutDown(home: PostgresHome): Promise<void> {
  const server = await readPostmaster(clusterOf(home))
  if (!server || !isPostmasterOf(server.pid, clusterOf(home))) return
  // SIGINT: ends sessions, rolls back, writes a checkpoint. SIGQUIT: at once, with recovery at the next start.
  for (const [signal, timeoutMs] of [
    ['SIGINT', fastStopTimeoutMs],
    ['SIGQUIT', immediateStopTimeoutMs],
  ] as const) {
    process.kill(server.pid, signal)
    const deadline = performance.now() + timeoutMs
    while (performance.now() < deadline) {
      if (!isAlive(server.pid)) return
      await pause(pollMs)
    }
  }
  throw new Error(`PostgreSQL (pid ${server.pid}) does not stop: see ${logOf(home)}`)
}

/** Proves that the server answers, knows our password and serves our folder; then makes the database on the first run. */
async function ensureDatabase(home: PostgresHome, server: Postmaster): Promise<void> {
  const sql = connect(await urlOf(home, server, 'postgres'))
  try {
    const [row] = await sql`
      select current_setting('data_directory') as folder,
             exists (select from pg_database where datname = ${databaseUser}) as made`
    if (row?.folder !== clusterOf(home)) throw new Error(`it serves ${row?.folder}`)
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

async function refuseUnsafeServer(home: PostgresHome, server: Postmaster): Promise<void> {
  const sql = connect(await urlOf(home, server, 'postgres'))
  try {
    const [row] = await sql`show fsync`
    if (row?.fsync !== 'on') {
      throw new Error(`the PostgreSQL on ${home.folder} runs with fsync off: stop the process that started it first`)
    }
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no port on 127.0.0.1')
  return address.port
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}

function clusterOf(home: PostgresHome): string {
  return join(home.folder, 'cluster')
}

function logOf(home: PostgresHome): string {
  return join(home.folder, 'server.log')
}
