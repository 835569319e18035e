// The world that is explored: what is committed, what providers have really done, which processes are in the middle of something, and what time it is.
import { afterChange, type OrderChange } from '../../src/domain/apply.ts'
import type { Attempt, Dispute, OrderFacts, Refund } from '../../src/domain/order-facts.ts'
import { at, bareAttempt, bareFacts, bareOrder, bareRefund, due } from '../kit/order-facts.ts'
import type { Rules } from './rules.ts'

export { due }
export const part = 50_000n
/** One merchant account for all: a number of its provider is the same number whichever attempt it is told for. */
export const account = 'mac'

/** Before any deadline; when attempts of before are over and the order is not; just behind the order's deadline; and so late that nobody waits any more. */
export const instants: readonly Date[] = [at(1), at(35), at(60), at(60 + 26 * 60)]

export type Bounds = {
  attempts: number
  /** The call that starts an attempt is made in steps, between which a process can crash; else an attempt is with its provider at once. */
  calls: boolean
  /** What a provider does it may keep to itself, or tell of later and in another order; else it is told at once, and may be told again. */
  hides: boolean
  /** What the citizen's provider may take, each a way of its own: the due amount, less, under our own reference only, under a number that was used before. */
  takes: readonly Take[]
  /** Captures that the providers make of one attempt. */
  takesEach: number
  reversals: number
  /** Failed and pending. */
  quiet: boolean
  /** Refunds that a portal asks for; what the gateway proposes comes on top. */
  refunds: number
  /** Refunds are decided and sent. */
  sends: boolean
  disputes: number
  /** Decisions that are held between reading and committing while others go on. */
  racers: number
  crashes: number
  cancels: boolean
  clock: boolean
  extends: boolean
  persons: boolean
  /** The agency begins to take late money. */
  relents: boolean
  /** Every two pieces of news that can be told are told in both orders, and must end alike. */
  anyOrder: boolean
  byHand: boolean
}
export type Take = 'due' | 'short' | 'anonymous' | 'taken'

/** What one provider has done about one attempt. Whatever it has done it may tell, at any time, any number of times, in any order. */
export type AtProvider = {
  attemptId: string
  /** Until when it takes money for it, with what its books may lag behind. */
  until: number
  takes: readonly { reference: string; amount: bigint; how: Take }[]
  reversed: readonly { reference: string; amount: bigint }[]
  hasFailed: boolean
}
/** A refund as its provider got it. */
export type RefundAtProvider = {
  refundId: string
  reference: string
  amount: bigint
  calls: number
  end: 'done' | 'failed' | null
}

/** One commit of one order. */
export type Write = {
  order?: Partial<OrderFacts['order']>
  attempts?: readonly ({ id: string } & Partial<Attempt>)[]
  newAttempts?: readonly Attempt[]
  refunds?: readonly ({ id: string } & Partial<Refund>)[]
  newRefunds?: readonly Refund[]
  disputes?: readonly Dispute[]
  settled?: readonly string[]
  change?: OrderChange | null
}

/** A process between two of its steps. */
export type Hand =
  | {
      kind: 'start'
      at: 'written' | 'answered' | 'calledFirst'
      order: number
      attemptId: string
      note: StartNote | null
    }
  | {
      kind: 'send'
      at: 'marked' | 'answered' | 'calledFirst'
      order: number
      refundId: string
      as: 'send' | 'repeat'
      reference: string
      note: SendNote | null
    }
  | { kind: 'commit'; order: number; version: number; decision: Decision }
export type StartNote = 'accepted' | 'refused' | 'silence'
export type SendNote = 'release' | 'silence'

/** What a flow came to after reading: what it writes, and what goes on after the commit. */
export type Decision = {
  order: number
  label: string
  write: Write
  /** Facts that were told, so that they must be on record once the teller was answered. */
  acknowledges?: string
  isLate?: boolean
  /** Whether something outside stands behind it, and not our own will. */
  isEvidence?: boolean
  hand?: Hand
  /** The provider that hears of it with the commit. */
  asks?: AtProvider
  requested?: string
  /** Who decided or said it, for the rules about two pairs of eyes. */
  deed?: Deed
}
export type Deed = { by: string; refundId: string; payeeVersion?: number; says?: boolean }

export type World = {
  orders: readonly OrderFacts[]
  providers: readonly AtProvider[]
  refundsAtProvider: readonly RefundAtProvider[]
  hands: readonly Hand[]
  clock: number
  instants: readonly Date[]
  crashes: number
  /** Whether the agency takes late money. */
  takesLateMoney: boolean
  /** Whether the provider carries out one reference of a refund once, however often it is called. */
  mayRepeat: boolean
  /** References of captures that a provider was told "received" for. */
  acknowledged: readonly string[]
  /** Requests of a portal that were carried out, by key. */
  requests: readonly string[]
}

export const now = (world: World): Date => world.instants[world.clock] ?? at(0)

/** An order as a flow reads it: with what other orders say about late money and about the number that is being told. */
export const load = (world: World, index: number, reference: string | null = null): OrderFacts => {
  const facts = orderAt(world, index)
  const others = world.orders.filter((_, other) => other !== index)
  return {
    ...facts,
    acceptsLateMoney: world.takesLateMoney && !others.some(({ order }) => order.status === 'paid'),
    takenReference: reference !== null && isTaken(world, reference) !== null ? reference : null,
  }
}

/** The attempt that has captured under this number first; null when none has. */
export const isTaken = (world: World, reference: string): string | null =>
  world.orders.flatMap(({ money }) => money).find((fact) => fact.kind === 'captured' && fact.reference === reference)
    ?.attemptId ?? null

export const orderAt = (world: World, index: number): OrderFacts => {
  const facts = world.orders[index]
  if (!facts) throw new Error('there is no such order')
  return facts
}

/** Writes as PostgreSQL does: columns over whatever stands there now. The version is one more. */
export const commit = (world: World, index: number, write: Write): World => {
  const facts = orderAt(world, index)
  const id = (list: readonly { id: string }[] | undefined) => new Map(list?.map((each) => [each.id, each]))
  const [attempts, refunds] = [id(write.attempts), id(write.refunds)]
  const written: OrderFacts = {
    ...facts,
    order: { ...facts.order, ...write.order, version: facts.order.version + 1 },
    attempts: [...facts.attempts.map((each) => ({ ...each, ...attempts.get(each.id) })), ...(write.newAttempts ?? [])],
    refunds: [...facts.refunds.map((each) => ({ ...each, ...refunds.get(each.id) })), ...(write.newRefunds ?? [])],
    disputes: write.disputes ?? facts.disputes,
    discrepancies: facts.discrepancies.map((each) =>
      write.settled?.includes(each.id) ? { ...each, isOpen: false, closedByDoor: false } : each,
    ),
  }
  const next = write.change ? follow(written, write.change) : written
  return { ...world, orders: world.orders.map((each, other) => (other === index ? next : each)) }
}

/** A change of the door, with the refunds that it proposes. */
export const follow = (facts: OrderFacts, change: OrderChange): OrderFacts => {
  const proposals = change.surplus.map(({ attemptId, amount, reason }, index) => {
    const attempt = attemptOf(facts, attemptId)
    return bareRefund(`R${refundsOf(facts, attemptId).length + 1 + index}${attemptId}`, attempt, {
      source: 'surplus',
      status: 'proposed',
      amount,
      reason,
      madeBy: 'lephi',
      decidedBy: null,
      sentAt: null,
    })
  })
  return afterChange(facts, change, { proposals, ids: (key) => `dsc ${key}` })
}

export const attemptOf = (facts: OrderFacts, id: string): Attempt => {
  const attempt = facts.attempts.find((each) => each.id === id)
  if (!attempt) throw new Error(`there is no attempt ${id}`)
  return attempt
}
export const refundsOf = (facts: OrderFacts, attemptId: string): Refund[] =>
  facts.refunds.filter((refund) => refund.attemptId === attemptId)

export const newAttempt = (world: World, index: number, id: string): Attempt =>
  bareAttempt(id, {
    status: 'created',
    merchantAccountId: account,
    orderId: orderAt(world, index).order.id,
    amount: orderAt(world, index).order.amount,
    createdAt: now(world),
    expiresAt: new Date(Math.min(orderAt(world, index).order.expiresAt.getTime(), now(world).getTime() + 15 * 60_000)),
  })

export type Start = {
  orders?: number
  isWaived?: boolean
  takesLateMoney?: boolean
  isFirm?: boolean
  mayRepeat?: boolean
  /** Hours from the placing of the order: of its deadline, and of the instants at which something can happen. */
  hours?: { deadline: number; instants: readonly number[] }
}

export const startWorld = (start: Start = {}): World => {
  const { orders = 1, isWaived = false, takesLateMoney = true, isFirm = false, mayRepeat = false, hours } = start
  const order = (index: number) =>
    bareOrder({
      id: `order ${index + 1}`,
      firmDeadline: isFirm,
      ...(hours ? { expiresAt: at(hours.deadline * 60) } : {}),
      ...(isWaived ? { status: 'waived', amount: 0n } : {}),
    })
  // Nobody begins to pay what is waived; if a provider takes money for it all the same, it does so for an attempt that should not be.
  const stray = isWaived ? [bareAttempt('@a', { merchantAccountId: account })] : []
  return {
    orders: Array.from({ length: orders }, (_, index) => bareFacts({ order: order(index), attempts: stray })),
    providers: stray.map(({ id }) => ({
      attemptId: id,
      until: at(30).getTime(),
      takes: [],
      reversed: [],
      hasFailed: false,
    })),
    refundsAtProvider: [],
    hands: [],
    clock: 0,
    instants: hours?.instants.map((hour) => at(hour * 60)) ?? instants,
    crashes: 0,
    takesLateMoney,
    mayRepeat,
    acknowledged: [],
    requests: [],
  }
}

export type Action = { label: string; world: World; kind: ActionKind; deed?: Deed }
/** What an action is for the rules about moves: evidence from outside, the clock, a deed of ours. */
export type ActionKind = 'evidence' | 'clock' | 'deed' | 'outside' | 'crash'
export type Actor = (world: World, bounds: Bounds, rules: Rules) => Action[]
