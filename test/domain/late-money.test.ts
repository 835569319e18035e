// Late money that was refused: what is on record of it, and that an order which was paid with such money before stays paid.
import { expect, test } from 'vitest'
import { applyOutcome, recheck } from '../../src/domain/apply.ts'
import { doorGuards } from '../../src/domain/door-guards.ts'
import type { OrderFacts } from '../../src/domain/order-facts.ts'
import { at, bareAttempt, bareFacts, bareOrder, due } from '../kit/order-facts.ts'
import { follow } from '../model/world.ts'

const attempt = bareAttempt('@a')
const cancelled = (): OrderFacts => ({
  ...bareFacts({ order: bareOrder({ status: 'cancelled' }), attempts: [attempt] }),
  acceptsLateMoney: false,
})
const tell = (facts: OrderFacts, reference: string | null, guards = doorGuards): OrderFacts => {
  const outcome = {
    status: 'captured' as const,
    merchantReference: attempt.merchantReference,
    providerReference: reference,
    amount: due,
    occurredAt: null,
    code: '00',
  }
  const told = { outcome, source: 'callback' as const, receivedAt: at(1), factId: `F${facts.money.length}` }
  const change = applyOutcome(facts, told, guards)?.change
  return change ? follow(facts, change) : facts
}
const late = (facts: OrderFacts): OrderFacts => ({ ...facts, acceptsLateMoney: true })

test('stays refused when its number is told after the agency began to take late money', () => {
  const facts = tell(late(tell(cancelled(), null)), 'P')
  expect(facts.order).toMatchObject({ status: 'cancelled', amountPaid: 0n })
  expect(recheck(facts)).toBeNull()
})

test('pays on where it has once paid its order, whatever stands under its former number', () => {
  const payer = { ...doorGuards.payer, wasNotRefusedAsLate: () => true }
  const paid = tell(late(tell(cancelled(), null)), 'P', { ...doorGuards, payer })
  expect(paid.order).toMatchObject({ status: 'paid', amountPaid: due })
  expect(recheck(paid)).toBeNull()
  expect(tell(paid, 'P')).toBe(paid)
})
