// The floor: pgbench from Debian's postgresql (or DATABASE's own), which does units of SQL with as many clients and nothing around them.
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { pgbenchScript, startKey, type Turns } from './record.ts'

/** How long pgbench may take to read its script, connect, prepare and rehearse; it reads a script in the square of its length. */
const patienceMs = 120_000

/**
 * Units a second of all clients together, from the moment when all may begin until the last one is done; preparing is not in the time (pgbench's manual 15: each client goes through the script twice, and the log tells when the
 * second time ended). Throws with what pgbench said when one failed, or was not ready in time.
 */
export const runPgbench = async (url: string, turns: Turns): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-pgbench-'))
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const script = join(folder, 'script.sql')
    await writeFile(script, pgbenchScript(turns))
    await sql`select pg_advisory_lock(${startKey})`
    const clients = String(turns.length)
    const log = ['--log', '--log-prefix', join(folder, 'turns')]
    const jobs = String(Math.min(turns.length, 2))
    const counts = ['-n', '-t', '2', '-D', 'is_prepared=0', '-c', clients, '-j', jobs]
    const ending = run([...counts, ...log, '-f', script, url])
    const [said, beganAt] = await Promise.all([ending, beginTogether(sql, { clients: turns.length, ending })])
    if (/failed transactions: [1-9]/.test(said)) throw new Error(`pgbench said:\n${said}`)
    const logs = (await readdir(folder)).filter((name) => name.startsWith('turns'))
    const lines = (await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')))).join('').split('\n')
    const ends = lines.flatMap(endOfSecond)
    if (ends.length !== turns.length) throw new Error(`pgbench's log tells of ${ends.length} clients of ${clients}`)
    return turns.flat(2).length / ((Math.max(...ends) - beganAt) / 1_000)
  } finally {
    await sql.end()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Lets all clients begin when the last of them waits for it; the time in milliseconds. */
const beginTogether = async (sql: Sql, { clients, ending }: { clients: number; ending: Promise<unknown> }) => {
  let hasEnded = false
  const end = () => {
    hasEnded = true
  }
  ending.then(end, end)
  for (let waitedMs = 0; ; waitedMs += 50) {
    const [waiting] = await sql`select count(*)::integer as count from pg_locks
      where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`
    if (waiting?.count === clients) break
    if (hasEnded || waitedMs > patienceMs) throw new Error(`pgbench was not ready: ${waiting?.count} of ${clients}`)
    await pause(50)
  }
  const beganAt = Date.now()
  await sql`select pg_advisory_unlock(${startKey})`
  return beganAt
}

/** A line: client, turn (from 1), microseconds it took, script, when it ended in seconds and microseconds (pgbench's manual 15, per-transaction logging). In milliseconds, of a second turn only. */
const endOfSecond = (line: string): number[] => {
  const [, turn, , , seconds = 0, us = 0] = line.split(' ').map(Number)
  return turn === 2 ? [seconds * 1_000 + us / 1_000] : []
}

const run = async (args: readonly string[]): Promise<string> => {
  const child = spawn('pgbench', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new Error('pgbench is missing: apt-get install postgresql-contrib', { cause })))
    child.on('close', resolve)
  })
  const text = Buffer.concat(said).toString()
  if (code !== 0) throw new Error(`pgbench ended with ${code}:\n${text.slice(0, 4_000)}`)
  return text
}
