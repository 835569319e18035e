// The ways in which providers have hurt others, each told with every simulated provider. The letters are those of the list of failure stories: C1 the browser and
// the callback in any order, C2 copies at once, C3 a crash, C6 silence, C7 a cached failure, C12 a replay.
import { describe, expect, it } from 'vitest'
import { readEvidence } from '../../src/flows/callback-evidence.ts'
import { replayCallbacks } from '../../src/flows/replay-callbacks.ts'
import { addDays, businessDay } from '../../src/lib/time.ts'
import type { Json, TownAttempt } from '../kit/town.ts'
import { allTraits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor, verdicts } = townStory()

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))

const booked = async (attempt: TownAttempt) =>
  theTown().sql`select kind, amount from money_facts where attempt_id = ${attempt.id}`

/** The callbacks of an attempt that were believed, as they arrived. */
const evidenceOf = async (attempt: TownAttempt) => {
  const { deps, sql } = theTown()
  const rows = await sql`
    select id, sealed from callbacks where claimed_reference = ${attempt.reference} and reading = 'genuine' order by received_at, id`
  const opened = rows.map(async ({ id, sealed }) => deps.box.open(sealed as Uint8Array, `callback:${id}`))
  return (await Promise.all(opened)).map((bytes) => readEvidence(new TextDecoder().decode(bytes)))
}

const sendAgain = (path: string, { method, search, headers, body }: ReturnType<typeof readEvidence>) =>
  theTown().request(`${path}${search ? `?${search}` : ''}`, {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: body as BufferSource }),
  })

/** Each provider's third of the orders in which things can happen, so that each order is tried at four providers or more. What all of them do to facts is tested without providers. */
const ordersFor = (index: number) =>
  permutations(['return', 'callback', 'query', 'expiry']).filter((_, at) => at % 3 === index % 3)

for (const [
  index,
  { name: provider, query, returns, startsByCall, proves, questions, tellsTime },
] of allTraits.entries()) {
  describe(`${provider}`, () => {
    it('C1: return, callback, query and deadline in any order end in the same state', async () => {
      const town = theTown()
      for (const order of ordersFor(index)) {
        const id = await town.place({ expires_at: new Date(town.clock.now().getTime() + 700_000).toISOString() })
        const attempt = await town.attempt(id, provider)
        await town.fault(provider, 'callback_late', { merchant_reference: attempt.reference, delay_seconds: 86_400 })
        const told: Json = await town.pay(provider, attempt)
        const steps: Record<string, () => Promise<unknown>> = {
          return: async () => returns && town.comeBack(told).then(town.deps.settled),
          callback: async () => {
            town.clock.advance(86_500)
            await town.simulators.tick()
          },
          query: () => town.pass(60, 1),
          expiry: () => town.pass(900, 1),
        }
        for (const step of order) await steps[step]?.()
        await town.pass(60, 1)
        expect([order, (await town.order(id)).status]).toEqual([order, 'paid'])
        expect([order, await booked(attempt)]).toEqual([order, [{ kind: 'captured', amount: 150_000n }]])
        expect(await openFor(id)).toEqual([])
      }
    })

    it('C2: fifty copies at once are booked once, and every copy is answered as confirmed', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_doubled', { merchant_reference: attempt.reference, count: 50 })
      await town.pay(provider, attempt)
      await town.pass(30, 3)
      const seen = await verdicts(attempt.reference)
      expect(seen.length).toBeGreaterThanOrEqual(50)
      if (proves) expect(seen.filter((verdict) => verdict === 'genuine accepted')).toHaveLength(1 + questions)
      expect(seen.filter((verdict) => !/^genuine (accepted|already_confirmed)$/.test(verdict))).toEqual([])
      expect(await booked(attempt)).toEqual([{ kind: 'captured', amount: 150_000n }])
      expect((await town.order(id)).status).toBe('paid')
    })

    it('C8: what is taken at 23:59:59 and told after midnight is booked once, on the day that the provider names', async () => {
      const town = theTown()
      const now = town.clock.now()
      const day = businessDay(now)
      const midnight = Date.parse(`${addDays(day, 1)}T00:00:00+07:00`)
      const id = await town.place({ expires_at: new Date(midnight + 3_600_000).toISOString() })
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'captured_at_day_end', { merchant_reference: attempt.reference })
      await town.pay(provider, attempt)
      await town.pass((midnight - now.getTime()) / 1_000 - 1, 3)
      expect([(await town.order(id)).status, await booked(attempt)]).toEqual(['open', []])
      await town.pass(2)
      await town.pass(60, 4)
      expect((await town.order(id)).status).toBe('paid')
      expect(await booked(attempt)).toEqual([{ kind: 'captured', amount: 150_000n }])
      const [fact] = await town.sql`select occurred_at as at from money_facts where attempt_id = ${attempt.id}`
      // Who names no time of the payment can only be booked on the day on which we hear of it.
      expect(businessDay(fact?.at as Date)).toBe(tellsTime ? day : addDays(day, 1))
      if (tellsTime) expect(fact?.at).toEqual(new Date(midnight - 1_000))
    })

    it('C10: what is signed with a key that nobody was given is refused, and the payment is found all the same', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_next_key', { merchant_reference: attempt.reference })
      await town.pay(provider, attempt)
      const seen = await verdicts(attempt.reference)
      expect([(await town.order(id)).status, await booked(attempt)]).toEqual(['open', []])
      expect(seen.slice(questions)).toEqual(proves ? ['forged forged'] : seen.slice(questions))
      await town.pass(3_600, 6)
      const day = businessDay(town.clock.now())
      if (!query) await town.settle(provider, { from: day, to: day })
      expect((await town.order(id)).status).toBe('paid')
      expect(await booked(attempt)).toEqual([{ kind: 'captured', amount: 150_000n }])
    })

    if (proves) {
      it('C3: we die between storing a callback and acting on it: it is taken up again, without the provider', async () => {
        const town = theTown()
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.fault(provider, 'http_500', {
          merchant_reference: attempt.reference,
          operation: 'query',
          count: 100,
        })
        const { db } = town.deps
        // Everything is read and the evidence stored; what would book it never happens.
        const dying = new Proxy(db.sql, {
          get: (sql, name) => {
            if (name !== 'reserve') return Reflect.get(sql, name)
            return async () => {
              const [{ n } = { n: 0 }] =
                await town.sql`select count(*)::int as n from callbacks where claimed_reference = ${attempt.reference}`
              if (Number(n) > questions) throw new Error('killed')
              return db.sql.reserve()
            }
          },
        })
        town.deps.db = { ...db, sql: dying }
        await town.fault(provider, 'once_only', { merchant_reference: attempt.reference })
        await town.pay(provider, attempt)
        town.deps.db = db
        expect((await verdicts(attempt.reference)).at(questions)).toBe('genuine null')
        expect((await town.order(id)).status).toBe('open')
        await town.pass(100, 2)
        expect((await town.order(id)).status).toBe('paid')
        expect((await verdicts(attempt.reference)).at(questions)).toBe('genuine accepted')
        await town.simulators.app.request(`/${provider}/faults`, { method: 'DELETE' })
      })
    }

    if (startsByCall) {
      for (const fault of ['timeout_before', 'timeout_after', 'http_500', 'cached_500'] as const) {
        it(`C6, C7: silence at the start (${fault}) is unknown, is never sent again, and never fails by waiting`, async () => {
          const town = theTown()
          const id = await town.place()
          await town.fault(provider, fault, { operation: 'create', delay_seconds: 0 })
          const attempt = await town.attempt(id, provider)
          expect(attempt.status).toBe('unknown')
          await town.pass(600, 6)
          const [row] = await town.sql`select status from attempts where id = ${attempt.id}`
          expect(['unknown', 'pending', 'expired']).toContain(row?.status)
          // What the provider has in its books is one payment at most, and only where it took the call.
          const there = [...town.simulators.ledger(provider)].filter(
            (each) => each.merchant_reference === attempt.reference,
          )
          expect(there.length).toBe(fault === 'timeout_after' ? 1 : 0)
        })
      }
    }

    if (query) {
      it('C7: a query that fails again and again, the same cached answer included, ends nothing', async () => {
        const town = theTown()
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.fault(provider, 'callback_lost', { merchant_reference: attempt.reference })
        await town.fault(provider, 'cached_500', { merchant_reference: attempt.reference, operation: 'query' })
        await town.fault(provider, 'timeout_before', {
          merchant_reference: attempt.reference,
          operation: 'query',
          delay_seconds: 0,
        })
        await town.fault(provider, 'timeout_after', {
          merchant_reference: attempt.reference,
          operation: 'query',
          delay_seconds: 0,
        })
        await town.pay(provider, attempt)
        await town.pass(70, 3)
        expect((await town.order(id)).status).toBe('open')
        const [row] = await town.sql`select status from attempts where id = ${attempt.id}`
        expect(['pending', 'unknown']).toContain(row?.status)
        await town.pass(7_200, 12)
        expect((await town.order(id)).status).toBe('paid')
      })
    }

    it('C12: a genuine callback sent again a second, a day and forty days later, or to another account, changes nothing', async () => {
      const town = theTown()
      const [id, bystander] = [await town.place(), await town.place()]
      const attempt = await town.attempt(id, provider)
      const open = await town.attempt(bystander, provider)
      await town.pay(provider, attempt)
      await town.pass(1)
      expect((await town.order(id)).status).toBe('paid')
      const state = async () => [
        await town.sql`select md5(string_agg(p::text, '' order by entry_id, line_no)) as hash from postings p`,
        await town.sql`select count(*)::int as n from events`,
        await town.sql`select status from attempts where id = ${open.id}`,
      ]
      const [message] = await evidenceOf(attempt)
      if (!message) throw new Error('no callback was believed')
      const before = await state()
      const own = `/callbacks/${provider}/${town.accounts[provider]}`
      for (const seconds of [1, 86_400, 40 * 86_400]) {
        town.clock.advance(seconds)
        expect((await sendAgain(own, message)).status).toBeLessThan(500)
        expect(await state()).toEqual(before)
      }
      for (const [name, account] of Object.entries(town.accounts)) {
        if (name !== provider) await sendAgain(`/callbacks/${provider}/${account}`, message)
        if (name !== provider) await sendAgain(`/callbacks/${name}/${account}`, message)
      }
      expect(await state()).toEqual(before)
    })
  })
}

describe('replaying the evidence', () => {
  // Every callback of the file, one after the other.
  it('changes nothing: every genuine callback is known, every forged one is refused again', {
    timeout: 180_000,
  }, async () => {
    const town = theTown()
    const state = async () =>
      (
        await town.sql`
      select (select md5(string_agg(o::text, '' order by id)) from orders o) as orders, (select md5(string_agg(p::text, '' order by entry_id, line_no)) from postings p) as postings,
        (select count(*) from events)::int as events, (select count(*) from money_facts)::int as facts`
      )[0]
    const before = await state()
    const replayed = await replayCallbacks(town.deps, { from: new Date(0), to: new Date('2100-01-01'), dryRun: false })
    expect(replayed.callbacks).toBeGreaterThan(20)
    expect([replayed.changed, replayed.caughtUp, replayed.readDifferently]).toEqual([[], [], []])
    expect(await state()).toEqual(before)
  })
})
