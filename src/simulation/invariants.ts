/** What must hold in a town after each day and at its end, each in one function with a name that says it. Whatever breaks one is told with its rows. */
import type { BookedAttempt } from '../store/town-books.ts'
import type { Books, Broken, Invariant } from './books.ts'
import { deedInvariants } from './deeds-hold.ts'
import type { TruePayment, TrueRefund } from './truth.ts'

const withTruth = ({ orders, truth, deeds }: Books) => {
  const held = new Map(
    deeds.credits.map((credit) => [`${credit.merchantAccountId} ${credit.reference}`, credit.held] as const),
  )
  return orders.flatMap((order) =>
    order.attempts.map((attempt) => {
      const paid = truth.payment(attempt.merchantAccountId, attempt.merchantReference)
      return {
        order,
        attempt,
        paid,
        /** Told without a name that is known here, and in suspense until somebody says whose it is. */
        unnamed: held.get(`${attempt.merchantAccountId} ${paid?.providerReference}`) ?? 0n,
      }
    }),
  )
}

const captureOf = ({ captured, reversed }: BookedAttempt): bigint => captured - reversed
const takenOf = (paid: TruePayment | null): bigint => (paid?.status === 'success' ? paid.amount : 0n)
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

/** States of an attempt about which nothing final is known yet. */
const underWay = ['created', 'pending', 'unknown']

/**
 * Every đồng that a provider took is booked exactly once. After a day a payment may still be unknown here: it is under way, or ended without having been told of, and its callback, query or
 * statement is to come. At the end none may be. Never may more be booked than was taken.
 */
const capturedOnce: Invariant = (books) =>
  withTruth(books)
    .filter(({ attempt, paid, unnamed }) => {
      const booked = captureOf(attempt) + unnamed
      const taken = takenOf(paid)
      return booked > taken || (booked < taken && (books.moment === 'end' || booked !== 0n))
    })
    .map(({ order, attempt, paid, unnamed }) => ({
      what: `the provider took ${takenOf(paid)} đ, ${captureOf(attempt)} đ are booked and ${unnamed} đ held as a credit of nobody`,
      rows: [order.id, attempt, paid],
    }))

/** Nobody goes to a provider without an attempt that was written before, so that whatever is taken can be asked about. */
const takenIsKnown: Invariant = ({ orders, truth }) => {
  const known = new Set(
    orders.flatMap(({ attempts }) => attempts.map((each) => `${each.merchantAccountId} ${each.merchantReference}`)),
  )
  return truth.takenPayments
    .filter(({ merchantAccountId, reference }) => !known.has(`${merchantAccountId} ${reference}`))
    .map((paid) => ({ what: `a provider took ${paid.amount} đ, and no attempt is known for it`, rows: [paid] }))
}

/** What the ledger says that providers owe us for an order is what they took for it less what they gave back. */
const receivableAsTold: Invariant = ({ orders }) =>
  orders
    .filter(({ balances, attempts, refunds }) => {
      const captured = sum(attempts.map(captureOf))
      const refunded = sum(refunds.map((refund) => refund.refunded))
      return (balances.provider_receivable ?? 0n) + (balances.bank ?? 0n) !== captured - refunded
    })
    .map((order) => ({ what: 'the ledger is not what was captured less what was refunded', rows: [order] }))

const capturedIsDueAndSuspense: Invariant = ({ orders }) =>
  orders
    .filter(({ balances, amountPaid, attempts, refunds }) => {
      const held = -((balances.collected ?? 0n) + (balances.suspense ?? 0n))
      const captured = sum(attempts.map(captureOf))
      const back = sum(refunds.map((refund) => refund.refunded))
      const surplus = -(balances.suspense ?? 0n)
      return held !== captured - back || surplus < 0n || amountPaid + surplus < captured - back
    })
    .map((order) => ({ what: 'what was captured is not what paid the order plus what is in suspense', rows: [order] }))

const paidByAtMostOne: Invariant = ({ orders }) =>
  orders
    .filter(({ status, amount, amountPaid, attempts }) => {
      const payers = attempts.filter((attempt) => attempt.paysOrder)
      return (
        payers.length > 1 ||
        (status === 'paid') !== (payers.length === 1) ||
        (status !== 'paid' && amountPaid > 0n) ||
        amountPaid > amount
      )
    })
    .map((order) => ({ what: 'the order is not paid by exactly the attempt that pays it', rows: [order] }))

/** What was asked back of one payment, and what its provider or somebody by hand gave. */
const refundedPayments = ({ orders, truth, seen }: Books) =>
  orders.flatMap((order) =>
    order.attempts.map((attempt) => {
      const asked = order.refunds.filter(({ paymentReference }) => paymentReference === attempt.merchantReference)
      const byHand = asked.flatMap(({ id }) => seen.transfers.get(id) ?? []).filter(({ back }) => !back?.isTold)
      const made = [
        ...truth.refunds(attempt.merchantAccountId, attempt.merchantReference).filter(isGivenBack),
        ...byHand.map(({ reference, amount }) => ({ reference, amount, status: 'success' as const })),
      ]
      const [booked, given] = [sum(asked.map(({ refunded }) => refunded)), sum(made.map(({ amount }) => amount))]
      return { order, attempt, asked, made, booked, given, askedInAll: sum(asked.map(({ amount }) => amount)) }
    }),
  )

const isGivenBack = ({ status }: TrueRefund): boolean => status === 'success'

const refundsWithinCaptures: Invariant = (books) =>
  refundedPayments(books)
    .filter(
      ({ attempt, asked, made, booked, given, askedInAll }) =>
        booked > attempt.captured || given > askedInAll || made.length > asked.length,
    )
    .map(({ order, attempt, asked, made, given, askedInAll }) => ({
      what: `${given} đ were given back of ${attempt.captured} đ, and ${askedInAll} đ were asked for`,
      rows: [order.id, attempt, asked, made],
    }))

/** What is called refunded was given back, and at the end whatever was given back is called so. */
const refundsAsMade: Invariant = (books) =>
  refundedPayments(books)
    .filter(({ booked, given }) => booked > given || (books.moment === 'end' && booked !== given))
    .map(({ order, asked, made, booked, given }) => ({
      what: `the provider gave ${given} đ back, and ${booked} đ are booked as refunded`,
      rows: [order.id, asked, made],
    }))

/** An attempt may only be called failed or expired when the provider says so of it, or never heard of it. */
const failedWithEvidence: Invariant = (books) =>
  withTruth(books)
    .filter(({ attempt, paid }) => attempt.status === 'failed' && paid !== null && !endedAlike(paid))
    .map(({ order, attempt, paid }) => ({
      what: `an attempt is ${attempt.status} here and ${paid?.status} at the provider`,
      rows: [order.id, attempt, paid],
    }))

const endedAlike = ({ status, saidFailed }: TruePayment): boolean =>
  saidFailed || status === 'failed' || status === 'expired'

/** Every paid order has its receipts; after a day one may be paid so lately that they are still to come. */
const receiptsIssued: Invariant = ({ moment, orders }) =>
  moment === 'day'
    ? []
    : orders
        .filter(
          ({ status, receiptKinds, receipts }) =>
            status === 'paid' && receiptKinds.some((kind) => !receipts.includes(kind)),
        )
        .map((order) => ({ what: 'a paid order has no receipt', rows: [order] }))

/** Every paid order has told the portal, or still will; what counts as delivered did arrive. */
const webhooksDelivered: Invariant = ({ orders, seen }) =>
  orders
    .filter(({ status, paidWebhooks }) => {
      if (status !== 'paid') return false
      return (
        paidWebhooks.length === 0 ||
        paidWebhooks.some(
          (owed) =>
            !(owed.status === 'delivered' ? seen.webhooks.has(owed.event) : owed.status === 'pending' && owed.isDue),
        )
      )
    })
    .map((order) => ({
      what: 'the webhook of a paid order is neither delivered nor due',
      rows: [order.id, order.paidWebhooks],
    }))

/** At the end nothing that was started waits for its provider without anybody asking. */
const nothingForgotten: Invariant = (books) =>
  books.moment === 'day'
    ? []
    : withTruth(books)
        .filter(({ attempt, paid, unnamed }) => underWay.includes(attempt.status) && takenOf(paid) > unnamed)
        .map(({ order, attempt, paid }) => ({
          what: 'a payment was taken and is still under way here',
          rows: [order.id, attempt, paid],
        }))

export const invariants: Readonly<Record<string, Invariant>> = {
  'every đồng that a provider took is booked exactly once': capturedOnce,
  'whatever a provider took is of an attempt that is known here': takenIsKnown,
  'the ledger is what was captured less what was refunded': receivableAsTold,
  'what was captured is what was due plus what is in suspense': capturedIsDueAndSuspense,
  'an order is paid by at most one attempt': paidByAtMostOne,
  'no more is refunded than was captured': refundsWithinCaptures,
  'what is called refunded was given back': refundsAsMade,
  'nothing is failed without evidence': failedWithEvidence,
  'every paid order has its receipts': receiptsIssued,
  'every paid order has its webhook delivered or due': webhooksDelivered,
  'nothing that was paid is forgotten': nothingForgotten,
  ...deedInvariants,
}

/** Whether every payment and every refund has the same sum at its provider and here, so that no file could tell of another one. */
export const agreeInSums = (books: Books): boolean =>
  withTruth(books).every(({ attempt, paid, unnamed }) => captureOf(attempt) + unnamed === takenOf(paid)) &&
  refundedPayments(books).every(({ booked, given }) => booked === given)

/** The first that is broken, with its rows; null when all hold. */
export const firstBroken = (books: Books): Broken | null => {
  for (const [invariant, check] of Object.entries(invariants)) {
    const [first, ...others] = check(books)
    if (first)
      return {
        invariant,
        what: others.length > 0 ? `${first.what} (and ${others.length} more)` : first.what,
        rows: first.rows,
      }
  }
  return null
}
