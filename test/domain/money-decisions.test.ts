// The decision table against the door itself: every order state × amount × source × dossier × reference × attempt state, none left out.
import { describe, expect, it } from 'vitest'
import { afterChange, applyOutcome } from '../../src/domain/apply.ts'
import { doorPolicies } from '../../src/domain/discrepancy-policy.ts'
import { decisionOn, type MoneyCell, moneyCells, moneyRules, orderStandings } from '../../src/domain/money-decisions.ts'
import type { OrderFacts } from '../../src/domain/order-facts.ts'
import type { Outcome, OutcomeSource } from '../../src/domain/outcome.ts'
import type { AttemptStatus } from '../../src/domain/states.ts'
import { at, bareAttempt, bareFacts, bareOrder, due, sums, tell } from '../kit/order-facts.ts'

const sources: readonly OutcomeSource[] = ['callback', 'query', 'statement', 'bank', 'start', 'refund_call', 'person']
const attemptStates: readonly AttemptStatus[] = ['created', 'pending', 'unknown', 'failed', 'expired']
const amounts: Record<MoneyCell['amount'], readonly bigint[]> = {
  equal: [due],
  short: [1n, due / 100n, due - 1n],
  over: [due + 1n, due * 100n],
}

const captured = (attempt: string, amount: bigint, reference: string): Outcome => ({
  status: 'captured',
  merchantReference: `ref-${attempt}`,
  providerReference: reference,
  amount,
  occurredAt: at(5),
  code: '00',
})

/** The order as it stands before the money comes, with the attempt that it comes on. */
const standing = ({ order, dossier, reference }: MoneyCell, status: AttemptStatus): OrderFacts => {
  const acceptsLateMoney = dossier === 'awaiting' || dossier === 'rejected'
  const base = { acceptsLateMoney, takenReference: reference === 'taken' ? 'P1' : null }
  const one = bareAttempt('one', { status })
  if (order === 'waived')
    return bareFacts({ ...base, order: bareOrder({ status: 'waived', amount: 0n }), attempts: [one] })
  if (order !== 'paid') return bareFacts({ ...base, order: bareOrder({ status: order }), attempts: [one] })
  const paid = tell(bareFacts({ attempts: [bareAttempt('other')] }), [captured('other', due, 'OTHER')])
  return { ...paid, ...base, attempts: [...paid.attempts, one] }
}

const arrive = (facts: OrderFacts, amount: bigint, source: OutcomeSource) => {
  const outcome = captured('one', amount, 'P1')
  const change = applyOutcome(facts, { outcome, source, receivedAt: at(30), factId: 'fct_new' })?.change
  if (!change) throw new Error('nothing came of it')
  return { change, after: afterChange(facts, change, { proposals: [], ids: (key) => key }) }
}

describe('the decision table', () => {
  it('has no cell without a row, and no row without a cell', () => {
    expect(moneyCells).toHaveLength((orderStandings.length - 1) * 3 * 4 * 2 + 1 * 4 * 2)
    const used = new Set(moneyCells.map((cell) => decisionOn(cell)))
    for (const rule of moneyRules) expect(used).toContain(rule.decision)
    for (const [index] of moneyRules.entries()) {
      const first = moneyCells.filter((cell) => {
        const fitting = moneyRules.findIndex((rule) =>
          (['order', 'amount', 'dossier', 'reference'] as const).every(
            (name) => rule[name]?.some((each) => each === cell[name]) ?? true,
          ),
        )
        return fitting === index
      })
      expect([index, first.length > 0]).toEqual([index, true])
    }
  })

  it('says for whatever is held what happens next, and by when', () => {
    for (const cell of moneyCells) {
      const { booked, class: name, proposal } = decisionOn(cell)
      expect(booked === 'suspense').toBe(name !== null)
      if (!name) continue
      const policy = doorPolicies[name]
      expect(policy.workingDays).toBeGreaterThan(0)
      expect(policy.money).toBe('door')
      expect(policy.resolutions.length).toBeGreaterThan(1)
      // Nothing that the gateway proposes is final: money leaves suspense only through a refund that a person decides.
      if (proposal === 'refund') expect(policy.resolutions).toContain('refund')
    }
  })
})

describe('the door does what the table says', () => {
  for (const order of orderStandings)
    it(`of an order that is ${order}: in every cell, from every source, however the attempt stood`, () => {
      let cells = 0
      for (const cell of moneyCells.filter((each) => each.order === order))
        for (const status of attemptStates)
          for (const amount of amounts[cell.amount])
            for (const source of sources) {
              const before = standing(cell, status)
              const { change, after } = arrive(before, amount, source)
              const decision = decisionOn(cell)
              const about = { ...cell, status, amount, source }
              const into = { collected: 0n, suspense: 0n, [decision.booked]: -amount }
              const [was, is] = [sums(before), sums(after)]
              expect({
                ...about,
                collected: (is.collected ?? 0n) - (was.collected ?? 0n),
                suspense: (is.suspense ?? 0n) - (was.suspense ?? 0n),
                owed: (is.provider_receivable ?? 0n) - (was.provider_receivable ?? 0n),
                opened: change.opened.map((item) => item.class),
                proposed: change.surplus.map((surplus) => surplus.amount),
                status: after.order.status,
              }).toEqual({
                ...about,
                ...into,
                owed: amount,
                opened: decision.class ? [decision.class] : [],
                proposed: decision.proposal === 'refund' ? [amount] : [],
                status: decision.booked === 'collected' ? 'paid' : before.order.status,
              })
              cells += 1
            }
      expect(cells).toBe(order === 'waived' ? 4 * 2 * 5 * 2 * 7 : 4 * 2 * 5 * 6 * 7)
    })
})
