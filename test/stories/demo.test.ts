// Each failure story of docs/sandbox.md by its amount and by its name, at one started demo over HTTP, in one run of the clock.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addDays } from '../../src/lib/time.ts'
import { magicNameOf, magicStories } from '../../src/simulators/magic-stories.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { type DemoHands, demoHands, type Played } from '../kit/demo-hands.ts'
import { giveClock } from '../kit/real-clock.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'
import { rowsOf } from '../kit/town.ts'

let database: TestDatabase
let gateway: StartedGateway
let folder: string
let hands: DemoHands
beforeAll(async () => {
  database = await createTestDatabase()
  await giveClock(database)
  folder = await mkdtemp(join(tmpdir(), 'lephi-demo-'))
  gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: folder,
  })
  hands = demoHands(gateway)
}, 120_000)
afterAll(async () => {
  await gateway?.end('SIGTERM')
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

/** How the provider's calls were answered, as its own books have it. */
const deliveriesOf = async ({ reference }: Played) =>
  rowsOf((await hands.call('portal', `/simulators/vnpay/payments/${reference}`)).deliveries).map(
    ({ kind, accepted }) => `${kind} ${accepted ? 'accepted' : 'refused'}`,
  )

const refundAll = async ({ id }: Played): Promise<string> => {
  const asked = await hands.call('portal', `/v1/orders/${id}/refunds`, { reason: 'Thu thừa' })
  await hands.call('checker', `/v1/refunds/${asked.id}/approve`, {})
  return String(asked.id)
}

describe('a started demo', () => {
  it('tells every story of the sandbox’s table', { timeout: 240_000 }, async () => {
    // Far from midnight, whatever the machine's clock says.
    const { advance, becomes, discrepanciesOf, now, orderOf, play } = hands
    const tomorrow = addDays((await now()).slice(0, 10), 1)
    const day = (await advance({ to: `${tomorrow}T10:00:00+07:00` })).slice(0, 10)
    const played: Record<string, Played[]> = {}
    for (const { story, amount } of magicStories)
      played[story] = [await play('Nguyễn Thị Lan', Number(amount)), await play(magicNameOf(story), 150_000)]
    const of = (...stories: string[]) => stories.flatMap((story) => played[story] ?? [])
    await becomes('paid', ...of('C2', 'C3', 'C12', 'C13', 'C14', 'C15'))
    await becomes('open', ...of('C4', 'C5', 'C8'))
    for (const each of of('C2'))
      expect((await deliveriesOf(each)).sort()).toEqual([...Array(49).fill('copy accepted'), 'genuine accepted'])
    for (const each of of('C3')) expect(await deliveriesOf(each)).toEqual(['forged refused', 'genuine accepted'])

    // Within minutes the rest is told of too, by a call or by an answer.
    await advance({ seconds: 60 })
    await advance({ seconds: 600 })
    await becomes('paid', ...of('C1', 'C6', 'C7', 'C9', 'C10'))
    for (const each of of('C1', 'C6', 'C7')) expect(await deliveriesOf(each)).toEqual([])
    for (const each of of('C9')) expect(await deliveriesOf(each)).toEqual(['corrupted refused', 'genuine accepted'])
    for (const each of of('C10')) expect(await deliveriesOf(each)).toEqual(['next_key refused', 'genuine accepted'])
    const refunds = await Promise.all(of('C15').map(refundAll))

    await advance({ seconds: 86_400 })
    await becomes('paid', ...of('C8'))
    for (const each of of('C8')) expect((await orderOf(each)).paid_at).toMatch(/T23:59:59\+07:00$/)
    for (const each of of('C12')) expect(await deliveriesOf(each)).toEqual(['genuine accepted', 'copy accepted'])
    await advance({ days: 4 })
    await becomes('expired', ...of('C5'))
    for (const refund of refunds)
      await expect
        .poll(async () => String((await hands.call('portal', `/v1/refunds/${refund}`)).status), { timeout: 30_000 })
        .toBe('failed')
    const today = (await now()).slice(0, 10)
    await hands.importStatement(day, today)
    await hands.reconcile(day, today)
    for (const each of of('C4')) expect(await discrepanciesOf(each)).toEqual(['amount_mismatch'])
    for (const each of of('C13')) expect(await discrepanciesOf(each)).toEqual(['date_shift'])
    for (const each of of('C14')) expect(await discrepanciesOf(each)).toEqual(['fee_mismatch'])
    for (const each of of('C8')) expect(await discrepanciesOf(each)).toEqual([])

    await advance({ days: 34 })
    await becomes('paid', ...of('C5'))
    for (const [story, both] of Object.entries(played)) {
      for (const each of both) {
        const events = rowsOf((await hands.call('portal', `/v1/orders/${each.id}/events`)).data)
        const types = events.map(({ type }) => String(type)).filter((type) => /^order\.(paid|expired)$/.test(type))
        const wanted = story === 'C4' ? [] : story === 'C5' ? ['order.expired', 'order.paid'] : ['order.paid']
        expect([story, types.filter((type) => story !== 'C4' || type === 'order.paid')]).toEqual([story, wanted])
        expect([story, (await orderOf(each)).amount_paid]).toEqual([story, story === 'C4' ? 0 : each.amount])
      }
    }
  })
})
