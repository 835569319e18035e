// Orders placed, callbacks made durable, checkout pages and the feed: what the gateway does of them a second, beside pgbench doing the same statements with as many clients.

import { setTimeout as pause } from 'node:timers/promises'
import { runClosed } from './closed-loop.ts'
import { watchMemory } from './memory.ts'
import { createOpenLoop } from './open-loop.ts'
import { runPgbench } from './pgbench.ts'
import { dealOut, type Unit } from './record.ts'
import { openRequests, type Requests } from './requests.ts'
import type { Row, Told } from './rows.ts'
import type { Stage } from './stage.ts'
import { openVnpayBooks } from './vnpay-books.ts'

export const clientCounts = [1, 8, 32, 128] as const

/** How much of each: recorded for the floor, and measured at each number of clients. */
export type Size = { recorded: number; measured: Record<(typeof clientCounts)[number], number> }

export const measureWork = async (stage: Stage, size: Size, told: Told): Promise<Row[]> => {
  const before = await openRequests(stage.gateway())
  const inAll = Object.values(size.measured).reduce((sum, one) => sum + one, 0)
  told(`preparing ${size.recorded + 2 * inAll} payments`)
  const [forFloor, forUs, forHalf] = [
    await before.payments(size.recorded),
    await before.payments(inAll),
    await before.payments(inAll),
  ]
  await leaveUnasked(stage)
  told(`paying ${settledMin} more`)
  const forBase = await before.payments(settledMin)
  await payForBase(placeOf(stage), { stage, paths: forBase.callbacks, before })
  await stage.keepBase()
  const openBooks = () =>
    openVnpayBooks(
      stage,
      [forBase, forUs, forFloor, forHalf].flatMap(({ made }) => made),
    )
  let books = await openBooks()
  const place = placeOf(stage)
  const requests = await openRequests(stage.gateway())
  const many = (count: number, make: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => make(index))
  const page = (paths: readonly string[]) => (index: number) => requests.get(paths[index % paths.length] ?? '/')
  const feed = () => requests.get('/v1/events?limit=100', true)
  told('warming up')
  await runClosed(place, { callers: 8, requests: many(size.recorded, requests.order) })
  await runClosed(place, { callers: 8, requests: many(200, page(forUs.checkoutPaths)) })

  const kinds: Kind[] = [
    {
      what: 'create order',
      ask: (count) => many(count, requests.order),
      expected: 201,
      pieces: (units) => units.filter(has('insert into orders ')).map((unit) => [unit]),
    },
    {
      what: 'callback → durable',
      ask: (count) => take(forUs.callbacks, count).map((path) => requests.get(path)),
      record: (count) => take(forFloor.callbacks, count).map((path) => requests.get(path)),
      expected: 200,
      pieces: callbackPieces,
    },
    {
      what: 'checkout page',
      ask: (count) => many(count, page(forHalf.checkoutPaths)),
      expected: 200,
      pieces: pagePieces,
    },
    {
      what: 'feed, 100 events',
      ask: (count) => many(count, feed),
      expected: 200,
      pieces: (units) => units.filter(has('from events')).map((unit) => [unit]),
    },
  ]
  const rows: Row[] = []
  const best: Record<string, number> = {}
  for (const { what, ask, record = ask, expected, pieces } of kinds) {
    told(`${what}: recording ${size.recorded}`)
    const asked = record(size.recorded)
    const recorded = pieces(await stage.record(() => runClosed(place, { callers: 8, requests: asked })))
    if (recorded.length < asked.length * 0.99)
      throw new Error(`${what}: ${recorded.length} of ${asked.length} were found in the log`)
    for (const clients of clientCounts) {
      const count = size.measured[clients]
      told(`${what}: ${clients} clients`)
      const memory = watchMemory(stage.gateway().process.pid ?? 0)
      const ours = await runClosed(place, { callers: clients, requests: ask(count) })
      if (ours.statuses[expected] !== count) throw new Error(`${what}: ${JSON.stringify(ours.statuses)}`)
      const turns = dealOut(recorded, clients)
      const unitsInPiece = recorded.flat().length / recorded.length
      const floor = (await stage.onCopy((url) => runPgbench(url, turns))) / unitsInPiece
      best[what] = Math.max(best[what] ?? 0, ours.perSecond)
      rows.push({
        what,
        clients,
        ours: ours.perSecond,
        floor,
        unit: '/s',
        p50: ours.p50,
        p99: ours.p99,
        peakMiB: memory.end(),
      })
    }
  }
  told('callback at half load: warming up')
  books.close()
  await stage.startAsDelivered()
  books = await openBooks()
  const { get } = await openRequests(stage.gateway())
  const callbacks = forHalf.callbacks.map((path) => get(path))
  await runClosed(placeOf(stage), { callers: 4, requests: take(callbacks, warmUp) })
  await pause(settlingMs)
  told('callback at half load')
  const perSecond = (best['callback → durable'] ?? 0) / 2
  rows.push(await atHalfLoad(placeOf(stage), { perSecond, paths: callbacks }))
  books.close()
  return rows
}

const placeOf = (stage: Stage): { host: string; port: number } => {
  const { hostname: host, port } = new URL(stage.gateway().url)
  return { host, port: Number(port) }
}

type Kind = {
  what: string
  ask: (count: number) => string[]
  /** What is asked for while PostgreSQL's log is read, where it can be asked only once. */
  record?: (count: number) => string[]
  expected: number
  /** The units of each request. */
  pieces: (units: readonly Unit[]) => Unit[][]
}

const take = <Item>(all: Item[], count: number): Item[] => {
  if (all.length < count) throw new Error('too few were prepared')
  return all.splice(0, count)
}

const has = (part: string) => (unit: Unit) => unit.some(({ text }) => text.includes(part))

/**
 * Nobody pays most of these payments, so that providers are asked about each of them again and again, by the process that plays the providers as well: thousands of calls a minute that have
 * nothing to do with what is measured here, and took more than half of its time.
 */
const leaveUnasked = ({ sql }: Stage) => sql`update attempts set next_query_at = null where next_query_at is not null`

/**
 * Both sides begin with payments that are booked, and statistics of them: without, a single caller had 16 and 23 callbacks a second, with them 78. A statement that is planned while a table is empty keeps
 * that plan until the table is analyzed, which a server does once a minute; that is the likely reason, and a gateway is in its first minute once.
 */
const payForBase = async (
  place: { host: string; port: number },
  { stage: { sql }, paths, before }: { stage: Stage; paths: readonly string[]; before: Requests },
): Promise<void> => {
  await runClosed(place, { callers: 8, requests: paths.map((path) => before.get(path)) })
  const receipts = async () => Number((await sql`select count(*) from receipts`)[0]?.count)
  for (let tries = 0; (await receipts()) < paths.length; tries += 1) {
    if (tries > 60) throw new Error('the receipts of the first payments are missing')
    await pause(1_000)
  }
  await sql`vacuum analyze`
}
const settledMin = 500

/** A page reads the order in a first unit, and what stands around it in a second one. Which of them belong together is not told, and all weigh the same. */
const pagePieces = (units: readonly Unit[]): Unit[][] => {
  const around = units.filter((unit) => has('from provider_breakers')(unit) && has('from receipts')(unit))
  return units.filter(has('checkout_token')).map((unit, index) => [unit, ...around.slice(index, index + 1)])
}

/** A callback is written down in a first unit and judged in a second one, which names it again. */
const callbackPieces = (units: readonly Unit[]): Unit[][] => {
  const pieces = new Map<string, Unit[]>()
  const idsIn = (unit: Unit) =>
    new Set(unit.flatMap(({ values }) => values.filter((value) => value.startsWith("'cbk_"))))
  for (const unit of units)
    for (const id of idsIn(unit)) {
      if (has('insert into callbacks')(unit)) pieces.set(id, [unit])
      else pieces.get(id)?.push(unit)
    }
  return [...pieces.values()]
}

/** Callbacks before it counts, and how long what follows them takes: they are asked about after fifteen seconds. */
const [warmUp, settlingMs] = [500, 20_000]

/** What a provider waits when half of what can be done is asked, whether or not earlier ones were answered. */
const atHalfLoad = async (
  { host, port }: { host: string; port: number },
  { perSecond, paths }: { perSecond: number; paths: readonly string[] },
): Promise<Row> => {
  const loop = createOpenLoop({ host, port, connectionsMax: 256 })
  const seconds = Math.max(1, Math.min(20, paths.length / perSecond))
  const told = await loop.run({
    perSecond,
    seconds,
    next: (index) => ({ kind: 'callback', request: paths[index % paths.length] ?? '' }),
  })
  loop.close()
  const waits = told
    .filter(({ status }) => status === 200)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b)
  if (waits.length < told.length)
    throw new Error(`${told.length - waits.length} callbacks were not answered 200 at half load`)
  const quantile = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  return {
    what: 'callback at half load',
    clients: 0,
    ours: perSecond,
    floor: null,
    unit: '/s',
    p50: quantile(0.5),
    p99: quantile(0.99),
    peakMiB: null,
  }
}
