// Owns Viettel Money as a whole: its accounts, its words for a result, its result callback and its return address.
// Source: the vendor's sample pack for partners, version 2.0.
import { Hono } from 'hono'
import { checkoutRoutes } from '../checkout.tsx'
import type { Payment } from '../records.ts'
import { forgersKey, type Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { type Keys, type Message, readJson, signedForm } from './messages.ts'
import { partnerApiRoutes } from './partner-api.ts'
import { openPayment } from './pay.ts'
import { outcomes, paymentStatus, type ViettelAccount } from './terms.ts'

const forms = { 'content-type': 'application/x-www-form-urlencoded' }

export const viettelmoneySide = (world: World, accounts: readonly ViettelAccount[]): Side => {
  const keysOf = (payment: Payment): Keys =>
    accounts.find((account) => account.merchant_code === payment.account) ?? forged('')
  const side: Side = {
    name: 'viettelmoney',
    title: 'Viettel Money',
    accounts: accounts.map((account) => ({ id: account.merchant_code, tariff: account.tariff ?? {} })),
    // No retry rule is published, so a result comes once.
    retry: { countMax: 1, everyMs: 0 },
    outcome: (_payment, result) => {
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: nextNumber(world) }
    },
    callback: async (payment, isForged) => {
      const keys = keysOf(payment)
      const body = await signedForm('RESULT', resultFields(payment), isForged ? forged(keys.access_code) : keys)
      return { method: 'POST', url: payment.callback_url, body, headers: forms }
    },
    returnUrl: async (payment) => {
      if (payment.code === '') return null
      const query = await signedForm('RESULT', resultFields(payment), keysOf(payment))
      return `${payment.return_url}${payment.return_url.includes('?') ? '&' : '?'}${query}`
    },
    accepts: ({ status, text }) => status === 200 && readJson(text).error_code === '00',
    open: async (url) => {
      const opened = await openPayment(world, accounts, url)
      return 'text' in opened ? null : opened
    },
    routes: new Hono(),
  }
  const checkout = {
    path: '/PaymentGateway/payment',
    find: (url: string) => openPayment(world, accounts, url),
    side: () => side,
  }
  side.routes.route('/', checkoutRoutes(world, checkout)).route('/', partnerApiRoutes(world, accounts))
  return side
}

const forged = (access_code: string): Keys => ({ access_code, hash_key: forgersKey })

/** What Viettel tells about a payment, in the callback and in the return alike. */
const resultFields = (payment: Payment): Message => ({
  billcode: payment.details.billcode ?? '',
  cust_msisdn: '84900000001',
  error_code: payment.code || '00',
  merchant_code: payment.account,
  order_id: payment.merchant_reference,
  payment_status: paymentStatus[payment.status],
  trans_amount: payment.amount.toString(),
  vt_transaction_id: payment.provider_reference,
})
