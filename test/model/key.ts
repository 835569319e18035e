// A state in one line of text, the same for states that differ only in what they call their attempts: attempts of one order are alike, so their blocks are sorted.
import type { OrderFacts } from '../../src/domain/order-facts.ts'
import type { Hand, World } from './world.ts'

export const keyOf = (world: World): string => {
  const isFolded = !world.hands.some(({ kind }) => kind === 'commit')
  const orders = world.orders.map((facts) => {
    const blocks = facts.attempts.map(({ id }) => {
      const block = blockOf(world, facts, id)
      return isFolded ? block.replaceAll(id, '@') : block
    })
    return `${orderOf(facts)}[${(isFolded ? blocks.sort() : blocks).join('|')}]`
  })
  const unknown = world.providers.filter(
    ({ attemptId }) => !world.orders.some(({ attempts }) => attempts.some(({ id }) => id === attemptId)),
  )
  const loose = world.hands.flatMap((hand) =>
    hand.kind === 'commit'
      ? [heldOf(world, hand)]
      : hand.kind === 'start' && hand.at === 'calledFirst'
        ? [handOf(hand)]
        : [],
  )
  return `${world.clock} ${world.crashes} ${world.takesLateMoney} ${world.mayRepeat} ${orders.join('#')} ${unknown.length} ${loose.join()}`
}

const orderOf = ({ order, balances }: OrderFacts): string =>
  `${order.status} ${order.firmDeadline} ${order.amountPaid} ${order.amountRefunded} ${order.expiresAt.getTime()} ${order.extensions} ${balances.map(({ account, amount }) => `${account[0]}${amount}`).join()}`

const blockOf = (world: World, facts: OrderFacts, id: string): string => {
  const attempt = facts.attempts.find((each) => each.id === id)
  if (!attempt) return ''
  const { status, paysOrder, amountCaptured, amountReversed, providerReference, expiresAt } = attempt
  const captures = facts.money.filter(({ kind }) => kind === 'captured')
  const told = facts.money
    .filter(({ attemptId }) => attemptId === id)
    .map(
      (fact) =>
        `${fact.kind}${fact.reference}${fact.amount}${fact.isContested}${fact.refundId}${fact.source === 'person'}${captures.indexOf(fact)}`,
    )
    .sort()
  const refunds = facts.refunds
    .filter(({ attemptId }) => attemptId === id)
    .map((each) =>
      [
        each.id,
        each.source[0],
        each.status,
        each.amount,
        each.amountRefunded,
        each.madeBy,
        each.decidedBy,
        each.confirmedBy,
        each.payeeVersion,
        each.sentAt?.getTime(),
        each.merchantReference,
        each.providerReference,
        each.reason,
      ].join(' '),
    )
  const discrepancies = facts.discrepancies
    .filter(({ attemptId }) => attemptId === id)
    .map((each) => `${each.key}${each.amount}${each.isOpen}${each.closedByDoor}`)
    .sort()
  const disputes = facts.disputes
    .filter(({ attemptId }) => attemptId === id)
    .map((each) => `${each.status}${each.outcome}${each.reversedBefore}`)
  const at = world.providers
    .filter(({ attemptId }) => attemptId === id)
    .map(
      ({ takes, reversed, hasFailed }) =>
        `${takes.map(({ reference, amount, how }) => `${how}${reference}${amount}`).join()} ${reversed.length} ${hasFailed}`,
    )
  const refunding = world.refundsAtProvider
    .filter(({ refundId }) => refundId.endsWith(id))
    .map(({ reference, calls, end }) => `${reference} ${calls} ${end}`)
    .sort()
  const hands = world.hands.flatMap((hand) =>
    (hand.kind === 'start' && hand.at !== 'calledFirst' && hand.attemptId === id) ||
    (hand.kind === 'send' && hand.refundId.endsWith(id))
      ? [handOf(hand)]
      : [],
  )
  const known = world.acknowledged.filter((key) => key.startsWith(`${id} `))
  const requests = world.requests.filter((key) => key.endsWith(id))
  return [
    status,
    paysOrder,
    amountCaptured,
    amountReversed,
    providerReference,
    expiresAt.getTime(),
    told,
    refunds,
    discrepancies,
    disputes,
    at,
    refunding,
    hands,
    known.length,
    requests,
  ].join(';')
}

const handOf = (hand: Exclude<Hand, { kind: 'commit' }>): string =>
  hand.kind === 'start'
    ? `start ${hand.at} ${hand.note} ${hand.order}`
    : `send ${hand.refundId} ${hand.at} ${hand.as} ${hand.note} ${hand.reference}`

const heldOf = (world: World, { order, version, decision }: Extract<Hand, { kind: 'commit' }>): string =>
  `${order} ${world.orders[order]?.order.version === version} ${decision.label} ${JSON.stringify(decision.write, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`
