// A new connection breaks at the one moment at which nobody waits for it: the process goes on, and the next connection serves.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { createCuttingProxy } from '../kit/cutting-proxy.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

/** Reads until it is served. What it says: `lost` for each broken connection of which only the log hears, `served` at the end. */
const program = (isGuarded: boolean) => `
  const { openDatabase, queryInScope } = await import(${JSON.stringify(join(packageRoot(), 'src/store/database.ts'))})
  const { outliveLostTypes } = await import(${JSON.stringify(join(packageRoot(), 'src/node/lost-types.ts'))})
  if (${isGuarded}) outliveLostTypes({ warn: () => console.log('lost') })
  const db = openDatabase({ url: process.argv[1], role: null, max: 1, waitMs: 500 })
  const read = () => queryInScope(db, '*', (sql) => sql\`select 1 as one\`).catch(() => null)
  for (let rows = null; rows === null; ) rows = await read()
  console.log('served')
  await db.close()`

const run = async (isGuarded: boolean) => {
  const proxy = await createCuttingProxy(db.url)
  // The first statement of a connection is the driver's own.
  proxy.cutAfter(1, { answered: false })
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(isGuarded), proxy.url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, errors]: [string[], string[]] = [[], []]
  createInterface(child.stdout).on('line', (line) => {
    said.push(line)
    if (line === 'lost') proxy.heal()
  })
  createInterface(child.stderr).on('line', (line) => errors.push(line))
  const [code] = await once(child, 'close')
  await proxy.close()
  return { code, said: [...new Set(said)], errors: errors.join('\n') }
}

test('the process outlives it, which without that it would not', { timeout: 60_000 }, async () => {
  expect(await run(true)).toMatchObject({ code: 0, said: ['lost', 'served'] })
  expect(await run(false)).toMatchObject({ code: 1, said: [], errors: expect.stringContaining('CONNECTION_CLOSED') })
})
