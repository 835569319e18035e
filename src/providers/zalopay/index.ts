/** ZaloPay Open API v2, Payment Gateway. Sources, quirks and settings: README.md beside this file. */
import { defineProvider, ProviderError, type Verdict } from '../contract.ts'
import { type Account, accountSchema, limits, paymentLimits, publicTestCredentials } from './account.ts'
import { callZaloPay, queriedPayment, queriedRefund, refundOutcome, startedPayment } from './answers.ts'
import { createBody, newReference, queryBody, refundBody, refundQueryBody, refundReference } from './messages.ts'
import { claimedReference, readCallback, readRedirect } from './notices.ts'

export const zalopay = defineProvider<Account>({
  title: { vi: 'ZaloPay', en: 'ZaloPay' },
  limits,
  limitsOf: paymentLimits,
  account: accountSchema,
  secrets: ['key1', 'key2'],
  publicTestCredentials,
  // The page of an order opens for whoever holds its address, token or QR text; the user ids tell who paid.
  redact: [
    ...['mac', 'checksum', 'app_user', 'merchant_user_id', 'zp_user_id', 'phone', 'email', 'address', 'device_info'],
    ...['order_url', 'order_token', 'zp_trans_token', 'qr_code'],
  ],
  newReference,
  refundReference,

  startPayment: async (payment, { account, fetch }) =>
    startedPayment(await callZaloPay({ account, fetch }, 'create', createBody(payment, account)), account),

  readCallback: async (request, { account }) => {
    const outcome = readCallback(request, account)
    return { merchantReference: outcome.merchantReference, outcomes: [outcome] }
  },

  answerCallback: (verdict) => {
    const [return_code, return_message] = answers[verdict]
    return Response.json({ return_code, return_message })
  },

  readReturn: async (request, { account }) => {
    try {
      return readRedirect(request, account)
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference,

  queryPayment: async (payment, { account, fetch, now }) => {
    const answer = await callZaloPay({ account, fetch }, 'query', queryBody(payment, account))
    return queriedPayment(answer, { payment, now: now() })
  },

  refundPayment: async (refund, { account, fetch, now }) => {
    const body = refundBody(refund, { account, now: now() })
    return refundOutcome(await callZaloPay({ account, fetch }, 'refund', body), refund)
  },

  queryRefund: async (refund, { account, fetch, now }) => {
    const body = refundQueryBody(refund, { account, now: now() })
    return queriedRefund(await callZaloPay({ account, fetch }, 'query_refund', body), refund)
  },
})

/**
 * 1 is success, also for a repeat and for another amount, which is kept and booked like any money: a failure could make ZaloPay undo what it took. 2 ends the
 * matter as a failure; 0 asks for another call. Which of the sources agree on what: README.md, "Answers".
 */
const answers: Record<Verdict, readonly [code: number, message: string]> = {
  accepted: [1, 'success'],
  already_confirmed: [1, 'already confirmed'],
  amount_mismatch: [1, 'received, amount differs'],
  unknown_order: [2, 'order not found'],
  unknown_account: [2, 'merchant not found'],
  forged: [2, 'mac not equal'],
  malformed: [2, 'invalid data'],
  try_again: [0, 'try again'],
}
