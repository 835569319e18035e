// Whatever happens in whatever order, and at once: nothing is ever booked in a closed period, and no capture is lost because one was closed.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { Refusal } from '../../src/domain/refusal.ts'
import { reopenPeriod } from '../../src/flows/reopen-period.ts'
import { verifyPeriods } from '../../src/flows/verify-periods.ts'
import { addDays, businessDay } from '../../src/lib/time.ts'
import { expectAtRest, type Inbox, openInbox } from '../kit/inbox.ts'
import { checker, closedByName, sumsByDay } from '../kit/periods.ts'
import { reconcile } from '../kit/reconciliation.ts'
import { importFile, providerFile } from '../kit/statements.ts'

type Deed =
  | { do: 'capture' | 'credit' | 'same_credit'; daysAgo: number; amount: number }
  | { do: 'reverse' | 'refund'; daysAgo: number; which: number }
  | { do: 'close' | 'reopen' | 'reconcile' }

const daysAgo = fc.constantFrom(0, 1, 1, 2, 3)
const which = fc.nat(20)
const amount = fc.constantFrom(1, 150_000)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('capture' as const), daysAgo, amount }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('credit' as const, 'same_credit' as const), daysAgo, amount }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('reverse' as const, 'refund' as const), daysAgo, which }) },
  { weight: 6, arbitrary: fc.constant({ do: 'close' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reconcile' as const }) },
)
/** What happens at once, and how many days pass before it. */
const scene = fc.record({ pass: fc.constantFrom(0, 1, 1), deeds: fc.array(deed, { minLength: 1, maxLength: 4 }) })

/** A refusal is an answer; everything else that is thrown is not. */
const orRefused = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

const openStory = (inbox: Inbox) => {
  const { deps, sql, account } = inbox
  const paid: Attempt[] = []
  const refunded = new Set<string>()
  let count = 0
  const at = (days: number) => new Date(deps.now().getTime() - days * 86_400_000)
  const closeNext = async () => {
    const [row] = await sql`
      select min(business_day) as day from postings where merchant_account_id = ${account} and business_day > coalesce(lephi_closed_through(${account}), '-infinity')`
    const day = row?.day ?? addDays(businessDay(deps.now()), -1)
    await orRefused(closedByName(deps, account, day))
  }
  const reconciled = async () => {
    const [from, to] = [businessDay(at(4)), businessDay(deps.now())]
    const rows = paid.slice(-3).map(({ merchantReference: reference }, index) => ({
      reference,
      providerReference: `P${reference}`,
      amount: 150_000 + index,
    }))
    await importFile(deps, account, providerFile([...rows, { reference: `NOBODY${count}`, amount: 7 }]))
    await reconcile(deps, account, { from, to })
  }
  const reopened = async () => {
    const [row] = await sql`select lephi_closed_through(${account}) as day`
    const name = { merchantAccountId: account, day: String(row?.day), reason: 'test' }
    if (row?.day) await orRefused(reopenPeriod(deps, checker, name))
  }
  const arrived = async (deed: Extract<Deed, { amount: number }>) => {
    const money = { amount: BigInt(deed.amount), occurredAt: at(deed.daysAgo) }
    if (deed.do === 'credit') count += 1
    if (deed.do !== 'capture') return inbox.hear({ credit: { ...money, reference: `C${count}` } })
    const attempt = await inbox.attempt(await inbox.place())
    paid.push(attempt)
    const providerReference = `P${attempt.merchantReference}`
    return inbox.tell(inbox.captured(attempt.merchantReference, { ...money, providerReference }))
  }
  const wentBack = async (deed: Extract<Deed, { which: number }>) => {
    const attempt = paid[deed.which % Math.max(paid.length, 1)]
    if (!attempt) return
    const { amount, merchantReference } = attempt
    const when = { occurredAt: at(deed.daysAgo) }
    if (deed.do === 'reverse')
      return inbox.tell({ ...inbox.reversed(attempt, `R${merchantReference}`, amount), ...when })
    // A second refund of an attempt is the database's to refuse, not this story's to try: two at once would both see none.
    if (refunded.has(attempt.id)) return
    refunded.add(attempt.id)
    const [row] =
      await sql`select from attempts where id = ${attempt.id} and amount_captured - amount_reversed >= amount`
    if (row) await inbox.tell({ ...inbox.refunded(await inbox.refund(attempt), null, amount), ...when })
  }
  const play = async (deed: Deed): Promise<unknown> => {
    if ('which' in deed) return wentBack(deed)
    if ('amount' in deed) return arrived(deed)
    if (deed.do === 'close') return closeNext()
    return deed.do === 'reopen' ? reopened() : reconciled()
  }
  return { play }
}

test('nothing is ever booked in a closed period, whatever happens at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(scene, { minLength: 6, maxLength: 9 }), async (scenes) => {
      const inbox = await openInbox()
      try {
        const { deps, sql, account } = inbox
        const { play } = openStory(inbox)
        for (const { pass, deeds } of scenes) {
          deps.clock.advance(pass * 86_400 + 1)
          const before = await sumsByDay(sql, account)
          const [closed] = await sql`select lephi_closed_through(${account}) as day`
          await Promise.all(deeds.map(play))
          const after = await sumsByDay(sql, account)
          // A day that was closed before and is closed now has the sums that it had; verify-periods compares every posting.
          const [still] = await sql`select least(lephi_closed_through(${account}), ${closed?.day ?? null}::date) as day`
          if (closed?.day && !deeds.some((each) => each.do === 'reopen'))
            for (const day of Object.keys(after).filter((each) => each <= String(still?.day)))
              expect([day, after[day]]).toEqual([day, before[day]])
          expect(await verifyPeriods(deps)).toMatchObject({ fault: null })
        }
        const astray = await sql`
          select entry.id from journal_entries as entry left join money_facts as fact on fact.id = entry.fact_id where entry.business_day < fact.business_day`
        expect(astray).toEqual([])
        await expectAtRest(inbox)
      } finally {
        await inbox.close()
      }
    }),
    { numRuns: 4, endOnFailure: true },
  )
}, 180_000)
