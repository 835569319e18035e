// What postmaster.pid says about a running server, and whether the process that it names is really that server.
import { spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './folder-users.ts'

export type Postmaster = { pid: number; port: number; status: string }

/**
 * Reads `<cluster>/postmaster.pid`; undefined when there is none. Lines as PostgreSQL's src/include/utils/pidfile.h (18) has
 * them: pid, folder, start, port, socket folder, address, shared memory key, status. The later ones come while it starts.
 */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  try {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() || 'starting' }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Whether `pid` is a living PostgreSQL on `cluster`, and not some later process that got the same id. */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') {
    try {
      // The server's working folder is its data.
      return readlinkSync(`/proc/${pid}/cwd`) === cluster
    } catch {
      // Gone in between, or another account's process, which cannot be ours.
      return false
    }
  }
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  return stdout.includes('postgres') && stdout.includes(cluster)
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}
