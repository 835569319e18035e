/** MegaPay's wire shapes: the form that the browser posts, the bodies of status and cancel calls, and the results that come back. */
import { asciiOnly } from '../../lib/text.ts'
import { jsonObject } from '../call.ts'
import { type IncomingRequest, type Payment, ProviderError, type Refund } from '../contract.ts'
import { wireText } from '../json-fields.ts'
import { readParams, readText } from '../signed-text.ts'
import { type Account, limitsOf } from './account.ts'
import { cancelHash, cancelToken, requestToken, resultNames, statusToken, type Texts } from './tokens.ts'

type Form = Record<string, string>

/** The fields that the payer's browser posts. Throws `rejected` for what the protocol or the contract cannot carry. */
export const payForm = (payment: Payment, account: Account): Form => {
  checkAmount(payment.amount, limitsOf(account))
  const merTrxId = reference(payment.merchantReference)
  const text = shownText(payment.description) || `Thanh toan ${merTrxId}`
  const signed = {
    timeStamp: String(payment.createdAt.getTime()),
    merTrxId,
    merId: account.mer_id,
    amount: String(payment.amount),
  }
  return {
    ...signed,
    merchantToken: requestToken(signed, account.encode_key),
    currency: 'VND',
    invoiceNo: merTrxId.slice(0, 40),
    goodsNm: text,
    description: text,
    payType: account.pay_type,
    callBackUrl: payment.returnUrl,
    notiUrl: payment.callbackUrl,
    reqDomain: account.req_domain ?? originOf(payment.returnUrl),
    windowType: account.window_type,
    windowColor: account.window_color,
    // The one value in any source.
    userLanguage: 'VN',
    fee: '0',
  }
}

export const statusForm = (payment: Payment, { account, now }: { account: Account; now: Date }): Form => {
  const signed = {
    timeStamp: String(now.getTime()),
    merTrxId: reference(payment.merchantReference),
    merId: account.mer_id,
  }
  return { ...signed, merchantToken: statusToken(signed, account.encode_key) }
}

/** A refund. Its own reference is the merTrxId, the payment is named by MegaPay's number. Throws `rejected` for what MegaPay cannot return. */
export const cancelForm = (refund: Refund, account: Account): Form => {
  const { payment } = refund
  checkAmount(refund.amount, { minimum: 1n, maximum: payment.amount })
  const payType = cancelType(account)
  if (!isNumber(payment.providerReference ?? '')) {
    throw new ProviderError('rejected', 'the payment has no MegaPay number', { code: 'no_trx_id' })
  }
  const merTrxId = reference(refund.merchantReference)
  if (merTrxId === payment.merchantReference)
    throw new ProviderError('rejected', 'a refund needs a reference of its own')
  const signed = {
    timeStamp: String(refund.createdAt.getTime()),
    merTrxId,
    trxId: payment.providerReference ?? '',
    merId: account.mer_id,
    amount: String(refund.amount),
  }
  const password = account.refund_password_sent === 'clear' ? account.refund_password : ''
  return {
    ...signed,
    merchantToken: cancelToken(signed, account.encode_key),
    payType,
    cancelMsg: shownText(refund.reason) || 'Hoan tien',
    cancelPw: password,
    hash: cancelHash({ merTrxId, password: account.refund_password }, account.encode_key),
    refundData: password,
    ...{ cancelRetryCount: '0', fee: '0', vat: '0', notax: '0' },
  }
}

/** The result in an IPN or a return: a form, a JSON object, or, as in one public handler, the query of the address. */
export const readResult = ({ search, body }: IncomingRequest): Texts => {
  const text = readText(body, { bytesMax })
  if (/^\s*\{/.test(text)) {
    const json = jsonObject(text)
    if (!json) throw new ProviderError('malformed', 'the body is not a JSON object')
    return resultOf(json)
  }
  const form = readParams(text === '' ? search : text, { lengthMax: bytesMax, signatures: ['merchantToken'] })
  return resultOf(Object.fromEntries(form))
}

/** The hashed members of a result, and its token. Throws `malformed` for what is neither text nor a number. */
export const resultOf = (json: Record<string, unknown>): Texts => {
  const result = new Map<string, string>()
  for (const name of [...resultNames, 'merchantToken', 'cancelTrxId']) {
    const text = wireText(Object.hasOwn(json, name) ? json[name] : null)
    if (text === null) throw new ProviderError('malformed', `${name} is neither text nor a number`)
    result.set(name, text)
  }
  return result
}

export const isReference = (text: string): boolean => /^[0-9A-Za-z_.-]{1,50}$/.test(text)
export const isNumber = (text: string): boolean => /^[0-9A-Za-z_.-]{1,100}$/.test(text)

const bytesMax = 64 * 1024

const reference = (text: string): string => {
  if (isReference(text)) return text
  throw new ProviderError('rejected', 'merTrxId is 1 to 50 letters, digits, points, dashes and underscores')
}

const checkAmount = (amount: bigint, { minimum, maximum }: { minimum: bigint; maximum: bigint }): void => {
  if (amount >= minimum && amount <= maximum) return
  throw new ProviderError('rejected', `MegaPay takes ${minimum} to ${maximum} đồng here`, {
    code: 'amount_outside_provider_limits',
  })
}

const cancelType = ({ pay_type, cancel_pay_type }: Account): string => {
  const type = cancel_pay_type ?? pay_type
  if (type !== 'NO' && type !== 'VA') return type
  const what = type === 'VA' ? 'payments to deposit accounts are not returned by call' : 'cancel_pay_type is not set'
  throw new ProviderError('rejected', what, { code: 'cancel_pay_type' })
}

/** At most 100 characters, unaccented, without those that the vendor's script refuses. */
const shownText = (text: string): string =>
  asciiOnly(text.slice(0, 2000), /[A-Za-z0-9 .,:/-]/)
    .slice(0, 100)
    .trim()

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : '')
