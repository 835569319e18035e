// Owns the address to which the payer's browser posts the merchant's form: the checks, the payment that then exists, and the way to its page.
import { type Context, Hono } from 'hono'
import { ErrorPage } from '../bank-page.tsx'
import { armMagicAmount } from '../magic-amounts.ts'
import { simulatorHeaders } from '../page-frame.tsx'
import { readPageAddress } from '../page-language.ts'
import { type PayPage, payLink } from '../pay-link.ts'
import type { Payment } from '../records.ts'
import { sameHex } from '../signing.ts'
import { addPayment, keyOf, type World } from '../world.ts'
import { codes, type MegapayAccount, pageLifetimeMs, title, tokens, type Values } from './terms.ts'

const web = /^https?:\/\/[^\s]{3,2000}$/
/** Unaccented, without those characters that the vendor's script refuses. */
const shown = /^(?!.*[!@#$%&*<=>?^'"|])[\x20-\x7e]{1,100}$/
const forms: Record<string, RegExp> = {
  ...{ currency: /^VND$/, amount: /^[1-9][0-9]{0,11}$/, merTrxId: /^[!-~]{1,50}$/, invoiceNo: /^[!-~]{1,40}$/ },
  ...{ goodsNm: shown, description: shown, payType: /^(NO|VA|QR|EW|DC|IC|EQ|CS)$/, callBackUrl: web, notiUrl: web },
  ...{ reqDomain: /^.{1,200}$/, timeStamp: /^[0-9]{13,14}$/, windowType: /^[01]$/, windowColor: /^#[0-9A-Fa-f]{6}$/ },
  userLanguage: /^VN$/,
}

/** `POST /pg_was/order/init.do`; the same form again shows the same payment. */
export const orderRoutes = (world: World, accounts: readonly MegapayAccount[], page: PayPage): Hono => {
  const app = new Hono()
  app.post('/pg_was/order/init.do', async (c) => {
    const form: Values = Object.fromEntries(new URLSearchParams(await c.req.text()))
    const account = accounts.find((one) => one.mer_id === form.merId)
    const wrong = Object.entries(forms).find(([name, shape]) => !shape.test(form[name] ?? ''))?.[0]
    if (!account || wrong) return refuse(c, codes.invalid, `Dữ liệu không đúng định dạng (${wrong ?? 'merId'}).`)
    if (!sameHex(form.merchantToken ?? '', await tokens.request(form, account.encode_key)))
      return refuse(c, 'OR_102', 'Sai merchantToken.')
    const earlier = world.payments.get(keyOf('megapay', account.mer_id, form.merTrxId ?? ''))
    if (earlier && earlier.details.token !== form.merchantToken) return refuse(c, 'OR_103', 'merTrxId đã được dùng.')
    return c.redirect(await payLink(world, page, earlier ?? open(world, form)), 303)
  })
  return app
}

const open = (world: World, form: Values): Payment => {
  const amount = BigInt(form.amount ?? '0')
  const now = world.now()
  const payment: Payment = {
    ...{ provider: 'megapay', account: form.merId ?? '', merchant_reference: form.merTrxId ?? '' },
    ...{ provider_reference: '', amount_requested: amount, amount, description: form.description ?? '' },
    ...{ status: 'open', code: '', occurred_at: null, created_at: now.toISOString() },
    expires_at: new Date(now.getTime() + pageLifetimeMs).toISOString(),
    ...{ return_url: form.callBackUrl ?? '', callback_url: form.notiUrl ?? '' },
    details: { pay_type: form.payType ?? '', token: form.merchantToken ?? '' },
    ...{ refunds: [], deliveries: [] },
  }
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return payment
}

const refuse = (c: Context, code: string, text: string) =>
  c.html(<ErrorPage page={readPageAddress(c.req.url)} title={title} code={code} text={text} />, 400, simulatorHeaders)
