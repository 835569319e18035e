// What must hold in every state. Said here anew, from the contract and not from the code.
import { applyOutcome, recheck } from '../../src/domain/apply.ts'
import type { OrderFacts } from '../../src/domain/order-facts.ts'
import { first, open, total } from './measure.ts'
import { keyOfNews, newsOf } from './payments.ts'
import type { Rules } from './rules.ts'
import { type Bounds, load, now, type World } from './world.ts'

/** Null where it holds, else what is wrong. */
type InState = (world: World, rules: Rules, bounds: Bounds) => string | null

const ofOrders = (world: World, check: (facts: OrderFacts, index: number) => string | null): string | null =>
  first(world.orders.map(check))
const balance = ({ balances }: OrderFacts, ...accounts: readonly string[]): bigint =>
  total(balances.filter(({ account }) => accounts.includes(account)).map(({ amount }) => amount))

export const statesHold: Readonly<Record<string, InState>> = {
  'an order is paid at most once': (world) =>
    ofOrders(world, ({ order, attempts }) => {
      const payers = attempts.filter(({ paysOrder }) => paysOrder)
      return payers.length > 1 || (order.status === 'paid') !== (order.paidBy !== null)
        ? `${order.id} is ${order.status} by ${payers.map(({ id }) => id).join(' and ') || 'nobody'}`
        : null
    }),
  'what pays an order is what it owes': (world) =>
    ofOrders(world, ({ order, money }) => {
      if (order.paidBy === null) return null
      const paying = money.some(
        ({ kind, attemptId, amount }) => kind === 'captured' && attemptId === order.paidBy && amount === order.amount,
      )
      return paying ? null : `${order.id} owes ${order.amount} đ`
    }),
  'a transaction of a provider pays one order': (world) => {
    const payers = world.orders.flatMap(({ order, attempts, money }) =>
      attempts
        .filter(({ paysOrder }) => paysOrder)
        .flatMap(({ id, providerReference }) =>
          money.some(({ attemptId, reference }) => attemptId === id && reference === providerReference)
            ? [`${order.id} ${providerReference}`]
            : [],
        ),
    )
    const numbers = payers.map((payer) => payer.split(' ').at(-1))
    return new Set(numbers).size < numbers.length ? payers.join(' and ') : null
  },
  'nothing is owed for a waived order': (world) =>
    ofOrders(world, ({ order }) =>
      order.amount === 0n && (order.status !== 'waived' || order.amountPaid > 0n) ? `it is ${order.status}` : null,
    ),
  'the ledger sums to zero': (world) =>
    ofOrders(world, (facts) => {
      const sum = total(facts.balances.map(({ amount }) => amount))
      return sum === 0n ? null : `it sums to ${sum}`
    }),
  'what was captured paid the order, is held, or went back': (world) =>
    ofOrders(world, (facts) => {
      const captured = total(
        facts.attempts.map(({ amountCaptured, amountReversed }) => amountCaptured - amountReversed),
      )
      const returned = total(facts.refunds.map(({ amountRefunded }) => amountRefunded))
      const booked = -balance(facts, 'collected', 'suspense') + returned
      return captured === booked ? null : `${captured} đ were captured, ${booked} đ are booked`
    }),
  'an attempt whose money was told is captured': (world) =>
    ofOrders(world, ({ attempts }) =>
      first(
        attempts.map(({ id, status, amountCaptured }) =>
          amountCaptured > 0n === (status === 'captured') ? null : `${id} is ${status}, with ${amountCaptured} đ`,
        ),
      ),
    ),
  'no more is booked than a provider took': (world) =>
    ofOrders(world, ({ attempts }) =>
      first(
        attempts.map(({ id, amountCaptured }) => {
          const taken = total(
            world.providers
              .filter(({ attemptId }) => attemptId === id)
              .flatMap(({ takes }) => takes.map(({ amount }) => amount)),
          )
          return amountCaptured > taken ? `${amountCaptured} đ of ${id} are booked, ${taken} đ were taken` : null
        }),
      ),
    ),
  'money that was told is on record': (world) =>
    first(
      world.acknowledged.map((key) =>
        world.orders.some(({ money }) =>
          money.some((fact) => `${fact.attemptId} ${fact.kind} ${fact.reference} ${fact.amount}` === key),
        )
          ? null
          : `${key} was answered as received, and is on no record`,
      ),
    ),
  'whatever a provider was asked for is known here': (world) =>
    first(
      world.providers.map(({ attemptId }) =>
        world.orders.some(({ attempts }) => attempts.some(({ id }) => id === attemptId)) ||
        world.hands.some((hand) => hand.kind === 'start' && hand.attemptId === attemptId)
          ? null
          : `${attemptId} is with its provider, and nobody knows it`,
      ),
    ),
  'the stored state is what the facts say': (world, rules) =>
    ofOrders(world, (_, index) => {
      const change = recheck(load(world, index), rules.door)
      const moved = Object.entries(change ?? {}).filter(
        ([, value]) => value !== null && (!Array.isArray(value) || value.length > 0),
      )
      return change ? `projected again it would change its ${moved.map(([name]) => name).join(', ')}` : null
    }),
  'what is told again changes nothing': (world, rules, bounds) =>
    first(
      world.providers.flatMap((at) => {
        const index = world.orders.findIndex(({ attempts }) => attempts.some(({ id }) => id === at.attemptId))
        return index < 0
          ? []
          : newsOf(at, bounds).map(({ label, outcome }) => {
              if (!('amount' in outcome) || !world.acknowledged.includes(keyOfNews(at.attemptId, outcome))) return null
              const told = { outcome, source: 'query' as const, receivedAt: now(world), factId: 'F' }
              return applyOutcome(load(world, index), told, rules.door)?.change
                ? `${label} again, and something changes`
                : null
            })
      }),
    ),
  'surplus is proposed to be returned, or somebody is told': (world) =>
    ofOrders(world, (facts) => {
      const inSuspense = -balance(facts, 'suspense')
      const named = total(facts.discrepancies.filter(isHolding).map(({ amount }) => amount))
      const mismatched = facts.discrepancies.some(({ class: name, isOpen }) => name === 'refund_mismatch' && isOpen)
      return inSuspense > 0n && named < inSuspense && !mismatched
        ? `${inSuspense} đ are held, ${named} đ are named`
        : null
    }),
  'what went back twice is named': (world) =>
    ofOrders(world, (facts) => {
      const over = facts.attempts.some(
        ({ id, amountCaptured, amountReversed }) => returnedOf(facts, id) > amountCaptured - amountReversed,
      )
      const isNamed = facts.discrepancies.some(({ class: name }) => name === 'refund_mismatch')
      return over && !isNamed ? 'more went back than was left, and nobody is told' : null
    }),
  'one refund of an attempt is open': (world) =>
    ofOrders(world, ({ attempts, refunds }) =>
      first(
        attempts.map(({ id }) => {
          const own = refunds.filter(({ attemptId, status }) => attemptId === id && open.includes(status))
          return own.length > 1 ? own.map((refund) => `${refund.id} is ${refund.status}`).join(', ') : null
        }),
      ),
    ),
  'a refund returns something': (world) =>
    ofOrders(world, ({ refunds }) =>
      first(refunds.map(({ id, amount }) => (amount > 0n ? null : `${id} is over nothing`))),
    ),
  'one request is carried out once': (world) =>
    ofOrders(world, ({ refunds }) => {
      const keys = refunds.filter(({ madeBy }) => madeBy === 'maker').map(({ reason }) => reason)
      return new Set(keys).size < keys.length
        ? `there are two refunds of request ${keys.find((key, index) => keys.indexOf(key) < index)}`
        : null
    }),
  'a provider is never asked to return more than it took': (world) =>
    first(
      world.providers.map(({ attemptId, takes }) => {
        const asked = world.refundsAtProvider.filter(
          ({ refundId, end }) => refundId.endsWith(attemptId) && end !== 'failed',
        )
        const returns = total(
          asked.map(({ amount, calls }) => amount * BigInt(calls > 1 && !world.mayRepeat ? calls : 1)),
        )
        const taken = total(takes.map(({ amount }) => amount))
        return returns > taken ? `it took ${taken} đ of ${attemptId} and was asked for ${returns} đ` : null
      }),
    ),
  'no person says that more went back than was asked for': (world) =>
    ofOrders(world, ({ refunds, money }) =>
      first(
        refunds.map(({ id, amount }) => {
          const said = money.filter(
            ({ refundId, kind, source }) => refundId === id && kind === 'refunded' && source === 'person',
          )
          return total(said.map((fact) => fact.amount)) > amount ? `${id} asks for ${amount} đ` : null
        }),
      ),
    ),
  'money that leaves by hand takes two people': (world) =>
    ofOrders(world, ({ refunds }) =>
      first(
        refunds.map(({ id, madeBy, decidedBy, confirmedBy }) => {
          const persons = new Set([madeBy, decidedBy, confirmedBy].filter((who) => who !== null && who !== 'lephi'))
          return confirmedBy !== null && persons.size < 2 ? `${id}: ${[...persons].join()} alone` : null
        }),
      ),
    ),
}

const isHolding = ({ class: name, isOpen, closedByDoor }: OrderFacts['discrepancies'][number]): boolean =>
  (isOpen || !closedByDoor) && ['amount_mismatch', 'paid_twice', 'late_payment', 'reference_reused'].includes(name)

const returnedOf = ({ refunds }: OrderFacts, attemptId: string): bigint =>
  total(refunds.filter((refund) => refund.attemptId === attemptId).map(({ amountRefunded }) => amountRefunded))
