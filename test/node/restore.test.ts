// Disaster: the database is gone, and comes back as it was some time before. What providers have taken since then is asked for again, and nothing is lost.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replayCallbacks } from '../../src/flows/replay-callbacks.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { TestDatabase } from '../kit/database.ts'
import { serverClock } from '../kit/global-setup.ts'
import { type OwnCluster, startOwnCluster } from '../kit/own-cluster.ts'
import { startTown, type Town } from '../kit/town.ts'

let cluster: OwnCluster
let pools: TestDatabase
let town: Town

/** The pools of whichever server lives: a gateway that is started again finds the restored one at the same address. */
const current = (): TestDatabase => ({
  url: '',
  database: {
    get sql() {
      return pools.appSql
    },
    get line() {
      return pools.database.line
    },
    get hearing() {
      return pools.database.hearing
    },
    get doubts() {
      return pools.database.doubts
    },
    renew: (spoilt) => pools.database.renew(spoilt),
    close: async () => undefined,
  },
  appSql: pools.appSql,
  sql: new Proxy(pools.sql, {
    apply: (_first, self, args) => Reflect.apply(pools.sql, self, args),
    get: (_first, name) => Reflect.get(pools.sql, name),
  }),
  drop: () => pools.drop(),
})

beforeAll(async () => {
  cluster = await startOwnCluster()
  pools = cluster.open()
  await migrate(pools.sql, await readMigrations(), { log: () => undefined })
  await pools.sql.unsafe(serverClock)
  town = await startTown('2026-11-23T02:00:00Z', {
    database: current(),
    box: createSealedBox([{ id: 'restored', key: randomBytes(32) }]),
  })
}, 120_000)
afterAll(async () => {
  await town.close()
  await cluster.drop()
})

const provider = 'momo'

test('restored to an instant, the books are whole, and what was paid after it is found again to the đồng', async () => {
  const start = async (more: object = {}) => town.attempt(await town.place(more), provider)
  const paidBefore = await start()
  await town.pay(provider, paidBefore)
  const [paidLater, neverPaid] = [await start(), await start()]
  await cluster.backUp()
  const paidAfterBackup = await start()
  await town.pay(provider, paidAfterBackup)
  const until = await cluster.clock()

  // What happens from here on is in no database that survives.
  await town.pay(provider, paidLater)
  const lost = await start()
  await town.pay(provider, lost)
  expect((await town.sql`select count(*)::int as count from money_facts`)[0]?.count).toBe(4)
  await cluster.archive()
  await pools.drop()
  await cluster.destroy()

  await cluster.restore(until)
  pools = cluster.open()
  expect(await migrate(pools.sql, await readMigrations(), { log: () => undefined })).toEqual([])
  expect((await town.sql`select count(*)::int as count from money_facts`)[0]?.count).toBe(2)
  expect(await (await town.request('/readyz')).json()).toMatchObject({ status: 'ok' })
  expect((await verifyLedger(town.deps, {})).fault).toBe(null)

  // The schedule asks the provider about what is open here; what is not known here is in the provider's statement.
  await town.pass(3_600, 6)
  expect(await town.sql`select status from attempts where id = ${paidLater.id}`).toMatchObject([{ status: 'captured' }])
  expect(await town.sql`select status from attempts where id = ${neverPaid.id}`).not.toMatchObject([
    { status: 'captured' },
  ])
  await town.pass(86_400 * 2, 4)
  await town.settle(provider, { from: '2026-11-23', to: '2026-11-24' })
  const { provider_receivable: owed = 0n, suspense = 0n } = await town.ledger()
  expect(owed - town.held()).toBe(0n)
  expect(-suspense).toBe(150_000n)
  const open = await town.sql`select class from discrepancies where status = 'open' order by class`
  // What the payment of no order here is owed for, and a payout that no bank statement shows yet.
  expect(open.map((row) => row.class)).toEqual(['missing_here', 'unsettled'])
  expect((await verifyLedger(town.deps, {})).fault).toBe(null)
  const range = { from: new Date('2026-11-22T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z'), dryRun: true }
  expect(await replayCallbacks(town.deps, range)).toMatchObject({ changed: [], readDifferently: [], caughtUp: [] })
}, 60_000)
