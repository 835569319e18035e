// How the records without a place are searched for: often among the latest, once a minute further back, once an hour in the whole ledger.
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import { jobs, longJobs, runJobs } from '../../src/flows/run-jobs.ts'
import { createMetrics } from '../../src/lib/metrics.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { openDatabase } from '../../src/store/database.ts'
import { chainLedger, type Reach, readPlaces } from '../../src/store/ledger-chain.ts'
import { openHouse } from '../kit/house.ts'
import { takeDatabase } from '../kit/kept-database.ts'

let house: Awaited<ReturnType<typeof openHouse>>

beforeEach(async () => {
  // Signing keys are remembered by box and belong to one database.
  house = await openHouse({ box: createSealedBox([{ id: 'test', key: randomBytes(32) }]) }, takeDatabase)
})
afterEach(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const pay = async () => {
  const attempt = await house.attempt(await house.place())
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  // Two bookings, and four events: created, captured, paid, and the receipt.
  await house.deps.settled()
}
const places = () => readPlaces(house.deps.db, { agencyCode: 'H56', after: 0n, limit: 10_000 })
const none = async () => 0
const runJob = (deps = house.deps) =>
  runJobs(deps, { run: { chain_ledger: jobs.chain_ledger ?? none, measure_chain: jobs.measure_chain ?? none } })
/** So many places that are younger than all others, a third of each kind, as a superuser writes them, past every rule. */
const fill = async (count: number) => {
  const sql = await house.sql.reserve()
  await sql`set session_replication_role = replica`
  await sql`
    insert into ledger_chain (agency_code, place, kind, record_id, leaf, hash, chained_at)
    select 'H01', n, kind, 'zzz_' || n, '', '', now() from generate_series(1, ${count}::integer) as n, lateral (select (array['entry', 'fact', 'event'])[n % 3 + 1] as kind) as kinds`
  await sql`reset session_replication_role`
  sql.release()
}

test('a pass searches once for what a batch holds: what comes meanwhile has its place in the next', async () => {
  await pay()
  const set = vi.spyOn(house.deps.metrics, 'set')
  await runJob()
  expect(set.mock.calls.filter(([name]) => name === 'lephi_ledger_unchained_age_seconds')).toHaveLength(1)
  expect(await places()).toHaveLength(6)
})

test('a search through the whole ledger that others held up is made again soon, and not in the next hour', async () => {
  const sweepUntil = async () => {
    house.deps.clock.advance(61)
    await runJobs(house.deps, { run: { sweep_chain: longJobs.sweep_chain ?? none } })
    const [row] = await house.sql`select until from job_leases where name = 'chain_ledger_sweep'`
    return (new Date(row?.until).getTime() - house.deps.now().getTime()) / 1_000
  }
  const other = await house.sql.reserve()
  await other`select pg_advisory_lock(hashtext('lephi_ledger_chain'))`
  expect(await sweepUntil()).toBe(60)
  await other`select pg_advisory_unlock_all()`
  other.release()
  expect(await sweepUntil()).toBe(3_600)
  expect(await sweepUntil()).toBe(3_539)
})

test('a search through the whole ledger that fails is made again in a quarter of an hour', async () => {
  await pay()
  await house.sql`create or replace function lephi_chain_floor(wanted text, reach integer) returns text language plpgsql as $$ begin raise exception 'too long'; end $$`
  await runJobs(house.deps, { run: { sweep_chain: longJobs.sweep_chain ?? none } })
  const [row] = await house.sql`select until from job_leases where name = 'chain_ledger_sweep'`
  expect(new Date(row?.until).getTime() - house.deps.now().getTime()).toBe(900_000)
})

test('the search through the whole ledger finds what is older than the latest places, however long that takes', async () => {
  await pay()
  await fill(30_000)
  await house.sql`create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select 'infinity'::timestamptz from pg_sleep(0.3) $$`
  const hasty = openDatabase({ url: house.database.url, role: 'lephi_app', max: 1, statementTimeoutMs: 200 })
  const search = (reach: Reach) => chainLedger(hasty, { now: house.deps.now(), batch: 100, reach })
  await expect(search('recent')).rejects.toThrow('statement timeout')
  expect(await search('everything')).toBe(6)
  expect(await search('everything')).toBe(0)
  await hasty.close()
})

test('what the frequent search passes by has its place within a minute', async () => {
  await pay()
  await runJob()
  await pay()
  // So many of each kind that are younger: as if what was paid now had been committed late.
  await fill(3_000)
  house.deps.clock.advance(30)
  await runJob()
  expect(await places()).toHaveLength(6)
  house.deps.clock.advance(20)
  await runJob()
  expect(await places()).toHaveLength(12)
})

test('events have their places in the feed before anybody reads it', async () => {
  await pay()
  const waiting = async () => (await house.sql`select from events where position is null`).length
  expect(await waiting()).toBeGreaterThan(0)
  await runJobs(house.deps, { run: { number_events: jobs.number_events ?? none } })
  expect(await waiting()).toBe(0)
})

test('a look that others held up is made again at once', async () => {
  await pay()
  await runJob()
  await pay()
  await fill(3_000)
  house.deps.clock.advance(50)
  const other = await house.sql.reserve()
  await other`select pg_advisory_lock(hashtext('lephi_ledger_chain'))`
  await runJob()
  await other`select pg_advisory_unlock_all()`
  other.release()
  expect(await places()).toHaveLength(6)
  house.deps.clock.advance(1)
  await runJob()
  expect(await places()).toHaveLength(12)
})

test('each process tells how long the oldest record waits, whoever has the turn', async () => {
  await pay()
  const { advance } = house.deps.clock
  const other = {
    ...house.deps,
    box: createSealedBox([{ id: 'test', key: randomBytes(32) }]),
    metrics: createMetrics(),
  }
  for (const { metrics } of [house.deps, other]) describeFlowMetrics(metrics)
  const age = async (deps: typeof house.deps) =>
    Number(/^lephi_ledger_unchained_age_seconds (\S+)$/m.exec(deps.metrics.text())?.[1])
  await house.sql`insert into job_leases ${house.sql({ name: 'chain_ledger', holder: 'x', until: new Date(house.deps.now().getTime() + 700) })}`
  await runJob(other)
  expect(await age(other)).toBe(0)
  await house.sql`update job_leases set until = ${new Date(house.deps.now().getTime() + 700)} where name = 'chain_ledger'`
  advance(31)
  await house.sql`update job_leases set until = ${new Date(house.deps.now().getTime() + 700)} where name = 'chain_ledger'`
  await runJob(other)
  expect(await age(other)).toBe(31)
  advance(31)
  await runJob()
  await runJob(other)
  expect(await age(other)).toBe(0)
})

test('many records get their places in small pieces, a little apart, while requests are served', async () => {
  const sql = await house.sql.reserve()
  await sql`set session_replication_role = replica`
  await sql`
    insert into journal_entries (id, agency_code, kind, business_day, occurred_at, posted_at)
    select 'jrn_' || lpad(n::text, 26, '0'), 'H56', 'settlement', '2026-11-23', ${house.deps.now()}::timestamptz, ${house.deps.now()}::timestamptz
    from generate_series(1, 600) as n`
  await sql`reset session_replication_role`
  sql.release()
  // The look of this minute, which has the wide search to itself.
  await house.sql`insert into job_leases (name, holder, until) select name, 'x', ${new Date(house.deps.now().getTime() + 40_000)} from unnest(array['chain_ledger_look', 'chain_ledger_sweep']) as name`
  const beganAt = performance.now()
  await runJob({ ...house.deps, isServing: () => true })
  expect(performance.now() - beganAt).toBeGreaterThan(2 * 19)
  const stamps = await house.sql`select count(*)::int as count from ledger_chain group by xmin::text order by 1`
  expect(stamps.map(({ count }) => count)).toEqual([100, 250, 250])
})

test('where the frequent search begins is found among the latest places, however many there are', async () => {
  await fill(30_000)
  await house.sql`analyze ledger_chain`
  const sql = await house.sql.reserve()
  const looks = async (reach: number) => {
    await sql`begin`
    const [floor] = await sql`select lephi_chain_floor('entry', ${reach}::integer) as id`
    const [read] = await sql`
      select (coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::int as rows from pg_stat_xact_user_tables where relname = 'ledger_chain'`
    await sql`rollback`
    return { id: floor?.id, rows: read?.rows }
  }
  // Of 10,000 entries, numbered 3, 6, … 30,000.
  const latest = await looks(300)
  expect(latest.id).toBe('zzz_29103')
  expect(latest.rows).toBeLessThan(1_000)
  expect((await looks(10_001)).id).toBe('')
  sql.release()
})
