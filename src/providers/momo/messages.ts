/** MoMo's wire shapes: the bodies that we send, and how texts, numbers and times are written and read. */
import { nfc } from '../../lib/text.ts'
import { type Payment, ProviderError, type Refund } from '../contract.ts'
import { readNumber } from '../json-fields.ts'
import { type Account, paymentLimits, refundLimits } from './account.ts'
import { sign } from './signature.ts'

type Body = Record<string, string | number>

/** The body of a create call. Throws `rejected` for what the protocol or the contract cannot carry; then nothing was sent. */
export const createBody = (payment: Payment, account: Account): Body => {
  checkAmount(payment.amount, paymentLimits(account))
  // MoMo: no query string, special characters or spaces in ipnUrl (wallet/onetime).
  if (!/^https?:\/\/[!-~]+$/.test(payment.callbackUrl) || /[?#&=]/.test(payment.callbackUrl)) {
    throw new ProviderError('rejected', 'MoMo takes no such callback address', { code: 'callback_url' })
  }
  const orderId = reference(payment.merchantReference)
  const signed = {
    partnerCode: account.partner_code,
    requestId: orderId,
    amount: Number(payment.amount),
    orderId,
    orderInfo: shownText(payment.description) || `Thanh toan ${orderId}`,
    redirectUrl: payment.returnUrl,
    ipnUrl: payment.callbackUrl,
    requestType: account.request_type,
    extraData: '',
  }
  return {
    ...signed,
    lang: payment.language,
    ...(payment.dossierCode.length <= 200 ? { referenceId: payment.dossierCode } : {}),
    ...(account.store_name === undefined ? {} : { storeName: account.store_name }),
    ...(account.store_id === undefined ? {} : { storeId: account.store_id }),
    signature: sign('create', signed, account),
  }
}

/** The body of a status query. `requestId` must be new for each call. */
export const queryBody = (payment: Payment, { account, requestId }: { account: Account; requestId: string }): Body => {
  const orderId = reference(payment.merchantReference)
  const signed = { partnerCode: account.partner_code, requestId, orderId }
  return { ...signed, lang: payment.language, signature: sign('query', signed, account) }
}

/**
 * The body of a refund. Its reference is orderId and requestId, so that the same refund is the same request whenever it is sent. Throws `rejected`
 * for an amount outside the limits or the payment, and for a payment whose MoMo number is not known.
 */
export const refundBody = ({ merchantReference, amount, reason, payment }: Refund, account: Account): Body => {
  checkAmount(amount, refundLimits(account))
  if (amount > payment.amount) throw new ProviderError('rejected', 'the refund is larger than its payment')
  const transId = readNumber(payment.providerReference ?? '')
  if (transId === null) throw new ProviderError('rejected', 'the payment has no MoMo transId', { code: 'no_trans_id' })
  const orderId = reference(merchantReference)
  if (orderId === payment.merchantReference)
    throw new ProviderError('rejected', 'a refund needs a reference of its own')
  const signed = {
    partnerCode: account.partner_code,
    orderId,
    requestId: orderId,
    amount: Number(amount),
    // A Long; text only where a number would lose digits. Both sign alike.
    transId: transId <= Number.MAX_SAFE_INTEGER ? Number(transId) : String(transId),
    description: shownText(reason),
  }
  return { ...signed, lang: payment.language, signature: sign('refund', signed, account) }
}

/**
 * A text for people as MoMo may have it. `&` and `=` go, because a value that holds `&key=` could pass for two fields in the signing text; edges are
 * trimmed because an all-blank value is signed differently by MoMo's own tools; 200 of the 255 characters that the page allows, a pair as two.
 */
export const shownText = (text: string): string =>
  nfc(text.slice(0, 2_000))
    .replace(/[&=\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()

/**
 * Whether `text` can be an orderId. MoMo prints `^[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*$`, which backtracks exponentially on a failing text; this form
 * accepts the same. One page allows 200 characters, others 50.
 */
export const isReference = (text: string): boolean =>
  text.length <= 50 && /^[0-9a-zA-Z](?:[-_.0-9a-zA-Z]*[0-9a-zA-Z])?$/.test(text)

const reference = (text: string): string => {
  if (isReference(text)) return text
  throw new ProviderError('rejected', 'a reference at MoMo is 1 to 50 letters, digits, dashes, underscores and points')
}

const checkAmount = (amount: bigint, { minimum, maximum }: { minimum: bigint; maximum: bigint }): void => {
  if (amount >= minimum && amount <= maximum) return
  throw new ProviderError('rejected', `MoMo takes ${minimum} to ${maximum} đồng here`, {
    code: 'amount_outside_provider_limits',
  })
}
