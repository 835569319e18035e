/**
 * What MoMo's answers to our calls mean. Only the answer to create is signed, and not dependably: TLS vouches for them, and each must name the call
 * that it answers before it counts as evidence.
 */
import type { Outcome } from '../../domain/outcome.ts'
import { postJson } from '../call.ts'
import {
  type FetchPort,
  type Payment,
  ProviderError,
  type QueryAnswer,
  type Refund,
  type Started,
} from '../contract.ts'
import { readAmount, readNumber, readTime, wireText } from '../json-fields.ts'
import type { Account } from './account.ts'
import { meaningOf, standingOf } from './codes.ts'
import { isCode } from './notices.ts'
import { isSigned, type MessageKind, type WireFields } from './signature.ts'

/** `isProcessed`: the HTTP status was 2xx. `sent` is the body that it answers. */
export type Answer = { isProcessed: boolean; code: string; json: Record<string, unknown>; sent: WireFields }

/** Posts one call and reads its resultCode. Throws as `postJson`, and for a missing code `malformed`, with a 4xx `rejected`. */
export const callMomo = async (
  { account, fetch }: { account: Account; fetch: FetchPort },
  name: 'create' | 'query' | 'refund',
  sent: Record<string, string | number>,
): Promise<Answer> => {
  const { status, json } = await postJson(fetch, `${account.api_url.replace(/\/+$/, '')}/v2/gateway/api/${name}`, sent)
  const isProcessed = status >= 200 && status < 300
  const code = wireText(json.resultCode) ?? ''
  if (isCode(code)) return { isProcessed, code, json, sent }
  throw new ProviderError(isProcessed ? 'malformed' : 'rejected', 'the answer of MoMo has no resultCode', {
    code: `http_${status}`,
  })
}

/**
 * The link of a created payment. Throws `rejected` where MoMo states that there is none, and `unknown` where it may exist: when busy, when the
 * reference is already there, and for every code that does not decide it.
 */
export const startedPayment = (answer: Answer, account: Account): Started => {
  const standing = standingOf(answer.code)
  if (standing === 'refused' || standing === 'not_found' || standing === 'failed') throw refusal(answer)
  if (standing !== 'paid' || !answer.isProcessed) throw undecided(answer)
  checkEcho(answer, ['partnerCode', 'requestId', 'orderId', 'amount'])
  return {
    action: { type: 'redirect', url: payUrl(answer, account) },
    providerReference: null,
    // The layout of this signature is not settled: MoMo's page and public code differ. So a difference is kept and nothing hangs on it.
    memo: { create_signature: createSignature(answer.json, account) },
  }
}

/** What a query says of the payment and, in `refundTrans`, of its refunds. Throws `rejected` or `unknown` when the code is about the call. */
export const queriedPayment = (answer: Answer, payment: Payment): QueryAnswer => {
  const outcome = paymentState(answer, payment)
  if (outcome === 'not_found') return { known: false, outcomes: [] }
  // One odd entry must not hide what is said of the payment; queryRefund reports it when it is one of ours.
  const refunds = refundEntries(answer.json).flatMap((entry) => refundEntryOutcome(entry) ?? [])
  return { known: true, outcomes: [...outcome, ...refunds] }
}

/**
 * What a query of its payment says of one refund. A refund that the list lacks is pending: nothing published says that a running one is listed, and
 * a refund that is wrongly called unknown could be paid out twice. Throws `malformed` when its entry cannot be read, and `unknown` when MoMo denies
 * the payment: MoMo captured it, so the denial is of another day or environment and says nothing of the refund.
 */
export const queriedRefund = (answer: Answer, refund: Refund): QueryAnswer => {
  if (paymentState(answer, refund.payment) === 'not_found') throw undecided(answer)
  const { merchantReference } = refund
  const entries = refundEntries(answer.json).filter((entry) => wireText(entry.orderId) === merchantReference)
  const outcomes = entries.map((entry) => {
    const outcome = refundEntryOutcome(entry)
    if (!outcome) throw new ProviderError('malformed', 'an entry of refundTrans cannot be read')
    return outcome
  })
  if (outcomes.length > 0) return { known: true, outcomes }
  return { known: true, outcomes: [quietRefund(merchantReference, { status: 'pending', code: 'not_listed' })] }
}

/**
 * What the answer to a refund call says. Throws `rejected` when the call itself was refused, so that nothing was returned, and `unknown` when MoMo
 * is busy or answers out of order.
 */
export const refundOutcome = (answer: Answer, { merchantReference, amount }: Refund): Outcome => {
  const { code, json } = answer
  const standing = standingOf(code)
  if (standing === 'refused' || standing === 'not_found') throw refusal(answer)
  if (standing === 'busy' || (standing === 'paid' && !answer.isProcessed)) throw undecided(answer)
  checkEcho(answer, ['partnerCode', 'requestId', 'orderId'])
  if (standing === 'paid') {
    checkEcho(answer, ['amount'])
    // The refund's own number, not the payment's (refund page: request 144492817, answer 144518121).
    const transId = wireText(json.transId) ?? ''
    if (readNumber(transId) === null) throw new ProviderError('malformed', 'transId of a refund is not a number')
    const occurredAt = readTime(wireText(json.responseTime) ?? '')
    return { merchantReference, providerReference: transId, occurredAt, code, status: 'refunded', amount }
  }
  // 99 is final only after a query.
  const isFailed = standing === 'failed' || standing === 'refund_failed'
  return quietRefund(merchantReference, { status: isFailed ? 'failed' : 'pending', code })
}

/** How the create answer is signed: in the layout of MoMo's page, in the older one, otherwise, or not at all. */
export const createSignature = (
  json: Record<string, unknown>,
  keys: { access_key: string; secret_key: string },
): 'documented' | 'with_message' | 'differs' | 'absent' => {
  const signature = wireText(json.signature) ?? ''
  if (signature === '') return 'absent'
  const fields = Object.fromEntries(Object.entries(json).map(([name, value]) => [name, wireText(value) ?? '']))
  const fits = (kind: MessageKind) => isSigned(kind, fields, { signature, keys })
  if (fits('createAnswer')) return 'documented'
  return fits('createAnswerWithMessage') ? 'with_message' : 'differs'
}

/** The payment's own state; none when the code is about a refund. Money is reported with MoMo's amount, whatever ours is. */
const paymentState = (answer: Answer, { merchantReference }: Payment): Outcome[] | 'not_found' => {
  const { code, json } = answer
  const standing = standingOf(code)
  if (standing === 'refused') throw refusal(answer)
  const isContradiction = !answer.isProcessed && (standing === 'paid' || standing === 'pending')
  if (standing === 'busy' || isContradiction) throw undecided(answer)
  checkEcho(answer, ['partnerCode', 'requestId', 'orderId'])
  if (standing === 'not_found') return standing
  if (standing === 'refund_failed') return []
  // responseTime is when the query was answered; only lastUpdated speaks of the payment.
  const common = { merchantReference, occurredAt: readTime(wireText(json.lastUpdated) ?? ''), code }
  if (standing === 'paid') {
    const amount = readAmount(wireText(json.amount) ?? '')
    const transId = wireText(json.transId) ?? ''
    if (amount === null || readNumber(transId) === null) {
      throw new ProviderError('malformed', 'amount or transId of a payment is not a number')
    }
    return [{ ...common, providerReference: transId, status: 'captured', amount }]
  }
  // Asked and answered: 99 is the confirmed failure here.
  const status = standing === 'pending' ? 'pending' : 'failed'
  return [{ ...common, providerReference: null, status, subject: 'payment' }]
}

const refundEntries = ({ refundTrans }: Record<string, unknown>): Record<string, unknown>[] =>
  Array.isArray(refundTrans) ? refundTrans.filter((entry) => typeof entry === 'object' && entry !== null) : []

/** One entry of `refundTrans` (query page: orderId, amount, resultCode, transId, createdTime); null when it cannot be read. */
const refundEntryOutcome = (entry: Record<string, unknown>): Outcome | null => {
  const read = (name: string) => wireText(entry[name]) ?? ''
  const [merchantReference, code] = [read('orderId'), read('resultCode')]
  if (merchantReference === '' || !isCode(code)) return null
  const occurredAt = readTime(read('createdTime'))
  const standing = standingOf(code)
  if (standing === 'paid') {
    const amount = readAmount(read('amount'))
    const transId = read('transId')
    if (amount === null || readNumber(transId) === null) return null
    return { merchantReference, providerReference: transId, occurredAt, code, status: 'refunded', amount }
  }
  const isFailed = standing === 'failed' || standing === 'doubtful' || standing === 'refund_failed'
  return quietRefund(merchantReference, { status: isFailed ? 'failed' : 'pending', code, occurredAt })
}

const quietRefund = (
  merchantReference: string,
  { status, code, occurredAt = null }: { status: 'failed' | 'pending'; code: string; occurredAt?: Date | null },
): Outcome => ({ merchantReference, providerReference: null, occurredAt, code, status, subject: 'refund' })

const checkEcho = ({ json, sent, code }: Answer, names: readonly string[]): void => {
  const other = names.find((name) => wireText(json[name]) !== String(sent[name]))
  if (other === undefined) return
  throw new ProviderError('malformed', `${other} of the answer is not that of the call`, { code })
}

const payUrl = ({ json, code }: Answer, account: Account): string => {
  const text = typeof json.payUrl === 'string' && json.payUrl.length <= 4096 ? json.payUrl : ''
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'https:' || (protocol === 'http:' && account.api_url.startsWith('http:'))) return text
  throw new ProviderError('malformed', 'payUrl of the answer is not an address', { code })
}

const refusal = ({ code, json }: Answer): ProviderError => {
  // `subErrors: [{field, message}]` comes with 20 (issue 39 of momo-wallet/payment). Names of fields only: the messages may quote values.
  const subErrors: unknown[] = Array.isArray(json.subErrors) ? json.subErrors.slice(0, 5) : []
  const fields = subErrors.flatMap((item) => {
    const name = typeof item === 'object' && item !== null && 'field' in item ? item.field : null
    return typeof name === 'string' && /^[A-Za-z.]{1,40}$/.test(name) ? [name] : []
  })
  const detail = fields.length > 0 ? `: ${fields.join(', ')}` : ''
  return new ProviderError('rejected', `MoMo refused the call (${meaningOf(code)})${detail}`, { code })
}

const undecided = ({ code }: Answer): ProviderError =>
  new ProviderError('unknown', `MoMo did not decide (${meaningOf(code)})`, { code })
