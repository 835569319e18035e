import { chmod, mkdir, mkdtemp, readFile, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { canEnter, findPostgresHome, knownAccount, preparePostgresBinaries } from '../../src/node/postgres-home.ts'

const isRoot = process.getuid?.() === 0
const stranger = { uid: 64321, gid: 64321 }

let folder: string
const lines: string[] = []
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'lephi-home-')))
  lines.length = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What the npm package has, in small. */
const packageIn = async (parent: string) => {
  const native = join(parent, 'native')
  await mkdir(join(native, 'bin'), { recursive: true })
  await mkdir(join(native, 'lib'))
  await writeFile(join(native, 'bin', 'postgres'), 'program', { mode: 0o700 })
  await writeFile(join(native, 'lib', 'libx.so.1.2'), 'library', { mode: 0o600 })
  const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  return native
}

test('an account can enter a folder when every folder above lets it pass', async () => {
  const inner = join(folder, 'inner')
  await mkdir(inner, { mode: 0o755 })
  expect(await canEnter(inner, stranger)).toBe(false)
  await chmod(folder, 0o711)
  expect(await canEnter(inner, stranger)).toBe(true)
  const owner = await stat(inner)
  await chmod(inner, 0o600)
  expect(await canEnter(inner, { uid: owner.uid, gid: owner.gid })).toBe(false)
})

test('root picks an account that the system knows: nobody, else the first that is not root', () => {
  const root = 'root:x:0:0:root:/:/bin/sh\n'
  expect(knownAccount(`${root}daemon:x:1:2::/:\nnobody:x:65534:65533::/:\n`)).toEqual({ uid: 65534, gid: 65533 })
  expect(knownAccount(`${root}daemon:x:1:2::/:\nwww:x:33:33::/:\n`)).toEqual({ uid: 1, gid: 2 })
  expect(knownAccount(root)).toEqual({ uid: 65534, gid: 65534 })
})

test('binaries are used in place, with the library links that no install script has made', async () => {
  const native = await packageIn(folder)
  const binaries = await preparePostgresBinaries({ folder, account: undefined }, native)
  expect(binaries.postgres).toBe(join(native, 'bin', 'postgres'))
  expect(await readlink(join(native, 'lib', 'libx.so.1'))).toBe('libx.so.1.2')
  expect(await preparePostgresBinaries({ folder, account: undefined }, native)).toEqual(binaries)
})

test('binaries that the account cannot reach are copied to where it can, readable for it', async () => {
  const closed = join(folder, 'closed')
  await mkdir(closed, { mode: 0o700 })
  const native = await packageIn(closed)
  const home = join(folder, 'home')
  await mkdir(home, { mode: 0o711 })
  const { postgres } = await preparePostgresBinaries({ folder: home, account: stranger }, native)
  expect(dirname(dirname(postgres))).toBe(join(home, 'binaries'))
  expect((await stat(postgres)).mode & 0o777).toBe(0o755)
  const library = join(home, 'binaries', 'lib', 'libx.so.1')
  expect(await readFile(library, 'utf8')).toBe('library')
  expect((await stat(library)).mode & 0o777).toBe(0o644)
})

test('refuses a list of links that leads out of the package', async () => {
  const native = await packageIn(folder)
  const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/../../out' }]
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  const prepared = preparePostgresBinaries({ folder, account: undefined }, native)
  await expect(prepared).rejects.toThrow(/not below native/)
})

test('root finds another home for data below a private folder, and finds it again; a user stays where they are', async () => {
  const dataDir = join(folder, 'private', 'data')
  const found = await findPostgresHome(dataDir, (line) => lines.push(line))
  try {
    if (isRoot) {
      expect(found.account?.uid).not.toBe(0)
      expect(found.folder.startsWith(folder)).toBe(false)
      expect(await canEnter(found.folder, stranger)).toBe(true)
      expect(lines).toEqual([expect.stringContaining(`the database is kept in ${found.folder}`)])
    } else {
      expect(found).toEqual({ folder: dataDir, account: undefined })
    }
    expect(await findPostgresHome(dataDir, (line) => lines.push(line))).toEqual(found)
  } finally {
    await rm(found.folder, { recursive: true, force: true })
  }
})
