// Owns the memory of the simulated providers: payments with their refunds, callbacks under way, faults, and the answers
// given under request ids. Everything is bounded, and everything but what is in flight survives in a snapshot.
import { type Answer, type Fault, type Notice, type Payment, type Refund, snapshotSchema } from './records.ts'
import type { Side } from './side.ts'

/** The ports: the network, the clock, ids, and the address under which `/simulators` is reached. */
export interface SimulatorDeps {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: () => Date
  newId: () => string
  publicUrl: string
}

export interface World extends SimulatorDeps {
  sides: Map<string, Side>
  payments: Map<string, Payment>
  /** Payments by the provider's number, and by the references of their refunds. */
  byNumber: Map<string, Payment>
  byRefund: Map<string, Payment>
  refunding: Set<Payment>
  /** Payments that are taken in the last second of their day. */
  waiting: Set<Payment>
  notices: Map<string, Notice>
  sending: Set<string>
  faults: Fault[]
  answers: Map<string, Answer>
  poisoned: Set<string>
  inFlight: Set<string>
  lastNumber: number
  magicAmounts: boolean
  paymentCountMax: number
  merchantName: string
}

export const answerCountMax = 50_000
export const poisonedCountMax = 10_000

export const newWorld = (
  deps: SimulatorDeps,
  options: Pick<World, 'magicAmounts' | 'paymentCountMax' | 'merchantName'>,
): World => ({
  ...deps,
  ...options,
  sides: new Map(),
  payments: new Map(),
  byNumber: new Map(),
  byRefund: new Map(),
  refunding: new Set(),
  waiting: new Set(),
  notices: new Map(),
  sending: new Set(),
  faults: [],
  answers: new Map(),
  poisoned: new Set(),
  inFlight: new Set(),
  lastNumber: 0,
})

/** A newline cannot occur in any accepted reference, so the parts cannot run into each other. */
export const keyOf = (...parts: string[]): string => parts.join('\n')
export const paymentKey = (of: { provider: string; account: string; merchant_reference: string }): string =>
  keyOf(of.provider, of.account, of.merchant_reference)

export const isFinal = (payment: Payment): boolean => payment.status === 'success' || payment.status === 'failed'

/** A number that no earlier call returned, also across restarts without a snapshot: it never runs behind the clock. */
export const nextNumber = (world: World): string => {
  // Tenths of a second since 1970 are eleven digits, the length of a MoMo transId and within VNPAY's fifteen.
  world.lastNumber = Math.max(world.lastNumber + 1, Math.floor(world.now().getTime() / 100))
  return String(world.lastNumber)
}

export const addPayment = (world: World, payment: Payment): void => {
  world.payments.set(paymentKey(payment), payment)
  if (world.payments.size > world.paymentCountMax) dropOldest(world)
}

/** Makes a payment findable by its number, once money is behind it: a failed one carries no number of its own. */
export const numberPayment = (world: World, payment: Payment): void => {
  if (payment.status !== 'success' && payment.status !== 'suspicious' && payment.status !== 'authorised') return
  world.byNumber.set(keyOf(payment.provider, payment.account, payment.provider_reference), payment)
}

export const addRefund = (world: World, payment: Payment, refund: Refund): void => {
  payment.refunds.push(refund)
  world.byRefund.set(keyOf(payment.provider, payment.account, refund.merchant_reference), payment)
  if (refund.next_at !== null) world.refunding.add(payment)
}

/** The refunds that hold money back: all but the refused ones. */
export const refundedAmount = (payment: Payment): bigint =>
  payment.refunds.reduce((sum, refund) => (refund.status === 'refused' ? sum : sum + refund.amount), 0n)

/** An open payment past its deadline is expired from the moment somebody looks. */
export const expireIfDue = (world: World, payment: Payment, code: string): void => {
  if (payment.status !== 'open' || world.now().toISOString() <= payment.expires_at) return
  payment.status = 'expired'
  payment.code = code
}

/** The payment of a provider under a reference; without an account the newest one wins. */
export const findPayment = (
  world: World,
  of: { provider: string; account?: string | undefined; merchant_reference: string },
): Payment | undefined => {
  const accounts = world.sides.get(of.provider)?.accounts.map((account) => account.id) ?? []
  return accounts
    .filter((account) => of.account === undefined || of.account === account)
    .flatMap((account) => world.payments.get(keyOf(of.provider, account, of.merchant_reference)) ?? [])
    .sort((a, b) => b.created_at.localeCompare(a.created_at))[0]
}

/** Remembers an answer under its request id, forgetting the oldest when there are too many. */
export const rememberAnswer = (world: World, key: string, answer: Answer): void => {
  world.answers.set(key, answer)
  const oldest = world.answers.keys().next()
  if (world.answers.size > answerCountMax && !oldest.done) world.answers.delete(oldest.value)
}

/** The oldest finished payment goes first; a flood of unfinished ones is cut as well, at twice the limit. */
const dropOldest = (world: World): void => {
  const now = world.now().toISOString()
  const everything = world.payments.size > 2 * world.paymentCountMax
  for (const [key, payment] of world.payments) {
    if (!everything && !isFinal(payment) && payment.expires_at > now) continue
    world.payments.delete(key)
    world.refunding.delete(payment)
    world.waiting.delete(payment)
    world.byNumber.delete(keyOf(payment.provider, payment.account, payment.provider_reference))
    for (const refund of payment.refunds)
      world.byRefund.delete(keyOf(payment.provider, payment.account, refund.merchant_reference))
    return
  }
}

/** The whole memory as JSON. Calls that are under way are not part of it. */
export const writeSnapshot = (world: World): string =>
  JSON.stringify(
    {
      version: 1,
      last_number: world.lastNumber,
      payments: [...world.payments.values()],
      notices: [...world.notices.values()],
      faults: world.faults,
      answers: [...world.answers],
      poisoned: [...world.poisoned],
    },
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  )

/** Replaces the memory by a snapshot's. Throws, and changes nothing, when the text is not a snapshot. */
export const readSnapshot = (world: World, json: string): void => {
  const snapshot = snapshotSchema.parse(JSON.parse(json))
  for (const part of [world.payments, world.byNumber, world.byRefund, world.refunding, world.waiting, world.notices])
    part.clear()
  for (const part of [world.answers, world.poisoned]) part.clear()
  world.lastNumber = snapshot.last_number
  world.faults = snapshot.faults
  for (const payment of snapshot.payments) {
    world.payments.set(paymentKey(payment), payment)
    numberPayment(world, payment)
    if (payment.waits_until !== undefined) world.waiting.add(payment)
    const refunds = payment.refunds
    payment.refunds = []
    for (const refund of refunds) addRefund(world, payment, refund)
  }
  for (const notice of snapshot.notices) world.notices.set(notice.id, notice)
  for (const [key, answer] of snapshot.answers) world.answers.set(key, answer)
  for (const key of snapshot.poisoned) world.poisoned.add(key)
}
