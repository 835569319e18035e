/** ZaloPay's wire shapes: the bodies that we send, our references at ZaloPay, and how long an order lives there. */
import { clip, nfc } from '../../lib/text.ts'
import { formatStamp } from '../../lib/time.ts'
import { type Payment, type Ports, ProviderError, type Refund, type RefundSending } from '../contract.ts'
import { readNumber } from '../json-fields.ts'
import { type Account, limits, paymentLimits } from './account.ts'
import { type CallKind, sign } from './signature.ts'

type Body = Record<string, string | number>

/** `yymmdd_` of this moment in Vietnam and our own letters: at most 40 characters with the prefix, as app_trans_id has them. */
export const newReference = ({ now, newId }: Pick<Ports, 'now' | 'newId'>): string =>
  `${dateOf(now())}_${newId()
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(-33)}`

/** `yymmdd_appid_` and the end of the refund's own id, which is its random part: at most 45 characters, as m_refund_id has them. */
export const refundReference = ({ id, at }: RefundSending, { app_id }: Account): string =>
  `${dateOf(at)}_${app_id}_${id.slice(-26)}`

/** Whether `text` can be an app_trans_id. No pattern is published; this one has every sample that ZaloPay signed. */
export const isReference = (text: string): boolean => /^[0-9]{6}_[A-Za-z0-9_-]{1,33}$/.test(text)

/** The body of a create call. Throws `rejected` for what the protocol or the contract cannot carry; then nothing was sent. */
export const createBody = (payment: Payment, account: Account): Body => {
  checkAmount(payment.amount, paymentLimits(account))
  const app_trans_id = orderReference(payment.merchantReference)
  const { preferred_payment_method, sub_app_id } = account
  // Both are text, and the very text that is signed, though the guide's sample shows them as an object and an array.
  const embed_data = JSON.stringify({
    redirecturl: address(payment.returnUrl),
    ...(preferred_payment_method === undefined ? {} : { preferred_payment_method }),
  })
  return signed('create', account, {
    app_trans_id,
    app_user: account.app_user,
    app_time: payment.createdAt.getTime(),
    amount: Number(payment.amount),
    embed_data,
    item: '[]',
    description: shownText(payment.description, 256) || `Thanh toán ${app_trans_id}`,
    bank_code: bankCode(payment.bankCode),
    expire_duration_seconds: lifetimeSeconds(payment),
    callback_url: address(payment.callbackUrl),
    ...(sub_app_id === undefined ? {} : { sub_app_id }),
  })
}

/** The body of a status query. */
export const queryBody = (payment: Payment, account: Account): Body =>
  signed('query', account, { app_trans_id: orderReference(payment.merchantReference) })

/**
 * The body of a refund at this moment. Throws `rejected` for an amount outside the payment, and for a payment whose ZaloPay number is not known. Without a
 * refund fee the field is left out: whether a 0 would be signed is not published.
 */
export const refundBody = (refund: Refund, { account, now }: { account: Account; now: Date }): Body => {
  const { amount, payment } = refund
  checkAmount(amount, limits)
  if (amount > payment.amount) throw new ProviderError('rejected', 'the refund is larger than its payment')
  const number = payment.providerReference ?? ''
  if (readNumber(number) === null) {
    throw new ProviderError('rejected', 'the payment has no zp_trans_id', { code: 'no_zp_trans_id' })
  }
  return signed('refund', account, {
    m_refund_id: refundId(refund, account),
    zp_trans_id: number,
    amount: Number(amount),
    timestamp: now.getTime(),
    description: shownText(refund.reason, 100) || 'Hoàn tiền',
  })
}

/** The body of a question about a refund. */
export const refundQueryBody = (refund: Refund, { account, now }: { account: Account; now: Date }): Body =>
  signed('query_refund', account, { m_refund_id: refundId(refund, account), timestamp: now.getTime() })

/** When ZaloPay stops taking money for an order of ours; an order lives there 5 minutes to 30 days. */
export const orderEnd = (payment: Payment): Date =>
  new Date(payment.createdAt.getTime() + lifetimeSeconds(payment) * 1_000)

const lifetimeSeconds = ({ createdAt, expiresAt }: Payment): number => {
  const seconds = Math.floor((expiresAt.getTime() - createdAt.getTime()) / 1_000)
  return Math.min(Math.max(seconds, 300), 2_592_000)
}

const signed = (kind: CallKind, account: Account, fields: Body): Body => {
  const body = { app_id: Number(account.app_id), ...fields }
  return { ...body, mac: sign(kind, body, account.key1) }
}

/** `yymmdd` of an instant in Vietnam: around midnight a UTC date would be another day's. */
const dateOf = (instant: Date): string => formatStamp(instant).slice(2, 8)

/**
 * A text for people. The bar goes, because it separates the values of the signed text and cannot be escaped there. Half of the length, for nothing says in what
 * ZaloPay counts.
 */
const shownText = (text: string, lengthMax: number): string =>
  clip(
    nfc(text.slice(0, 2_000))
      .replace(/[|\s\p{C}]+/gu, ' ')
      .trim(),
    lengthMax / 2,
  ).trim()

const orderReference = (text: string): string => {
  if (isReference(text)) return text
  throw new ProviderError('rejected', 'app_trans_id is yymmdd, an underscore, and 1 to 33 letters and digits')
}

const refundId = ({ merchantReference }: Refund, { app_id }: Account): string => {
  const isOurs = /^[0-9]{6}_[0-9]{1,9}_[A-Za-z0-9_-]{1,37}$/.test(merchantReference) && merchantReference.length <= 45
  if (isOurs && merchantReference.split('_')[1] === app_id) return merchantReference
  throw new ProviderError('rejected', 'm_refund_id is yymmdd, the app_id, and letters and digits, at most 45 in all')
}

const bankCode = (code: string | null): string => {
  if (code === null || /^[A-Za-z0-9]{1,20}$/.test(code)) return code ?? ''
  throw new ProviderError('rejected', 'bank_code is 1 to 20 letters and digits')
}

const address = (url: string): string => {
  // embed_data is signed with the address in it, and must stay below 1,024 characters on the older pages.
  if (/^https?:\/\/[!-{}~]{1,800}$/.test(url)) return url
  throw new ProviderError('rejected', 'ZaloPay takes no such address')
}

const checkAmount = (amount: bigint, { minimum, maximum }: { minimum: bigint; maximum: bigint }): void => {
  if (amount >= minimum && amount <= maximum) return
  throw new ProviderError('rejected', `ZaloPay takes ${minimum} to ${maximum} đồng here`, {
    code: 'amount_outside_provider_limits',
  })
}
