// More is asked than can be done, and what must hold of it all the same. Counts, and ratios of one run: no machine's pace is asserted.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runClosed } from './closed-loop.ts'
import { watchMemory } from './memory.ts'
import { openRequests, type Requests } from './requests.ts'
import { openStage, type Stage } from './stage.ts'

/** CI fails beyond these. Of the peak 0.67 were kept up alone on two cores (docs/reliability.md), and here 0.76 with 304 MiB beside other tests. */
const thresholds = { keptOfPeak: 0.25, callbacksAnswered: 1, peakMiB: 900 }

let stage: Stage
let requests: Requests
let place: { host: string; port: number }
beforeAll(async () => {
  stage = await openStage()
  requests = await openRequests(stage.gateway())
  const { hostname: host, port } = new URL(stage.gateway().url)
  place = { host, port: Number(port) }
}, 120_000)
afterAll(() => stage?.close(), 60_000)

/** Orders that were acknowledged, by id. */
const acknowledged = new Set<string>()
const orders = async (callers: number, count: number) => {
  const read = (body: string) => {
    const { id } = JSON.parse(body) as { id?: string }
    if (id) acknowledged.add(id)
  }
  const asked = Array.from({ length: count }, requests.order)
  const beganAt = performance.now()
  const before = acknowledged.size
  const { statuses } = await runClosed(place, { callers, requests: asked, read })
  return { statuses, perSecond: (acknowledged.size - before) / ((performance.now() - beganAt) / 1_000) }
}

it('every payment is heard, nothing acknowledged is lost, and what is done of the rest stays near the most that can be', {
  timeout: 180_000,
}, async () => {
  const { callbacks } = await requests.payments(80)
  const [{ before } = { before: 0 }] = await stage.sql<{ before: number }[]>`select count(*)::int as before from orders`
  await orders(8, 300)
  const peaks = [await orders(24, 400)]
  const memory = watchMemory(stage.gateway().process.pid ?? 0)
  // Four hundred who come again the moment they are refused: places and lines have room for 150 of them.
  const [overload, heard] = await Promise.all([
    orders(400, 12_000),
    runClosed(place, { callers: 4, requests: callbacks.map((path) => requests.get(path)) }),
  ])
  const peakMiB = memory.end()
  peaks.push(await orders(24, 400))

  for (const { statuses } of peaks) expect(statuses).toEqual({ 201: 400 })
  expect(Object.keys(overload.statuses).sort()).toEqual(['201', '503'])
  expect((heard.statuses[200] ?? 0) / callbacks.length).toBe(thresholds.callbacksAnswered)
  expect(overload.perSecond / Math.min(...peaks.map(({ perSecond }) => perSecond))).toBeGreaterThan(
    thresholds.keptOfPeak,
  )
  expect(peakMiB).toBeLessThan(thresholds.peakMiB)
  const [stored] = await stage.sql`
    select count(*)::int as all, count(*) filter (where id = any(${[...acknowledged]}))::int as acknowledged from orders`
  // Who was refused has no order either: nothing had been done.
  expect(stored).toEqual({ all: before + acknowledged.size, acknowledged: acknowledged.size })
  const [paid] = await stage.sql`select count(*)::int as count from orders where status = 'paid'`
  expect(paid?.count).toBe(callbacks.length)
})
