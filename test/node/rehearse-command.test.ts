// `npx lephi rehearse`: never on the database that a gateway works on, and what it leaves is never served from.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { openMigratedDatabase } from '../../src/node/open-database.ts'
import { openDatabase } from '../../src/store/database.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let database: TestDatabase
let env: Record<string, string>
const days = ['--from', '2026-11-22', '--to', '2026-11-23']

beforeAll(async () => {
  database = await createTestDatabase()
  // The kit's own connections are those of a gateway; this test opens its own where it wants some.
  await Promise.all([database.sql.end(), database.appSql.end()])
  env = {
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: await mkdtemp(join(tmpdir(), 'lephi-rehearse-')),
  }
})
afterAll(async () => {
  await database.drop()
  await rm(env.LEPHI_DATA_DIR ?? '', { recursive: true, force: true })
})

const run = async (...args: string[]) => {
  const lines: string[] = []
  const terminal = { out: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) }
  return { code: await runCommand(['rehearse', ...args], env, terminal), said: lines.join('\n') }
}

const owning = async <Result>(work: (owner: ReturnType<typeof openDatabase>) => Promise<Result>): Promise<Result> => {
  const owner = openDatabase({ url: database.url, role: null, max: 1 })
  try {
    return await work(owner)
  } finally {
    await owner.close()
  }
}

const isMarked = () =>
  owning(async ({ sql }) => (await sql`select to_regclass('public.lephi_copy') is not null as marked`)[0]?.marked)

test('wants to be told that it is a copy, sees when it is none, marks it, and nothing serves from it again', async () => {
  const untold = await run(...days)
  expect([untold.code, untold.said]).toEqual([2, expect.stringContaining('say --copy')])
  expect((await run('--copy', ...days, '--json')).code).toBe(0)

  await owning(async ({ sql }) => {
    await sql`drop table public.lephi_copy`
    const inUse = await run('--copy', ...days)
    expect([inUse.code, inUse.said]).toEqual([1, expect.stringContaining('a gateway works on it, so it is no copy')])
  })
  expect(await isMarked()).toBe(false)

  // As one on Workers, which is seen by its work alone.
  await owning(
    ({ sql }) =>
      sql`insert into job_leases (name, holder, until) values ('watch_providers', 'job_1', now() - interval '1 minute')`,
  )
  const workedOn = await run('--copy', ...days)
  expect([workedOn.code, workedOn.said]).toEqual([1, expect.stringContaining('Background work was done here')])
  expect(await isMarked()).toBe(false)
  await owning(({ sql }) => sql`update job_leases set until = now() - interval '3 minutes'`)

  const done = await run('--copy', ...days)
  expect([done.code, done.said]).toEqual([0, expect.stringContaining('difference 0 đ')])
  expect(await isMarked()).toBe(true)
  await expect(openMigratedDatabase(readConfig(env), () => undefined)).rejects.toThrow(/names a copy/)
  // A second rehearsal on it is a matter of course.
  expect((await run('--copy', ...days)).code).toBe(0)
})
