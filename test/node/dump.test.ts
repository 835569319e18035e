// A dump and the copy that is made of it, on the same server and on another machine's, as docs/operations.md has them typed: the same books under the same guards, and a new version rehearsed on them.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { businessDay } from '../../src/lib/time.ts'
import { openMigratedDatabase } from '../../src/node/open-database.ts'
import { pageBlock, runInBash } from '../kit/blocks.ts'
import { booksOf, makeRoles, startOperatedTown } from '../kit/operated-town.ts'
import { makeShellFolder, type ShellFolder } from '../kit/shell-folder.ts'
import { type SystemPostgres, useSystemPostgres } from '../kit/system-postgres.ts'

const startServer = useSystemPostgres()
let shell: ShellFolder
beforeAll(async () => {
  shell = await makeShellFolder()
})
afterAll(() => shell.drop())

const provider = 'momo'
const dumping = pageBlock('docs/operations.md', 'pg_dump')
const copying = pageBlock('docs/operations.md', 'createdb')

/** Tables, rights, policies, triggers and functions, as statements; not the key under which one dump keeps others' statements out. */
const shapeOf = async (server: SystemPostgres, name: string): Promise<string[]> => {
  const written = await server.succeed(`pg_dump --schema-only ${name}`)
  return written
    .split('\n')
    .filter((line) => line !== '' && !/^(?:--|\\(?:un)?restrict )/.test(line))
    .sort()
}

test('a copy has the books and the guards of its original, and a version is rehearsed on it', {
  timeout: 300_000,
}, async () => {
  const server = await startServer()
  const town = await startOperatedTown(server)
  onTestFinished(() => town.close())
  const day = businessDay(town.clock.now())
  const paid = await town.place()
  await town.pay(provider, await town.attempt(paid, provider))
  await town.pass(86_400, 4)
  await town.settle(provider, { from: day, to: day })
  expect(await town.order(paid)).toMatchObject({ status: 'paid' })

  const [books, shape] = [await booksOf(server.url('lephi')), await shapeOf(server, 'lephi')]
  const rowsOf = (table: string) => books.find((each) => each.table === table)?.rows
  expect(['money_facts', 'postings', 'callbacks', 'reconciliations'].map(rowsOf)).not.toContain(0)
  // The owner of the tables is bound by the policies of each.
  const bound = await server.type(`PGUSER=lephi_owner ${dumping}`)
  expect([bound.code, bound.error]).toEqual([1, expect.stringContaining('row-level security')])
  await server.succeed(dumping)
  await server.succeed(copying)
  expect(await booksOf(server.url('lephi_copy'))).toEqual(books)
  expect(await shapeOf(server, 'lephi_copy')).toEqual(shape)

  const elsewhere = await startServer()
  await server.succeed(`cp latest.dump ${elsewhere.folder}/`)
  const early = await elsewhere.type(copying.replace('-O lephi_owner ', ''))
  expect([early.code, early.error]).toEqual([1, expect.stringContaining('role "lephi_owner" does not exist')])
  await elsewhere.succeed('dropdb lephi_copy')
  await makeRoles(elsewhere)
  await elsewhere.succeed(copying)
  expect(await booksOf(elsewhere.url('lephi_copy'))).toEqual(books)
  expect(await shapeOf(elsewhere, 'lephi_copy')).toEqual(shape)

  const said: string[] = []
  const config = { DATABASE_URL: elsewhere.url('lephi_copy', 'lephi_gateway'), LEPHI_MODE: 'demo' }
  await (await openMigratedDatabase(readConfig(config), (line) => said.push(line))).close()
  expect(said).toEqual([])
  const rehearsed = await runInBash(
    pageBlock('docs/operations.md', 'npx lephi rehearse')
      .replace('postgres://lephi_owner:secret@copy-host/lephi_copy', elsewhere.url('lephi_copy', 'lephi_owner'))
      .replace('LEPHI_MASTER_KEY=…', `LEPHI_MASTER_KEY=${town.masterKey}`)
      .replaceAll('2026-11-28', day),
    { cwd: shell.path, timeoutMs: 100_000 },
  )
  expect(rehearsed).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^Acted again on 1 callbacks, read 1 files .*, reconciled 1 periods .* difference 0 đ\.$/m,
    ),
  })
})
