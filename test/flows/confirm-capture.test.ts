// What a callback told is asked about once more: a stolen key signs as well as the provider does.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import type { MoneyOutcome, Outcome, OutcomeSource } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { confirmCapture } from '../../src/flows/confirm-capture.ts'
import { takeDue } from '../../src/store/jobs.ts'
import { amount, type DueWork, day, hour, minute, openDueWork } from '../kit/due-work.ts'
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

const confirm = () => work.run('confirm_captures')
const tell = async (attempt: Attempt, outcome: Outcome, source: OutcomeSource = 'callback') => {
  const { verdict } = await applyOutcome(work.deps, { merchantAccountId: attempt.merchantAccountId, outcome, source })
  await work.deps.settled()
  return verdict
}
const paid = async (source: OutcomeSource = 'callback') => {
  const attempt = await work.attemptDue()
  await tell(attempt, captured(attempt.merchantReference, amount), source)
  return attempt
}
const denials = ({ id }: Attempt) =>
  work.sql`select class, source, status, resolution, amount from discrepancies where dedupe_key = ${`denied:${id}`}`
const columns = async ({ id }: Attempt) =>
  (await work.sql`select confirm_at, confirmed_at, status from attempts where id = ${id}`)[0]
const facts = ({ id }: Attempt) => work.sql`select amount from money_facts where attempt_id = ${id} order by sequence`
/** Asks whenever it is due, for so long. */
const live = async (attempt: Attempt, seconds: number) => {
  const end = work.deps.now().getTime() + seconds * 1_000
  for (let asked = 0; ; asked += 1) {
    const next = (await columns(attempt))?.confirmAt
    if (!(next instanceof Date) || next.getTime() > end) return asked
    work.deps.clock.set(next)
    await confirm()
  }
}

describe('a captured callback', () => {
  it('is confirmed by the first query that says the same, and never asked about again', async () => {
    const attempt = await paid()
    work.script.payment = capturedSays(amount)
    await confirm()
    expect(work.script.asked).toEqual([])
    expect(await live(attempt, 40 * day)).toBe(1)
    expect(work.script.asked).toEqual([attempt.merchantReference])
    expect(await columns(attempt)).toMatchObject({ confirmAt: null, confirmedAt: work.deps.now(), status: 'captured' })
    expect(await denials(attempt)).toEqual([])
    expect(await work.sql`select count(*)::int as n from money_facts where attempt_id = ${attempt.id}`).toEqual([
      { n: 1 },
    ])
  })

  it('changes nothing of the order by being confirmed, and makes no caller of it start again', async () => {
    const attempt = await paid()
    const version = () => work.sql`select version, event_count from orders where id = ${attempt.orderId}`
    const before = await version()
    work.script.payment = capturedSays(amount)
    await live(attempt, day)
    expect(await columns(attempt)).toMatchObject({ confirmAt: null })
    expect(await version()).toEqual(before)
  })

  it('is neither denied nor confirmed by who has lost its lease to another meanwhile', async () => {
    const attempt = await paid()
    work.deps.clock.advance(2 * hour)
    const now = work.deps.now()
    const lease = (leaseMs: number) => takeDue(work.deps.db, 'confirmations', { now, leaseMs })
    const lost = await lease(0)
    const held = await lease(minute * 1_000)
    if (!lost || !held) throw new Error('it is not due')
    for (const says of [notKnown, capturedSays(amount)]) {
      work.script.payment = says
      await confirmCapture(work.deps, lost)
      expect(await denials(attempt)).toEqual([])
      expect(await columns(attempt)).toMatchObject({ confirmAt: held.until, confirmedAt: null })
    }
    work.script.payment = notKnown
    await confirmCapture(work.deps, held)
    expect(await denials(attempt)).toHaveLength(1)
  })

  it.each([
    ['no such payment', notKnown],
    ['a failure', failedSays],
    ['a payment that still waits', pendingSays],
  ])('opens one discrepancy when the provider goes on saying for an hour: %s', async (_, says) => {
    const attempt = await paid()
    work.script.payment = says
    await live(attempt, hour - minute)
    expect(await denials(attempt)).toEqual([])
    await live(attempt, day)
    expect(await denials(attempt)).toEqual([
      { class: 'status_mismatch', source: 'query', status: 'open', resolution: null, amount },
    ])
    expect(await columns(attempt)).toMatchObject({ confirmAt: null, confirmedAt: null, status: 'captured' })
    expect(await work.orderNow(attempt.orderId)).toMatchObject({ status: 'paid' })
    const events =
      await work.sql`select data from events where order_id = ${attempt.orderId} and type = 'discrepancy.opened'`
    expect(events).toHaveLength(1)
    expect(events[0]?.data).toMatchObject({ class: 'status_mismatch', attempt: attempt.id })
  })

  it('closes its discrepancy by itself when the provider comes to agree', async () => {
    const attempt = await paid()
    work.script.payment = notKnown
    await live(attempt, 3 * hour)
    expect(await denials(attempt)).toMatchObject([{ status: 'open' }])
    work.script.payment = capturedSays(amount)
    await live(attempt, 3 * hour)
    expect(await denials(attempt)).toMatchObject([{ status: 'resolved', resolution: 'confirmed' }])
    expect((await columns(attempt))?.confirmedAt).toBeInstanceOf(Date)
  })

  it('is not denied by silence, however long', async () => {
    const attempt = await paid()
    for (const kind of ['unknown', 'unreachable', 'rejected', 'malformed', 'forged'] as const) {
      work.script.payment = silent(kind)
      await live(attempt, 5 * hour)
    }
    expect(await denials(attempt)).toEqual([])
  })

  it('is not booked again when the provider names another amount for the same transaction: that is a disagreement', async () => {
    const attempt = await paid()
    work.script.payment = (merchantReference) => ({
      known: true,
      outcomes: [captured(merchantReference, amount - 1n)],
    })
    await live(attempt, 2 * hour)
    expect(await denials(attempt)).toMatchObject([{ class: 'status_mismatch', status: 'open' }])
    expect(await facts(attempt)).toEqual([{ amount }])
  })

  it('brings other money to light that the provider knows of besides', async () => {
    const attempt = await paid()
    work.script.payment = (merchantReference) => ({
      known: true,
      outcomes: [
        captured(merchantReference, amount),
        { ...captured(merchantReference, amount), providerReference: 'other' },
      ],
    })
    await live(attempt, minute)
    expect(await facts(attempt)).toEqual([{ amount }, { amount }])
  })

  it('agrees with a provider that has returned the money since', async () => {
    const attempt = await paid()
    work.script.payment = (merchantReference) => ({
      known: true,
      outcomes: [{ ...captured(merchantReference, amount), status: 'reversed' } as MoneyOutcome],
    })
    await live(attempt, minute)
    expect(await denials(attempt)).toEqual([])
    expect((await columns(attempt))?.confirmedAt).toBeInstanceOf(Date)
  })
})

describe('nothing is asked', () => {
  it('where a query or a statement told of the money', async () => {
    for (const source of ['query', 'statement', 'person'] as const)
      expect((await columns(await paid(source)))?.confirmAt).toBeNull()
  })

  it('where the provider cannot be asked', async () => {
    const attempt = await work.attemptDue(work.mute)
    await work.sql`update attempts set provider = 'mute' where id = ${attempt.id}`
    await tell(attempt, captured(attempt.merchantReference, amount))
    expect(await columns(attempt)).toMatchObject({ status: 'captured', confirmAt: null })
  })
})
