// Owns the end of a payment: the provider takes (or does not take) the money, then tells the merchant, with whatever
// faults were ordered for it.
import { bindStatementFaults, type FaultName, takeFault } from './faults.ts'
import { pauseMs, queueNotice, releaseHeld, sendNotice } from './notices.ts'
import type { Delivery, Fault, Notice, Payment } from './records.ts'
import type { OutgoingCallback, Result, Side } from './side.ts'
import { endOfDay } from './vietnam-time.ts'
import { isFinal, numberPayment, type World } from './world.ts'

/** `amount` in đồng when another one is taken than was asked for; `at` when the money moved at another time than now. */
export interface Completion {
  result: Result
  amount?: bigint
  at?: Date
}

/** How long a reordered callback waits when no other payment comes along. */
const reorderSecondsDefault = 3_600
/** Calls in all of a callback that a fault has repeated, for a provider that publishes no rule. */
const retriesDefault = 3

/** Completes a payment that is not final and delivers its callbacks; answers what was delivered at once. */
export const completePayment = async (
  world: World,
  side: Side,
  payment: Payment,
  completion: Completion,
): Promise<Delivery[]> => {
  const wrongAmount = completion.result === 'success' ? takeFor(world, payment)('wrong_amount') : null
  payment.amount =
    completion.amount ??
    (wrongAmount ? (wrongAmount.amount ?? payment.amount_requested + 1n) : payment.amount_requested)
  if (completion.result === 'success' && completion.at === undefined && takeFor(world, payment)('captured_at_day_end'))
    return holdToMidnight(world, side, payment)
  payment.occurred_at = (completion.at ?? world.now()).toISOString()
  Object.assign(payment, side.outcome(payment, completion.result))
  // Some providers let the payer try again: nothing has happened to such a payment yet.
  if (payment.status === 'open') payment.occurred_at = null
  numberPayment(world, payment)
  if (payment.status === 'success') bindStatementFaults(world, side.name, payment.merchant_reference)
  // A payment left pending says nothing; the merchant has to ask.
  return completion.result === 'pending' ? [] : tellMerchant(world, side, payment)
}

/** The provider has the payer's order and carries it out in the last second of the day: until then the payment is under way, whoever asks. */
const holdToMidnight = (world: World, side: Side, payment: Payment): Delivery[] => {
  const { status, code } = side.outcome(payment, 'pending')
  Object.assign(payment, { status, code, occurred_at: null, waits_until: endOfDay(world.now()).toISOString() })
  world.waiting.add(payment)
  return []
}

const lastSecondMs = 1_000

/** Takes the payments whose day is over, in its last second, and tells of them now. */
export const takeDuePayments = async (world: World): Promise<void> => {
  for (const payment of [...world.waiting]) {
    const { waits_until = '' } = payment
    if (waits_until > world.now().toISOString()) continue
    world.waiting.delete(payment)
    delete payment.waits_until
    const side = world.sides.get(payment.provider)
    // Whoever completed it by hand meanwhile was faster.
    if (!side || isFinal(payment)) continue
    const at = new Date(Date.parse(waits_until) - lastSecondMs)
    await completePayment(world, side, payment, { result: 'success', amount: payment.amount, at })
  }
}

/** Tells the merchant of the payment as it stands, with the faults that were ordered for it; answers what was delivered at once. */
export const tellMerchant = async (world: World, side: Side, payment: Payment): Promise<Delivery[]> => {
  const genuine = await side.callback(payment, false)
  // Nothing to tell: the faults of this payment wait until there is.
  if (!genuine) return []
  return sendNow(world, payment, await planNotices(world, side, payment, genuine))
}

type Take = (name: FaultName) => Fault | null

const takeFor =
  (world: World, { provider, merchant_reference }: Payment): Take =>
  (name) =>
    takeFault(world, name, { provider, references: [merchant_reference] })

const planNotices = async (
  world: World,
  side: Side,
  payment: Payment,
  genuine: OutgoingCallback,
): Promise<Notice[]> => {
  const take = takeFor(world, payment)
  const now = world.now()
  const later = (fault: Fault | null, secondsDefault = 0) =>
    new Date(now.getTime() + (fault?.delay_seconds ?? (fault ? secondsDefault : 0)) * 1000)
  const retried = take('callback_retried')
  const triesMax = take('once_only') ? 1 : retried ? (retried.count ?? retriesDefault) : side.retry.countMax
  const everyMs = retried ? (retried.delay_seconds ?? 60) * 1000 : null
  const notices: Notice[] = []
  const forged = take('callback_forged') && (await side.callback(payment, true))
  if (forged) notices.push(queueNotice(world, payment, forged, { kind: 'forged', triesMax: 1, dueAt: now }))
  const early = take('callback_next_key') && (await side.callback(payment, true))
  // Whoever was not given the next key cannot tell it from a stranger's.
  if (early) notices.push(queueNotice(world, payment, early, { kind: 'next_key', triesMax: 1, dueAt: now }))
  const triesLeft = early ? triesMax - 1 : triesMax
  const [before, after] = await contradictions(world, side, payment, take)
  notices.push(...before)
  // Together with other faults a lost callback leaves only theirs: forged and lost is forged in place of the genuine one.
  if (!take('callback_lost') && triesLeft > 0) {
    const [late, reordered, corrupted] = [take('callback_late'), take('callback_reordered'), take('callback_corrupted')]
    const inTurn = reordered ? later(reordered, reorderSecondsDefault) : later(late, 60)
    const dueAt = early ? new Date(inTurn.getTime() + (everyMs ?? pauseMs(side, 1))) : inTurn
    const plan = { kind: 'genuine' as const, triesMax: triesLeft, everyMs, dueAt, held: reordered !== null }
    notices.push(queueNotice(world, payment, genuine, { ...plan, corrupted: corrupted ? (corrupted.count ?? 1) : 0 }))
    const doubled = take('callback_doubled')
    const copyDueAt = doubled?.delay_seconds ? later(doubled) : dueAt
    for (let copy = 1; doubled && copy < (doubled.count ?? 2); copy += 1)
      notices.push(queueNotice(world, payment, genuine, { ...plan, kind: 'copy', dueAt: copyDueAt }))
  }
  return [...notices, ...after]
}

/** Callbacks that say the opposite of what happened, before and after the true one. Only a success has such. */
const contradictions = async (
  world: World,
  side: Side,
  payment: Payment,
  take: Take,
): Promise<[Notice[], Notice[]]> => {
  if (payment.status !== 'success') return [[], []]
  const first = take('callback_failed_then_captured')
  const last = take('captured_then_failed')
  const failed = { ...payment, ...side.outcome(payment, 'insufficient') }
  const make = async (fault: Fault | null) => {
    const callback = fault && (await side.callback(failed, false))
    if (!callback) return []
    const plan = { kind: 'contradicting' as const, triesMax: side.retry.countMax }
    const dueAt = new Date(world.now().getTime() + (fault === last ? (fault.delay_seconds ?? 0) : 0) * 1000)
    return [queueNotice(world, payment, callback, { ...plan, dueAt })]
  }
  return [await make(first), await make(last)]
}

/** Sends what is due, in order; copies go out at the same moment as their original. */
const sendNow = async (world: World, payment: Payment, notices: Notice[]): Promise<Delivery[]> => {
  const now = world.now().toISOString()
  const due = notices.filter((notice) => notice.due_at <= now && !notice.held)
  const delivered: (Delivery | null)[] = []
  for (const notice of due.filter((one) => one.kind !== 'copy')) {
    const copies = notice.kind === 'genuine' ? due.filter((one) => one.kind === 'copy') : []
    delivered.push(...(await Promise.all([notice, ...copies].map((one) => sendNotice(world, one)))))
  }
  const passed = due.some((notice) => notice.kind === 'genuine')
  if (passed) await releaseHeld(world, payment)
  return delivered.filter((delivery) => delivery !== null)
}
