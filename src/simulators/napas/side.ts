// Owns NAPAS's hosted page as a whole: its accounts, its result to the server and to the browser. Source: a public integration of 2022; the retry rule is not
// published, so a notification comes a few times.
import { Hono } from 'hono'
import { checkoutRoutes } from '../checkout.tsx'
import { findByLink, payLink } from '../pay-link.ts'
import { forgersKey, type Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { hostedPageRoutes } from './hosted-page.tsx'
import { restApiRoutes } from './rest-api.ts'
import { type NapasAccount, outcomes, sealedResult, title } from './terms.ts'

export const napasSide = (world: World, accounts: readonly NapasAccount[]): Side => {
  const secretOf = (id: string) => accounts.find((account) => account.client_id === id)?.client_secret ?? null
  const pages = {
    pay: { provider: 'napas', path: '/pay', secretOf },
    back: { provider: 'napas', path: '/back', secretOf },
  }
  const side: Side = {
    name: 'napas',
    title,
    accounts: accounts.map((account) => ({ id: account.client_id, tariff: account.tariff ?? {} })),
    retry: { countMax: 3, everyMs: 5 * 60 * 1000 },
    outcome: (_payment, result) => {
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: nextNumber(world) }
    },
    callback: async (payment, isForged) => {
      const secret = isForged ? forgersKey : (secretOf(payment.account) ?? forgersKey)
      return { method: 'POST', url: payment.callback_url, body: await sealedResult(payment, secret) }
    },
    // The browser goes home by a form, which a page of NAPAS's holds.
    returnUrl: async (payment) => (payment.code === '' ? null : payLink(world, pages.back, payment)),
    accepts: ({ status }) => status === 200,
    routes: new Hono(),
  }
  const checkout = {
    path: pages.pay.path,
    find: (url: string) => findByLink(world, pages.pay, { url, expiredCode: 'FAILURE' }),
    side: () => side,
  }
  side.routes
    .route('/', checkoutRoutes(world, checkout))
    .route('/', hostedPageRoutes(world, accounts, pages))
    .route('/', restApiRoutes(world, accounts))
  return side
}
