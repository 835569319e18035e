// The line to the database ends while somebody holds it: the process goes on and the pool serves again; and a unit leaves in one piece. Both are owed to what scripts/mended-driver.mjs does to the driver.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

const { mend, mendedDriver } = (await import(join(packageRoot(), 'scripts', 'mended-driver.mjs'))) as {
  mend: (text: string) => string
  mendedDriver: Plugin
}

let db: TestDatabase
let folder: string
beforeAll(async () => {
  db = await createTestDatabase()
  // Below the project, where the other packages are found.
  folder = await mkdtemp(join(packageRoot(), 'node_modules', '.mended-driver-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await db.drop()
})

const begin = `
  import { setTimeout as pause } from 'node:timers/promises'
  import { outliveLostTypes } from ${JSON.stringify(join(packageRoot(), 'src/node/lost-types.ts'))}
  import { inScope, openDatabase, queryInScope } from ${JSON.stringify(join(packageRoot(), 'src/store/database.ts'))}
  outliveLostTypes({ warn: () => undefined })
  const open = (max) => openDatabase({ url: process.argv[2], role: null, max, waitMs: 30_000 })
  const [own, other] = [open(1), open(1)]
  const codeOf = (work) => work.then(() => 'done', (error) => error.code)
  const read = () => codeOf(queryInScope(own, '*', (sql) => sql\`select 1 as one\`))
`

const programs = {
  'between two statements on a connection that somebody holds': `${begin}
    const held = await own.sql.reserve()
    const [{ pid }] = await held\`select pg_backend_pid() as pid\`
    await queryInScope(other, '*', (sql) => sql\`select pg_terminate_backend(\${pid})\`)
    await pause(200)
    const said = await codeOf(held\`select 2\`)
    console.log(said, await read())
    await Promise.all([own.close(), other.close()])`,
  'at any moment, again and again': `${begin}
    let isOver = false
    const codes = new Set()
    const asking = (async () => { while (!isOver) codes.add(await read()) })()
    for (let round = 0; round < 60; round += 1) {
      await pause(5 + (round % 7) * 6)
      await queryInScope(other, '*', (sql) => sql\`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()\`)
    }
    isOver = true
    await asking
    let last = ''
    for (let turn = 0; turn < 5 && last !== 'done'; turn += 1) last = await read()
    console.log(last, codes.has('CONNECT_TIMEOUT') || codes.has('CONNECTION_WAIT') ? 'after a long silence' : 'at once')
    await Promise.all([own.close(), other.close()])`,
  'in one piece': `${begin}
    import { Socket } from 'node:net'
    const unit = () => inScope(own, '*', (sql) => Array.from({ length: 6 }, (_, index) => sql\`select length(\${String(index).repeat(2_000)}) as long\`))
    await unit()
    let count = 0
    const { write } = Socket.prototype
    Socket.prototype.write = function (...args) {
      count += 1
      return write.apply(this, args)
    }
    const answers = await unit()
    Socket.prototype.write = write
    console.log(answers.map(([row]) => row.long).join(), count)
    await Promise.all([own.close(), other.close()])`,
}

const run = async (name: keyof typeof programs, isMended: boolean) => {
  const outfile = join(folder, `${isMended ? 'mended' : 'as-it-is'}-${Object.keys(programs).indexOf(name)}.mjs`)
  await build({
    stdin: { contents: programs[name], resolveDir: packageRoot(), loader: 'js' },
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node24', packages: 'external' },
    plugins: isMended ? [mendedDriver] : [],
  })
  const child = spawn(process.execPath, [outfile, db.url], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 90_000 })
  const parts = { said: '', errors: '' }
  child.stdout.on('data', (bytes) => {
    parts.said += bytes
  })
  child.stderr.on('data', (bytes) => {
    parts.errors += bytes
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  return { code, said: parts.said.trim(), errors: parts.errors }
}

test('a statement after the end of its line is refused, and does not end the process', async () => {
  const name = 'between two statements on a connection that somebody holds'
  expect(await run(name, true)).toMatchObject({ code: 0, said: expect.stringMatching(/^CONNECTION_\w+ done$/) })
  const asItIs = await run(name, false)
  expect(asItIs).toMatchObject({ code: 1, errors: expect.stringContaining("reading 'write'") })
}, 120_000)

test('a pool serves again after its line has ended at any moment', async () => {
  const name = 'at any moment, again and again'
  expect(await run(name, true)).toMatchObject({ code: 0, said: 'done at once' })
}, 120_000)

test('a unit of twelve kilobytes leaves in one piece', async () => {
  const lengths = '2000,2000,2000,2000,2000,2000'
  expect(await run('in one piece', true)).toMatchObject({ code: 0, said: `${lengths} 1` })
  expect((await run('in one piece', false)).said).toMatch(/^[0-9,]+ [6-9]$/)
}, 120_000)

test('another version of the driver is not mended blindly', () => {
  expect(() => mend('export default 1')).toThrow(/another one/)
})
