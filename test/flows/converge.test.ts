// Every attempt ends with what its provider knows, whatever the provider tells by itself: without callbacks by asking, without queries by statement, and never by
// waiting.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { expireOrder } from '../../src/flows/expire-order.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { startAttempt } from '../../src/flows/start-attempt.ts'
import { amount, type DueWork, day, hour, inSeconds, minute, openDueWork } from '../kit/due-work.ts'
import { reconcile } from '../kit/reconciliation.ts'
import { capturedSays, failedSays, pendingSays, silent } from '../kit/scripted-provider.ts'
import { importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

let files: Awaited<ReturnType<typeof openDueWork>>
let work: DueWork
beforeAll(async () => {
  files = await openDueWork()
})
afterAll(() => files.close())
beforeEach(async () => {
  work = await files.begin()
})

/** Everything that the gateway does by itself until then. */
const live = async (seconds: number, steps = 40) => {
  for (let step = 0; step < steps; step += 1) {
    work.deps.clock.advance(seconds / steps)
    await runJobs(work.deps)
  }
  await work.deps.settled()
}
const start = async (provider: string, orderId?: string) => {
  const order = { orderId: orderId ?? (await work.place()) }
  const { attempt } = await startAttempt(work.deps, {
    scope: 'H56',
    order,
    provider,
    bankCode: null,
    payerIp: '203.0.113.9',
  })
  return attempt
}
const stateOf = async ({ id, orderId }: Attempt) => [
  (await work.attemptNow(id))?.status,
  (await work.orderNow(orderId))?.status,
]
const list = (account: string, ...rows: ProviderRow[]) => importFile(work.deps, account, providerFile(rows))
const lineOf = (attempt: Attempt, more: Partial<ProviderRow> = {}): ProviderRow => ({
  reference: attempt.merchantReference,
  providerReference: `P${attempt.merchantReference.slice(-8)}`,
  amount,
  fee: 0,
  at: '2026-11-23T09:05:00+07:00',
  ...more,
})

describe('without a callback', () => {
  it('a failure is known by asking, and the order can be paid another way', async () => {
    const attempt = await start('test')
    work.script.payment = failedSays
    await live(minute)
    expect(await stateOf(attempt)).toEqual(['failed', 'open'])
    expect(work.script.asked).toEqual([attempt.merchantReference])
    const again = await start('test', attempt.orderId)
    work.script.payment = capturedSays(amount)
    await live(minute)
    expect(await stateOf(again)).toEqual(['captured', 'paid'])
  })

  it.each([
    ['at once', 0],
    ['after an hour of silence', hour],
    ['after the deadline and a day of silence', 2 * day],
    ['after a month of silence', 30 * day],
  ])('a capture is known by asking %s', async (_, silence) => {
    const attempt = await start('test')
    work.script.payment = silence === 0 ? pendingSays : silent('unknown')
    if (silence > 0) await live(silence)
    expect((await stateOf(attempt))[0]).toBe('pending')
    work.script.payment = capturedSays(amount)
    await live(day)
    expect(await stateOf(attempt)).toEqual(['captured', 'paid'])
  })

  it('a provider that was asked in vain for 35 days is still healed by its statement', async () => {
    const attempt = await start('test')
    work.script.payment = silent('unknown')
    await live(40 * day, 80)
    const asked = work.script.asked.length
    await live(40 * day, 10)
    expect(work.script.asked).toHaveLength(asked)
    expect(await stateOf(attempt)).toEqual(['pending', 'expired'])
    await list(work.account, lineOf(attempt))
    await reconcile(work.deps, work.account)
    expect(await stateOf(attempt)).toEqual(['captured', 'paid'])
  })
})

describe('without a query', () => {
  const wait = async () => {
    const attempt = await start('mute')
    await live(40 * day)
    return attempt
  }

  it('an attempt is looked at once, asked about never, and does not fail by waiting', async () => {
    const attempt = await start('mute')
    await live(minute)
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'pending', nextQueryAt: null, queryCount: 1 })
    await live(40 * day)
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'pending', nextQueryAt: null, queryCount: 1 })
    expect(work.script.asked).toEqual([])
  })

  it('an order expires at its deadline, since nobody can be asked first', async () => {
    const attempt = await start('mute')
    work.deps.clock.set(inSeconds(day))
    expect(await expireOrder(work.deps, attempt.orderId)).toEqual({ result: 'expired' })
    expect(await stateOf(attempt)).toEqual(['pending', 'expired'])
  })

  it('a capture is known by the statement, late as it is, and pays', async () => {
    const attempt = await wait()
    await list(work.mute, lineOf(attempt))
    await reconcile(work.deps, work.mute)
    expect(await stateOf(attempt)).toEqual(['captured', 'paid'])
    const [fact] = await work.sql`select source from money_facts where attempt_id = ${attempt.id}`
    expect(fact?.source).toBe('statement')
    expect(work.script.asked).toEqual([])
  })

  it('a failure is known by the statement', async () => {
    const attempt = await wait()
    await list(work.mute, lineOf(attempt, { status: 'failed' }))
    await reconcile(work.deps, work.mute)
    expect((await stateOf(attempt))[0]).toBe('failed')
  })

  it('a line that is still under way leaves everything as it is', async () => {
    const attempt = await wait()
    await list(work.mute, lineOf(attempt, { status: 'pending' }))
    await reconcile(work.deps, work.mute)
    expect((await stateOf(attempt))[0]).toBe('pending')
  })

  it('another amount in the statement does not pay, and is not dropped', async () => {
    const attempt = await wait()
    await list(work.mute, lineOf(attempt, { amount: amount - 1n }))
    await reconcile(work.deps, work.mute)
    expect(await stateOf(attempt)).toEqual(['captured', 'expired'])
    const [held] = await work.sql`
      select -sum(amount)::bigint as amount from postings where order_id = ${attempt.orderId} and account = 'suspense'`
    expect(held?.amount).toBe(amount - 1n)
  })

  it('a statement that comes twice books once', async () => {
    const attempt = await wait()
    await list(work.mute, lineOf(attempt))
    await reconcile(work.deps, work.mute)
    await list(work.mute, lineOf(attempt, { valueDate: '2026-11-25' }))
    await reconcile(work.deps, work.mute)
    const [books] = await work.sql`
      select count(*)::int as entries from journal_entries where order_id = ${attempt.orderId}`
    expect(books?.entries).toBe(1)
  })
})
