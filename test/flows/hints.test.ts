// Genuine callbacks whose signature does not prove what they say: nothing is believed, the provider is asked, and not more often than does any good.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { catchUpCallbacks, replayCallbacks } from '../../src/flows/replay-callbacks.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { mayNow } from '../../src/flows/sparingly.ts'
import { only } from '../kit/due-work.ts'
import { due } from '../kit/house.ts'
import { everything, expectAtRest, type Inbox, openInbox } from '../kit/inbox.ts'
import { capturedSays, failedSays, pendingSays, silent } from '../kit/scripted-provider.ts'

let inbox: Inbox
let attempt: Attempt
beforeEach(async () => {
  inbox = await openInbox()
  attempt = await inbox.attempt(await inbox.place())
  inbox.script.payment = capturedSays(due)
})
afterEach(() => inbox.close())

const hint = () => inbox.hear({ merchantReference: attempt.merchantReference, ask: true })
const verdicts = async () => (await inbox.sql`select verdict from callbacks order by id`).map((row) => row.verdict)
const attemptNow = async () => {
  const [row] = await inbox.sql`select status, next_query_at from attempts where id = ${attempt.id}`
  return row
}
const orderNow = async () => (await inbox.read(attempt.orderId)).order.status
const inSeconds = (seconds: number) => new Date(inbox.deps.now().getTime() + seconds * 1_000)
const schedule = (at: Date) => inbox.sql`update attempts set next_query_at = ${at} where id = ${attempt.id}`
const catchUp = async () => {
  inbox.deps.clock.advance(61)
  return catchUpCallbacks(inbox.deps, 10)
}

describe('a hint', () => {
  it('makes us ask at once, and what the provider answers pays', async () => {
    expect(await hint()).toBe('accepted')
    expect(inbox.script.asked).toEqual([attempt.merchantReference])
    const { order, money } = await inbox.read(attempt.orderId)
    expect([order.status, money.map(({ source }) => source)]).toEqual(['paid', ['query']])
    expect(await verdicts()).toEqual(['accepted'])
    await expectAtRest(inbox)
    expect(inbox.script.asked).toHaveLength(1)
  })

  it('about money that is booked already asks nobody', async () => {
    await hint()
    inbox.deps.clock.advance(60)
    expect(await hint()).toBe('already_confirmed')
    expect(inbox.script.asked).toHaveLength(1)
  })

  it('about a reference that is not ours asks nobody and is not kept as money', async () => {
    expect(await inbox.hear({ merchantReference: 'NOSUCHREFERENCE01', ask: true })).toBe('unknown_order')
    expect(inbox.script.asked).toEqual([])
    expect(await inbox.entries()).toEqual([])
    expect(await verdicts()).toEqual(['unknown_order'])
  })

  it('that the provider does not bear out changes nothing', async () => {
    inbox.script.payment = pendingSays
    expect(await hint()).toBe('accepted')
    expect(await orderNow()).toBe('open')
  })

  it.each(['unknown', 'unreachable', 'malformed', 'forged', 'rejected'] as const)(
    'whose query fails (%s) is accepted, and the provider is asked again a moment later',
    async (kind) => {
      inbox.script.payment = silent(kind)
      await schedule(inSeconds(3_600))
      expect(await hint()).toBe('accepted')
      expect(await verdicts()).toEqual(['accepted'])
      expect(await attemptNow()).toEqual({ status: 'created', nextQueryAt: inSeconds(10) })
    },
  )

  it('that comes before its provider’s own books know is asked about again a moment later, and not sooner than was due', async () => {
    inbox.script.payment = pendingSays
    await schedule(inSeconds(3_600))
    await hint()
    expect(await attemptNow()).toMatchObject({ nextQueryAt: inSeconds(10) })
    inbox.deps.clock.advance(60)
    await schedule(inSeconds(5))
    await hint()
    expect(await attemptNow()).toMatchObject({ nextQueryAt: inSeconds(5) })
  })

  it('that cannot be stored is not accepted, and asks nobody', async () => {
    await inbox.sql`alter table callbacks add constraint broken check (false) not valid`
    expect(await hint()).toBe('try_again')
    expect(inbox.script.asked).toEqual([])
  })

  it('repeated fifty times at once asks once, and once more a moment later', async () => {
    inbox.script.payment = pendingSays
    await schedule(inSeconds(3_600))
    const answers = await Promise.all(Array.from({ length: 50 }, hint))
    expect(new Set(answers)).toEqual(new Set(['accepted']))
    expect(inbox.script.asked).toHaveLength(1)
    // What is hinted at may have happened after the answer that we got.
    expect((await attemptNow())?.nextQueryAt).toEqual(inSeconds(10))
    inbox.script.payment = capturedSays(due)
    inbox.deps.clock.advance(10)
    await runJobs(inbox.deps, { run: only('query_attempts') })
    expect(inbox.script.asked).toHaveLength(2)
    expect(await orderNow()).toBe('paid')
  })

  it.each(['failed', 'expired'])('about an attempt that had %s is asked about all the same', async (status) => {
    await inbox.sql`update attempts set status = ${status} where id = ${attempt.id}`
    expect(await hint()).toBe('accepted')
    expect(await orderNow()).toBe('paid')
  })

  it('about an attempt without a schedule is not done with until the provider has answered', async () => {
    await inbox.sql`update attempts set status = 'failed' where id = ${attempt.id}`
    inbox.script.payment = silent('unknown')
    expect(await hint()).toBe('try_again')
    expect(await verdicts()).toEqual([null])
    for (let turn = 0; turn < 9; turn += 1) await catchUp()
    expect(await verdicts()).toEqual([null])
    // At once, once more, and then every five minutes.
    expect(inbox.script.asked).toHaveLength(3)
    inbox.script.payment = capturedSays(due)
    inbox.deps.clock.advance(300)
    await catchUp()
    expect(await verdicts()).toEqual(['accepted'])
    expect(await orderNow()).toBe('paid')
  })
})

describe('hints that wait for a provider that does not answer', () => {
  it('hold up other work for a moment only, and each has its turn', async () => {
    const attempts = [attempt]
    for (let n = 0; n < 4; n += 1) attempts.push(await inbox.attempt(await inbox.place()))
    await inbox.sql`update attempts set status = 'failed'`
    inbox.script.payment = () => {
      inbox.deps.clock.advance(10)
      return silent('unknown')()
    }
    for (const { merchantReference } of attempts) await inbox.hear({ merchantReference, ask: true })
    inbox.script.asked.length = 0
    expect(await catchUp()).toBe(2)
    expect(await catchUp()).toBe(2)
    expect(await catchUp()).toBe(1)
    expect(new Set(inbox.script.asked).size).toBe(5)
  })

  it('are counted over all requests, also where each request has a connection of its own', async () => {
    const { database, deps } = inbox
    const asks = [1, 2, 3].map(() => mayNow({ ...deps, db: { ...database.database } }, 'ask_provider', attempt.id))
    expect(asks).toEqual([true, false, false])
  })
})

describe('a crash', () => {
  it('before the provider was asked is made good by asking later', async () => {
    inbox.script.payment = () => {
      throw new TypeError('the process ends here')
    }
    expect(await hint()).toBe('try_again')
    expect(await verdicts()).toEqual([null])
    inbox.script.payment = capturedSays(due)
    expect(await replayCallbacks(inbox.deps, { ...everything, dryRun: true })).toMatchObject({
      caughtUp: [expect.any(String)],
    })
    expect(await catchUp()).toBe(1)
    expect(await orderNow()).toBe('paid')
    expect(await verdicts()).toEqual(['accepted'])
    expect(await catchUp()).toBe(0)
    await expectAtRest(inbox)
  })

  it('after the answer and before the verdict asks no more about money that is booked', async () => {
    await hint()
    await inbox.sql`update callbacks set verdict = null`
    expect(await catchUp()).toBe(1)
    expect(await verdicts()).toEqual(['already_confirmed'])
    expect(inbox.script.asked).toHaveLength(1)
    await expectAtRest(inbox)
  })

  it('does not bring back a failure that the provider took back', async () => {
    inbox.script.payment = failedSays
    await hint()
    expect(await attemptNow()).toMatchObject({ status: 'failed' })
    inbox.script.payment = capturedSays(due)
    await inbox.sql`update callbacks set verdict = null`
    await catchUp()
    expect(await orderNow()).toBe('paid')
  })
})

describe('a question', () => {
  const question = () => inbox.hear({ merchantReference: attempt.merchantReference, question: 'payable' })

  it('is answered by whether the payment may still be made, and asks nobody', async () => {
    expect(await question()).toBe('accepted')
    await inbox.sql`update attempts set fenced_at = now() where id = ${attempt.id}`
    expect(await question()).toBe('already_confirmed')
    await inbox.sql`update attempts set fenced_at = null where id = ${attempt.id}`
    inbox.deps.clock.advance(25 * 3_600)
    expect(await question()).toBe('already_confirmed')
    expect(await inbox.hear({ merchantReference: 'NOSUCHREFERENCE01', question: 'payable' })).toBe('unknown_order')
    expect(inbox.script.asked).toEqual([])
    expect(await verdicts()).toEqual(['accepted', 'already_confirmed', 'already_confirmed', 'unknown_order'])
    await expectAtRest(inbox)
  })

  it('about what is paid is answered so, and one that was cut off is closed later', async () => {
    await inbox.tell(inbox.captured(attempt.merchantReference))
    expect(await question()).toBe('already_confirmed')
    await inbox.sql`update callbacks set verdict = null`
    expect(await catchUp()).toBe(1)
    expect(await verdicts()).toEqual(['already_confirmed'])
    expect(await catchUp()).toBe(0)
  })
})
