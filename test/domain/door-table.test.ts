// The full table of the one door: every order state × attempt state × outcome × amount relation × arrival. What must come out is said here in a dozen
// rules of its own, written from the contract and not from the code.
import { describe, expect, it } from 'vitest'
import type { OrderFacts } from '../../src/domain/order-facts.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { AttemptStatus } from '../../src/domain/states.ts'
import { at, bareAttempt, bareFacts, bareOrder, due, sums, tell } from '../kit/order-facts.ts'

const attemptStates: readonly AttemptStatus[] = ['created', 'pending', 'unknown', 'failed', 'expired']
const amounts = {
  equal: due,
  'one đồng less': due - 1n,
  'one đồng more': due + 1n,
  'a hundred times': due * 100n,
  'a hundredth': due / 100n,
  'one đồng': 1n,
}

const orderStates: Record<string, { make: () => OrderFacts; payable: boolean }> = {
  open: { make: () => bareFacts(), payable: true },
  'expired, late money accepted': { make: () => bareFacts({ order: bareOrder({ status: 'expired' }) }), payable: true },
  'expired, late money refused': {
    make: () => bareFacts({ order: bareOrder({ status: 'expired' }), acceptsLateMoney: false }),
    payable: false,
  },
  'cancelled, late money accepted': {
    make: () => bareFacts({ order: bareOrder({ status: 'cancelled' }) }),
    payable: true,
  },
  'cancelled, late money refused': {
    make: () => bareFacts({ order: bareOrder({ status: 'cancelled' }), acceptsLateMoney: false }),
    payable: false,
  },
  'paid by another attempt': {
    make: () => tell(bareFacts({ attempts: [bareAttempt('other')] }), [money('captured', 'other', due, 'OTHER')]),
    payable: false,
  },
}

const money = (status: 'captured' | 'reversed', attempt: string, amount: bigint, reference = 'P1'): Outcome => ({
  status,
  merchantReference: `ref-${attempt}`,
  providerReference: reference,
  amount,
  occurredAt: at(5),
  code: '00',
})
const quiet = (status: 'failed' | 'pending', attempt = 'one'): Outcome => ({
  status,
  subject: 'payment',
  merchantReference: `ref-${attempt}`,
  providerReference: null,
  occurredAt: null,
  code: '24',
})

const withAttempt = (facts: OrderFacts, status: AttemptStatus): OrderFacts => ({
  ...facts,
  attempts: [...facts.attempts, bareAttempt('one', { status })],
})
const attemptOf = (facts: OrderFacts) => facts.attempts.find((attempt) => attempt.id === 'one')
/** What is held for this attempt beyond what the order owed before. */
const suspenseOf = (facts: OrderFacts): bigint => -(sums(facts).suspense ?? 0n)

for (const [orderName, { make, payable }] of Object.entries(orderStates)) {
  describe(`an order that is ${orderName}`, () => {
    const before = make().order.status
    const wasPaid = before === 'paid'
    for (const attemptState of attemptStates) {
      for (const [relation, amount] of Object.entries(amounts)) {
        const pays = payable && amount === due
        it(`books ${relation} captured on an attempt that is ${attemptState}, once, however often it is told`, () => {
          const start = withAttempt(make(), attemptState)
          for (const copies of [1, 2, 50]) {
            const after = tell(
              start,
              Array.from({ length: copies }, () => money('captured', 'one', amount)),
            )
            expect(after.order.status).toBe(pays ? 'paid' : before)
            expect(attemptOf(after)).toMatchObject({ status: 'captured', amountCaptured: amount, paysOrder: pays })
            expect(suspenseOf(after)).toBe(pays ? 0n : amount)
            expect(sums(after).collected ?? 0n).toBe(pays || wasPaid ? -due : 0n)
            expect(sums(after).provider_receivable).toBe(amount + (wasPaid ? due : 0n))
            const expected =
              amount !== due ? ['amount_mismatch'] : pays ? [] : [wasPaid ? 'paid_twice' : 'late_payment']
            expect(after.discrepancies.map((item) => item.class)).toEqual(expected)
            const proposed = amount === due && !pays ? [amount] : []
            expect(
              after.refunds.filter((refund) => refund.status === 'proposed').map((refund) => refund.amount),
            ).toEqual(proposed)
          }
        })
        it(`lets ${relation} captured stand against failed and pending on an attempt that is ${attemptState}, before or after`, () => {
          const start = withAttempt(make(), attemptState)
          const told = [money('captured', 'one', amount), quiet('failed'), quiet('pending')]
          const states = permutations(told).map((order) => strip(tell(start, order)))
          for (const state of states) expect(state).toEqual(states[0])
          expect(states[0]?.attempts.at(-1)).toMatchObject({ status: 'captured', amountCaptured: amount })
        })
        it(`books a reversal of ${relation} as its own entry on an attempt that is ${attemptState}, before or after the capture`, () => {
          const start = withAttempt(make(), attemptState)
          const told = [money('captured', 'one', amount), money('reversed', 'one', amount, 'R1')]
          const forward = tell(start, told)
          expect(strip(tell(start, told.toReversed()))).toEqual(strip(forward))
          expect(forward.order.status).toBe(pays ? 'paid' : before)
          expect(forward.order.amountPaid).toBe(wasPaid ? due : 0n)
          expect(sums(forward)).toEqual(wasPaid ? { provider_receivable: due, collected: -due } : {})
          expect(forward.discrepancies.filter((item) => item.isOpen).map((item) => item.class)).toEqual(
            pays ? ['reversed'] : [],
          )
        })
      }
      it(`moves no money for failed and pending on an attempt that is ${attemptState}`, () => {
        const start = withAttempt(make(), attemptState)
        const failed = tell(start, [quiet('failed'), quiet('failed')])
        expect(attemptOf(failed)?.status).toBe('failed')
        expect([failed.order, sums(failed), failed.discrepancies]).toEqual([
          start.order,
          sums(start),
          start.discrepancies,
        ])
        const pending = tell(start, [quiet('pending')])
        expect(attemptOf(pending)?.status).toBe(
          attemptState === 'created' || attemptState === 'unknown' ? 'pending' : attemptState,
        )
        expect([pending.order, sums(pending)]).toEqual([start.order, sums(start)])
      })
    }
  })
}

describe('an order with nothing to pay', () => {
  it('stays waived, and money that arrives all the same goes to suspense', () => {
    const start = withAttempt(bareFacts({ order: bareOrder({ status: 'waived', amount: 0n }) }), 'pending')
    const after = tell(start, [money('captured', 'one', 5_000n)])
    expect(after.order).toMatchObject({ status: 'waived', amountPaid: 0n })
    expect(sums(after)).toEqual({ provider_receivable: 5_000n, suspense: -5_000n })
    expect(after.discrepancies.map((item) => item.class)).toEqual(['amount_mismatch'])
  })
})

describe("a capture that is told with and without the provider's number", () => {
  it('is one arrival of money, in whichever order it is told', () => {
    const start = withAttempt(bareFacts(), 'pending')
    const told = [money('captured', 'one', due), { ...money('captured', 'one', due), providerReference: null }]
    for (const order of permutations(told))
      expect(sums(tell(start, order))).toEqual({ provider_receivable: due, collected: -due })
  })
})

describe('a provider that tells two amounts for one number', () => {
  it('pays with the amount that is due if one of them is, in whichever order they come', () => {
    const start = withAttempt(bareFacts(), 'pending')
    const told = [money('captured', 'one', due - 10n), money('captured', 'one', due)]
    for (const order of permutations(told)) {
      const after = tell(start, order)
      expect(after.order.status).toBe('paid')
      expect(sums(after)).toEqual({ provider_receivable: due, collected: -due })
    }
  })
})

const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length <= 1
    ? [[...items]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))

/** The state without what is bookkeeping of arrival: ids and sequence of facts, and discrepancies that were opened and closed on the way. */
const strip = (facts: OrderFacts) => ({
  order: { ...facts.order, paidAt: null },
  attempts: facts.attempts.map(({ failureCode, ...attempt }) => attempt),
  refunds: facts.refunds
    .filter((refund) => refund.status !== 'withdrawn')
    .map(({ id, merchantReference, ...refund }) => refund),
  sums: sums(facts),
  open: facts.discrepancies
    .filter((item) => item.isOpen)
    .map(({ id, closedByDoor, ...item }) => item)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
})
