// Owns MegaPay as a whole: its accounts, its words for a result, its IPN and its way back to the merchant. Whether the IPN is a form or JSON is not settled by
// the sources; here it is a form, and it comes once, as no rule of repeats is published.
import { Hono } from 'hono'
import { checkoutRoutes } from '../checkout.tsx'
import { findByLink, type PayPage } from '../pay-link.ts'
import { forgersKey, type Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { merchantApiRoutes } from './merchant-api.ts'
import { orderRoutes } from './order.tsx'
import { resultFields } from './result.ts'
import { type MegapayAccount, outcomes, title } from './terms.ts'

export const megapaySide = (world: World, accounts: readonly MegapayAccount[]): Side => {
  const keyOf = (id: string) => accounts.find((account) => account.mer_id === id)?.encode_key ?? null
  const page: PayPage = { provider: 'megapay', path: '/pg_was/order/pay', secretOf: keyOf }
  const side: Side = {
    name: 'megapay',
    title,
    accounts: accounts.map((account) => ({ id: account.mer_id, tariff: account.tariff ?? {} })),
    retry: { countMax: 1, everyMs: 0 },
    outcome: (payment, result) => {
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: `${payment.account}${nextNumber(world)}` }
    },
    callback: async (payment, isForged) => {
      const fields = await resultFields(payment, isForged ? forgersKey : (keyOf(payment.account) ?? forgersKey))
      return {
        method: 'POST',
        url: payment.callback_url,
        body: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      }
    },
    returnUrl: async (payment) => {
      if (payment.code === '') return null
      const query = new URLSearchParams(await resultFields(payment, keyOf(payment.account) ?? forgersKey))
      return `${payment.return_url}${payment.return_url.includes('?') ? '&' : '?'}${query}`
    },
    accepts: ({ status }) => status === 200,
    routes: new Hono(),
  }
  const checkout = {
    path: page.path,
    find: (url: string) => findByLink(world, page, { url, expiredCode: 'OR_141' }),
    side: () => side,
  }
  side.routes
    .route('/', checkoutRoutes(world, checkout))
    .route('/', orderRoutes(world, accounts, page))
    .route('/', merchantApiRoutes(world, accounts))
  return side
}
