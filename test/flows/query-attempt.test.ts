// A lost callback is healed by asking, on a schedule; and what is due is done once, by whoever comes first.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { takeDue } from '../../src/store/jobs.ts'
import { amount, type DueWork, day, hour, inSeconds, minute, openDueWork } from '../kit/due-work.ts'
import { capturedSays, failedSays, notKnown, pendingSays, silent } from '../kit/scripted-provider.ts'

let files: Awaited<ReturnType<typeof openDueWork>>
let work: DueWork

beforeAll(async () => {
  files = await openDueWork()
})
afterAll(() => files.close())
beforeEach(async () => {
  work = await files.begin()
})

const ask = () => work.run('query_attempts')

describe('the query schedule', () => {
  it('does not ask before it is due', async () => {
    await work.attemptDue()
    work.deps.clock.advance(14)
    expect((await ask()).counts).toEqual({ query_attempts: 0 })
    expect(work.script.asked).toEqual([])
  })

  it('finds the money of a lost callback, pays the order and asks no more', async () => {
    work.script.payment = capturedSays(amount)
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    await ask()
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'captured', nextQueryAt: null })
    expect(await work.orderNow(attempt.orderId)).toMatchObject({ status: 'paid' })
    const [fact] = await work.sql`select source from money_facts where attempt_id = ${attempt.id}`
    expect(fact?.source).toBe('query')
    work.deps.clock.advance(40 * day)
    await ask()
    expect(work.script.asked).toEqual([attempt.merchantReference])
  })

  it('ends an attempt that the provider calls failed', async () => {
    work.script.payment = failedSays
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    await ask()
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'failed', nextQueryAt: null })
  })

  it.each([
    ['pending', pendingSays],
    ['silence', silent('unknown')],
    ['a dead line', silent('unreachable')],
    ['nonsense', silent('malformed')],
    ['a refusal', silent('rejected')],
    ['a forgery', silent('forged')],
  ])('asks again on schedule for 35 days after %s, and never fails the attempt', async (_, says) => {
    work.script.payment = says
    const attempt = await work.attemptDue()
    let asked = 0
    for (let due: Date | null = inSeconds(15); due; ) {
      work.deps.clock.set(due)
      await ask()
      asked += 1
      const now = await work.attemptNow(attempt.id)
      expect(['created', 'pending', 'unknown']).toContain(now?.status)
      expect(now?.queryCount).toBe(asked)
      due = now?.nextQueryAt ?? null
    }
    expect(work.deps.now()).toEqual(inSeconds(35 * day))
    expect(work.script.asked).toHaveLength(62)
  })

  it('raises an alarm when 35 days have told nothing', async () => {
    const alarms: unknown[] = []
    work.deps.log.error = (fields) => void alarms.push(fields)
    const attempt = await work.attemptDue()
    work.deps.clock.set(inSeconds(35 * day))
    await ask()
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: null })
    expect(alarms).toEqual([{ id: attempt.id, amount, merchant_account: work.account }])
  })

  it('keeps an attempt that the provider does not know yet, and expires it once its time is over', async () => {
    work.script.payment = notKnown
    const attempt = await work.attemptDue()
    work.deps.clock.set(inSeconds(29 * minute))
    await ask()
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: inSeconds(hour) })
    work.deps.clock.set(inSeconds(hour))
    await ask()
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'expired', nextQueryAt: null })
  })

  it('leaves an attempt to the statements when its provider cannot be asked', async () => {
    const attempt = await work.attemptDue(work.mute)
    work.deps.clock.advance(15)
    await ask()
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: null })
  })

  it('is not stopped by one attempt whose work.account is gone', async () => {
    work.script.payment = capturedSays(amount)
    const orphan = await work.attemptDue('mac_gone', 10)
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    expect((await ask()).counts).toEqual({ query_attempts: 2 })
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'captured' })
    expect(await work.attemptNow(orphan.id)).toMatchObject({ status: 'created', nextQueryAt: inSeconds(minute) })
  })
})

describe('leases', () => {
  it('let two runners at once ask about each attempt once', async () => {
    work.script.payment = pendingSays
    const attempts = []
    for (let n = 0; n < 12; n += 1) attempts.push(await work.attemptDue())
    work.deps.clock.advance(15)
    const [one, two, three] = await Promise.all([ask(), ask(), ask()])
    const total = [one, two, three].reduce((sum, { counts }) => sum + (counts.query_attempts ?? 0), 0)
    expect(total).toBe(12)
    expect(work.script.asked.toSorted()).toEqual(attempts.map((attempt) => attempt.merchantReference).toSorted())
  })

  it('lapse: what a crashed runner held is taken again, and not before', async () => {
    work.script.payment = capturedSays(amount)
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    const held = await takeDue(work.deps.db, 'attempts', { now: work.deps.now(), leaseMs: 180_000 })
    expect(held?.id).toBe(attempt.id)
    work.deps.clock.advance(179)
    expect((await ask()).counts).toEqual({ query_attempts: 0 })
    work.deps.clock.advance(1)
    expect((await ask()).counts).toEqual({ query_attempts: 1 })
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'captured' })
  })

  it('stop a pass at its limit', async () => {
    work.script.payment = pendingSays
    for (let n = 0; n < 5; n += 1) await work.attemptDue()
    work.deps.clock.advance(15)
    expect((await work.run('query_attempts', 3)).counts).toEqual({ query_attempts: 3 })
    expect(work.script.asked).toHaveLength(3)
  })

  it('bring back what failed by a fault of ours', async () => {
    work.script.payment = () => {
      throw new TypeError('a bug')
    }
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    expect(await ask()).toEqual({ counts: { query_attempts: 1 }, failed: [] })
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: inSeconds(15 + 180) })
  })
})
