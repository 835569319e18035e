// The same set of facts, told in any order, ends in the same state. In every state that is reached, any two pieces of news are told both ways: where neighbours may
// be exchanged, every order may.
import type { OrderFacts } from '../../src/domain/order-facts.ts'
import { total } from './measure.ts'
import { teller } from './payments.ts'
import type { Rules } from './rules.ts'
import type { Bounds, World } from './world.ts'

export const endsAlike = (world: World, bounds: Bounds, rules: Rules): string | null => {
  const one = { ...bounds, racers: 0 }
  const firsts = teller(world, one, rules)
  const ends = new Map<string, string>()
  for (const { label, world: next } of firsts)
    for (const second of teller(next, one, rules)) ends.set(`${label}, then ${second.label}`, compared(second.world))
  for (const a of firsts)
    for (const b of firsts) {
      const [there, back] = [ends.get(`${a.label}, then ${b.label}`), ends.get(`${b.label}, then ${a.label}`)]
      if (a.label < b.label && there !== back) return `${a.label}, and ${b.label}: ${there} one way, ${back} the other`
    }
  return null
}

/** Everything but which of two equal captures is called the payer: that is the one thing that arrival decides. */
const compared = ({ orders }: World): string => orders.map(ofOrder).join(' # ')

const ofOrder = ({ order, attempts, refunds, balances, discrepancies }: OrderFacts): string =>
  [
    order.status,
    order.amountPaid,
    order.amountRefunded,
    order.paidBy !== null,
    ...attempts.map(
      ({ id, status, amountCaptured, amountReversed }) => `${id} ${status} ${amountCaptured} ${amountReversed}`,
    ),
    ...balances.map(({ account, amount }) => `${account} ${amount}`),
    ...discrepancies.flatMap(({ class: name, amount, isOpen }) => (isOpen ? [`${name} ${amount}`] : [])).sort(),
    `proposed ${total(refunds.flatMap(({ status, amount }) => (status === 'proposed' ? [amount] : [])))}`,
  ].join(', ')
