// Runs the PostgreSQL program of a home: settings, start, and stop. Who may do so and when is embedded-postgres.ts's business.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type PostgresHome, preparePostgresBinaries } from './postgres-home.ts'
import { isAlive, isPostmasterOf, type Postmaster, readPostmaster } from './postmaster.ts'

// Recovery after a crash replays the log and may take its time.
export const readyTimeoutMs = 120_000
const fastStopTimeoutMs = 30_000
const immediateStopTimeoutMs = 10_000
const portAttemptsMax = 5
export const pollMs = 15

/**
 * Starts the server of `home`, whose cluster exists, on 127.0.0.1, on a free port unless one is given. Resolves when it accepts connections.
 * Throws with what the server said. Call it under the folder's lock.
 */
export async function launchPostgres(home: PostgresHome, durable: boolean, given?: number): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const port = given ?? (await freePort())
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

/** Stops the server of `home`, if one runs, and waits until it is gone. */
export async function shutDownPostgres(home: PostgresHome): Promise<void> {
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

/** A port of 127.0.0.1 that nobody has at this moment. */
export async function freePort(): Promise<number> {
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

/** The data folder. */
export function clusterOf(home: PostgresHome): string {
  return join(home.folder, 'cluster')
}

/** What the server says. */
export function logOf(home: PostgresHome): string {
  return join(home.folder, 'server.log')
}
