// Backup and restore with the tools that come with the server, as docs/operations.md has them typed: the log archived, a base backup, the data destroyed, restored to an instant, verified.
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { pageBlock, runInBash } from '../kit/blocks.ts'
import { booksOf, startOperatedTown } from '../kit/operated-town.ts'
import { makeShellFolder, type ShellFolder } from '../kit/shell-folder.ts'
import { type SystemPostgres, useSystemPostgres } from '../kit/system-postgres.ts'

const startServer = useSystemPostgres()
let shell: ShellFolder
beforeAll(async () => {
  shell = await makeShellFolder()
})
afterAll(() => shell.drop())

const provider = 'momo'
const nightly = pageBlock('docs/operations.md', 'pg_basebackup')
const restoring = pageBlock('docs/operations.md', 'recovery.signal')

/** What is typed, with the folders of this test in place of the page's. */
const here = (typed: string, folder: string): string =>
  typed
    .replaceAll('/var/lib/postgresql/18/main', `${folder}/data`)
    .replaceAll('/var/log/postgresql', folder)
    .replaceAll('/backup/', `${folder}/backup/`)
    .replaceAll('/archive/', `${folder}/archive/`)

const startArchivingServer = async (): Promise<SystemPostgres> => {
  const server = await startServer((folder) => here(pageBlock('docs/operations.md', 'archive_mode = on'), folder))
  await server.succeed('mkdir archive backup')
  return server
}

/** Ends the log's current piece, and waits until the archive has it. */
const archive = async ({ folder, succeed }: SystemPostgres): Promise<void> => {
  const name = (await succeed('psql -Atc "select pg_walfile_name(pg_switch_wal())"')).trim()
  while (!(await readdir(join(folder, 'archive'))).includes(name)) await pause(20)
}

/** The server is gone in this very moment, and its data with it; their folder is there. */
const destroy = async ({ data, succeed }: SystemPostgres): Promise<void> => {
  await succeed('pg_ctl stop --mode immediate')
  for (const name of await readdir(data)) await rm(join(data, name), { recursive: true })
}

/** The page's own days are in place of the one on which the backup was made. */
const restore = async ({ folder, succeed }: SystemPostgres, typed: string): Promise<void> => {
  const [night = ''] = await readdir(join(folder, 'backup'))
  await succeed(here(typed.replace('/backup/2026-11-28', `/backup/${night}`), folder))
}

test('a piece of the log is archived whole or not at all, and never in the place of another', async () => {
  const [, command = ''] =
    /^archive_command = '(.*)'$/m.exec(pageBlock('docs/operations.md', 'archive_mode = on')) ?? []
  const script = here(command, '.').replaceAll('%p', 'piece').replaceAll('%f', 'name')
  const type = (before: string) => runInBash(`${before}\n${script}`, { cwd: shell.path, timeoutMs: 10_000 })
  const archived = () => readFile(join(shell.path, 'archive', 'name'), 'utf8').catch(() => null)
  // Killed in the middle, as whoever ends the server at once does.
  const cut = 'mkdir archive; echo whole > piece; cp() { printf who > "$2"; kill -KILL $$; }'
  expect([(await type(cut)).code, await archived()]).toEqual([null, null])
  for (const before of ['', ':']) expect([(await type(before)).code, await archived()]).toEqual([0, 'whole\n'])
  expect([(await type('echo other > piece')).code, await archived()]).toEqual([1, 'whole\n'])
})

test('what is restored to an instant is what there was, and later once more everything', {
  timeout: 300_000,
}, async () => {
  const server = await startArchivingServer()
  const town = await startOperatedTown(server)
  let isClosed = false
  const close = async () => {
    if (!isClosed) await town.close()
    isClosed = true
  }
  onTestFinished(close)
  const pay = async () => town.pay(provider, await town.attempt(await town.place(), provider))
  await pay()
  await server.succeed(here(nightly, server.folder))
  await pay()
  const until = (await server.succeed('psql -Atc "select clock_timestamp()"')).trim()
  const books = await booksOf(server.url('lephi'))
  await pay()
  expect(await booksOf(server.url('lephi'))).not.toEqual(books)
  await archive(server)
  await close()
  await destroy(server)

  await restore(server, restoring.replace('2026-11-29 04:10:00+07', until))
  expect(await booksOf(server.url('lephi'))).toEqual(books)
  expect(books.find(({ table }) => table === 'money_facts')?.rows).toBe(2)
  const verified = await runInBash(pageBlock('docs/operations.md', 'npx lephi verify-matches\n'), {
    cwd: shell.path,
    env: {
      DATABASE_URL: server.url('lephi', 'lephi_gateway'),
      LEPHI_MODE: 'production',
      PUBLIC_URL: 'https://fees.example.vn',
      LEPHI_MASTER_KEY: town.masterKey,
    },
    timeoutMs: 100_000,
  })
  expect(verified).toMatchObject({ code: 0 })

  // The next night, and all that came behind it: the instant of the first restore is over.
  await server.succeed(`rm -r backup/* && ${here(nightly, server.folder)}`)
  await server.succeed('psql -d lephi -c "create table came_later ()"')
  await archive(server)
  await destroy(server)
  await restore(server, restoring.replace(/^recovery_target_time = .*\n/m, ''))
  expect(await server.succeed(`psql -d lephi -Atc "select to_regclass('came_later')"`)).toBe('came_later\n')
  expect(await booksOf(server.url('lephi'))).toEqual(books)
})
