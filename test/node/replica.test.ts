// Reports are read by a standby that has everything, and by the primary in every other case; either writes the same bytes.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../../src/flows/deps.ts'
import { openReader, readChecked } from '../../src/flows/read-report.ts'
import { reportCsv, reportJson } from '../../src/flows/report.ts'
import { stringifyMoney } from '../../src/lib/json.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { type Database, everyAgency, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { placeOf, standingOf } from '../../src/store/replica.ts'
import type { TestDatabase } from '../kit/database.ts'
import { serverClock } from '../kit/global-setup.ts'
import { type OwnCluster, type Standby, startOwnCluster } from '../kit/own-cluster.ts'
import { startTown, type Town } from '../kit/town.ts'

let cluster: OwnCluster
let pools: TestDatabase
let town: Town
let standby: Standby
let replica: Database
let admin: Database
let deps: Deps

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
  replica = openDatabase({ url: standby.url, role: 'lephi_app', max: 1 })
  admin = openDatabase({ url: standby.url, role: null, max: 1 })
  deps = { ...town.deps, replica }
}, 120_000)
afterAll(async () => {
  await replica.close()
  await admin.close()
  await standby.stop()
  await town.close()
  await pools.drop()
  await cluster.drop()
})

/** What the report of the day says, and which server read it since the last look. */
const read = async (own: Deps = deps) => {
  const before = counted()
  const asked = { name: 'collections', from: '2026-11-23', to: '2026-11-23', asOf: null } as const
  const filter = { ...asked, agencyCode: null, merchantAccountId: null }
  const json = stringifyMoney(await reportJson(own, everyAgency, filter))
  const { as_of: at, ...report } = JSON.parse(json)
  const asOf = new Date(at)
  const csv = await new Response(await reportCsv(own, everyAgency, { ...filter, asOf })).text()
  return { report, csv, asOf, servers: counted().filter((line) => !before.includes(line)) }
}
const counted = () =>
  town.deps.metrics
    .text()
    .split('\n')
    .filter((line) => line.startsWith('lephi_reports_read_total{'))

const byStandby = expect.stringContaining('server="standby",standby="caught_up"')
const byPrimary = (why: string) => expect.stringContaining(`server="primary",standby="${why}"`)

test('a standby that has everything reads, and its report is the bytes of the primary’s', async () => {
  await pay()
  const { servers, asOf: _now, ...told } = await read()
  expect(servers).toEqual([byStandby])
  const { servers: none, asOf: _then, ...alone } = await read(town.deps)
  expect(none).toEqual([])
  expect(told).toEqual(alone)
  expect(told.report.totals).toMatchObject({ amount: 300_000 })
}, 30_000)

test('what was committed before the instant is in it: a standby that has not replayed it does not read', async () => {
  await admin.sql`select pg_wal_replay_pause()`
  await pay()
  const { report, servers } = await read()
  expect(servers).toEqual([byPrimary('behind')])
  expect(report.totals).toMatchObject({ amount: 450_000 })
  await admin.sql`select pg_wal_replay_resume()`
  expect((await read()).servers).toEqual([byStandby])
}, 30_000)

test('a server of another cluster is none', async () => {
  const here = await placeOf(pools.database)
  if (!here) throw new Error('the primary is none')
  expect(await standingOf(replica, here, 5_000)).toBe('caught_up')
  expect(await standingOf(replica, { ...here, system: '1' }, 5_000)).toBe('no_standby')
  expect(await placeOf(replica)).toBe(null)
})

test('what breaks off the primary reads on, and a file that is half written is the same bytes', async () => {
  const asked = { name: 'collections', from: '2026-11-16', to: '2026-11-30', agencyCode: null } as const
  const filter = { ...asked, merchantAccountId: null, asOf: (await read()).asOf }
  const whole = await new Response(await reportCsv(town.deps, everyAgency, filter)).text()
  const half = await reportCsv(deps, everyAgency, filter)
  const reader = await openReader(deps, everyAgency, filter)
  expect(reader.deps).not.toBe(reader.primary)
  const { totals } = await readChecked(reader, { begin: () => standby.kill(), each: () => undefined })
  expect(totals).toMatchObject({ amount: 450_000n })
  expect(reader.deps).toBe(reader.primary)
  expect(await new Response(half).text()).toBe(whole)
  expect((await read()).servers).toEqual([byPrimary('unavailable')])
}, 60_000)
