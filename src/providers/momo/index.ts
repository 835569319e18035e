/** MoMo payment gateway, AIO v2, one-step payments. Sources, quirks and settings: README.md beside this file. */
import { defineProvider, ProviderError, type Verdict } from '../contract.ts'
import { type Account, accountSchema, limits, paymentLimits, publicTestCredentials } from './account.ts'
import { callMomo, queriedPayment, queriedRefund, refundOutcome, startedPayment } from './answers.ts'
import { createBody, queryBody, refundBody } from './messages.ts'
import { believe, claimedOrderId, noticeOutcomes, readIpn, readRedirect } from './notices.ts'

export const momo = defineProvider<Account>({
  title: { vi: 'Ví MoMo', en: 'MoMo' },
  limits,
  limitsOf: paymentLimits,
  account: accountSchema,
  secrets: ['access_key', 'secret_key'],
  publicTestCredentials,
  // A pay link or QR opens the payment page of whoever holds it; partnerUserId and paymentOption tell who paid and from what.
  redact: [
    ...['accessKey', 'signature', 'partnerUserId', 'paymentOption', 'userInfo', 'deliveryInfo'],
    ...['payUrl', 'deeplink', 'deeplinkMiniApp', 'qrCodeUrl'],
  ],

  // The payment gateway's page on creating payments: a client waits at least 30 s, for every call.
  patienceMs: 30_000,

  startPayment: async (payment, { account, fetch }) => {
    const answer = await callMomo({ account, fetch }, 'create', createBody(payment, account))
    return startedPayment(answer, account)
  },

  readCallback: async (request, { account }) => {
    const notice = readIpn(request)
    const merchantReference = believe(notice, account)
    return { merchantReference, outcomes: noticeOutcomes(merchantReference, notice) }
  },

  answerCallback: (verdict) => new Response(null, { status: answers[verdict] }),

  readReturn: async (request, { account }) => {
    try {
      return believe(readRedirect(request), account)
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference: claimedOrderId,

  queryPayment: async (payment, { account, fetch, newId }) => {
    const body = queryBody(payment, { account, requestId: newId() })
    return queriedPayment(await callMomo({ account, fetch }, 'query', body), payment)
  },

  // Section 4: the same requestId gives the same result, for at least 31 days.
  refundIsIdempotent: true,
  refundPayment: async (refund, { account, fetch }) => {
    const answer = await callMomo({ account, fetch }, 'refund', refundBody(refund, account))
    return refundOutcome(answer, refund)
  },

  queryRefund: async (refund, { account, fetch, newId }) => {
    const body = queryBody(refund.payment, { account, requestId: newId() })
    return queriedRefund(await callMomo({ account, fetch }, 'query', body), refund)
  },
})

/**
 * 204 without a body ends the matter (notification page). MoMo does not undo a payment for our answer, so another amount is 204 too: the message is
 * stored, and sending it again would say the same. What we could not keep or place is answered otherwise, in the hope of a repeat that no page promises.
 */
const answers: Record<Verdict, number> = {
  accepted: 204,
  already_confirmed: 204,
  amount_mismatch: 204,
  unknown_order: 404,
  unknown_account: 404,
  forged: 400,
  malformed: 400,
  try_again: 500,
}
