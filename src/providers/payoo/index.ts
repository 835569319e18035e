/** Payoo paynow, version 2. Sources, settings, quirks and what is left out: README.md beside this file. */
import { postJson } from '../call.ts'
import { defineProvider, ProviderError, type Verdict } from '../contract.ts'
import { type Account, accountSchema, limits } from './account.ts'
import { createBody } from './messages.ts'
import { believe, claimedOrder, noticeOutcome, readNotice, readReturned } from './notices.ts'

export const payoo = defineProvider<Account>({
  title: { vi: 'Payoo', en: 'Payoo' },
  limits,
  account: accountSchema,
  secrets: ['checksum_key'],
  // NotifyData and data hold the order with its customer; a payment link opens the payment page of whoever holds it.
  redact: ['NotifyData', 'data', 'checksum', 'Signature', 'customer', 'payment_url'],
  wantsBill: true,

  startPayment: async (payment, { account, fetch }) => {
    const url = `${account.api_url.replace(/\/+$/, '')}/order/create`
    const { json, status } = await postJson(fetch, url, createBody(payment, account))
    const order = typeof json.order === 'object' && json.order !== null ? json.order : {}
    const address = 'payment_url' in order ? order.payment_url : undefined
    // Error codes are not public. Without an address the payer has nowhere to pay, so no money can come of it.
    if (status >= 400 || address === undefined || address === null) {
      throw new ProviderError('rejected', 'Payoo gave no payment address', { code: `http_${status}` })
    }
    return { action: { type: 'redirect', url: checkedUrl(address, account) }, providerReference: null }
  },

  readCallback: async (request, { account }) => {
    const notice = readNotice(request)
    const merchantReference = believe(notice, account)
    return { merchantReference, outcomes: [noticeOutcome(merchantReference, notice)] }
  },

  answerCallback: (verdict) => {
    const [status, text] = answers[verdict]
    return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=UTF-8' } })
  },

  readReturn: async (request, { account }) => readReturned(request, account),

  claimedReference: claimedOrder,
})

/** The one documented answer is 200 with this text. What another one does is not public, so it is given for all that is stored, another amount too. */
const received: [number, string] = [200, 'NOTIFY_RECEIVED']
const answers: Record<Verdict, [number, string]> = {
  accepted: received,
  already_confirmed: received,
  amount_mismatch: received,
  unknown_order: [404, 'ORDER_NOT_FOUND'],
  unknown_account: [404, 'SHOP_NOT_FOUND'],
  forged: [400, 'INVALID_SIGNATURE'],
  malformed: [400, 'INVALID_DATA'],
  try_again: [500, 'TRY_AGAIN'],
}

const checkedUrl = (address: unknown, account: Account): string => {
  const text = typeof address === 'string' && address.length <= 4096 ? address : ''
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'https:' || (protocol === 'http:' && account.api_url.startsWith('http:'))) return text
  throw new ProviderError('malformed', 'payment_url of the answer is not an address')
}
