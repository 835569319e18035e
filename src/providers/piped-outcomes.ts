/** What messages of the piped SHA-256 family mean for money. Only `00` is in every source; no other code of a notice is listed anywhere. */
import { credibleTime, parseStamp } from '../lib/time.ts'
import { type CallbackReading, type Payment, ProviderError, type QueryAnswer } from './contract.ts'
import { readAmount } from './json-fields.ts'
import { type Texts, textsOf } from './piped-sha256.ts'

/** What a protocol of the family calls the fields that decide. `number` is the provider's own number of the payment. */
export type Words = {
  code: string
  merchant: string
  reference: string
  amount: string
  currency: string
  number: string
  time: string
  status: string
  signature: string
  /** What a query's answer has besides the above: the merchant, and whether its `time` is when the payment was made. */
  queried: { namesMerchant: boolean; tellsTime: boolean }
}

/**
 * What a proven notice says. `00` is money. Any other code is one that nobody lists, so it decides nothing: the provider is asked at once, and its query
 * has a state for failure. Throws `malformed` for a reference, an amount, a currency, a number or a time that cannot be one.
 */
export const noticeReading = (notice: Texts, words: Words): CallbackReading => {
  const read = (name: string) => notice.get(name) ?? ''
  const merchantReference = read(words.reference)
  if (!/^[0-9A-Za-z_.-]{1,100}$/.test(merchantReference)) throw malformed(words.reference)
  const amount = readAmount(read(words.amount))
  if (amount === null) throw malformed(words.amount)
  if (!isDong(read(words.currency))) throw malformed(words.currency)
  const code = read(words.code)
  const [number, time] = [read(words.number), read(words.time)]
  if (time !== '' && !isStamp(time)) throw malformed(words.time)
  if (code !== '00') return { merchantReference, outcomes: [], ask: true }
  if (!isNumber(number)) throw malformed(words.number)
  if (!isStamp(time)) throw malformed(words.time)
  const occurredAt = credibleTime(parseStamp(time))
  const evidence = { merchantReference, providerReference: number, occurredAt, code }
  return { merchantReference, outcomes: [{ ...evidence, status: 'captured', amount }] }
}

type Asked = {
  payment: Payment
  merchant: string
  statuses: { paid: readonly string[]; failed: readonly string[] }
  words: Words
}

/**
 * What a query says of the payment. Nothing in the answer is verifiably signed: TLS vouches for it, and before a state is final, reference, amount and
 * currency must be those that were asked about. Throws `malformed` where they are not, and `unknown` where the query was not answered: no code says that
 * there is no such payment.
 */
export const queriedState = (answer: Record<string, unknown>, asked: Asked): QueryAnswer => {
  const { payment, statuses, words } = asked
  const names = [words.code, words.merchant, words.reference, words.amount, words.currency, words.number]
  const texts = textsOf(answer, [...names, words.time, words.status])
  const read = (name: string) => texts.get(name) ?? ''
  const code = read(words.code)
  if (code === '') throw malformed(words.code)
  if (code !== '00') throw new ProviderError('unknown', 'the query was not answered', { code: code.slice(0, 20) })
  const { merchantReference } = payment
  if (read(words.reference) !== merchantReference) throw malformed(words.reference)
  if (words.queried.namesMerchant && read(words.merchant) !== asked.merchant) throw malformed(words.merchant)
  const status = read(words.status)
  const state = { merchantReference, code: status.slice(0, 20) || 'no_status' }
  const isPaid = statuses.paid.includes(status)
  if (!isPaid && !statuses.failed.includes(status)) {
    const pending = { ...state, providerReference: null, occurredAt: null, status: 'pending' as const }
    return { known: true, outcomes: [{ ...pending, subject: 'payment' }] }
  }
  const amount = readAmount(read(words.amount))
  if (amount !== payment.amount) throw malformed(words.amount)
  if (!isDong(read(words.currency))) throw malformed(words.currency)
  const occurredAt = words.queried.tellsTime ? credibleTime(parseStamp(read(words.time))) : null
  const number = read(words.number)
  if (!isPaid) {
    const failed = { ...state, providerReference: null, occurredAt, status: 'failed' as const }
    return { known: true, outcomes: [{ ...failed, subject: 'payment' }] }
  }
  if (!isNumber(number)) throw malformed(words.number)
  return { known: true, outcomes: [{ ...state, providerReference: number, occurredAt, status: 'captured', amount }] }
}

/** One vector of a genuine notice leaves the currency out; a currency that is there must be ours. */
const isDong = (currency: string): boolean => currency === '' || currency === 'VND'
const isNumber = (text: string): boolean => /^[0-9A-Za-z_.-]{1,100}$/.test(text)
const isStamp = (text: string): boolean => /^[0-9]{14}$/.test(text)

const malformed = (name: string): ProviderError =>
  new ProviderError('malformed', `${name} is absent, another one than ours, or has another shape`)
