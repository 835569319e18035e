// Owns KeyPay as a whole, version 3: its accounts, its callback and its payment page. Source: public code of one provincial system (2021); what a retry looks
// like is not known, so a callback comes once.
import { Hono } from 'hono'
import { checkoutRoutes } from '../checkout.tsx'
import { findByLink, type PayPage } from '../pay-link.ts'
import { forgersKey, type Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { clientApiRoutes } from './client-api.ts'
import { checkSum, type KeypayAccount, outcomes } from './terms.ts'

export const keypaySide = (world: World, accounts: readonly KeypayAccount[]): Side => {
  const keyOfAccount = (id: string) => accounts.find((account) => account.client_id === id)?.client_key_2 ?? null
  const page: PayPage = { provider: 'keypay', path: '/pay', secretOf: keyOfAccount }
  const side: Side = {
    name: 'keypay',
    title: 'Cổng thanh toán KeyPay',
    accounts: accounts.map((account) => ({ id: account.client_id, tariff: account.tariff ?? {} })),
    retry: { countMax: 1, everyMs: 0 },
    outcome: (_payment, result) => {
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: nextNumber(world) }
    },
    callback: async (payment, isForged) => {
      const { account: client_id, merchant_reference: transaction_id } = payment
      // Signed is the transaction as it was created; what was taken, and whether, is not in it.
      const trans_amount = String(payment.amount_requested)
      const { addition_fee = '0' } = payment.details
      const signed = { addition_fee, client_id, command: 'PAY', trans_amount, transaction_id, version: '3.0' }
      const check_sum = await checkSum(
        'payment',
        signed,
        isForged ? forgersKey : (keyOfAccount(client_id) ?? forgersKey),
      )
      const body = JSON.stringify({ client_id, transaction_id, status: payment.code, check_sum })
      return { method: 'POST', url: payment.callback_url, body }
    },
    // What it adds to the address is not known, and nothing is read from it.
    returnUrl: async (payment) => (payment.code === '' ? null : payment.return_url),
    accepts: ({ status, text }) => status === 200 && /"return_code"\s*:\s*"?0"?\s*[,}]/.test(text),
    routes: new Hono(),
  }
  const checkout = {
    path: page.path,
    find: (url: string) => findByLink(world, page, { url, expiredCode: '1' }),
    side: () => side,
  }
  side.routes.route('/', checkoutRoutes(world, checkout)).route('/', clientApiRoutes(world, accounts, page))
  return side
}
