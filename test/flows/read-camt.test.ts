// A large camt.053 through the import: what it holds in memory does not grow with the file.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importStatement } from '../../src/flows/import-statement.ts'
import { findStatement } from '../../src/store/statements.ts'
import { camtEntry, camtFile } from '../kit/camt.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { piecesOf, upload } from '../kit/statements.ts'

let db: TestDatabase
let deps: TestDeps

beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
})
afterAll(() => db.drop())

test('thirty thousand entries in memory that stays flat', async () => {
  const entries = 30_000
  const shell = { account: '0123456789', opening: '0', closing: `${entries * 79_000}`, rows: [], more: '<!--here-->' }
  const [head = '', tail = ''] = camtFile(shell).split('<!--here-->')
  async function* file() {
    yield* piecesOf(head)
    for (let at = 0; at < entries; at += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, i) => camtEntry({ reference: `FT${at + i}`, text: 'NOP LE PHI' }))
      yield* piecesOf(`${rows.join('\n')}\n`)
    }
    yield* piecesOf(tail)
  }
  const account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  const { id } = await upload(deps, account, file(), 'bank')
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const [before, started] = [process.memoryUsage().rss, performance.now()]
  await importStatement(deps, id)
  clearInterval(watch)
  const seconds = (performance.now() - started) / 1_000
  const more = Math.round((most - before) / 1e6)
  console.info(`import ${entries} entries in ${seconds.toFixed(1)} s, ${more} MB more at most`)
  expect(await findStatement(deps.db, '*', id)).toMatchObject({
    status: 'imported',
    accepted: entries,
    closes: true,
    problems: [],
  })
  expect(more).toBeLessThan(200)
})
