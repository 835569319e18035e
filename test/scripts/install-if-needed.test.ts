import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'

const run = promisify(execFile)
let project: string

/** A project of two packages, of which the second is optional, and an `npm` that only writes down how it was called. */
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'lephi-install-'))
  for (const folder of ['scripts', 'bin', 'node_modules']) await mkdir(join(project, folder))
  const script = 'scripts/install-if-needed.cjs'
  await cp(join(packageRoot(), script), join(project, script))
  await writeFile(join(project, 'bin', 'npm'), '#!/bin/sh\necho "$@" >> called\nexit "$NPM_EXIT"\n', {
    mode: 0o755,
  })
  await lock('package-lock.json', {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  })
})
afterEach(() => rm(project, { recursive: true, force: true }))

const lock = (path: string, packages: object) => writeFile(join(project, path), JSON.stringify({ packages }))
const installed = (packages: object) => lock('node_modules/.package-lock.json', packages)
const start = async (npmExit = '0') => {
  const env = {
    PATH: `${join(project, 'bin')}${delimiter}${process.env.PATH}`,
    NPM_EXIT: npmExit,
    NODE_ENV: 'production',
  }
  const { stdout } = await run(process.execPath, [join(project, 'scripts/install-if-needed.cjs')], { env })
  return { said: stdout, called: await readFile(join(project, 'called'), 'utf8').catch(() => '') }
}

test('installs when there is no node_modules, development packages too', async () => {
  await rm(join(project, 'node_modules'), { recursive: true })
  const { said, called } = await start()
  expect(said).toBe('Installing dependencies (node_modules is missing)\n')
  expect(called).toBe('ci --no-audit --no-fund --include=dev --include=optional\n')
})

test('installs when a package is missing or has another version than the lockfile says', async () => {
  await installed({})
  expect((await start()).said).toContain('node_modules/a is missing')
  await installed({ 'node_modules/a': { version: '0.9.0' } })
  expect((await start()).said).toContain('node_modules/a is out of date')
})

test('is silent when everything is there, though packages for other platforms are not', async () => {
  await installed({ 'node_modules/a': { version: '1.0.0' } })
  expect(await start()).toEqual({ said: '', called: '' })
})

test('fails as npm fails', async () => {
  await installed({})
  await expect(start('7')).rejects.toMatchObject({ code: 7 })
})

/** An npm that takes a while, and leaves what was asked for. */
const slowNpm = () =>
  writeFile(
    join(project, 'bin', 'npm'),
    `#!/bin/sh\necho "$1" >> called\nsleep 1\necho '{"packages":{"node_modules/a":{"version":"1.0.0"}}}' > node_modules/.package-lock.json\n`,
    { mode: 0o755 },
  )

test('is done by one of two commands that are begun at once, for which the other waits', async () => {
  await installed({})
  await slowNpm()
  const [one, other] = await Promise.all([start(), start()])
  expect(await readFile(join(project, 'called'), 'utf8')).toBe('ci\n')
  expect([one.said, other.said].sort()).toEqual([
    'Another command installs the dependencies; waiting for it\n',
    'Installing dependencies (node_modules/a is missing)\n',
  ])
})

test('does not wait for one that was ended in the middle, nor for one that has lain there for longer than any takes', async () => {
  const left = join(project, '.install.lock')
  await installed({})
  await writeFile(left, String(spawnSync(process.execPath, ['-e', '']).pid))
  expect((await start()).called).toContain('ci ')
  await expect(readFile(left)).rejects.toThrow('ENOENT')
  await writeFile(left, String(process.pid))
  await utimes(left, new Date(), new Date(Date.now() - 901_000))
  expect((await start()).said).not.toContain('waiting')
  await expect(readFile(left)).rejects.toThrow('ENOENT')
})

test('refuses to guess without a lockfile', async () => {
  await rm(join(project, 'package-lock.json'))
  await expect(start()).rejects.toThrow(/package-lock.json is missing or unreadable/)
})
