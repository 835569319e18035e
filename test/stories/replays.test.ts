// A genuine message that comes again (C12), told with every simulated provider whose callback proves its outcome: it is known for what it is, and has no effect.
import { describe, expect, it } from 'vitest'
import { readEvidence } from '../../src/flows/callback-evidence.ts'
import type { TownAttempt } from '../kit/town.ts'
import { allTraits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown } = townStory()

/** The callbacks about an attempt, without the questions that came before the first news. */
const callbacksOf = async (attempt: TownAttempt, questions: number) => {
  const rows = await theTown().sql`
    select id, reading, verdict, replay_of, sealed from callbacks where claimed_reference = ${attempt.reference} order by received_at, id`
  return rows.slice(questions)
}
const noncesOf = async (attempt: TownAttempt) =>
  theTown().sql`select outcome, callback_id from callback_nonces where merchant_reference = ${attempt.reference}`
const allNonces = async () => (await theTown().sql`select count(*)::int as n from callback_nonces`)[0]?.n
const booked = async (attempt: TownAttempt) =>
  (await theTown().sql`select count(*)::int as n from money_facts where attempt_id = ${attempt.id}`)[0]?.n

const messageOf = async (attempt: TownAttempt, questions: number) => {
  const { deps } = theTown()
  const [row] = await callbacksOf(attempt, questions)
  const opened = await deps.box.open(row?.sealed as Uint8Array, `callback:${row?.id}`)
  return readEvidence(new TextDecoder().decode(opened))
}
type Message = Awaited<ReturnType<typeof messageOf>>

const deliver = (path: string, { method, search, headers, body }: Message) =>
  theTown().request(`${path}${search ? `?${search}` : ''}`, {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: body as BufferSource }),
  })
const countedReplays = async (provider: string): Promise<number> => {
  const text = await (await theTown().request('/metrics')).text()
  return Number(
    new RegExp(`^lephi_callback_replays_total\\{provider="${provider}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
  )
}
/** Units of work that are begun while `work` runs. */
const unitsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const { sql } = theTown().deps.db
  const { reserve } = sql
  let units = 0
  sql.reserve = () => {
    units += 1
    return reserve.call(sql)
  }
  await work()
  sql.reserve = reserve
  return units
}

for (const { name: provider, other, questions, isUnseparated, looksUp } of allTraits.filter(({ proves }) => proves)) {
  describe(`${provider}`, () => {
    const paid = async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt)
      const own = `/callbacks/${provider}/${town.accounts[provider]}`
      return { attempt, own, message: await messageOf(attempt, questions) }
    }

    it('the first is remembered with its effect, a later one is marked as its replay, and no round trip is spent on that', async () => {
      const { attempt, own, message } = await paid()
      const [first] = await callbacksOf(attempt, questions)
      expect(first).toMatchObject({ reading: 'genuine', verdict: 'accepted', replayOf: null })
      expect(await noncesOf(attempt)).toEqual([{ outcome: 'captured', callbackId: first?.id }])
      const [before, nonces] = [await countedReplays(provider), await allNonces()]
      for (const seconds of [1, 86_400]) {
        theTown().clock.advance(seconds)
        await deliver(own, message)
        await theTown().deps.settled()
      }
      const units = await unitsOf(() => deliver(own, message))
      await theTown().deps.settled()
      const marks = (await callbacksOf(attempt, questions)).slice(1).map(({ verdict, replayOf }) => [verdict, replayOf])
      // A protocol that dates its messages refuses an old one; what it does not refuse is a replay.
      const believed = marks.filter(([verdict]) => verdict === 'already_confirmed')
      expect(believed).toEqual(believed.map(() => ['already_confirmed', first?.id]))
      expect(believed.length).toBeGreaterThan(0)
      // What is signed without separators is compared with the payment that is stored, which has to be read.
      if (marks.at(-1)?.[0] === 'already_confirmed')
        expect(units).toBeLessThanOrEqual(isUnseparated ? 5 : looksUp ? 4 : 3)
      expect(await countedReplays(provider)).toBe(before + believed.length)
      expect([await allNonces(), await booked(attempt)]).toEqual([nonces, 1])
    })

    it('fifty copies at once are one effect, one nonce and its replays', async () => {
      const { attempt, own, message } = await paid()
      const town = theTown()
      const [first] = await callbacksOf(attempt, questions)
      await Promise.all(Array.from({ length: 50 }, () => deliver(own, message)))
      await town.deps.settled()
      const copies = (await callbacksOf(attempt, questions)).slice(1)
      expect(copies.map(({ verdict, replayOf }) => [verdict, replayOf])).toEqual(
        copies.map(() => ['already_confirmed', first?.id]),
      )
      expect([copies.length, (await noncesOf(attempt)).length, await booked(attempt)]).toEqual([50, 1, 1])
    })

    it('sent to another account, or altered, it touches no nonce', async () => {
      const { message } = await paid()
      const town = theTown()
      const before = await allNonces()
      await deliver(`/callbacks/${provider}/${town.accounts[other === provider ? 'momo' : other]}`, message)
      for (const [name, account] of Object.entries(town.accounts))
        if (name !== provider) await deliver(`/callbacks/${provider}/${account}`, message)
      const fault = await town.place()
      const attempt = await town.attempt(fault, provider)
      await town.fault(provider, 'callback_forged', { merchant_reference: attempt.reference })
      const genuine = await allNonces()
      expect(genuine).toBe(before)
      await town.pay(provider, attempt)
      const forged = (await callbacksOf(attempt, questions)).filter(({ reading }) => reading !== 'genuine')
      expect(forged.length).toBeGreaterThan(0)
      const known = (await noncesOf(attempt)).map(({ callbackId }) => callbackId)
      for (const { id, replayOf } of forged) expect([known.includes(id), replayOf]).toEqual([false, null])
      // The genuine message that follows is not swallowed.
      await town.pass(3_600, 12)
      expect((await town.order(fault)).status).toBe('paid')
    })

    it('when its effect was undone it is not known yet, and coming again it has its effect (C3)', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.sql`create or replace function lephi_test_fail() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$`
      await town.sql`create trigger fail before insert on journal_entries for each row execute function lephi_test_fail()`
      await town.pay(provider, attempt)
      expect([await noncesOf(attempt), await booked(attempt)]).toEqual([[], 0])
      await town.sql`drop trigger fail on journal_entries`
      const message = await messageOf(attempt, questions)
      await deliver(`/callbacks/${provider}/${town.accounts[provider]}`, message)
      await town.deps.settled()
      expect([(await noncesOf(attempt)).length, await booked(attempt), (await town.order(id)).status]).toEqual([
        1,
        1,
        'paid',
      ])
      await town.pass(120, 4)
    })
  })
}
