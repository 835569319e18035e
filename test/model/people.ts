// People who say what became of a refund, transfers that they make by hand, and disputes about a payment.
import { refusedBy } from '../../src/domain/guards.ts'
import { confirmedByHand, type Dispute, type OrderFacts, type Refund } from '../../src/domain/order-facts.ts'
import type { DoorOutcome } from '../../src/domain/outcome.ts'
import { refundMoves } from '../../src/domain/states.ts'
import { decide } from './decide.ts'
import { tell } from './refunds.ts'
import { type Action, type Actor, load, now, type World } from './world.ts'

const people = ['maker', 'checker', 'clerk'] as const

const refundsIn = (world: World): { facts: OrderFacts; refund: Refund; order: number }[] =>
  world.orders.flatMap((_, order) => {
    const facts = load(world, order)
    return facts.refunds.map((refund) => ({ facts, refund, order }))
  })

/** Somebody has looked it up at the provider. They may be wrong about what went back; what they call failed has not arrived there. */
export const settler: Actor = (world, bounds, rules) =>
  refundsIn(world).flatMap(({ refund, order }): Action[] => {
    if (!bounds.persons || bounds.byHand || !bounds.sends) return []
    const { id, merchantReference } = refund
    const common = { merchantReference, occurredAt: null, code: 'settled_by_person' }
    const has = world.refundsAtProvider.some((at) => at.refundId === id && at.end !== 'failed')
    const isOnItsWay = world.hands.some((hand) => hand.kind === 'send' && hand.refundId === id)
    const amounts = [refund.amount, refund.amount + 1n].filter(
      (amount) => !refusedBy(rules.refund.told, { refund, amount }),
    )
    return people
      .slice(0, 2)
      .filter((by) => !refusedBy(rules.refund.settle, { refund, by }))
      .flatMap((by) => [
        ...amounts.flatMap((amount) => {
          const outcome: DoorOutcome = { ...common, status: 'refunded', amount, providerReference: null }
          return tell(world, bounds, rules, {
            order,
            outcome,
            source: 'person',
            label: `${by} says that ${amount} đ of ${id} went back`,
            deed: { by, refundId: id, says: true },
          })
        }),
        ...(has || isOnItsWay
          ? []
          : tell(world, bounds, rules, {
              order,
              outcome: { ...common, status: 'failed', subject: 'refund', providerReference: null },
              source: 'person',
              label: `${by} says that ${id} has failed`,
              deed: { by, refundId: id, says: true },
            })),
      ])
  })

/** A transfer by hand is confirmed by its number; the bank may give it back. */
export const transfers: Actor = (world, bounds, rules) =>
  refundsIn(world).flatMap(({ facts, refund, order }): Action[] => {
    if (!bounds.byHand) return []
    const { id, merchantReference, amount } = refund
    const number = facts.money.filter((fact) => fact.refundId === id).length
    const common = { merchantReference, amount, occurredAt: null }
    const confirmed = (by: string) =>
      tell(world, bounds, rules, {
        order,
        outcome: { ...common, status: 'refunded', providerReference: `T${number}${id}`, code: confirmedByHand },
        write: { refunds: [{ id, bankReference: `T${number}${id}`, confirmedBy: by }] },
        source: 'person',
        label: `${by} confirms the transfer T${number} that returned ${id}`,
        deed: { by, refundId: id, says: true },
      })
    const bounced = (by: string) =>
      tell(world, bounds, rules, {
        order,
        outcome: { ...common, status: 'bounced', providerReference: `B${number}${id}`, code: 'bounced' },
        source: 'person',
        label: `${by} says that the bank gave the transfer of ${id} back`,
        deed: { by, refundId: id, says: true },
      })
    return people.flatMap((by) => [
      ...(number < 2 && !refusedBy(rules.refund.confirm, { refund, by }) ? confirmed(by) : []),
      ...(refundMoves[refund.status].bounced && refund.bankReference && !refusedBy(rules.refund.bounce, { refund, by })
        ? bounced(by)
        : []),
    ])
  })

/** A chargeback: while it is open, and once it is lost until its reversal is told, refunds of the payment wait. */
export const disputer: Actor = (world, bounds) =>
  world.orders.flatMap((facts, order): Action[] => {
    const open = facts.disputes.find(({ status }) => status === 'open')
    if (open)
      return (['lost', 'won'] as const).flatMap((outcome) =>
        decide(world, bounds, {
          order,
          label: `the chargeback about ${open.attemptId} is ${outcome}`,
          write: {
            disputes: facts.disputes.map((each) => (each === open ? { ...each, status: 'closed', outcome } : each)),
          },
        }),
      )
    if (facts.disputes.length >= bounds.disputes) return []
    return facts.attempts
      .filter(({ amountCaptured, amountReversed }) => amountCaptured > amountReversed)
      .flatMap(({ id, amount, amountReversed }) =>
        decide(world, bounds, {
          order,
          label: `a chargeback about ${id} is opened`,
          write: {
            disputes: [...facts.disputes, chargeback(world, { attemptId: id, amount, reversedBefore: amountReversed })],
          },
        }),
      )
  })

const chargeback = (world: World, about: { attemptId: string; amount: bigint; reversedBefore: bigint }): Dispute => ({
  id: `D${about.attemptId}`,
  agencyCode: 'H56.12',
  orderId: 'ord_1',
  merchantAccountId: 'mac',
  kind: 'chargeback',
  status: 'open',
  reason: '',
  reference: null,
  respondBy: '2026-12-31',
  sentRefunds: [],
  openedBy: 'maker',
  openedAt: now(world),
  outcome: null,
  note: null,
  closedBy: null,
  closedAt: null,
  releaseAskedBy: null,
  releaseAskedAt: null,
  releaseNote: null,
  releasedBy: null,
  releasedAt: null,
  releasedAmount: null,
  ...about,
})
