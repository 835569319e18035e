// Refund ∥ refund ∥ chargeback ∥ surplus, on a real database: whatever comes at once, no refund is handed over beyond what was captured and is still there, and what
// goes back twice all the same is named.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { openDispute } from '../../src/flows/dispute-payment.ts'
import { requestRefund } from '../../src/flows/request-refund.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { only } from '../kit/due-work.ts'
import { due, openHouse } from '../kit/house.ts'
import { createScript, scriptedProvider } from '../kit/scripted-provider.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(createScript(), { query: true, queryRefund: true, refund: true })
  house = await openHouse({ providers: { test } })
  // What stood behind each refund at the moment when it was handed over, as the database saw it in that commit.
  await house.sql`create table handed_over (attempt_id text, refund_id text, there bigint, gone bigint)`
  await house.sql`grant select, insert on handed_over to lephi_app`
  await house.sql.unsafe(`
    create function note_handed_over() returns trigger language plpgsql as $$
    begin
      insert into handed_over select attempt.id, new.id, amount_captured - amount_reversed,
        (select sum(case when status = 'succeeded' then amount_refunded else amount end) from refunds
          where attempt_id = attempt.id and status in ('sending', 'pending', 'unknown', 'succeeded'))
      from attempts as attempt where attempt.id = new.attempt_id;
      return null;
    end $$;
    create trigger zz_handed_over after update of status on refunds for each row when (new.status = 'sending') execute function note_handed_over()`)
})
afterAll(async () => {
  await house.deps.settled()
  expect((await verifyLedger(house.deps)).fault).toBeNull()
  await house.database.drop()
})

let count = 0
const line = (feeCode: string, unitAmount: bigint) => ({
  feeCode,
  kind: 'phi' as const,
  description: feeCode,
  unitAmount,
  quantity: 1,
  budgetItem: null,
  exemption: null,
})
type Stage = { orderId: string; attempt: Attempt; second: Attempt }
const paid = async (): Promise<Stage> => {
  const orderId = await house.place({ lines: [line('A', 100_000n), line('B', 50_000n)] })
  const attempt = await house.attempt(orderId)
  const second = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  await house.deps.settled()
  return { orderId, attempt, second }
}
const ask = (orderId: string, more: object) => {
  const input = { orderId, amount: null, reason: 'x', ...more }
  return requestRefund(house.deps, { clientId: 'cli_maker', agency: 'H56' }, input, { key: `r${++count}`, body: {} })
}
const approveAll = async ({ orderId }: Stage) => {
  const { refunds } = await house.read(orderId)
  await Promise.allSettled(
    refunds.map(({ id: refundId }) =>
      decideRefund(house.deps, { clientId: 'cli_checker', agency: 'H56' }, { refundId, decision: 'approved' }),
    ),
  )
}

type Deed = (stage: Stage) => Promise<unknown>
const amounts = fc.constantFrom(1n, 50_000n, 99_999n, due)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: amounts.map(
      (amount): Deed =>
        ({ orderId }) =>
          ask(orderId, { amount }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('A', 'B').map(
      (name): Deed =>
        ({ orderId }) =>
          ask(orderId, { lines: [{ line: name, amount: null }] }),
    ),
  },
  { weight: 3, arbitrary: fc.constant<Deed>(approveAll) },
  { weight: 2, arbitrary: fc.constant<Deed>(payBack) },
  {
    weight: 2,
    arbitrary: amounts.map(
      (amount): Deed =>
        ({ attempt }) =>
          house.tell(house.reversed(attempt, `V${amount}${attempt.id.slice(-6)}`, amount)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Deed>(({ second }) => house.tell(house.captured(second, `S${second.id.slice(-10)}`))),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Deed>(({ orderId }) =>
      openDispute(
        house.deps,
        { clientId: 'cli_maker', agency: 'H56' },
        {
          orderId,
          attemptId: null,
          kind: 'chargeback',
          reason: 'x',
          amount: null,
          reference: null,
          respondBy: '2026-12-31',
        },
      ),
    ),
  },
)

it('never hands over more than is there, nor more of a line than it cost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(deed, { minLength: 2, maxLength: 5 }), { minLength: 2, maxLength: 4 }),
      async (rounds) => {
        const stage = await paid()
        for (const round of rounds) {
          await Promise.allSettled(round.map((each) => each(stage)))
          await house.deps.settled()
          await Promise.allSettled([approveAll(stage), runJobs(house.deps, { run: only('settle_refunds') })])
          await house.deps.settled()
        }
        const over = await house.sql`select * from handed_over where gone > there`
        expect(over).toEqual([])
        const lines = await house.sql`
        select line.line_no from order_lines as line join refund_line_amounts as part using (order_id, line_no)
        where line.order_id = ${stage.orderId} group by line.line_no, line.amount having sum(part.taken) > line.amount`
        expect(lines).toEqual([])
        await payBack(stage)
        await checkEnd(stage)
      },
    ),
    { numRuns: 12, endOnFailure: true },
  )
  // Something was handed over at all, or nothing was shown.
  const [handed] = await house.sql`select count(*)::int as n from handed_over`
  expect(handed?.n).toBeGreaterThan(5)
}, 60_000)

/** Providers pay back what they were handed. */
async function payBack({ orderId }: Stage): Promise<void> {
  for (const refund of (await house.read(orderId)).refunds)
    if (['sending', 'pending', 'unknown'].includes(refund.status))
      await house.tell(house.refunded(refund, `R${refund.id.slice(-10)}`, refund.amount))
}

/** Where a reversal took the money of a refund that had been handed over, the excess is a discrepancy, and the ledger still adds up. */
const checkEnd = async ({ orderId, attempt }: Stage) => {
  const { attempts, refunds, open, balances } = await house.read(orderId)
  expect(balances.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n)
  const own = attempts.find(({ id }) => id === attempt.id)
  const returned = refunds.reduce((sum, each) => (each.attemptId === attempt.id ? sum + each.amountRefunded : sum), 0n)
  if (own && returned > own.amountCaptured - own.amountReversed)
    expect(open.map(([name]) => name)).toContain('refund_mismatch')
}
