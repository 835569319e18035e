// Owns MoMo as a whole: its accounts, its words for a result, its IPN and its redirect.
// Source: developers.momo.vn/v3, pages "onetime" and "notification"; failures as recorded in real redirects.
import { Hono } from 'hono'
import { type Checkout, checkoutRoutes } from '../checkout.tsx'
import type { Payment } from '../records.ts'
import { forgersKey, type Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { gatewayApiRoutes } from './gateway-api.ts'
import { type MomoKeys, signatureOf } from './messages.ts'
import { findByLink, linkPath } from './pay-link.ts'
import { type MomoAccount, messageOf, outcomes } from './terms.ts'

export const momoSide = (world: World, accounts: readonly MomoAccount[]): Side => {
  const keysOf = (payment: Payment): MomoKeys =>
    accounts.find((account) => account.partner_code === payment.account) ?? forged('')
  const side: Side = {
    name: 'momo',
    title: 'Ví MoMo',
    accounts: accounts.map((account) => ({ id: account.partner_code, tariff: account.tariff ?? {} })),
    // No retry rule is published, so a callback comes once.
    retry: { countMax: 1, everyMs: 0 },
    outcome: (payment, result) => {
      const [status, code] = outcomes[result]
      // A failure carries a time stamp of thirteen digits where a success carries the number of the payment.
      if (status === 'failed' || status === 'pending')
        return { status, code, provider_reference: String(world.now().getTime()) }
      const held = status === 'success' && payment.details.auto_capture === 'false'
      const provider_reference = nextNumber(world)
      return held ? { status: 'authorised', code: '9000', provider_reference } : { status, code, provider_reference }
    },
    callback: async (payment, isForged) => {
      const keys = keysOf(payment)
      const fields = resultFields(payment)
      const signature = await signatureOf('ipn', fields, isForged ? forged(keys.access_key) : keys)
      return { method: 'POST', url: payment.callback_url, body: JSON.stringify({ ...fields, signature }) }
    },
    returnUrl: async (payment) => {
      if (payment.return_url === '' || payment.code === '') return null
      const fields = resultFields(payment)
      const query = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]))
      query.set('signature', await signatureOf('redirect', fields, keysOf(payment)))
      return `${payment.return_url}${payment.return_url.includes('?') ? '&' : '?'}${query}`
    },
    accepts: ({ status }) => status === 204,
    routes: new Hono(),
  }
  const checkout: Checkout = {
    path: linkPath,
    find: (url) => findByLink(world, accounts, url),
    side: () => side,
  }
  side.routes.route('/', checkoutRoutes(world, checkout)).route('/', gatewayApiRoutes(world, accounts))
  return side
}

const forged = (access_key: string): MomoKeys => ({ access_key, secret_key: forgersKey })

/** What MoMo tells about a payment, in the IPN and in the redirect alike; numbers are JSON numbers in the IPN. */
const resultFields = (payment: Payment): Record<string, string | number> => {
  const failed = payment.status === 'failed' || payment.status === 'expired'
  return {
    partnerCode: payment.account,
    orderId: payment.merchant_reference,
    requestId: payment.details.request_id ?? '',
    amount: Number(payment.amount),
    orderInfo: payment.description,
    orderType: 'momo_wallet',
    transId: Number(payment.provider_reference),
    resultCode: Number(payment.code),
    message: messageOf(payment.code, payment.details.lang),
    payType: failed ? '' : (payType[payment.details.request_type ?? ''] ?? 'qr'),
    responseTime: Date.parse(payment.occurred_at ?? payment.created_at),
    extraData: payment.details.extra_data ?? '',
  }
}

const payType: Record<string, string> = { payWithATM: 'napas', payWithCC: 'credit' }
