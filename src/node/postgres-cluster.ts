// The data folder of an embedded PostgreSQL and its password: made once, whole or not at all.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hasCode } from './folder-users.ts'
import { type PostgresHome, preparePostgresBinaries } from './postgres-home.ts'

/** Superuser of the cluster, and the name of its database. */
export const databaseUser = 'lephi'

const run = promisify(execFile)

/**
 * Makes `cluster` and `password` in the home unless they exist. A half-made cluster of a killed process is never taken for a
 * whole one: it is built beside and renamed. Call it under the folder's lock.
 */
export async function ensureCluster(home: PostgresHome, durable: boolean): Promise<void> {
  const cluster = join(home.folder, 'cluster')
  if (await stat(join(cluster, 'PG_VERSION')).catch(missingOnly)) {
    await readPassword(home)
    return
  }
  const unfinished = `${cluster}.unfinished`
  const password = `${join(home.folder, 'password')}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await rm(password, { force: true })
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' })
  await mkdir(unfinished, { mode: 0o700 })
  if (home.account) {
    for (const path of [password, unfinished]) await chown(path, home.account.uid, home.account.gid)
  }
  await initialise(home, { folder: unfinished, password, durable })
  await rename(password, join(home.folder, 'password'))
  await rename(unfinished, cluster)
}

async function initialise(
  home: PostgresHome,
  into: { folder: string; password: string; durable: boolean },
): Promise<void> {
  const { initdb } = await preparePostgresBinaries(home)
  const args = ['-D', into.folder, '-U', databaseUser, `--pwfile=${into.password}`, '--auth=scram-sha-256']
  args.push('--encoding=UTF8', '--locale=C', '--no-instructions')
  if (!into.durable) args.push('--no-sync')
  try {
    await run(initdb, args, {
      ...home.account,
      cwd: home.folder,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    })
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    const advice = 'Set DATABASE_URL to use another PostgreSQL'
    throw new Error(`initdb could not make a database in ${home.folder}: ${said || String(cause)}. ${advice}`, {
      cause,
    })
  }
}

/** The superuser's password. Throws when the file is missing or belongs to another account. */
export async function readPassword(home: PostgresHome): Promise<string> {
  const path = join(home.folder, 'password')
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = hasCode(cause, 'ENOENT') ? 'is missing' : 'cannot be read: start as the user who made it'
    throw new Error(`${path} ${reason}, or remove ${home.folder} to begin with an empty database`, { cause })
  }
}

function missingOnly(error: unknown): undefined {
  if (hasCode(error, 'ENOENT')) return undefined
  throw error
}
