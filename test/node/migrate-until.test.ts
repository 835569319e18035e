// A database is brought as far as an older version can still serve from it, and the rest of the way later.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { createEmptyDatabase, type TestDatabase } from '../kit/database.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createEmptyDatabase()
})
afterEach(() => database.drop())

const run = async (...args: string[]) => {
  const [out, error]: [string[], string[]] = [[], []]
  const env = { DATABASE_URL: database.url, LEPHI_MODE: 'demo', LEPHI_DATABASE_CONNECTIONS: '4' }
  const code = await runCommand(['migrate', ...args], env, {
    out: (line) => void out.push(line),
    error: (line) => void error.push(line),
  })
  return { code, out, error }
}
const history = async () => {
  const [found] = await database.sql`select to_regclass('public.lephi_migrations') is not null as made`
  if (found?.made !== true) return []
  return (await database.sql`select name from lephi_migrations order by name`).map(({ name }) => String(name))
}

test('stops after the migration that is named, says what is left, and applies that when none is named', {
  timeout: 60_000,
}, async () => {
  const names = (await readMigrations()).map(({ name }) => name)
  const at = names.indexOf('0079_keys_proven') + 1
  const [before, after] = [names.slice(0, at), names.slice(at)]
  expect(after[0]).toBe('0080_orders_by_agency')
  // Before the role of the gateway has rights, or is there at all.
  expect(await run('--until', '0000')).toEqual({
    ...{ code: 0, error: [] },
    out: [`applied ${names[0]}`, ...names.slice(1).map((name) => `left ${name}`)],
  })
  expect(await run('--until', '0079_keys_proven')).toEqual({
    ...{ code: 0, error: [] },
    out: [...before.slice(1).map((name) => `applied ${name}`), ...after.map((name) => `left ${name}`)],
  })
  expect(await history()).toEqual(before)
  const again = await run('--until', '0079', '--json')
  expect([again.code, JSON.parse(again.out.join(''))]).toEqual([0, { applied: [], left: after }])
  expect((await run('--until', '0078')).out[0]).toMatch(
    /^The database is past 0078_\w+ already: 0079_keys_proven is applied\.$/,
  )
  expect(await run()).toEqual({ code: 0, error: [], out: after.map((name) => `applied ${name}`) })
  expect(await history()).toEqual(names)
  const last = names.at(-1) ?? ''
  expect(await run('--until', last)).toEqual({ code: 0, error: [], out: ['The database is up to date.'] })
})

test('refuses a name that is none with exit code 2, says which are, and applies nothing', async () => {
  const last = (await readMigrations()).slice(-5).map(({ name }) => name)
  const told = async (...args: string[]) => {
    const { code, out, error } = await run(...args)
    return [code, out, error[0]]
  }
  const lastOnes = `The last ones are ${last.join(', ')}`
  expect(await told('--until', '0079_keys_porven')).toEqual([
    2,
    [],
    `there is no migration "0079_keys_porven"; did you mean 0079_keys_proven? ${lastOnes}`,
  ])
  for (const none of ['9999', '79', '0079_', ''])
    expect(await told(`--until=${none}`)).toEqual([2, [], `there is no migration "${none}". ${lastOnes}`])
  expect(await told('--until')).toEqual([2, [], '--until needs a NAME behind it'])
  expect(await history()).toEqual([])
})
