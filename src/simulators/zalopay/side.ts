// Owns ZaloPay as a whole: its apps, its words for a result, its callback, which tells of money only, and its redirect.
// Source: docs.zalopay.vn, "callback-api"; Payment Gateway guide, June 2026; callbacks and redirects that its sandbox signed.
import { Hono } from 'hono'
import { type Checkout, checkoutRoutes } from '../checkout.tsx'
import { findByLink } from '../pay-link.ts'
import type { Payment } from '../records.ts'
import { forgersKey, type Side } from '../side.ts'
import type { World } from '../world.ts'
import { merchantApiRoutes } from './merchant-api.ts'
import { checksumOf, macOfData } from './messages.ts'
import { numberOf, payPage } from './operations.ts'
import { expiredCode, outcomes, type ZalopayAccount } from './terms.ts'

/** ZaloPay's number for its own wallet; no method at all is 0. */
const walletMethod = 38

export const zalopaySide = (world: World, accounts: readonly ZalopayAccount[]): Side => {
  const key2Of = (payment: Payment) =>
    accounts.find((account) => account.app_id === payment.account)?.key2 ?? forgersKey
  const side: Side = {
    name: 'zalopay',
    title: 'Cổng thanh toán ZaloPay',
    accounts: accounts.map((account) => ({ id: account.app_id, tariff: account.tariff ?? {} })),
    // "Call again, at most 3 times" is all that is published; the pause is not.
    retry: { countMax: 3, everyMs: 60_000 },
    outcome: (_payment, result) => {
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: status === 'open' ? '' : numberOf(world) }
    },
    callback: async (payment, isForged) => {
      // A payment that fails, or waits, is not called back.
      if (payment.status !== 'success') return null
      const data = JSON.stringify(callbackData(payment))
      const mac = await macOfData(data, isForged ? forgersKey : key2Of(payment))
      return { method: 'POST', url: payment.callback_url, body: JSON.stringify({ data, mac, type: 1 }) }
    },
    returnUrl: async (payment) => {
      if (payment.return_url === '' || payment.code === '') return null
      const fields = redirectFields(payment)
      const query = new URLSearchParams({ ...fields, checksum: await checksumOf(fields, key2Of(payment)) })
      return `${payment.return_url}${payment.return_url.includes('?') ? '&' : '?'}${query}`
    },
    // 1 and 2, and whatever is not listed, end the calls; 0 and silence do not.
    accepts: ({ status, text }) => status === 200 && !['', '0'].includes(returnCode(text)),
    routes: new Hono(),
  }
  const checkout: Checkout = {
    path: payPage(accounts).path,
    find: (url) => findByLink(world, payPage(accounts), { url, expiredCode }),
    side: () => side,
  }
  side.routes.route('/', checkoutRoutes(world, checkout)).route('/', merchantApiRoutes(world, accounts))
  return side
}

/** The order as the callback tells it: numbers as numbers, the merchant's own texts as they were sent. */
const callbackData = (payment: Payment) => ({
  app_id: Number(payment.account),
  app_trans_id: payment.merchant_reference,
  app_time: Number(payment.details.app_time),
  app_user: payment.details.app_user,
  amount: Number(payment.amount),
  embed_data: payment.details.embed_data,
  item: payment.details.item,
  zp_trans_id: Number(payment.provider_reference),
  server_time: Date.parse(payment.occurred_at ?? payment.created_at),
  channel: walletMethod,
  merchant_user_id: 'mo-phong-DXp3vtfyygtb2',
  zp_user_id: 'mo-phong-DXp3vtfyygtb2',
  user_fee_amount: 0,
  discount_amount: 0,
})

/** The names of the redirect have no underscores, and an empty bank code stays. */
const redirectFields = (payment: Payment): Record<string, string> => ({
  amount: payment.amount.toString(),
  appid: payment.account,
  apptransid: payment.merchant_reference,
  bankcode: payment.details.bank_code ?? '',
  discountamount: '0',
  pmcid: payment.status === 'success' ? String(walletMethod) : '0',
  status: payment.code,
})

const returnCode = (text: string): string => {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null && 'return_code' in answer ? String(answer.return_code) : ''
  } catch {
    return ''
  }
}
