// A citizen who needs more time gets it: once for one press, never for what is over, and never against an expiry.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { extendOrder } from '../../src/flows/extend-order.ts'
import type { PlaceOrderInput } from '../../src/flows/place-order.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { amount, type DueWork, day, hour, inSeconds, minute, openDueWork } from '../kit/due-work.ts'
import { addAttempt, placeTestOrder } from '../kit/orders.ts'
import { capturedSays, notKnown } from '../kit/scripted-provider.ts'

let files: Awaited<ReturnType<typeof openDueWork>>
let work: DueWork
beforeAll(async () => {
  files = await openDueWork()
})
afterAll(() => files.close())
beforeEach(async () => {
  work = await files.begin()
})

let orders = 0
const place = (more: Partial<PlaceOrderInput> = {}) => {
  orders += 1
  return placeTestOrder(work.deps, { dossierCode: `H56.12.03-261123-${3_000 + orders}`, ...more })
}
const extend = (orderId: string, seen: Date) => extendOrder(work.deps, { scope: '*', order: { orderId }, seen })
const order = async (orderId: string) => {
  const [row] =
    await work.sql`select status, expires_at, next_expiry_at, extensions, version from orders where id = ${orderId}`
  return row
}

describe('more time', () => {
  it('is 24 hours, and the timeline tells of it', async () => {
    const id = await place()
    work.deps.clock.set(inSeconds(day - 1))
    expect(await extend(id, inSeconds(day))).toEqual({ result: 'extended' })
    expect(await order(id)).toMatchObject({
      status: 'open',
      expiresAt: inSeconds(2 * day),
      nextExpiryAt: inSeconds(2 * day),
      extensions: 1,
    })
    const events = await work.sql`select type, data from events where order_id = ${id} order by sequence`
    expect(events.map(({ type }) => type)).toEqual(['order.created', 'order.extended'])
    expect(events[1]?.data).toMatchObject({ status: 'open', expires_at: '2026-11-25T09:00:00+07:00' })
    work.deps.clock.set(inSeconds(day + minute))
    await work.run('expire_orders')
    expect(await order(id)).toMatchObject({ status: 'open' })
    work.deps.clock.set(inSeconds(2 * day))
    await work.run('expire_orders')
    expect(await order(id)).toMatchObject({ status: 'expired' })
  })

  it('agrees with the timeline when the books are checked, and a deadline that nobody moved does not', async () => {
    const id = await place()
    work.deps.clock.set(inSeconds(day - 1))
    await extend(id, inSeconds(day))
    expect((await verifyLedger(work.deps)).fault).toBeNull()
    await work.sql`update orders set expires_at = expires_at + interval '1 hour' where id = ${id}`
    expect((await verifyLedger(work.deps)).fault).toMatchObject({
      id,
      problem: 'has another deadline than its timeline tells',
    })
  })

  it('is given once, however often and in however many windows the button is pressed', async () => {
    const id = await place()
    const presses = await Promise.all(Array.from({ length: 8 }, () => extend(id, inSeconds(day))))
    expect(presses.filter(({ result }) => result === 'extended')).toHaveLength(1)
    expect(await order(id)).toMatchObject({ expiresAt: inSeconds(2 * day), extensions: 1 })
    // A window that was left open shows the former deadline.
    work.deps.clock.set(inSeconds(day + hour))
    expect(await extend(id, inSeconds(day))).toEqual({ result: 'unchanged' })
  })

  it('is given three times and never beyond 90 days', async () => {
    const id = await place()
    for (const turn of [1, 2, 3]) {
      work.deps.clock.set(inSeconds(turn * day - hour))
      expect(await extend(id, inSeconds(turn * day))).toEqual({ result: 'extended' })
    }
    work.deps.clock.set(inSeconds(4 * day - hour))
    expect(await extend(id, inSeconds(4 * day))).toEqual({ result: 'refused', why: 'used_up' })
    work.deps.clock.set(inSeconds(0))
    const long = await place({ expiresAt: inSeconds(89.5 * day) })
    work.deps.clock.set(inSeconds(89.4 * day))
    expect(await extend(long, inSeconds(89.5 * day))).toEqual({ result: 'extended' })
    expect(await order(long)).toMatchObject({ expiresAt: inSeconds(90 * day) })
    expect(await extend(long, inSeconds(90 * day))).toEqual({ result: 'refused', why: 'used_up' })
  })

  it.for([
    ['past', {}, day],
    ['firm', { firmDeadline: true }, hour],
    ['not_yet', { expiresAt: inSeconds(3 * day) }, hour],
  ] as const)('is not given: %s', async ([why, more, at]) => {
    const id = await place(more)
    const [before] = await work.sql`select expires_at from orders where id = ${id}`
    work.deps.clock.set(inSeconds(at))
    expect(await extend(id, before?.expiresAt)).toEqual({ result: 'refused', why })
    expect(await order(id)).toMatchObject({ expiresAt: before?.expiresAt, extensions: 0, version: 1 })
  })

  it('is not given where the agency takes no money after the deadline, nor for an order that is over', async () => {
    const id = await place()
    await work.sql`update agencies set accepts_late_money = false where agency_code = 'H56.12.03'`
    expect(await extend(id, inSeconds(day))).toEqual({ result: 'refused', why: 'firm' })
    await work.sql`update agencies set accepts_late_money = true where agency_code = 'H56.12.03'`
    await work.sql`update orders set status = 'cancelled' where id = ${id}`
    expect(await extend(id, inSeconds(day))).toEqual({ result: 'refused', why: 'not_open' })
  })

  it('that came while the expiry asked the provider stands', async () => {
    const id = await place()
    await addAttempt(work.deps, id, work.account)
    let late: unknown = null
    work.script.payment = async (reference) => {
      // The citizen's press was under way before the deadline; the clock of that process says so.
      work.deps.clock.set(inSeconds(day - 1))
      late = await extend(id, inSeconds(day))
      work.deps.clock.set(inSeconds(day + 1))
      return notKnown(reference)
    }
    work.deps.clock.set(inSeconds(day))
    await work.run('expire_orders')
    expect(late).toEqual({ result: 'extended' })
    expect(await order(id)).toMatchObject({
      status: 'open',
      expiresAt: inSeconds(2 * day),
      nextExpiryAt: inSeconds(2 * day),
    })
  })

  it('does not hinder a payment that arrives at the same moment', async () => {
    const id = await place()
    const attempt = await addAttempt(work.deps, id, work.account)
    work.script.payment = capturedSays(amount)
    await work.sql`update attempts set next_query_at = ${inSeconds(15)} where id = ${attempt.id}`
    work.deps.clock.set(inSeconds(15))
    await Promise.all([work.run('query_attempts'), extend(id, inSeconds(day)), extend(id, inSeconds(day))])
    expect(await order(id)).toMatchObject({ status: 'paid', nextExpiryAt: null })
  })
})
