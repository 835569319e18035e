/** What must hold of what people do beside paying: closing days, returning money by hand, disputing payments, saying whose a credit is. */
import { readPeriodDocument } from '../domain/period.ts'
import { foldReference } from '../lib/text.ts'
import type { BookedClose } from '../store/town-deeds.ts'
import type { Findings, Invariant } from './books.ts'

/** A close that holds says what stands in the ledger for ever: what comes late is booked on an open day. */
const closedDaysStay: Invariant = ({ deeds }) =>
  deeds.closes.flatMap((close) => {
    const what = closeProblem(close)
    return what === null ? [] : [{ what: `${what} (${close.merchantAccountId} ${close.day})`, rows: [close] }]
  })

const closeProblem = ({ document, postings, totals, isInOrder }: BookedClose): string | null => {
  const { ledger } = readPeriodDocument(document)
  if (!isInOrder) return 'a close does not follow the one before it'
  if (ledger.postings !== postings) return `a close counts ${ledger.postings} postings, and ${postings} stand there`
  const accounts = new Set([...Object.keys(ledger.totals), ...Object.keys(totals)])
  const differs = [...accounts].find((account) => BigInt(ledger.totals[account] ?? 0) !== (totals[account] ?? 0n))
  return differs === undefined ? null : `${differs} is not what a close says`
}

const closesTakeTwo: Invariant = ({ deeds }) =>
  deeds.ownActs.map((act) => ({ what: `a close was ${act.kind} by who made it`, rows: [act] }))

/** A credit of no payment is in suspense until it is an attempt's, whole, and never both. */
const creditsOnce: Invariant = ({ deeds }) =>
  deeds.credits
    .filter(({ status, amount, held, captured }) =>
      status === 'attributed' ? held !== 0n || captured !== amount : held !== amount || captured !== 0n,
    )
    .map((credit) => ({
      what: `${credit.amount} đ of no payment: ${credit.held} đ in suspense, ${credit.captured} đ an attempt's`,
      rows: [credit],
    }))

/** Each refund by hand has a transfer of its own, which was really made. */
const transfersOnce: Invariant = ({ orders, seen }) => {
  const used = new Map<string, string>()
  return orders
    .flatMap(({ refunds }) => refunds)
    .filter(({ method, refunded }) => method !== 'provider' && refunded > 0n)
    .flatMap((refund): Findings => {
      const name = foldReference(refund.bankReference ?? '')
      const other = used.get(name)
      used.set(name, refund.id)
      const made = seen.transfers.get(refund.id)
      if (other !== undefined) return [{ what: 'one transfer has returned two refunds', rows: [refund, other] }]
      const isMade = made !== undefined && foldReference(made.reference) === name && made.amount === refund.refunded
      return isMade ? [] : [{ what: 'no such transfer was made', rows: [refund, made] }]
    })
}

const disputesLock: Invariant = ({ deeds }) =>
  deeds.grantedInDispute.map((deed) => ({
    what: `a refund was ${deed.deed} while its payment was disputed`,
    rows: [deed],
  }))

/** A form begins one payment, and a deadline is moved once, however often the button is pressed, and in how many tabs. */
const pressedOnce: Invariant = ({ orders, seen }) =>
  orders.flatMap((order) => {
    const pressed = seen.pressed.get(order.id)
    if (!pressed) return []
    const { attempts, extensions } = order
    if (attempts.length > pressed.forms.size)
      return [{ what: `${pressed.forms.size} forms have begun ${attempts.length} payments`, rows: [order] }]
    return extensions > pressed.deadlines.size
      ? [{ what: `a deadline was moved ${extensions} times for ${pressed.deadlines.size} forms`, rows: [order] }]
      : []
  })

const nothingGranted: Invariant = ({ seen }) => seen.granted

export const deedInvariants: Readonly<Record<string, Invariant>> = {
  'nothing is booked on a closed day': closedDaysStay,
  'a close is countersigned and opened again by another person': closesTakeTwo,
  'money of no payment is booked once': creditsOnce,
  'a transfer by hand returns one refund': transfersOnce,
  'a disputed payment is not refunded': disputesLock,
  'a form of a page does what it says once': pressedOnce,
  'nobody is granted what must be refused': nothingGranted,
}
