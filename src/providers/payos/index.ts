/** payOS payment links, merchant API v2. Sources, quirks and settings: README.md beside this file. */
import { equalInConstantTime } from '../../lib/hmac.ts'
import { defineProvider, ProviderError, type Verdict } from '../contract.ts'
import { type Account, accountSchema, limits, paymentLimits, publicTestCredentials } from './account.ts'
import { createLink, queryLink } from './answers.ts'
import { newOrderCode } from './messages.ts'
import { believe, claimedOrderCode, isSample, readReturned, readWebhook, webhookOutcome } from './notices.ts'

export const payos = defineProvider<Account>({
  title: { vi: 'Chuyển khoản VietQR (payOS)', en: 'VietQR transfer (payOS)' },
  limits,
  limitsOf: paymentLimits,
  account: accountSchema,
  secrets: ['api_key', 'checksum_key'],
  publicTestCredentials,
  // Who paid, from which account, and with which words; and what opens the payment page.
  redact: [
    ...['counterAccountBankId', 'counterAccountBankName', 'counterAccountName', 'counterAccountNumber'],
    ...['virtualAccountName', 'accountName', 'description', 'signature', 'checkoutUrl', 'qrCode'],
    ...['x-api-key'],
  ],
  newReference: newOrderCode,

  startPayment: createLink,

  readCallback: async (request, { account }) => {
    const webhook = readWebhook(request)
    const merchantReference = believe(webhook, account.checksum_key)
    return { merchantReference, outcomes: isSample(webhook) ? [] : [webhookOutcome(merchantReference, webhook)] }
  },

  answerCallback: (verdict, { request }) => {
    // Confirming a webhook address may ask for it by GET, which carries no message: that it is there is all it wants to know.
    const isLookedAt = request.method === 'GET' && verdict === 'malformed'
    const status = isLookedAt ? 200 : answers[verdict]
    return Response.json({ success: status === 200 }, { status })
  },

  // Whoever was sent to the payment page knows the link's id, which cannot be guessed; an order code can.
  readReturn: async (request, { findPayment }) => {
    try {
      const returned = readReturned(request)
      const payment = returned && (await findPayment(returned.orderCode))
      const known = payment?.memo.payment_link_id ?? ''
      return returned && known !== '' && equalInConstantTime(known, returned.link) ? returned.orderCode : null
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference: claimedOrderCode,

  queryPayment: queryLink,
})

/**
 * 200 ends the matter. An unknown order is 200 too, for payOS confirms a webhook address with a sample of an order that nobody has. Whether any other
 * status brings a message again is not published.
 */
const answers: Record<Verdict, number> = {
  accepted: 200,
  already_confirmed: 200,
  amount_mismatch: 200,
  unknown_order: 200,
  unknown_account: 404,
  forged: 401,
  malformed: 400,
  try_again: 500,
}
