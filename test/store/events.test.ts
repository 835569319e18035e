// The feed: whatever the order in which writers commit, a reader that goes on from its last event gets every event once.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linkEvents } from '../../src/domain/order-events.ts'
import { type FeedStart, numberEvents, readFeed } from '../../src/store/events.ts'
import { loadFacts } from '../../src/store/facts.ts'
import { orderQueries } from '../../src/store/order-commit.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { placeTestOrder, seedAgencies } from '../kit/orders.ts'

let database: TestDatabase
let deps: TestDeps

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  deps = createTestDeps(database.database)
  await seedAgencies(database.sql)
})
afterAll(() => database.drop())

let dossiers = 0
const place = (agencyCode = 'H56.12.03') => {
  dossiers += 1
  return placeTestOrder(deps, { agencyCode, dossierCode: `${agencyCode}-261122-${String(3_000 + dossiers)}` })
}

/** A writer that has written an event and not committed it yet. */
const beginWriting = async (orderId: string) => {
  const facts = await loadFacts(deps.db, '*', { orderId })
  if (!facts) throw new Error('no order')
  const connection = await database.appSql.reserve()
  const now = deps.now()
  const events = linkEvents(facts.order, [{ type: 'attempt.started', data: { n: 1 } }], { newId: deps.newId, now })
  await connection`begin`
  await connection`select set_config('lephi.agency', '*', true)`
  for (const query of orderQueries(connection, { read: facts.order, order: {}, events, now })) await query
  return {
    id: events[0]?.id ?? '',
    commit: async () => {
      await connection`commit`
      connection.release()
    },
  }
}

const reader = (scope = 'H56') => {
  let start: FeedStart = { position: 0n }
  const seen: string[] = []
  const read = async (limit = 100) => {
    const { events } = await readFeed(deps.db, scope, { start, limit })
    const last = events.at(-1)
    if (last) start = { eventId: last.id }
    seen.push(...events.map(({ id }) => id))
    return events.length
  }
  return { seen, read }
}

const everything = async () => (await database.sql`select id from events`).map((row) => String(row.id)).toSorted()

it('shows an event that was written first and committed last after those that overtook it', async () => {
  const { seen, read } = reader()
  const slow = await beginWriting(await place())
  const quick = await beginWriting(await place())
  await quick.commit()
  await read()
  expect(seen).toContain(quick.id)
  expect(seen).not.toContain(slow.id)
  await slow.commit()
  await read()
  expect(seen.at(-1)).toBe(slow.id)
  expect(seen.toSorted()).toEqual(await everything())
})

it('loses nothing and repeats nothing while writers and readers race, page by page', async () => {
  const readers = [reader(), reader(), reader('*')]
  let writing = true
  const reading = readers.map(async ({ read }) => {
    while (writing) await read(3)
  })
  const writers = Array.from({ length: 8 }, async () => {
    for (let n = 0; n < 5; n += 1) {
      const writer = await beginWriting(await place())
      await writer.commit()
    }
  })
  await Promise.all(writers)
  writing = false
  await Promise.all(reading)
  for (const { seen, read } of readers) {
    while ((await read(3)) > 0);
    expect(seen.toSorted()).toEqual(await everything())
  }
  expect(readers[1]?.seen).toEqual(readers[0]?.seen)
})

it('keeps the events of one order in their sequence', async () => {
  const orderId = await place()
  for (let n = 0; n < 5; n += 1) await (await beginWriting(orderId)).commit()
  const { events } = await readFeed(deps.db, 'H56', { start: { position: 0n }, limit: 1_000 })
  const own = events.filter((event) => event.orderId === orderId).map(({ sequence }) => sequence)
  expect(own).toEqual([1, 2, 3, 4, 5, 6])
})

it('holds only what the caller’s agency covers, and does not know foreign events', async () => {
  const orderId = await place('H56.14')
  const all = await readFeed(deps.db, 'H56.14', { start: { position: 0n }, limit: 1_000 })
  expect(new Set(all.events.map((event) => event.orderId))).toEqual(new Set([orderId]))
  const foreign = all.events[0]?.id ?? ''
  expect(await readFeed(deps.db, 'H56.12', { start: { eventId: foreign }, limit: 10 })).toEqual({
    events: [],
    formerId: null,
    isKnown: false,
  })
})

it('gives places to however many wait, some in each call, in the order of the feed and of each subject, within the time that a request has', async () => {
  const orderId = await place()
  await database.sql`select lephi_number_events()`
  const [{ last } = { last: 0n }] = await database.sql`select max(position) as last from events`
  // Of 8,000 subjects, three each, the latest first.
  await database.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`
      insert into events (id, agency_code, type, subject_id, order_id, sequence, data, created_at)
      select 'evt_many_' || n, 'H56.12.03', 'order.noted', 'many_' || n % 8000, ${orderId}, n / 8000 + 1, '{}', '2026-11-23T03:00:00Z'::timestamptz - n * interval '1 millisecond'
      from generate_series(0, 23999) as n`
  })
  for (const left of [14_000, 4_000, 0]) {
    await readFeed(deps.db, 'H56', { start: { position: 0n }, limit: 1 })
    const [row] = await database.sql`select count(*)::int as count from events where position is null`
    expect(row?.count).toBe(left)
  }
  const [placed] = await database.sql`
    select count(*)::int as count, min(position) - ${last} as first, max(position) - ${last} as last,
      count(*) filter (where position < former)::int as crossed, count(*) filter (where since < former_since)::int as late
    from (
      select position, lag(position) over (partition by subject_id order by sequence) as former, since, lag(since) over (order by position) as former_since
      from (select *, max(created_at) over (partition by subject_id order by sequence) as since from events where id like 'evt_many_%') as told) as each_of_them`
  expect(placed).toEqual({ count: 24_000, first: 1n, last: 24_000n, crossed: 0, late: 0 })
})

it('gives an event its place once, and lets nothing else of it change with that', async () => {
  await place()
  await numberEvents(deps.db)
  const [numbered] = await database.sql`select id, position from events order by position desc limit 1`
  await place()
  const [open] = await database.sql`select id from events where position is null`
  const change = (id: string, set: string) =>
    database.sql.unsafe(`update events set ${set} where id = '${id}'`).then(
      ({ count }) => count,
      (error: Error) => error.message,
    )
  const far = '1000000000000'
  for (const set of ["data = '{}'", "type = 'other'", 'hash = null', "created_at = now() - interval '1 day'"])
    expect(await change(open?.id, `position = ${far}, ${set}`)).toBe('events is append-only')
  expect(await change(open?.id, "data = '{}'")).toBe('events is append-only')
  expect(await change(numbered?.id, `position = ${far}`)).toBe('events is append-only')
  expect(await change(numbered?.id, 'position = null')).toBe('events is append-only')
  await numberEvents(deps.db)
  expect(await change(open?.id, 'position = null')).toBe('events is append-only')
  const places =
    await database.sql`select position from events where id in (${numbered?.id}, ${open?.id}) order by position`
  expect(places.map(({ position }) => position)).toEqual([numbered?.position, BigInt(numbered?.position) + 1n])
})
