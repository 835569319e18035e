/**
 * VNPAY's wire shapes: parameters of the redirect, bodies of queries and refunds, and how amounts, texts and fields
 * are written.
 */
import { asciiOnly } from '../../lib/text.ts'
import { formatStamp } from '../../lib/time.ts'
import { limitsWithin } from '../account-fields.ts'
import { type Payment, ProviderError, type Refund } from '../contract.ts'
import { hundredthsLimits, wireHundredths } from '../hundredths.ts'
import type { Account } from './account.ts'
import { hashField, type Pair, pipedFields, pipedText, queryText, sign } from './signature.ts'

const version = '2.1.0'
/** Twelve digits of đồng × 100 (pay.html: `vnp_Amount`, numeric 1-12). */
export const limits = hundredthsLimits

/** The address that the payer's browser is sent to. Throws `rejected` for what the protocol cannot carry. */
export const paymentUrl = (payment: Payment, account: Account): string => {
  const { minimum, maximum } = limitsWithin(limits)(account)
  if (payment.amount < minimum || payment.amount > maximum) {
    throw new ProviderError('rejected', "the amount is outside the contract's limits")
  }
  const text = queryText([
    ['vnp_Version', version],
    ['vnp_Command', 'pay'],
    ['vnp_TmnCode', account.tmn_code],
    ['vnp_Amount', wireHundredths(payment.amount)],
    ['vnp_BankCode', bankCode(payment.bankCode)],
    ['vnp_CreateDate', formatStamp(payment.createdAt)],
    ['vnp_CurrCode', 'VND'],
    ['vnp_ExpireDate', formatStamp(payment.expiresAt)],
    ['vnp_IpAddr', /^[0-9A-Fa-f.:]{7,45}$/.test(payment.payerIp) ? payment.payerIp : account.server_ip],
    ['vnp_Locale', payment.language === 'vi' ? 'vn' : 'en'],
    ['vnp_OrderInfo', orderInfo(payment.description) || orderInfo(`Thanh toan ${payment.merchantReference}`)],
    ['vnp_OrderType', account.order_type],
    ['vnp_ReturnUrl', returnUrl(payment.returnUrl)],
    ['vnp_TxnRef', reference(payment.merchantReference)],
  ])
  return `${account.payment_url}?${text}&${hashField}=${sign(text, account.hash_secret)}`
}

/** What must be remembered of a start: queries and refunds name the payment by its creation time too. */
export const startMemo = (payment: Payment): Record<string, string> => ({ create_date: formatStamp(payment.createdAt) })

/**
 * The body of a status query. `requestId` is cut to the 32 letters and digits that fit. `number` is VNPAY's own of the
 * payment or the refund that is meant; it is optional and the one field that is not signed.
 */
export const queryBody = (payment: Payment, { account, now, requestId, number }: Query): Record<string, string> => ({
  ...signedBody(account, pipedFields.queryRequest, [
    ['vnp_RequestId', requestId.replace(/[^A-Za-z0-9]/g, '').slice(-32)],
    ['vnp_Version', version],
    ['vnp_Command', 'querydr'],
    ['vnp_TmnCode', account.tmn_code],
    ['vnp_TxnRef', reference(payment.merchantReference)],
    ['vnp_OrderInfo', `Truy van GD ${payment.merchantReference}`],
    ['vnp_TransactionDate', createDate(payment)],
    ['vnp_CreateDate', formatStamp(now)],
    ['vnp_IpAddr', account.server_ip],
  ]),
  ...(number === null ? {} : { vnp_TransactionNo: number }),
})

/**
 * The body of a refund. The refund's own reference is the request id, so that the same refund is the same request
 * whenever it is sent.
 */
export const refundBody = (refund: Refund, account: Account): Record<string, string> => {
  const { payment } = refund
  if (refund.amount > payment.amount) throw new ProviderError('rejected', 'the refund is larger than its payment')
  if (!/^[A-Za-z0-9]{1,32}$/.test(refund.merchantReference)) {
    throw new ProviderError('rejected', 'the reference of a refund is 1 to 32 letters and digits')
  }
  return signedBody(account, pipedFields.refundRequest, [
    ['vnp_RequestId', refund.merchantReference],
    ['vnp_Version', version],
    ['vnp_Command', 'refund'],
    ['vnp_TmnCode', account.tmn_code],
    ['vnp_TransactionType', refund.isFull ? '02' : '03'],
    ['vnp_TxnRef', reference(payment.merchantReference)],
    ['vnp_Amount', wireHundredths(refund.amount)],
    ['vnp_OrderInfo', orderInfo(refund.reason) || 'Hoan tien'],
    // Unknown: the same empty text is signed and sent. The SDK signs `0` and sends nothing, which cannot verify.
    ['vnp_TransactionNo', payment.providerReference ?? ''],
    ['vnp_TransactionDate', createDate(payment)],
    ['vnp_CreateBy', asciiOnly(refund.requestedBy.slice(0, 500), /[A-Za-z0-9._@-]/).slice(0, 64) || 'lephi'],
    ['vnp_CreateDate', formatStamp(refund.createdAt)],
    ['vnp_IpAddr', account.server_ip],
  ])
}

/**
 * The named fields of a JSON answer as text: public code writes amounts and numbers both ways; a number is signed as
 * its decimal text, and null as an absent field. Throws `malformed` for any other value, and for a `|` inside one,
 * which would move the borders of the signed text.
 */
export const readFields = (json: Record<string, unknown>, names: readonly string[]): Map<string, string> => {
  const fields = new Map<string, string>()
  for (const name of names) {
    const value = Object.hasOwn(json, name) ? json[name] : null
    if (value === null) continue
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
    if (typeof text !== 'string' || text.includes('|')) {
      throw new ProviderError('malformed', `${name} of the answer is a value that the protocol does not have`)
    }
    fields.set(name, text)
  }
  return fields
}

type Query = { account: Account; now: Date; requestId: string; number: string | null }

const signedBody = (account: Account, names: readonly string[], pairs: readonly Pair[]): Record<string, string> => {
  const fields = new Map(pairs)
  return { ...Object.fromEntries(fields), [hashField]: sign(pipedText(names, fields), account.hash_secret) }
}

/** Characters that every encoder of VNPAY's five samples writes alike, in the query as in the piped text. */
const orderInfo = (text: string): string =>
  asciiOnly(text.slice(0, 2000), /[A-Za-z0-9 .,:-]/)
    .slice(0, 255)
    .trim()

const createDate = (payment: Payment): string => payment.memo.create_date ?? formatStamp(payment.createdAt)

const reference = (text: string): string => {
  if (/^[A-Za-z0-9]{1,100}$/.test(text)) return text
  throw new ProviderError('rejected', 'vnp_TxnRef is 1 to 100 letters and digits')
}

const bankCode = (code: string | null): string => {
  if (code === null || /^[A-Za-z0-9]{3,20}$/.test(code)) return code ?? ''
  throw new ProviderError('rejected', 'vnp_BankCode is 3 to 20 letters and digits')
}

const returnUrl = (url: string): string => {
  // The same address, written without the characters that platforms encode differently.
  const text = url.replace(/[!'()*~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  if (/^[!-~]{10,255}$/.test(text)) return text
  throw new ProviderError('rejected', 'vnp_ReturnUrl is an address of 10 to 255 ASCII characters')
}
