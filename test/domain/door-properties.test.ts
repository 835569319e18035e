// Any permutation and repetition of a set of outcomes ends in the same state and the same ledger sums. The one thing that arrival may decide is which of
// two equal captures is called the payer; everything else is compared.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/domain/apply.ts'
import { confirmedByHand, type OrderFacts } from '../../src/domain/order-facts.ts'
import type { DoorOutcome, Outcome } from '../../src/domain/outcome.ts'
import { project } from '../../src/domain/projection.ts'
import { at, bareAttempt, bareFacts, bareOrder, bareRefund, due, sums, tell } from '../kit/order-facts.ts'

const attempts = ['a', 'b', 'c'].map((id) => bareAttempt(id))
const [first = bareAttempt('a')] = attempts
const refund = bareRefund('r', first, { amount: 50_000n, status: 'pending' })

const minute = fc.integer({ min: 2, max: 40 })
const amount = fc.constantFrom(due, due, due, due - 1n, due + 1n, due * 100n, 1n)
const reference = fc.constantFrom('P1', 'P2', null)

const captured = fc.record({ attempt: fc.constantFrom('a', 'b', 'c'), amount, reference, minute }).map(
  ({ attempt, amount: told, reference: number, minute: when }): Outcome => ({
    status: 'captured',
    merchantReference: `ref-${attempt}`,
    providerReference: number,
    amount: told,
    occurredAt: at(when),
    code: '00',
  }),
)
const reversed = fc.record({ attempt: fc.constantFrom('a', 'b', 'c'), amount, minute }).map(
  ({ attempt, amount: told, minute: when }): Outcome => ({
    status: 'reversed',
    merchantReference: `ref-${attempt}`,
    providerReference: 'R1',
    amount: told,
    occurredAt: at(when),
    code: '04',
  }),
)
const quiet = fc
  .record({
    subject: fc.constantFrom<('payment' | 'refund')[]>('payment', 'refund'),
    attempt: fc.constantFrom('a', 'b', 'c'),
    status: fc.constantFrom<('failed' | 'pending')[]>('failed', 'pending'),
  })
  .map(
    ({ subject, attempt, status }): Outcome => ({
      status,
      subject,
      merchantReference: subject === 'refund' ? 'ref-r' : `ref-${attempt}`,
      providerReference: null,
      occurredAt: null,
      code: '24',
    }),
  )
const refunded = fc.record({ amount: fc.constantFrom(50_000n, 50_000n, 49_999n), minute }).map(
  ({ amount: told, minute: when }): Outcome => ({
    status: 'refunded',
    merchantReference: 'ref-r',
    providerReference: 'F1',
    amount: told,
    occurredAt: at(when),
    code: '00',
  }),
)
/** A transfer of the same refund by hand, and the bank that gives it back. */
const byHand = fc.constantFrom<DoorOutcome[]>(
  {
    status: 'refunded',
    merchantReference: 'ref-r',
    providerReference: 'FT1',
    amount: 50_000n,
    occurredAt: at(20),
    code: confirmedByHand,
  },
  {
    status: 'bounced',
    merchantReference: 'ref-r',
    providerReference: 'CR1',
    amount: 50_000n,
    occurredAt: at(25),
    code: 'bounced',
  },
)
const outcomes = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: byHand },
    { weight: 4, arbitrary: captured },
    { weight: 1, arbitrary: reversed },
    { weight: 2, arbitrary: quiet },
    { weight: 1, arbitrary: refunded },
  ),
  { minLength: 1, maxLength: 7 },
)
const orders = fc.constantFrom(
  bareFacts({ attempts }),
  bareFacts({ attempts, refunds: [refund] }),
  bareFacts({ attempts, order: bareOrder({ status: 'expired' }) }),
  bareFacts({ attempts, order: bareOrder({ status: 'cancelled' }), acceptsLateMoney: false }),
)

const story = fc.tuple(orders, outcomes).chain(([facts, told]) =>
  fc.record({
    facts: fc.constant(facts),
    told: fc.constant(told),
    shuffled: fc.shuffledSubarray([...told, ...told, ...told], {
      minLength: told.length * 3,
      maxLength: told.length * 3,
    }),
  }),
)

const compared = (facts: OrderFacts) => ({
  order: {
    status: facts.order.status,
    amountPaid: facts.order.amountPaid,
    amountRefunded: facts.order.amountRefunded,
    isPaid: facts.order.paidBy !== null,
  },
  attempts: facts.attempts.map(({ id, status, amountCaptured, amountReversed }) => ({
    id,
    status,
    amountCaptured,
    amountReversed,
  })),
  payers: facts.attempts.filter((attempt) => attempt.paysOrder).length,
  refunds: facts.refunds
    .filter((each) => each.source === 'order')
    .map(({ id, status, amountRefunded }) => ({ id, status, amountRefunded })),
  sums: sums(facts),
  receivable: Object.fromEntries(
    facts.balances
      .filter((balance) => balance.account === 'provider_receivable')
      .map((balance) => [balance.merchantAccountId, balance.amount])
      .toSorted(),
  ),
  open: facts.discrepancies
    .filter((item) => item.isOpen)
    .map((item) => `${item.class} ${item.amount}`)
    .toSorted(),
})

describe('outcomes in any order and number', () => {
  it('end in the same state and the same ledger sums', () => {
    fc.assert(
      fc.property(story, ({ facts, told, shuffled }) => {
        expect(compared(tell(facts, shuffled))).toEqual(compared(tell(facts, told)))
      }),
      { numRuns: 3_000 },
    )
  })

  it('leave nothing to do when they are all told again', () => {
    fc.assert(
      fc.property(story, ({ facts, told }) => {
        const after = tell(facts, told)
        for (const outcome of told) {
          const again = applyOutcome(after, { outcome, source: 'query', receivedAt: at(50), factId: 'fct_again' })
          expect(again?.change ?? null).toBeNull()
        }
      }),
      { numRuns: 1_500 },
    )
  })

  it('keep what was captured equal to what paid and what is held, at every step, in balanced books', () => {
    fc.assert(
      fc.property(story, ({ facts, shuffled }) => {
        let current = facts
        for (const outcome of shuffled) {
          current = tell(current, [outcome])
          const { provider_receivable: receivable = 0n, bank = 0n, collected = 0n, suspense = 0n } = sums(current)
          expect(receivable + bank + collected + suspense).toBe(0n)
          expect(current.attempts.filter((attempt) => attempt.paysOrder).length).toBeLessThanOrEqual(1)
          expect(current.order.status === 'paid').toBe(current.order.paidBy !== null)
          expect(project(current).balances.length).toBe(current.balances.length)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
