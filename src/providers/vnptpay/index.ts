/** VNPT Pay (VNPT Money), merchant API 1.0.5. Sources, settings and quirks: README.md beside this file. */
import { formatStamp } from '../../lib/time.ts'
import { jsonObject } from '../call.ts'
import type { IncomingRequest, Verdict } from '../contract.ts'
import { definePipedProvider } from '../piped-provider.ts'
import { signPiped } from '../piped-sha256.ts'
import { readParams, readText } from '../signed-text.ts'
import { type Account, accountSchema } from './account.ts'
import { initFields, orders, queryFields } from './messages.ts'

export const vnptpay = definePipedProvider<Account>({
  title: { vi: 'VNPT Pay', en: 'VNPT Pay' },
  account: accountSchema,
  secrets: ['secret_key', 'api_key'],
  // The free text may name the payer; the address opens the payment page of whoever holds it.
  redact: ['SECURE_CODE', 'CLIENT_IP', 'ADDITIONAL_INFO', 'REDIRECT_URL'],
  words: {
    code: 'RESPONSE_CODE',
    merchant: 'MERCHANT_SERVICE_ID',
    reference: 'MERCHANT_ORDER_ID',
    amount: 'AMOUNT',
    currency: 'CURRENCY_CODE',
    number: 'VNPTPAY_TRANSACTION_ID',
    time: 'PAY_DATE',
    status: 'TRANSACTION_STATUS',
    signature: 'SECURE_CODE',
    queried: { namesMerchant: false, tellsTime: true },
  },
  orders,
  payUrl: 'REDIRECT_URL',
  merchantOf: ({ merchant_service_id }) => merchant_service_id,
  headers: ({ api_key }) => ({ authorization: `Bearer ${api_key}` }),
  initFields,
  queryFields,
  readNotice: (request) => readEnvelope(request),
  answer: (verdict, { account, now, claimed }) => {
    const [RESPONSE_CODE, DESCRIPTION] = replies[verdict]
    const reply = {
      RESPONSE_CODE,
      DESCRIPTION,
      MERCHANT_SERVICE_ID: account?.merchant_service_id ?? '',
      MERCHANT_ORDER_ID: claimed,
      CREATE_DATE: formatStamp(now()),
    }
    if (!account) return reply
    // Signed whatever the verdict: a reply begins with a code of ours, and its reference has no separator, so it can pass for no other message.
    return { ...reply, SECURE_CODE: signPiped(orders.reply, new Map(Object.entries(reply)), account.secret_key) }
  },
})

const replies: Record<Verdict, readonly [code: string, description: string]> = {
  accepted: ['00', 'Success'],
  already_confirmed: ['00', 'Already confirmed'],
  amount_mismatch: ['99', 'Amount does not match'],
  unknown_order: ['01', 'Order not found'],
  unknown_account: ['01', 'Order not found'],
  forged: ['97', 'Invalid secure code'],
  malformed: ['99', 'Malformed request'],
  try_again: ['99', 'Not processed'],
}

const bytesMax = 64 * 1024

/** The members of an IPN. The sources differ: a JSON object, a form whose one field `data` holds that object, or its members as form fields. */
const readEnvelope = ({ body }: IncomingRequest): Record<string, unknown> | null => {
  const text = readText(body, { bytesMax })
  if (/^\s*\{/.test(text)) return jsonObject(text)
  const form = readParams(text, { lengthMax: bytesMax, signatures: ['SECURE_CODE'] })
  const data = form.get('data')
  return data === undefined ? Object.fromEntries(form) : jsonObject(data)
}
