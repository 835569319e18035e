/** "I need more time": the button moves the deadline of an open order, and the page comes back with what was chosen. */
import type { Hono } from 'hono'
import type { Deps } from '../flows/deps.ts'
import { extendOrder } from '../flows/extend-order.ts'
import { everyAgency } from '../store/database.ts'
import { CheckoutPage } from './checkout-page.tsx'
import { pagePath, readForm, seeOther } from './forms.ts'
import { checkoutHeaders, findCheckout, loadCheckout } from './load-checkout.ts'
import type { PageEnv } from './page-env.ts'
import { type Allow, slowDown } from './slow-down.ts'
import { readProvider } from './start-payment.ts'

export const extendPages = (app: Hono<PageEnv>, deps: Deps, allow?: Allow): void => {
  app.post('/pay/:token/extend', async (c) => {
    c.set('route', '/pay/{token}/extend')
    await slowDown(c, allow, 'checkout')
    const token = c.req.param('token')
    const form = await readForm(deps, c)
    const facts = await findCheckout(deps, token)
    const seen = new Date(Number(/^\d{1,15}$/.exec(form.get('until') ?? '')?.[0] ?? 0))
    const extended = await extendOrder(deps, { scope: everyAgency, order: { orderId: facts.order.id }, seen })
    const choice = readProvider(form)
    const kept = choice ? { choice } : {}
    if (extended.result === 'extended') return seeOther(c, `${pagePath(c, token, { extended: '1', ...kept })}#deadline`)
    // Somebody was faster, or the order has come to an end: the page itself says how things stand now.
    if (extended.result === 'unchanged' || extended.why === 'not_open' || extended.why === 'past')
      return seeOther(c, pagePath(c, token, kept))
    const asked = { ...c.req.query(), ...kept }
    const page = await loadCheckout(deps, await findCheckout(deps, token), { asked, problem: 'no_more_time' })
    return c.html(<CheckoutPage {...page} />, 409, checkoutHeaders(deps, page))
  })
  // Where a browser reloads what it once posted.
  app.get('/pay/:token/extend', (c) => seeOther(c, pagePath(c, c.req.param('token'))))
}
