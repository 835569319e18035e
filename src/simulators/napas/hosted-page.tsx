// Owns what the payer's browser meets: the page that an agency hosts for NAPAS's script, reached by a posted form, and the form by which the browser goes back with
// the result. Page and script are one here, and run without a script.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ErrorPage, ReturnFormPage } from '../bank-page.tsx'
import type { Refused } from '../checkout.tsx'
import { armMagicAmount } from '../magic-amounts.ts'
import { simulatorHeaders } from '../page-frame.tsx'
import { readPageAddress } from '../page-language.ts'
import { words } from '../page-words.ts'
import { findByLink, type PayPage, payLink } from '../pay-link.ts'
import type { Payment } from '../records.ts'
import { sameHex } from '../signing.ts'
import { addPayment, keyOf, type World } from '../world.ts'
import { dataKeyOf, type NapasAccount, napasKeyOf, pageLifetimeMs, sealedResult, title } from './terms.ts'

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
    if ('problem' in begun) return refuse(c, { code: 'form', text: begun.problem })
    return c.redirect(await payLink(world, pages.pay, begun.payment), 303)
  })
  app.get('/back', async (c) => {
    const page = readPageAddress(c.req.url)
    const found = await findByLink(world, pages.back, { url: page.address, expiredCode: 'FAILURE' })
    if ('text' in found) return refuse(c, found)
    if (found.code === '') return refuse(c, { code: 'open', text: words[page.language].error.notOver })
    const secret = accounts.find((account) => account.client_id === found.account)?.client_secret ?? ''
    const fields = { napasResult: await sealedResult(found, secret) }
    const form = { page, title, action: found.return_url, fields }
    return c.html(<ReturnFormPage {...form} />, 200, simulatorHeaders)
  })
  return app
}

const refuse = (c: Context, refused: Refused) =>
  c.html(<ErrorPage page={readPageAddress(c.req.url)} title={title} {...refused} />, 400, simulatorHeaders)

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
