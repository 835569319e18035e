// What a failover test would say if something were lost, and what it tells Patroni; the test itself takes too long for the suite.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openReader, type Reader } from '../crash/books-here.ts'
import { noPromises } from '../crash/promises.ts'
import { compareAll } from '../crash/run-crash-test.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps } from '../kit/deps.ts'
import { placeTestOrder, seedAgencies } from '../kit/orders.ts'
import { longestGapOf } from './acknowledged.ts'
import { haproxyConfig, patroniConfig } from './cluster-files.ts'
import { drawKills, killKinds } from './kills.ts'
import { exitCodeOf, problemsOf, reportLines } from './report.ts'
import type { FailoverResult } from './run-failover-test.ts'

const failover = { kind: 'power' as const, from: 'n1', to: 'n2', recoveryMs: 20_000, silentMs: 21_000 }
const good = {
  money: {
    payments: 1,
    refunds: 0,
    dong: 1n,
    difference: 0n,
    accounts: [],
    held: { payments: 0, dong: 0n },
    sources: {},
    findings: [],
  },
  ...{ broken: [], promises: [], webhooks: [], counts: { orders: 1, 'confirmed callbacks': 1 } },
  options: { seed: 1, kills: 1, citizens: 1, restSeconds: 1 },
  ...{ failovers: [failover], seconds: 60, checks: [], ownEnds: [], unanswered: [] },
  healed: { missing: 0, byThemselves: 0, byStatement: 0, redelivered: 0, restSeconds: 0 },
  ...{ refusals: new Map(), internalErrors: new Map() },
} satisfies FailoverResult

describe('the verdict', () => {
  test('is good where nothing is lost', () => {
    expect([problemsOf(good), exitCodeOf(good)]).toEqual([[], 0])
    expect(reportLines(good, {}).at(-1)).toContain('lost 0')
  })
  test.for([
    ['an order is lost', { promises: ['order of order-1: there are 0'] }],
    ['a đồng is', { money: { ...good.money, difference: 1n } }],
    ['a webhook is', { webhooks: ['evt_1: no webhook came'] }],
    ['a call was never answered', { unanswered: ['/v1/orders'] }],
    ['a gateway ended', { ownEnds: ['gateway 0 ended by itself: exit 1'] }],
    ['the gateway called the failover its own error', { internalErrors: new Map([['/v1/orders', 1]]) }],
    ['fewer primaries were lost than were to be', { failovers: [] }],
    ['nothing was paid', { money: { ...good.money, dong: 0n } }],
  ] as const)('is bad where %s', ([, more]) => {
    const bad = { ...good, ...more }
    expect(problemsOf(bad)).toHaveLength(1)
    expect([exitCodeOf(bad), reportLines(bad, {}).some((line) => line.startsWith('PROBLEM'))]).toEqual([1, true])
  })
})

describe('the comparison', () => {
  let db: TestDatabase
  let reader: Reader
  beforeAll(async () => {
    db = await createTestDatabase()
    reader = openReader(db.url)
    await seedAgencies(db.sql)
  })
  afterAll(async () => {
    await reader.end()
    await db.drop()
  })

  test('finds the order that was acknowledged and is gone, and takes it for the reason to exit with 1', async () => {
    await placeTestOrder(createTestDeps(db.database), { metadata: { key: 'order-1' } })
    const promises = noPromises()
    const [kept] = await db.sql`select id, amount from orders where metadata ->> 'key' = 'order-1'`
    promises.orders.set('order-1', { id: String(kept?.id), amount: BigInt(kept?.amount) })
    const nobody = {
      providers: {
        handle: () => undefined,
        ask: async () => new Response(),
        accounts: new Map(),
        books: () => [],
        freeze: async () => undefined,
      },
      inbox: {
        ...{ handle: () => undefined, trust: () => undefined, received: new Map(), takePaid: () => undefined },
        tally: { messages: 0, repeated: 0, badSignatures: 0, changed: 0 },
      },
    }
    const known = new Set((await db.sql`select id from events`).map((row) => String(row.id)))
    const compare = () => compareAll(reader, { town: { ...nobody, known }, promises, feed: [] })
    expect((await compare()).promises).toEqual([])
    promises.orders.set('order-2', { id: 'ord_lost', amount: 1n })
    const lost = await compare()
    expect(lost.promises).toEqual(['order of order-2: there are 0'])
    expect(exitCodeOf({ ...good, promises: lost.promises })).toBe(1)
  })
})

test('the same seed draws the same kills, of every kind', () => {
  expect(drawKills(7, 10)).toEqual(drawKills(7, 10))
  expect(drawKills(7, 10)).not.toEqual(drawKills(8, 10))
  expect(new Set(drawKills(7, 10))).toEqual(new Set(killKinds))
})

test('the longest time without an order counts its ends as well', () => {
  expect(longestGapOf([100, 200, 900, 950], 150, 1_000)).toBe(700)
  expect([longestGapOf([], 0, 50), longestGapOf([1, 40], 0, 100)]).toEqual([50, 60])
})

describe('the cluster', () => {
  const node = { name: 'n1', postgres: 5_001, rest: 8_001, folder: 'cluster/n1' }
  const plan = {
    folder: 'cluster',
    nodes: [node],
    etcd: { client: 1, peer: 2 },
    proxy: 3,
    password: 'word',
    isSynchronous: true,
    binaries: '/bin',
  }
  const dcs = (isSynchronous: boolean) => JSON.parse(patroniConfig({ ...plan, isSynchronous }, node)).bootstrap.dcs

  test('confirms nothing without a standby, unless it is to lose something', () => {
    expect(dcs(true)).toMatchObject({ synchronous_mode: true, synchronous_mode_strict: true })
    expect(dcs(false)).toMatchObject({ synchronous_mode: false, synchronous_mode_strict: false })
  })
  test('waits no longer than its own rule allows, and cuts off whoever is connected to a former primary', () => {
    const { ttl, loop_wait, retry_timeout } = dcs(true)
    expect(loop_wait + 2 * retry_timeout).toBeLessThanOrEqual(ttl)
    expect(haproxyConfig(plan)).toContain('on-marked-down shutdown-sessions')
    expect(haproxyConfig(plan)).toContain('server n1 127.0.0.1:5001 check port 8001')
  })
})
