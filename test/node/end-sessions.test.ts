// An operator puts people out of the console, by the command line alone.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession, readSession } from '../../src/flows/staff-session.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { seedAgencies } from '../kit/orders.ts'

let dataDir: string
let database: TestDatabase
let deps: TestDeps
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-sessions-'))
  database = await createTestDatabase()
  await seedAgencies(database.sql)
  deps = createTestDeps(database.database, { now: () => new Date() })
})
afterAll(async () => {
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

const run = async (...args: string[]) => {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const env = {
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: dataDir,
    LEPHI_DATABASE_CONNECTIONS: '4',
  }
  const code = await runCommand(['end-sessions', ...args], env, { out: say, error: say })
  return { code, said: said.join('\n') }
}

const open = async (name: string) => {
  const subject = `https://id.example.vn#${name}`
  const { token } = await openSession(deps, { subject, name, role: 'accountant', agency: 'H56.12' })
  return { subject, isIn: async () => (await readSession(deps, token)) !== null }
}
const onRecord = () =>
  database.sql`select actor, agency_code, query from audit_log where action = 'session.ended' order by actor, id`

test('every session of one person ends, is on record, and others go on', async () => {
  const [desk, laptop, other] = [await open('lan'), await open('lan'), await open('lan2')]
  expect(await run('--subject', desk.subject)).toEqual({ code: 0, said: '2 sessions of 1 people have ended' })
  expect([await desk.isIn(), await laptop.isIn(), await other.isIn()]).toEqual([false, false, true])
  const row = { actor: desk.subject, agencyCode: 'H56.12', query: { by: 'operator' } }
  expect(await onRecord()).toEqual([row, row])
  expect(await run('--subject', desk.subject)).toEqual({ code: 0, said: '0 sessions of 0 people have ended' })
  expect(await onRecord()).toHaveLength(2)
})

test('everybody is out when all are meant, and nobody when it is not said who', async () => {
  const [lan, hong] = [await open('lan'), await open('hong')]
  for (const wrong of [[], ['--subject', lan.subject, '--all'], ['--subject', 'lan']])
    expect((await run(...wrong)).code).toBe(2)
  expect([await lan.isIn(), await hong.isIn()]).toEqual([true, true])
  expect((await run('--all')).code).toBe(0)
  expect([await lan.isIn(), await hong.isIn()]).toEqual([false, false])
})
