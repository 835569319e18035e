// Processes of a cluster: each under an unprivileged account with its own log, and ended by its id with all that came of it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Account } from '../../src/node/postgres-home.ts'
import { isAlive } from '../../src/node/postmaster.ts'

export type Program = {
  name: string
  command: string
  args: readonly string[]
  folder: string
  log: string
  account: Account | undefined
}

/** Starts it in a process group of its own, so that Ctrl-C reaches this test only. */
export const startProgram = async (program: Program): Promise<ChildProcess> => {
  const output = openSync(program.log, 'a', 0o600)
  try {
    const child = spawn(program.command, program.args, {
      ...program.account,
      cwd: program.folder,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: program.folder },
      detached: true,
      stdio: ['ignore', output, output],
    })
    await once(child, 'spawn')
    return child
  } catch (cause) {
    throw new Error(
      `${program.name} cannot be run: ${program.command} is missing (apt-get install patroni etcd-server haproxy postgresql-15)`,
      {
        cause,
      },
    )
  } finally {
    closeSync(output)
  }
}

/** Sends a signal to these processes; who is gone by then is passed over. */
export const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}

const goneTimeoutMs = 20_000
const pollMs = 10

/** Resolves when none of them lives any more. */
export const untilGone = async (pids: readonly number[]): Promise<void> => {
  const begun = performance.now()
  while (pids.some(isAlive)) {
    if (performance.now() - begun > goneTimeoutMs) throw new Error(`processes do not end: ${pids.filter(isAlive)}`)
    await pause(pollMs)
  }
}

/** These processes and all that descend from them, parents first (proc(5): the fourth field of /proc/pid/stat is the parent, the second is a name in parentheses). */
export const withDescendants = async (roots: readonly number[]): Promise<number[]> => {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (parent) parents.set(Number(name), Number(parent))
  }
  const found = new Set(roots)
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid)
  }
  return [...found].filter((pid) => roots.includes(pid) || parents.has(pid))
}
