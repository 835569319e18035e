// Owns what the payer's browser meets: the page that an agency hosts for NAPAS's script, reached by a posted form, and the form by which the browser goes back with
// the result. Page and script are one here, and run without a script.
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ErrorPage, ReturnFormPage } from '../bank-page.tsx'
import { armMagicAmount } from '../magic-amounts.ts'
import { findByLink, type PayPage, payLink } from '../pay-link.ts'
import type { Payment } from '../records.ts'
import { sameHex } from '../signing.ts'
import { addPayment, keyOf, type World } from '../world.ts'
import { dataKeyOf, type NapasAccount, napasKeyOf, pageLifetimeMs, sealedResult } from './terms.ts'

export const title = 'Trang thanh toán NAPAS'

const pageHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

/** `POST /page` begins the payment and shows it, `GET /back` sends the browser home. */
export const hostedPageRoutes = (
  world: World,
  accounts: readonly NapasAccount[],
  pages: { pay: PayPage; back: PayPage },
): Hono => {
  const app = new Hono()
  app.post('/page', bodyLimit({ maxSize: 16 * 1024 }), async (c) => {
    const fields = Object.fromEntries(new URLSearchParams(await c.req.text()))
    const begun = await begin(world, accounts, fields)
    if ('problem' in begun)
      return c.html(<ErrorPage title={title} code="form" text={begun.problem} />, 400, pageHeaders)
    return c.redirect(await payLink(world, pages.pay, begun.payment), 303)
  })
  app.get('/back', async (c) => {
    const found = await findByLink(world, pages.back, { url: c.req.url, expiredCode: 'FAILURE' })
    if ('text' in found) return c.html(<ErrorPage title={title} {...found} />, 400, pageHeaders)
    if (found.code === '')
      return c.html(<ErrorPage title={title} code="open" text="Giao dịch chưa kết thúc." />, 400, pageHeaders)
    const secret = accounts.find((account) => account.client_id === found.account)?.client_secret ?? ''
    const fields = { napasResult: await sealedResult(found, secret) }
    return c.html(<ReturnFormPage title={title} action={found.return_url} fields={fields} />, 200, pageHeaders)
  })
  return app
}

type Fields = Readonly<Record<string, string>>

/** The payment of a form whose keys are genuine. The same form again is the same payment. */
const begin = async (
  world: World,
  accounts: readonly NapasAccount[],
  fields: Fields,
): Promise<{ payment: Payment } | { problem: string }> => {
  const account = accounts.find((one) => one.client_id === fields.merchantId)
  if (!account) return { problem: 'Đơn vị không hợp lệ.' }
  const wrong = Object.entries(forms).find(([name, form]) => !form.test(fields[name] ?? ''))?.[0]
  if (wrong) return { problem: `Dữ liệu không hợp lệ (${wrong}).` }
  const { orderId: id = '', orderAmount: amount = '', dataKey = '', napasKey = '' } = fields
  const isGenuine =
    sameHex(dataKey, await dataKeyOf(account, { id, amount })) && sameHex(napasKey, await napasKeyOf(account))
  if (!isGenuine) return { problem: 'Khóa dữ liệu không hợp lệ.' }
  const known = world.payments.get(keyOf('napas', account.client_id, id))
  if (known) return { payment: known }
  const payment = newPayment(world, account, fields)
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return { payment }
}

const forms: Readonly<Record<string, RegExp>> = {
  ...{ apiOperation: /^PAY$/, orderCurrency: /^VND$/, sourceOfFundsType: /^CARD$/, environment: /^WebApp$/ },
  ...{ orderId: /^[0-9A-Za-z_-]{1,50}$/, orderAmount: /^[1-9][0-9]{0,11}$/, orderReference: /^.{1,255}$/u },
  ...{ clientIP: /^[0-9A-Fa-f.:]{2,45}$/, deviceId: /^.{1,100}$/u, cardScheme: /^(AtmCard|CreditCard)$/ },
  ...{ enable3DSecure: /^(true|false)$/, channel: /^[0-9A-Za-z]{1,20}$/, returnUrl: /^https?:\/\/\S{3,2000}$/ },
}

const newPayment = (world: World, account: NapasAccount, fields: Fields): Payment => {
  const now = world.now()
  const amount = BigInt(fields.orderAmount ?? 0)
  return {
    ...{ provider: 'napas', account: account.client_id, merchant_reference: fields.orderId ?? '' },
    ...{ provider_reference: '', amount_requested: amount, amount, description: fields.orderReference ?? '' },
    ...{ status: 'open', code: '', occurred_at: null, created_at: now.toISOString() },
    expires_at: new Date(now.getTime() + pageLifetimeMs).toISOString(),
    ...{ return_url: fields.returnUrl ?? '', callback_url: account.callback_url },
    ...{ details: {}, refunds: [], deliveries: [] },
  }
}
