// What the operator's runbook has somebody type runs as it stands. Archiving and restoring are tried by test/node/base-backup.test.ts and restore.test.ts, with a server that is destroyed; copies by test/node/dump.test.ts.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pageBlock, runInBash } from '../kit/blocks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { makeShellFolder, type ShellFolder } from '../kit/shell-folder.ts'

let database: TestDatabase
let folder: ShellFolder
const masterKey = randomBytes(32).toString('base64')

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await makeShellFolder()
  // The kit's own connections are those of a gateway, and a copy has none.
  await Promise.all([database.sql.end(), database.appSql.end()])
})
afterAll(async () => {
  await database.drop()
  await folder.drop()
})

const type = (typed: string) => {
  const env = {
    DATABASE_URL: database.url,
    LEPHI_MODE: 'production',
    PUBLIC_URL: 'https://fees.example.vn',
    LEPHI_MASTER_KEY: masterKey,
  }
  return runInBash(typed, { cwd: folder.path, env, timeoutMs: 100_000 })
}

test('what was restored is verified, and its callbacks are replayed', { timeout: 120_000 }, async () => {
  const verified = await type(pageBlock('docs/operations.md', 'npx lephi verify-matches\n'))
  expect(verified).toMatchObject({ code: 0 })
  const replayed = await type(pageBlock('docs/operations.md', 'npx lephi replay-callbacks'))
  expect(replayed).toMatchObject({ code: 0, out: expect.stringMatching(/^ +changed something +0$/m) })
})

test('a version is rehearsed on a copy', { timeout: 120_000 }, async () => {
  const typed = pageBlock('docs/operations.md', 'npx lephi rehearse')
    .replace('postgres://lephi_owner:secret@copy-host/lephi_copy', database.url)
    .replace('LEPHI_MASTER_KEY=…', `LEPHI_MASTER_KEY=${masterKey}`)
  expect(await type(typed)).toMatchObject({ code: 0, out: expect.stringContaining('difference 0 đ') })
})
