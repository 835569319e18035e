/** VNPAY payment gateway, API 2.1.0. Sources, quirks and settings: README.md beside this file. */
import { limitsWithin } from '../account-fields.ts'
import { postJson } from '../call.ts'
import {
  type Context,
  defineProvider,
  type IncomingRequest,
  type Payment,
  ProviderError,
  type Verdict,
} from '../contract.ts'
import { readParams } from '../signed-text.ts'
import { type Account, accountSchema } from './account.ts'
import { callbackOutcome, ownNumber, paymentOutcome, refundCallOutcome, refundQueryOutcome } from './answers.ts'
import { limits, paymentUrl, queryBody, readFields, refundBody, startMemo } from './messages.ts'
import { hashField, isSigned, pipedFields, pipedText, queryText } from './signature.ts'

export const vnpay = defineProvider<Account>({
  title: { vi: 'VNPAY', en: 'VNPAY' },
  limits,
  limitsOf: limitsWithin(limits),
  account: accountSchema,
  secrets: ['hash_secret'],
  redact: [
    hashField,
    'vnp_IpAddr',
    'vnp_CreateBy',
    ...['Mobile', 'Email', 'FirstName', 'LastName', 'Address', 'City', 'Country', 'State'].map(
      (name) => `vnp_Bill_${name}`,
    ),
    ...['Phone', 'Email', 'Customer', 'Address', 'Company', 'Taxcode'].map((name) => `vnp_Inv_${name}`),
  ],

  startPayment: async (payment, { account }) => ({
    action: { type: 'redirect', url: paymentUrl(payment, account) },
    providerReference: null,
    memo: startMemo(payment),
  }),

  readCallback: async (request, { account }) => {
    const fields = readSigned(request, account)
    const merchantReference = referenceOf(fields)
    return { merchantReference, outcomes: [callbackOutcome(merchantReference, fields)] }
  },

  answerCallback: (verdict) => {
    const [RspCode, Message] = answers[verdict]
    return Response.json({ RspCode, Message })
  },

  readReturn: async (request, { account }) => {
    try {
      return referenceOf(readSigned(request, account))
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference: ({ search }) => {
    const claimed = new URLSearchParams(search.slice(0, searchLengthMax)).get('vnp_TxnRef')
    return claimed !== null && referenceShape.test(claimed) ? claimed : null
  },

  queryPayment: async (payment, context) => {
    const fields = await query(payment, { context, number: payment.providerReference })
    if (!fields) return { known: false, outcomes: [] }
    return { known: true, outcomes: [paymentOutcome(payment.merchantReference, fields)] }
  },

  refundPayment: async (refund, context) => {
    const body = refundBody(refund, context.account)
    const fields = await call(body, { context, names: pipedFields.refundAnswer })
    return refundCallOutcome(refund, fields)
  },

  queryRefund: async (refund, context) => {
    const fields = await query(refund.payment, { context, number: ownNumber(refund) })
    // VNPAY captured this payment: denying it, as for another day or environment, says nothing of the refund.
    if (!fields) throw new ProviderError('unknown', 'VNPAY denies the payment of the refund', { code: '91' })
    return { known: true, outcomes: [refundQueryOutcome(refund, fields)] }
  },
})

/**
 * Codes of the IPN answer (pay.html of 2026-03-09): 00 and 02 end the calls, every other one makes VNPAY call again,
 * 10 times in all.
 */
const answers: Record<Verdict, readonly [code: string, message: string]> = {
  accepted: ['00', 'Confirm Success'],
  already_confirmed: ['02', 'Order already confirmed'],
  amount_mismatch: ['04', 'Invalid amount'],
  unknown_order: ['01', 'Order not found'],
  unknown_account: ['01', 'Order not found'],
  forged: ['97', 'Invalid signature'],
  malformed: ['99', 'Input data required'],
  try_again: ['99', 'Unknown error'],
}

const searchLengthMax = 8192
const referenceShape = /^[A-Za-z0-9._-]{1,100}$/

/**
 * The verified parameters of a callback or return. Those of our own address lack the `vnp_` prefix: they are not
 * signed and nobody reads them.
 */
const readSigned = ({ method, search }: IncomingRequest, account: Account): Map<string, string> => {
  if (method !== 'GET') throw new ProviderError('malformed', 'VNPAY calls by GET')
  const fields = readParams(search, { lengthMax: searchLengthMax, signatures: [hashField] })
  if (!isSigned(queryText(fields), { hash: fields.get(hashField), secret: account.hash_secret })) {
    throw new ProviderError('forged', 'the hash does not hold')
  }
  // One secret may serve several terminals; a payment of another one is none of this account's orders.
  if (fields.get('vnp_TmnCode') !== account.tmn_code) throw new ProviderError('rejected', 'the terminal is another one')
  return fields
}

const referenceOf = (fields: ReadonlyMap<string, string>): string => {
  const reference = fields.get('vnp_TxnRef') ?? ''
  if (referenceShape.test(reference)) return reference
  throw new ProviderError('malformed', 'vnp_TxnRef is absent or has another shape')
}

/**
 * A status query; null when VNPAY states that it has no such payment. Without a number VNPAY may answer about the
 * payment or about a refund of it.
 */
const query = async (
  payment: Payment,
  { context, number }: { context: Context<Account>; number: string | null },
): Promise<Map<string, string> | null> => {
  const { account, now, newId } = context
  const body = queryBody(payment, { account, now: now(), requestId: newId(), number })
  const fields = await call(body, { context, names: pipedFields.queryAnswer })
  const code = fields.get('vnp_ResponseCode') ?? ''
  if (code === '00') return fields
  if (code === '91') return null
  const isRefused = code === '02' || code === '03' || code === '97'
  throw new ProviderError(isRefused ? 'rejected' : 'unknown', 'VNPAY did not answer the query', {
    code: code.slice(0, 10),
  })
}

/** Sends one server message and verifies the answer: signed, of the same command, for the same terminal and payment. */
const call = async (
  body: Record<string, string>,
  { context, names }: { context: Context<Account>; names: readonly string[] },
): Promise<Map<string, string>> => {
  const { account, fetch } = context
  const { json } = await postJson(fetch, account.api_url, body)
  const fields = readFields(json, [...names, hashField])
  const hash = fields.get(hashField) ?? ''
  // Whether error answers are signed is not documented, and anybody could write an unsigned one: it settles nothing.
  const code = (fields.get('vnp_ResponseCode') ?? '').slice(0, 10)
  if (hash === '') throw new ProviderError('unknown', 'the answer of VNPAY is not signed', { code })
  if (!isSigned(pipedText(names, fields), { hash, secret: account.hash_secret })) {
    throw new ProviderError('forged', 'the hash of the answer does not hold')
  }
  for (const name of ['vnp_Command', 'vnp_TmnCode', 'vnp_TxnRef']) {
    if (fields.get(name) !== body[name]) throw new ProviderError('malformed', `${name} of the answer is not ours`)
  }
  return fields
}
