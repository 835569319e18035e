// An order whose deadline has passed is closed, but its provider is asked first.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { amount, type DueWork, day, hour, inSeconds, minute, openDueWork } from '../kit/due-work.ts'
import { addAttempt } from '../kit/orders.ts'
import { captured, capturedSays, failedSays, notKnown, pendingSays, silent } from '../kit/scripted-provider.ts'

let files: Awaited<ReturnType<typeof openDueWork>>
let work: DueWork

beforeAll(async () => {
  files = await openDueWork()
})
afterAll(() => files.close())
beforeEach(async () => {
  work = await files.begin()
})

const expire = () => work.run('expire_orders')

describe('the expiry of an order', () => {
  /** An order with an attempt whose deadline has just passed; the attempt itself is not due. */
  const overdue = async (merchantAccountId: string | null = work.account) => {
    const orderId = await work.place()
    const attempt = merchantAccountId ? await addAttempt(work.deps, orderId, merchantAccountId) : null
    work.deps.clock.set(inSeconds(day))
    return { orderId, attempt }
  }
  const events = async (orderId: string) =>
    (await work.sql`select type from events where order_id = ${orderId} order by sequence`).map((row) => row.type)

  it('closes an order that nobody tried to pay, and says so once', async () => {
    const { orderId } = await overdue(null)
    await Promise.all([expire(), expire()])
    expect(await work.orderNow(orderId)).toMatchObject({
      status: 'expired',
      nextExpiryAt: null,
      closedReason: 'expired',
      closedAt: inSeconds(day),
    })
    expect(await events(orderId)).toEqual(['order.created', 'order.expired'])
    expect(work.script.asked).toEqual([])
  })

  it('comes not before the deadline', async () => {
    const orderId = await work.place()
    work.deps.clock.set(inSeconds(day - 1))
    expect((await expire()).counts).toEqual({ expire_orders: 0 })
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'open' })
  })

  it('asks the provider first, and a capture that it finds pays the order', async () => {
    work.script.payment = capturedSays(amount)
    const { orderId, attempt } = await overdue()
    await expire()
    expect(work.script.asked).toEqual([attempt?.merchantReference])
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'paid', nextExpiryAt: null })
    expect(await events(orderId)).not.toContain('order.expired')
  })

  it.each([
    ['knows of no payment', notKnown],
    ['calls it failed', failedSays],
    ['calls it pending', pendingSays],
  ])('closes the order when the provider %s', async (_, says) => {
    work.script.payment = says
    const { orderId } = await overdue()
    await expire()
    expect(work.script.asked).toHaveLength(1)
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'expired' })
  })

  it('closes the order when its provider cannot be asked at all', async () => {
    const { orderId } = await overdue(work.mute)
    await expire()
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'expired' })
  })

  it.each([
    ['silence', silent('unknown')],
    ['a dead line', silent('unreachable')],
    ['nonsense', silent('malformed')],
  ])('is postponed by %s, for a day at most', async (_, says) => {
    work.script.payment = says
    const { orderId } = await overdue()
    const tries: number[] = []
    for (let due: Date | null = inSeconds(day); due; ) {
      work.deps.clock.set(due)
      await expire()
      tries.push((due.getTime() - inSeconds(day).getTime()) / 1_000)
      due = (await work.orderNow(orderId))?.nextExpiryAt ?? null
    }
    expect(tries.slice(0, 6)).toEqual([0, minute, 5 * minute, 15 * minute, 30 * minute, hour])
    expect(tries.at(-1)).toBe(day)
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'expired' })
  })

  it('pays the order when the provider comes back in time', async () => {
    work.script.payment = silent('unreachable')
    const { orderId } = await overdue()
    await expire()
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'open', nextExpiryAt: inSeconds(day + minute) })
    work.script.payment = capturedSays(amount)
    work.deps.clock.advance(minute)
    await expire()
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'paid', nextExpiryAt: null })
  })

  it('gives way to a callback that comes in while the provider is asked', async () => {
    const { orderId, attempt } = await overdue()
    if (!attempt) throw new Error('no attempt')
    work.script.payment = async (reference) => {
      await applyOutcome(work.deps, {
        merchantAccountId: work.account,
        outcome: captured(reference, amount),
        source: 'callback',
      })
      return { known: true, outcomes: [] }
    }
    await expire()
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'paid' })
    expect(await events(orderId)).not.toContain('order.expired')
  })

  it('does not stop late money from paying the order', async () => {
    work.script.payment = silent('unreachable')
    const { orderId, attempt } = await overdue()
    work.deps.clock.set(inSeconds(2 * day))
    await expire()
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'expired' })
    const outcome = captured(attempt?.merchantReference ?? '', amount)
    await applyOutcome(work.deps, { merchantAccountId: work.account, outcome, source: 'statement' })
    expect(await work.orderNow(orderId)).toMatchObject({ status: 'paid' })
  })
})
