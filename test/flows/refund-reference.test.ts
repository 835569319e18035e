// A refund's reference where its protocol dates it: made when the refund leaves, shown from then on, and never changed once it may have arrived.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { requestRefund } from '../../src/flows/request-refund.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { businessDay } from '../../src/lib/time.ts'
import { day, only } from '../kit/due-work.ts'
import { openHouse } from '../kit/house.ts'
import { createScript, refundNotListed, refundTaken, scriptedProvider, silent } from '../kit/scripted-provider.ts'

const script = createScript()
let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(script, { query: true, queryRefund: true, refund: true, datesRefunds: true })
  house = await openHouse({ providers: { test } })
  await house.sql`update agencies set refund_limit = 1000000`
})
beforeEach(() => {
  Object.assign(script, createScript(), { refund: refundNotListed })
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

let keys = 0
const refundOf = async (): Promise<{ id: string; reference: string }> => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  keys += 1
  const maker = { clientId: 'cli_maker', agency: 'H56' }
  const input = { orderId, amount: null, reason: 'Thu thừa' }
  const answer = await requestRefund(house.deps, maker, input, { key: `k${keys}`, body: {} })
  const { id } = JSON.parse(answer.body) as { id: string }
  await house.deps.settled()
  return { id, reference: await stored(id) }
}
const stored = async (id: string): Promise<string> =>
  String((await house.sql`select merchant_reference from refunds where id = ${id}`)[0]?.merchantReference)
const dated = (id: string): string => `${businessDay(house.deps.now())}-${id.replace('_', '')}`
const pass = async (seconds: number) => {
  house.deps.clock.advance(seconds)
  await runJobs(house.deps, { run: only('settle_refunds') })
  await house.deps.settled()
}

it('is the one that the provider was sent, is stored, and finds the refund again', async () => {
  const { id, reference } = await refundOf()
  expect(reference).toBe(dated(id))
  expect(script.called).toEqual([reference])
  script.refund = (merchantReference) => ({ known: true, outcomes: [{ ...refunded, merchantReference }] })
  await pass(120)
  expect(script.asked).toEqual([reference])
  expect((await house.sql`select status from refunds where id = ${id}`)[0]?.status).toBe('succeeded')
})

it('is of the day on which the refund leaves, when nothing could be sent before', async () => {
  script.refunding = silent('unreachable')
  const { id, reference } = await refundOf()
  script.refunding = refundTaken
  await pass(day)
  expect(await stored(id)).toBe(dated(id))
  expect(script.called.at(-1)).toBe(dated(id))
  expect(dated(id)).not.toBe(reference)
})

it('stays when the call had no answer, also when the refund is sent again on another day', async () => {
  script.refunding = silent('unknown')
  const { id, reference } = await refundOf()
  await pass(day)
  await pass(day)
  expect(await stored(id)).toBe(reference)
  expect(script.called.length).toBeGreaterThan(1)
  expect(new Set(script.called)).toEqual(new Set([reference]))
})

const refunded = { status: 'refunded', providerReference: 'R1', occurredAt: null, amount: 150_000n, code: '1' } as const
