// Owns the payer's two steps at a provider: look at the payment, press a button. The address carries everything that
// identifies the payment, so the button posts to the same address and is checked again.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { BankPage, DonePage, ErrorPage } from './bank-page.tsx'
import { carryOut, readPlan } from './choices.ts'
import { simulatorHeaders } from './page-frame.tsx'
import { type PageAddress, readPageAddress } from './page-language.ts'
import { words } from './page-words.ts'
import type { Payment } from './records.ts'
import type { Side } from './side.ts'
import { isFinal, type World } from './world.ts'

/** Why a payment address is refused: the provider's code, and words for the payer. */
export interface Refused {
  code: string
  text: string
}

/** `find` reads the address; `side` is asked late, because the side itself holds these routes. */
export interface Checkout {
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
    for (const [name, value] of Object.entries(simulatorHeaders)) c.header(name, value)
  })
  const find = ({ address }: PageAddress) => (address.length > urlLengthMax ? tooLong : checkout.find(address))
  const show = (c: Context, page: PageAddress, payment: Payment, isInvalid: boolean) => {
    const { title } = checkout.side()
    const about = { page, title, payment, merchant: world.merchantName, isInvalid }
    return c.html(<BankPage {...about} />, isInvalid ? 400 : 200)
  }
  app.get(checkout.path, async (c) => {
    const page = readPageAddress(c.req.url)
    const found = await find(page)
    if ('text' in found) return refuse(c, checkout, page, found)
    return isFinal(found) ? over(c, checkout, page, found) : show(c, page, found, false)
  })
  app.post(checkout.path, bodyLimit({ maxSize: 1024 }), async (c) => {
    const page = readPageAddress(c.req.url)
    // Read first: between finding the payment open and ending it nothing may wait, or two presses would end it twice.
    const plan = readPlan(new URLSearchParams(await c.req.text()))
    const found = await find(page)
    if ('text' in found) return refuse(c, checkout, page, found)
    if (isFinal(found)) return over(c, checkout, page, found)
    if (plan === null) return show(c, page, found, true)
    const side = checkout.side()
    if (!(await carryOut(world, side, found, plan)))
      return refuse(c, checkout, page, { code: '429', text: words[page.language].error.tooMany })
    const returnUrl = await side.returnUrl(found)
    return returnUrl === null ? over(c, checkout, page, found) : c.redirect(returnUrl, 303)
  })
  return app
}

const refuse = (c: Context, { side }: Checkout, page: PageAddress, { code, text }: Refused) =>
  c.html(<ErrorPage page={page} title={side().title} code={code} text={text} />, 400)

const over = async (c: Context, { side }: Checkout, page: PageAddress, payment: Payment) => {
  const standing = isFinal(payment) ? 'final' : payment.status === 'open' ? 'refused' : 'waiting'
  const returnUrl = await side().returnUrl(payment)
  return c.html(<DonePage page={page} title={side().title} standing={standing} returnUrl={returnUrl} />)
}
