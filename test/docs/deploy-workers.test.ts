// The guide to Workers: every command of it is one that there is, with options that it has, and every figure of a limit is the one that holds.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { commands } from '../../src/node/commands/all.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { pageBlock, runInBash } from '../kit/blocks.ts'
import { createEmptyDatabase, createTestDatabase } from '../kit/database.ts'
import { makeShellFolder } from '../kit/shell-folder.ts'
import { helpOfWrangler, wranglerCommand } from '../kit/wrangler-help.ts'

const root = packageRoot()
const masterKey = Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7)).toString('base64')
const guide = await readFile(join(root, 'docs', 'deploy-workers.md'), 'utf8')
const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])),
)
/** Without the variables in front of it. */
const words = lines.map((line) => line.replace(/^(?:[A-Z_]+='[^']*' )*/, ''))

test('has commands', () => {
  expect(lines.length).toBeGreaterThan(8)
  expect(words.filter((line) => !/^(npx wrangler|npx lephi|npm run) /.test(line))).toEqual([])
})

test('names commands of the gateway that there are, and variables that it reads', async () => {
  for (const line of words.filter((each) => each.startsWith('npx lephi '))) {
    const [, , name = '', ...rest] = line.split(' ')
    const command = commands[name]
    expect(command, line).toBeDefined()
    const options = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2))
    expect(Object.keys(command?.options ?? {}), line).toEqual(expect.arrayContaining(options))
  }
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object }
  for (const line of words.filter((each) => each.startsWith('npm run ')))
    expect(Object.keys(scripts)).toContain(line.split(' ')[2])
  const named = [...guide.matchAll(/\b(?:(?:LEPHI|OTEL)_[A-Z_]+|DATABASE_URL|PUBLIC_URL)\b/g)].map(([name]) => name)
  const text = await readFile(join(root, 'src', 'config.ts'), 'utf8')
  for (const name of new Set(named)) expect(text, name).toContain(`  ${name}: `)
})

test('brings a database up to date and imports what waits, from any machine with Node', {
  timeout: 200_000,
}, async () => {
  const [database, folder] = [await createEmptyDatabase(), await makeShellFolder()]
  const type = (typed: string) => {
    const script = typed
      .replace(/DATABASE_URL='[^']*'/, `DATABASE_URL='${database.url}'`)
      .replace("KEY='…'", `KEY='${masterKey}'`)
    return runInBash(`unset LEPHI_MODE; ${script}`, { cwd: folder.path, timeoutMs: 90_000 })
  }
  try {
    const migrated = await type(pageBlock('docs/deploy-workers.md', 'npx lephi migrate'))
    expect(migrated).toMatchObject({ code: 0, out: expect.stringContaining('applied 0000') })
    const imported = await type(pageBlock('docs/deploy-workers.md', 'npx lephi import-statement --waiting'))
    expect(imported).toMatchObject({ code: 0, out: '0 imported\n' })
  } finally {
    await database.drop()
    await folder.drop()
  }
})

test('names commands of wrangler that there are, with options that they have', { timeout: 240_000 }, async () => {
  const asked = new Map<string, Set<string>>()
  for (const line of words.filter((each) => each.startsWith('npx wrangler '))) {
    const name = wranglerCommand(line.split(' ').slice(2))
    const options = [...line.matchAll(/ (--[a-z-]+)/g)].map(([, option = '']) => option)
    asked.set(name, new Set([...(asked.get(name) ?? []), ...options]))
  }
  expect([...asked.keys()]).toContain('hyperdrive create')
  for (const [name, options] of asked) {
    const { switches, values } = await helpOfWrangler(name)
    expect([...switches, ...values], name).toEqual(expect.arrayContaining([...options]))
  }
})

test('makes a login that needs nothing of a connection: role, zone and limits are its own', async () => {
  const database = await createTestDatabase()
  const name = `lephi_gateway_${randomBytes(4).toString('hex')}`
  const made = pageBlock('docs/deploy-workers.md', 'alter role lephi_gateway set role')
  try {
    await database.sql.unsafe(made.replaceAll('lephi_gateway', name))
    const url = new URL(database.url)
    url.username = name
    url.password = 'secret'
    const plain = postgres(url.href, { max: 1 })
    const [row] = await plain`
      select current_user as role, current_setting('TimeZone') as zone, current_setting('statement_timeout') as statements,
        current_setting('lock_timeout') as locks, current_setting('idle_in_transaction_session_timeout') as idle,
        row_security_active('orders') as bound, has_table_privilege(current_user, 'postings', 'update') as may_change`
    await plain.end()
    expect(row).toEqual({
      role: 'lephi_app',
      zone: 'UTC',
      statements: '30s',
      locks: '5s',
      idle: '30s',
      bound: true,
      may_change: false,
    })
  } finally {
    await database.sql.unsafe(`drop role if exists ${name}`)
    await database.drop()
  }
})

test('says what the files say', async () => {
  const office = await readFile(join(root, 'src', 'office-worker.ts'), 'utf8')
  expect(office).toContain('const readBytesMax = 16 * 1024 * 1024')
  expect(guide).toContain('Up to 16 MiB the office imports it')
  for (const file of ['wrangler.toml', 'wrangler.office.toml']) {
    const text = await readFile(join(root, file), 'utf8')
    const [, publicUrl] = /^PUBLIC_URL = "(.*)"$/m.exec(text) ?? []
    expect(guide).toContain(`${publicUrl}/readyz`)
    expect(text).toContain('invocation_logs = false')
    expect(text).toContain('mode = "smart"')
    // What stands there is a configuration that the gateway starts with.
    const DATABASE_URL = 'postgres://lephi_gateway@db.example.vn/lephi'
    const given = { LEPHI_MODE: 'production', PUBLIC_URL: publicUrl, DATABASE_URL, LEPHI_MASTER_KEY: masterKey }
    expect(readConfig(given).mode).toBe('production')
  }
})
