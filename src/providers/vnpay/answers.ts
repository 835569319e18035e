/** What VNPAY's codes mean for money. One table for each kind of message; a code that is in no table is pending. */
import type { Outcome, QuietOutcome } from '../../domain/outcome.ts'
import { credibleTime, parseStamp } from '../../lib/time.ts'
import { ProviderError, type Refund } from '../contract.ts'
import { readHundredths } from '../hundredths.ts'

type Fields = ReadonlyMap<string, string>

/**
 * `vnp_ResponseCode` of callbacks that say why a payment failed (pay.html of 2026-03-09, table of codes). 07 is not
 * here: money was taken.
 */
const failureCodes: ReadonlySet<string> = new Set(['09', '10', '11', '12', '13', '24', '51', '65', '75', '79', '99'])

/**
 * The outcome of a verified callback. Captured only when both codes are `00`; failed only when the code is a listed
 * failure and the status is `02` too. Suspicious (07), reversed (04), contradicting and unlisted codes are pending
 * with their codes kept: a query or a person decides.
 */
export const callbackOutcome = (merchantReference: string, fields: Fields): Outcome => {
  const code = codeOf(fields, 'vnp_ResponseCode')
  const status = codeOf(fields, 'vnp_TransactionStatus')
  const amount = amountOf(fields)
  const common = { merchantReference, ...evidence(fields) }
  if (code === '00' && status === '00') return { ...common, status: 'captured', amount, code }
  if (failureCodes.has(code) && status === '02') return { ...common, status: 'failed', subject: 'payment', code }
  return { ...common, status: 'pending', subject: 'payment', code: bothCodes(code, status) }
}

/**
 * The outcome of a verified query answer with `vnp_ResponseCode` 00, for the payment. An answer about a refund of it
 * (types 02 and 03) says nothing certain of the payment itself.
 */
export const paymentOutcome = (merchantReference: string, fields: Fields): Outcome => {
  const status = codeOf(fields, 'vnp_TransactionStatus')
  const type = fields.get('vnp_TransactionType') ?? ''
  const common = { merchantReference, ...evidence(fields) }
  if (type !== '01') {
    const code = `${type.slice(0, 10)}:${status}`
    // Its number and its time are the refund's.
    return { merchantReference, providerReference: null, occurredAt: null, status: 'pending', subject: 'payment', code }
  }
  if (status === '00') return { ...common, status: 'captured', amount: amountOf(fields), code: status }
  return { ...common, status: status === '02' ? 'failed' : 'pending', subject: 'payment', code: status }
}

/**
 * The outcome of a verified answer to a refund call. `00` accepts the request; the money is on its way later, so it is
 * never `refunded` here. Throws `rejected` for codes that refuse the call and not the refund: a person must look at
 * the account.
 */
export const refundCallOutcome = (refund: Refund, fields: Fields): Outcome => {
  const code = codeOf(fields, 'vnp_ResponseCode')
  if (refusedCalls.has(code)) throw new ProviderError('rejected', 'VNPAY refused the refund call', { code })
  if (refusedRefunds.has(code)) return refundQuiet(refund, { status: 'failed', code, fields })
  const status = fields.get('vnp_TransactionStatus') ?? ''
  if (code === '00' && status === '09') return refundQuiet(refund, { status: 'failed', code: status, fields })
  return refundQuiet(refund, { status: 'pending', code, fields })
}

/** Refund calls: 02 bad terminal, 03 bad format, 91 payment not found, 97 bad checksum. */
const refusedCalls: ReadonlySet<string> = new Set(['02', '03', '91', '97'])
/**
 * Refunds: 16 not possible now, 93 bad amount, 95 the payment did not succeed at VNPAY. 94 (already in progress) is
 * pending.
 */
const refusedRefunds: ReadonlySet<string> = new Set(['16', '93', '95'])

/**
 * The outcome of a verified query answer for a refund. VNPAY's answer names the payment, not the refund, so it counts as
 * this refund's only when kind, amount and what `isThisRefund` compares agree; else the refund stays pending.
 */
export const refundQueryOutcome = (refund: Refund, fields: Fields): Outcome => {
  const status = codeOf(fields, 'vnp_TransactionStatus')
  const type = fields.get('vnp_TransactionType') ?? ''
  const code = type === '02' || type === '03' ? status : `${type.slice(0, 10)}:${status}`
  if (!isThisRefund(refund, { type, status, fields }))
    return refundQuiet(refund, { status: 'pending', code, fields: new Map() })
  if (status === '00') {
    const { merchantReference, amount } = refund
    return { merchantReference, ...refundEvidence(refund, fields), status: 'refunded', amount, code }
  }
  return refundQuiet(refund, { status: status === '09' ? 'failed' : 'pending', code, fields })
}

/**
 * VNPAY's number of the refund itself; null while there is none. Whether VNPAY writes it or the payment's into answers about
 * a refund is not documented, and the payment's would fit every refund of it; an answer of "already in progress" may name
 * another refund.
 */
export const ownNumber = (
  { payment, takenReferences = [], providerReference = null }: Refund,
  number: string | null = providerReference,
): string | null =>
  number === null || number === payment.providerReference || takenReferences.includes(number) ? null : number

/** Servers that are set by NTP differ by less. Refunds of one payment may be minutes apart, so it must stay small. */
const clockSlackMs = 60_000
/** VNPAY's times have no milliseconds. */
const cutOffMs = 999

/**
 * Whether a record is this refund's and not an earlier one's. The whole payment is returned at most once, so the success of
 * a full refund is this one's, unless it is known to be another's. For all else the number decides where we know ours;
 * where we do not, the record needs a number that no other refund has, and a time that is not before ours. Without any number
 * the time tells of full refunds only, which follow each other: a second one is asked for after the first was refused. Partial
 * ones may run side by side.
 */
const isThisRefund = (refund: Refund, record: { type: string; status: string; fields: Fields }): boolean => {
  const { type, status, fields } = record
  if (type !== (refund.isFull ? '02' : '03') || readHundredths(fields.get('vnp_Amount')) !== refund.amount) return false
  const { providerReference, occurredAt } = evidence(fields)
  if (providerReference !== null && refund.takenReferences?.includes(providerReference)) return false
  if (refund.isFull && status === '00') return true
  const [own, number] = [ownNumber(refund), ownNumber(refund, providerReference)]
  if (own !== null) return own === number
  if (number === null && !refund.isFull) return false
  const slackMs = number === null ? cutOffMs : clockSlackMs
  return occurredAt !== null && occurredAt.getTime() >= refund.createdAt.getTime() - slackMs
}

const refundQuiet = (
  refund: Refund,
  { status, code, fields }: { status: QuietOutcome['status']; code: string; fields: Fields },
): Outcome => ({
  merchantReference: refund.merchantReference,
  ...refundEvidence(refund, fields),
  status,
  subject: 'refund',
  code,
})

const refundEvidence = (refund: Refund, fields: Fields): ReturnType<typeof evidence> => {
  const { providerReference, occurredAt } = evidence(fields)
  return { providerReference: ownNumber(refund, providerReference), occurredAt }
}

/** VNPAY writes `0` where it has no number (a cancelled payment). */
const evidence = (fields: Fields): { providerReference: string | null; occurredAt: Date | null } => {
  const number = fields.get('vnp_TransactionNo') ?? ''
  return {
    providerReference: /^[0-9]{1,15}$/.test(number) && !/^0+$/.test(number) ? number : null,
    occurredAt: credibleTime(parseStamp(fields.get('vnp_PayDate') ?? '')),
  }
}

const codeOf = (fields: Fields, name: string): string => {
  const code = fields.get(name) ?? ''
  if (/^[0-9A-Za-z]{1,10}$/.test(code)) return code
  throw new ProviderError('malformed', `${name} is not a code`)
}

const amountOf = (fields: Fields): bigint => {
  const amount = readHundredths(fields.get('vnp_Amount'))
  if (amount === null) throw new ProviderError('malformed', 'vnp_Amount is not a whole number of đồng × 100')
  return amount
}

const bothCodes = (code: string, status: string): string => {
  if (code === '00') return status
  return code === status || status === '02' ? code : `${code}/${status}`
}
