/**
 * What ZaloPay's answers to our calls mean. None of them is signed and none names what it answers: TLS vouches for them, and the call itself says of what
 * they speak.
 */
import type { Outcome } from '../../domain/outcome.ts'
import { isGood, postJson } from '../call.ts'
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
import {
  type Codes,
  failedRefunds,
  isPlainSuccess,
  orderExpired,
  readCodes,
  refusedRefunds,
  unknownThere,
} from './codes.ts'
import { orderEnd } from './messages.ts'

export type Answer = { codes: Codes; json: Record<string, unknown> }

/** Between the end of an order and the moment from which a failure of it is final. */
const afterEndMs = 120_000

/** Posts one call and reads its codes. Throws as `postJson` and `readCodes`; anything but a refusal under a 4xx contradicts itself and is `unknown`. */
export const callZaloPay = async (
  { account, fetch }: { account: Account; fetch: FetchPort },
  name: 'create' | 'query' | 'refund' | 'query_refund',
  body: Record<string, string | number>,
): Promise<Answer> => {
  const { status, json } = await postJson(fetch, `${account.api_url.replace(/\/+$/, '')}/v2/${name}`, body)
  const isProcessed = isGood(status)
  if (!isProcessed && json.return_code === undefined) {
    throw new ProviderError('rejected', 'ZaloPay refused the call', { code: `http_${status}` })
  }
  const codes = readCodes(json)
  if (isProcessed) return { codes, json }
  throw new ProviderError('unknown', 'ZaloPay did not decide', { code: `http_${status}` })
}

/**
 * The page of a created order. Throws `unknown` for every answer that is no plain success: an order that ZaloPay does not have after all is denied when it is
 * asked for.
 */
export const startedPayment = ({ codes, json }: Answer, account: Account): Started => {
  if (isPlainSuccess(codes)) {
    return { action: { type: 'redirect', url: orderUrl(json, account) }, providerReference: null }
  }
  throw new ProviderError('unknown', 'ZaloPay did not say that there is an order', { code: codes.code })
}

/**
 * What a query says of the payment. A failure is final when the order's time is over, by ZaloPay's word or two minutes after the end that we set; before that
 * the payer may top up and pay, so it is pending. Money is reported with ZaloPay's amount, whatever ours is. Throws `malformed` for money without amount or number.
 */
export const queriedPayment = (
  { codes, json }: Answer,
  { payment, now }: { payment: Payment; now: Date },
): QueryAnswer => {
  const { merchantReference } = payment
  const { state, detail, code } = codes
  if (state === 'failed' && detail === unknownThere) return { known: false, outcomes: [] }
  const isRunning = json.is_processing === true
  if (isPlainSuccess(codes) && !isRunning) {
    const amount = readAmount(wireText(json.amount) ?? '')
    const providerReference = wireText(json.zp_trans_id) ?? ''
    if (amount === null || readNumber(providerReference) === null) {
      throw new ProviderError('malformed', 'amount or zp_trans_id of a payment is not a number', { code })
    }
    const occurredAt = readTime(wireText(json.server_time) ?? '')
    return {
      known: true,
      outcomes: [{ merchantReference, providerReference, occurredAt, code, status: 'captured', amount }],
    }
  }
  const isOver = detail === orderExpired || now.getTime() >= orderEnd(payment).getTime() + afterEndMs
  // The older list has positive codes up to 48, all of things that are under way.
  const isFailed = state === 'failed' && !isRunning && isOver && !/^([3-9]|[1-9][0-9]+)$/.test(detail)
  const quiet = { merchantReference, providerReference: null, occurredAt: null, code, subject: 'payment' as const }
  return { known: true, outcomes: [{ ...quiet, status: isFailed ? 'failed' : 'pending' }] }
}

/** What the answer to a refund call says. A failure counts only by a listed code: the question about the refund decides the rest. */
export const refundOutcome = (answer: Answer, refund: Refund): Outcome => {
  const { state, detail } = answer.codes
  const isFailed = state === 'failed' && (refusedRefunds.has(detail) || detail === unknownThere)
  return isPaidBack(answer.codes) ? moneyBack(answer, refund) : quietRefund(answer, { refund, isFailed })
}

/**
 * What ZaloPay says when it is asked for a refund: of it, for it is asked by our reference, and in whole, for no amount comes back. -101 denies it. A failure
 * comes with a code that is listed for it, with 0, or with none.
 */
export const queriedRefund = (answer: Answer, refund: Refund): QueryAnswer => {
  const { state, detail } = answer.codes
  if (isPaidBack(answer.codes)) return { known: true, outcomes: [moneyBack(answer, refund)] }
  if (state === 'failed' && detail === unknownThere) return { known: false, outcomes: [] }
  const isFailed = state === 'failed' && failedRefunds.has(detail)
  return { known: true, outcomes: [quietRefund(answer, { refund, isFailed })] }
}

/** -101 is described as a success in one source and as unknown in all others; return_code tells which. */
const isPaidBack = (codes: Codes): boolean =>
  isPlainSuccess(codes) || (codes.state === 'paid' && codes.detail === unknownThere)

const moneyBack = (answer: Answer, refund: Refund): Outcome => ({
  ...{ merchantReference: refund.merchantReference, providerReference: refundNumber(answer, refund), occurredAt: null },
  ...{ code: answer.codes.code, status: 'refunded', amount: refund.amount },
})

const quietRefund = (answer: Answer, { refund, isFailed }: { refund: Refund; isFailed: boolean }): Outcome => ({
  ...{ merchantReference: refund.merchantReference, providerReference: refundNumber(answer, refund), occurredAt: null },
  ...{ code: answer.codes.code, status: isFailed ? 'failed' : 'pending', subject: 'refund' },
})

/** The answer to the refund call tells it; a later one about the same m_refund_id does not, and speaks of the same refund. */
const refundNumber = ({ json }: Answer, refund: Refund): string | null => {
  const number = wireText(json.refund_id) ?? ''
  return readNumber(number) === null ? (refund.providerReference ?? null) : number
}

const orderUrl = (json: Record<string, unknown>, account: Account): string => {
  const text = typeof json.order_url === 'string' && json.order_url.length <= 8_192 ? json.order_url : ''
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'https:' || (protocol === 'http:' && account.api_url.startsWith('http:'))) return text
  throw new ProviderError('malformed', 'order_url of the answer is not an address')
}
