// A standby that hangs, is full or leads elsewhere neither holds a report up nor makes it another one.
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../../src/flows/deps.ts'
import { openReader, type Reader, readChecked } from '../../src/flows/read-report.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { type Database, everyAgency, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { TestDatabase } from '../kit/database.ts'
import { serverClock } from '../kit/global-setup.ts'
import { type OwnCluster, type Standby, startOwnCluster } from '../kit/own-cluster.ts'
import { startTown, type Town } from '../kit/town.ts'
import { startTroubledLine, type TroubledLine } from '../kit/troubled-server.ts'

let cluster: OwnCluster
let pools: TestDatabase
let town: Town
let standby: Standby
let line: TroubledLine
const opened: Database[] = []

const provider = 'momo'
const pay = async () => town.pay(provider, await town.attempt(await town.place(), provider))

beforeAll(async () => {
  cluster = await startOwnCluster()
  pools = cluster.open()
  await migrate(pools.sql, await readMigrations(), { log: () => undefined })
  await pools.sql.unsafe(serverClock)
  town = await startTown('2026-11-23T02:00:00Z', {
    database: pools,
    box: createSealedBox([{ id: 'copied', key: randomBytes(32) }]),
  })
  await pay()
  await cluster.backUp()
  standby = await cluster.standBy()
  line = await startTroubledLine(standby.url)
}, 120_000)
afterEach(async () => {
  line.heal()
  await Promise.all(opened.splice(0).map((each) => each.close()))
})
afterAll(async () => {
  line.close()
  await standby.stop()
  await town.close()
  await pools.drop()
  await cluster.drop()
})

/** A gateway whose reports a pool of that address reads. */
const gateway = (url: string, options: { max?: number; silenceMs?: number; db?: Database } = {}): Deps => {
  const { db = pools.database, ...more } = options
  const replica = openDatabase({ url, role: 'lephi_app', max: 2, waitMs: 20_000, ...more })
  opened.push(replica)
  return { ...town.deps, db, replica }
}
const filter = { from: '2026-11-23', to: '2026-11-23', asOf: null, agencyCode: null, merchantAccountId: null }
const open = (deps: Deps) => openReader(deps, everyAgency, { ...filter, name: 'collections' })
const isByStandby = (reader: Reader) => reader.deps !== reader.primary
const amountOf = async (reader: Reader) =>
  (await readChecked(reader, { begin: () => undefined, each: () => undefined })).totals.amount
/** A report of one amount is only worth comparing where the standby would read it. */
const openOnStandby = async (deps: Deps) => {
  await expect.poll(async () => isByStandby(await open(deps)), { timeout: 15_000 }).toBe(true)
  return open(deps)
}
const timed = async <Result>(work: Promise<Result>) => {
  const begun = performance.now()
  return { result: await work, ms: performance.now() - begun }
}

test('a standby that hangs holds a report up for two seconds, and one that it has begun for as long as it may be silent', async () => {
  const deps = gateway(line.url, { silenceMs: 1_500 })
  const begun = await openOnStandby(deps)
  const patient = gateway(line.url)
  await openOnStandby(patient)
  line.hang()
  const { result, ms } = await timed(open(patient))
  expect([isByStandby(result), ms < 4_000]).toEqual([false, true])
  const reading = await timed(amountOf(begun))
  expect([isByStandby(begun), reading.result, reading.ms < 4_000]).toEqual([false, 150_000n, true])
  line.heal()
  expect(await amountOf(await openOnStandby(deps))).toBe(150_000n)
}, 60_000)

test('a standby whose connections are all taken holds a report up for two seconds', async () => {
  const deps = gateway(standby.url, { max: 1 })
  const connection = await deps.replica?.sql.reserve()
  const { result, ms } = await timed(open(deps))
  connection?.release()
  expect([isByStandby(result), ms < 4_000]).toEqual([false, true])
}, 30_000)

test('a standby that does not let the gateway in keeps no report from being read', async () => {
  const wrong = new URL(standby.url)
  wrong.password = 'wrong'
  expect(await amountOf(await open(gateway(wrong.href)))).toBe(150_000n)
}, 30_000)

test('where a name leads to another standby meanwhile, one that is behind tells nothing', async () => {
  const other = await cluster.standBy()
  const admin = openDatabase({ url: other.url, role: null, max: 1 })
  try {
    await admin.sql`select pg_wal_replay_pause()`
    await pay()
    const deps = gateway(line.url, { max: 1 })
    const reader = await openOnStandby(deps)
    line.leadTo(other.url)
    line.cut()
    line.heal()
    const isBack = async () => (await deps.replica?.sql.unsafe('select 1').catch(() => [])) ?? []
    await expect.poll(isBack, { timeout: 10_000 }).toHaveLength(1)
    expect(await amountOf(reader)).toBe(300_000n)
    expect(isByStandby(reader)).toBe(false)
  } finally {
    line.leadTo(standby.url)
    await admin.close()
    await other.stop()
  }
}, 60_000)

test('a standby of the life before the primary was restored is none, although it has come further', async () => {
  const until = await cluster.clock()
  await pay()
  await openOnStandby(gateway(standby.url))
  await cluster.archive()
  await pools.drop()
  await cluster.destroy()
  await cluster.restore(until)
  pools = cluster.open()
  const reader = await open(gateway(standby.url, { db: pools.database }))
  expect(isByStandby(reader)).toBe(false)
  expect(await amountOf(reader)).toBe(300_000n)
}, 60_000)
