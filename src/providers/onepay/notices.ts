/** What OnePAY tells us unasked, the IPN and the browser's return, and what it answers when asked: same fields, same signature. */
import type { Outcome } from '../../domain/outcome.ts'
import { credibleTime, parseRfc3339 } from '../../lib/time.ts'
import { type IncomingRequest, type Payment, ProviderError, type QueryAnswer } from '../contract.ts'
import { readHundredths } from '../hundredths.ts'
import { readParams, readText } from '../signed-text.ts'
import type { Account } from './account.ts'
import { isCode, paidCode, quietStatus } from './codes.ts'
import { isReference } from './messages.ts'
import { bordersHold, hashField, isSigned, signedText } from './signature.ts'

export type Fields = ReadonlyMap<string, string>

const lengthMax = 16_384

/** The parameters of a notice, decoded once: of the query by GET, of the form by POST. Throws `malformed`, and `forged` for two hashes. */
export const readNotice = ({ method, search, body }: IncomingRequest): Fields => {
  if (method !== 'GET' && method !== 'POST') throw new ProviderError('malformed', 'OnePAY calls by GET or POST')
  return readForm(method === 'GET' ? search : readText(body, { bytesMax: lengthMax }))
}

/** `name=value` pairs joined by `&`. Old answers hold spaces that are not encoded; they are read as they stand. */
export const readForm = (text: string): Fields => readParams(text, { lengthMax, signatures: [hashField] })

/**
 * The reference of the payment that these fields are about, once they are proven: signed with our key, with one reading only, in our name. Throws
 * `forged`, `malformed`, and `rejected` for another merchant's.
 */
export const believe = (fields: Fields, account: Account): string => {
  if (!isSigned(signedText(fields), { hash: fields.get(hashField), hashKey: account.hash_key })) {
    throw new ProviderError('forged', 'the hash does not hold')
  }
  if (!bordersHold(fields)) throw new ProviderError('malformed', 'a field holds the separator of the signed text')
  // One key may serve several merchant ids.
  if (fields.get('vpc_Merchant') !== account.merchant)
    throw new ProviderError('rejected', 'the merchant is another one')
  const reference = fields.get('vpc_MerchTxnRef') ?? ''
  if (isReference(reference)) return reference
  throw new ProviderError('malformed', 'vpc_MerchTxnRef is absent or has another shape')
}

/** What proven fields say of their payment. */
export const outcomeOf = (merchantReference: string, fields: Fields, { isAsked }: { isAsked: boolean }): Outcome => {
  const code = fields.get('vpc_TxnResponseCode') ?? ''
  if (!isCode(code)) throw new ProviderError('malformed', 'vpc_TxnResponseCode is not a code')
  const common = { merchantReference, providerReference: numberOf(fields), occurredAt: timeOf(fields), code }
  // Which fields come depends on the way of paying (README.md, S2), so nothing but money needs an amount.
  if (code !== paidCode) return { ...common, status: quietStatus(code, { isAsked }), subject: 'payment' }
  const amount = readHundredths(fields.get('vpc_Amount'))
  if (amount === null) throw new ProviderError('malformed', 'vpc_Amount is not a whole number of đồng × 100')
  return { ...common, status: 'captured', amount }
}

/** What a proven answer to a query says. `N` is OnePAY's own statement that it has no such payment. */
export const queriedPayment = (fields: Fields, payment: Payment, account: Account): QueryAnswer => {
  const reference = believe(fields, account)
  if (reference !== payment.merchantReference) {
    throw new ProviderError('malformed', 'the answer is about another payment')
  }
  const exists = fields.get('vpc_DRExists')
  if (exists === 'N') return { known: false, outcomes: [] }
  if (exists !== 'Y') throw new ProviderError('malformed', 'vpc_DRExists is neither Y nor N')
  return { known: true, outcomes: [outcomeOf(reference, fields, { isAsked: true })] }
}

/** Text such as `PAY-…` on paygate, digits on older pages. The old domestic query reports 0 for international cards: none. */
const numberOf = (fields: Fields): string | null => {
  const number = fields.get('vpc_TransactionNo') ?? ''
  return /^[A-Za-z0-9._-]{1,64}$/.test(number) && !/^0+$/.test(number) ? number : null
}

/** `20221019T031549Z`; null where it is absent or cannot be a time. */
const timeOf = (fields: Fields): Date | null => {
  const text = fields.get('vpc_PaymentTime') ?? ''
  return credibleTime(parseRfc3339(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')))
}
