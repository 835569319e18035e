/** MegaPay of VNPT EPAY, merchant interface 1.4.6. Sources, settings and quirks: README.md beside this file. */
import { isGood, jsonAnswer, postForm } from '../call.ts'
import { defineProvider, type FetchPort, ProviderError, type Verdict } from '../contract.ts'
import { type Account, accountSchema, limits, limitsOf } from './account.ts'
import { cancelForm, isReference, payForm, readResult, statusForm } from './messages.ts'
import { believedReference, cancelOutcome, noticeReading, queriedState } from './results.ts'

export const megapay = defineProvider<Account>({
  title: { vi: 'MegaPay', en: 'MegaPay' },
  limits,
  limitsOf,
  account: accountSchema,
  secrets: ['encode_key', 'refund_password'],
  redact: [
    ...['merchantToken', 'payToken', 'cancelPw', 'refundData', 'hash', 'cardNo', 'userId', 'vaNumber', 'vaName'],
    ...['buyerFirstNm', 'buyerLastNm', 'buyerPhone', 'buyerEmail', 'buyerAddr', 'buyerCity'],
    ...['receiverFirstNm', 'receiverLastNm', 'receiverPhone', 'receiverAddr'],
  ],

  startPayment: async (payment, { account }) => ({
    action: { type: 'form', url: account.pay_url, fields: payForm(payment, account) },
    providerReference: null,
  }),

  readCallback: async (request, { account, findPayment }) => {
    if (request.method !== 'POST') throw new ProviderError('malformed', 'MegaPay calls by POST')
    return noticeReading(readResult(request), { account, findPayment })
  },

  // What MegaPay reads is not public: HTTP 200 and a short JSON for what is stored, and no success for what is not.
  answerCallback: (verdict) => Response.json({ result: verdict }, { status: answers[verdict] }),

  readReturn: async (request, { account }) => {
    try {
      return believedReference(readResult(request), account)
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference: (request) => {
    try {
      const claimed = readResult(request).get('merTrxId') ?? ''
      return isReference(claimed) ? claimed : null
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  queryPayment: async (payment, { account, fetch, now }) => {
    const form = statusForm(payment, { account, now: now() })
    return queriedState(await call(fetch, account.status_url, form), payment, account)
  },

  refundPayment: async (refund, { account, fetch }) => {
    const form = cancelForm(refund, account)
    return cancelOutcome(await call(fetch, account.cancel_url, form), refund, account)
  },
})

const answers: Record<Verdict, number> = {
  accepted: 200,
  already_confirmed: 200,
  amount_mismatch: 200,
  unknown_order: 404,
  unknown_account: 404,
  forged: 400,
  malformed: 400,
  try_again: 503,
}

const call = async (fetch: FetchPort, url: string, form: Record<string, string>): Promise<Record<string, unknown>> => {
  const { status, json } = jsonAnswer(await postForm(fetch, url, form, { headers: { accept: 'application/json' } }))
  if (isGood(status)) return json
  throw new ProviderError('rejected', 'MegaPay refused the call', { code: `http_${status}` })
}
