// Owns the payer's two steps at a provider: look at the payment, press a button. The address carries everything that
// identifies the payment, so the button posts to the same address and is checked again.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { BankPage, DonePage, ErrorPage } from './bank-page.tsx'
import { completePayment } from './complete-payment.ts'
import type { Payment } from './records.ts'
import { results, type Side } from './side.ts'
import { isFinal, type World } from './world.ts'

/** Why a payment address is refused: the provider's code, and words for the payer. */
export interface Refused {
  code: string
  text: string
}

/** `find` reads the address; `side` is asked late, because the side itself holds these routes. */
export interface Checkout {
  title: string
  path: string
  find: (url: string) => Promise<Payment | Refused>
  side: () => Side
}

const urlLengthMax = 8_192
const tooLong: Refused = { code: '03', text: 'Địa chỉ thanh toán quá dài.' }

/** GET shows the payment, POST with `result` ends it, tells the merchant, and sends the browser back by 303. */
export const checkoutRoutes = (world: World, checkout: Checkout): Hono => {
  const app = new Hono()
  app.use(checkout.path, async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
    c.header('referrer-policy', 'no-referrer')
    c.header('x-content-type-options', 'nosniff')
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  })
  const find = (c: Context) => (c.req.url.length > urlLengthMax ? tooLong : checkout.find(c.req.url))
  app.get(checkout.path, async (c) => {
    const found = await find(c)
    if ('text' in found) return refuse(c, checkout, found)
    if (isFinal(found)) return over(c, checkout, found)
    return c.html(<BankPage title={checkout.title} payment={found} />)
  })
  app.post(checkout.path, bodyLimit({ maxSize: 1024 }), async (c) => {
    // Read first: between finding the payment open and ending it nothing may wait, or two presses would end it twice.
    const pressed = new URLSearchParams(await c.req.text()).get('result')
    const found = await find(c)
    if ('text' in found) return refuse(c, checkout, found)
    if (isFinal(found)) return over(c, checkout, found)
    const result = results.find((one) => one === pressed)
    if (result === undefined) return c.html(<BankPage title={checkout.title} payment={found} />, 400)
    const side = checkout.side()
    await completePayment(world, side, found, { result })
    const returnUrl = await side.returnUrl(found)
    return returnUrl === null ? over(c, checkout, found) : c.redirect(returnUrl, 303)
  })
  return app
}

const refuse = (c: Context, { title }: Checkout, { code, text }: Refused) =>
  c.html(<ErrorPage title={title} code={code} text={text} />, 400)

const over = async (c: Context, { title, side }: Checkout, payment: Payment) => {
  const text = isFinal(payment)
    ? 'Giao dịch này đã kết thúc.'
    : 'Giao dịch đang chờ xử lý. Bạn có thể đóng trang này; đơn vị sẽ được báo kết quả.'
  return c.html(<DonePage title={title} text={text} returnUrl={await side().returnUrl(payment)} />)
}
