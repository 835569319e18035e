/** Viettel Money (ViettelPay) payment gateway, version 2.0. Sources, quirks and settings: README.md beside this file. */
import { limitsWithin } from '../account-fields.ts'
import { defineProvider, ProviderError } from '../contract.ts'
import { type Account, accountSchema, limits } from './account.ts'
import { callViettel, inquiredPayment, refundOutcome } from './answers.ts'
import { inquiryForm, newReference, paymentUrl, refundForm } from './messages.ts'
import { believe, claimedReference, prove, readingOf, readNotice, readReturned } from './notices.ts'
import { replyTo } from './replies.ts'
import { checkSumField } from './signature.ts'

export const viettelmoney = defineProvider<Account>({
  title: { vi: 'Viettel Money', en: 'Viettel Money' },
  limits,
  limitsOf: limitsWithin(limits),
  account: accountSchema,
  secrets: ['access_code', 'hash_key'],
  redact: [checkSumField, 'cust_msisdn', 'login_msisdn', 'customer_bill_info'],
  newReference: ({ newId }) => newReference(newId()),

  startPayment: async (payment, { account }) => ({
    action: { type: 'redirect', url: paymentUrl(payment, account) },
    providerReference: null,
  }),

  readCallback: async (request, { account, findPayment }) =>
    readingOf(await believe(readNotice(request), { account, findPayment })),

  answerCallback: replyTo,

  readReturn: async (request, { account }) => {
    try {
      return prove(readReturned(request), account)
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference,

  queryPayment: async (payment, { account, fetch }) =>
    inquiredPayment(await callViettel({ account, fetch }, 'inquiryAnswer', inquiryForm(payment, account)), payment),

  refundPayment: async (refund, { account, fetch }) =>
    refundOutcome(await callViettel({ account, fetch }, 'refundAnswer', refundForm(refund, account)), refund),
})
