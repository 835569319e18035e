// What the demo's clock moves, seen from outside at a started demo: the retries of a webhook, and the settlement of payments around a cut-off and Tết.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addWorkingDays, isWorkingDay } from '../../src/domain/working-days.ts'
import { addDays } from '../../src/lib/time.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { type DemoHands, demoHands, type Played } from '../kit/demo-hands.ts'
import { giveClock } from '../kit/real-clock.ts'
import { listenOn } from '../kit/served-app.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'
import type { Json } from '../kit/town.ts'

let database: TestDatabase
let gateway: StartedGateway
let hands: DemoHands
let dataDir: string
beforeAll(async () => {
  database = await createTestDatabase()
  await giveClock(database)
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-moves-'))
  gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: dataDir,
  })
  hands = demoHands(gateway)
}, 120_000)
afterAll(async () => {
  await gateway?.end('SIGTERM')
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

it('a webhook that is not taken comes again when its time has come by this clock, and no more once it was taken', {
  timeout: 120_000,
}, async () => {
  const failures = 7
  const heard: string[] = []
  const receiver = await listenOn(async ({ headers }) => {
    heard.push(String(headers['webhook-id']))
    return { status: heard.length <= failures ? 503 : 204 }
  })
  try {
    await hands.call('portal', '/v1/webhook_endpoints', { url: receiver.url, event_types: ['order.created'] })
    await hands.place('Nguyễn Thị Lan', 8_000)
    // The seventh try is more than four hours after the first, the eighth seven hours later: nobody waits that long here.
    for (let tries = 1; tries <= failures + 1; tries += 1) {
      await expect.poll(() => heard.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(tries)
      if (tries <= failures) await hands.advance({ seconds: 11 * 3_600 })
    }
    await hands.advance({ days: 2 })
    expect([heard.length, new Set(heard).size]).toEqual([failures + 1, 1])
  } finally {
    receiver.close()
  }
})

/** The next five days off in a row or more of the first months, which only Tết has: the working day before them, and the one behind. */
const nextTet = (today: string): { before: string; behind: string } => {
  for (let day = addDays(today, 2); day < addDays(today, 400); day = addDays(day, 1)) {
    const off = [1, 2, 3, 4, 5].map((n) => addDays(day, n))
    if (/-0[12]-/.test(day) && isWorkingDay(day) && off.every((each) => !isWorkingDay(each)))
      return { before: day, behind: addWorkingDays(day, 1) }
  }
  throw new Error('the calendar has no Tết')
}

it('settlement is owed by the cut-off and the working days of then, and Tết delays it', {
  timeout: 180_000,
}, async () => {
  const { before, behind } = nextTet((await hands.now()).slice(0, 10))
  const dayOff = addDays(before, 3)
  let eve = addDays(before, -1)
  while (!isWorkingDay(eve)) eve = addDays(eve, -1)
  await hands.call('admin', `/v1/merchant_accounts/${await hands.account()}`, { cutoff: '16:30' }, 'PATCH')
  await hands.advance({ to: `${eve}T16:00:00+07:00` })
  const missing = { fault: 'statement_missing' }
  const listed = await hands.play('Nguyễn Thị Lan', 8_000)
  const early = await hands.play('Nguyễn Thị Lan', 8_000, missing)
  await hands.advance({ to: `${eve}T17:00:00+07:00` })
  const late = await hands.play('Nguyễn Thị Lan', 8_000, missing)
  await hands.becomes('paid', listed, early, late)

  const about = (items: readonly Json[], { id }: Played) =>
    items.filter(({ order }) => String(order) === id).map((item) => [String(item.class), String(item.expected_on)])
  await hands.advance({ to: `${dayOff}T10:00:00+07:00` })
  await hands.importStatement(eve, eve)
  const within = await hands.reconcile(eve, dayOff)
  expect(about(within, listed)).toEqual([['matched', before]])
  expect(about(within, early)).toEqual([['missing_at_provider', before]])
  expect([about(within, late), await hands.discrepanciesOf(late)]).toEqual([[], []])

  await hands.advance({ to: `${behind}T10:00:00+07:00` })
  const after = await hands.reconcile(eve, behind)
  expect(about(after, late)).toEqual([['missing_at_provider', behind]])
  expect(await hands.discrepanciesOf(late)).toEqual(['missing_at_provider'])
})
