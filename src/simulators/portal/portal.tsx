// Owns the demo's service portal: the other side of the gateway's API, and a client of it over HTTP like any other. It knows nothing of the gateway but what the
// contract says, keeps its webhooks in memory, and exists in the demo only.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Language } from '../page-language.ts'
import { FormPage } from './form-page.tsx'
import { hrefOf, type Place, portalHeaders, portalPath } from './frame.tsx'
import { connectGateway, type GatewayClient, type GatewayOptions, type Problem } from './gateway.ts'
import { HomePage } from './home-page.tsx'
import { createInbox, type Inbox } from './inbox.ts'
import { emptyForm, type Fields, orderOf, troubleOf } from './order-form.ts'
import { NoOrderPage, OrderPage } from './order-page.tsx'
import { findOrder, listOrders, orderSchema, readOrder, readTimeline, sendAgain } from './orders.ts'
import type { PortalAgency, PortalProcedure } from './procedures.ts'

export type { PortalAgency, PortalFee, PortalProcedure } from './procedures.ts'

export interface PortalOptions extends Omit<GatewayOptions, 'url'> {
  /** How the gateway and the portal are reached; the portal below it, at `/demo-portal`. */
  publicUrl: string
  newId: () => string
  procedures: readonly PortalProcedure[]
  agencies: readonly PortalAgency[]
}

type Portal = PortalOptions & { gateway: GatewayClient; inbox: Inbox }

const formBytesMax = 32 * 1024
const webhookBytesMax = 1024 * 1024
const watchSeconds = 5

/** To be mounted at `/demo-portal`. */
export const createPortal = (options: PortalOptions): Hono => {
  const { publicUrl, now } = options
  const gateway = connectGateway({ ...options, url: publicUrl })
  const inbox = createInbox({ gateway, now, url: `${publicUrl}${portalPath}/webhooks` })
  const portal: Portal = { ...options, gateway, inbox }
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(portalHeaders)) c.header(name, value)
  })
  webhookRoutes(app, portal)
  app.get('/', (c) => home(c, portal))
  formRoutes(app, portal)
  orderRoutes(app, portal)
  return app
}

/** Deliveries come from the gateway and not from a page; who sends them is known by the signature alone. */
const webhookRoutes = (app: Hono, { inbox, gateway, publicUrl }: Portal): void => {
  app.post('/webhooks', bodyLimit({ maxSize: webhookBytesMax }), async (c) => {
    const verdict = await inbox.take(c.req.raw.headers, await c.req.text())
    // Without a secret nothing is refused for good: it will be sent again.
    return c.body(null, verdict === 'verified' ? 204 : verdict === 'no_secret' ? 503 : 401)
  })
  app.post('/webhooks/again', bodyLimit({ maxSize: formBytesMax }), async (c) => {
    if (isForeign(c, publicUrl)) return c.text('403', 403)
    const { id = '', type = '' } = await readFields(c)
    const endpoint = inbox.endpoint()
    const isAsked = endpoint !== null && (await sendAgain(gateway, { endpoint, webhookId: id, type }))
    return c.redirect(hrefOf(placeOf(c).language, portalPath, { asked: isAsked ? '1' : '0' }), 303)
  })
}

const home = async (c: Context, portal: Portal): Promise<Response> => {
  const { asked: answer = '', lang: _, ...query } = c.req.query()
  const place = { ...placeOf(c), query }
  const { gateway, inbox, procedures, agencies } = portal
  const unregistered = await inbox.ensureEndpoint()
  const orders = await listOrders(gateway)
  const asked = answer === '' ? null : answer === '1'
  const about = { place, procedures, agencies, orders, received: inbox.list().slice(0, 30), unregistered, asked }
  watch(c, place)
  return c.html(<HomePage {...about} />)
}

const formRoutes = (app: Hono, portal: Portal): void => {
  const { procedures, agencies, gateway, inbox, publicUrl, now, newId } = portal
  const chosen = (fields: Fields) => {
    const procedure = procedures.find(({ id }) => id === fields.procedure) ?? procedures[0]
    const code = fields.agency ?? agencies[0]?.code ?? ''
    // Whether there is such an agency is for the gateway to say.
    const agency = agencies.find((one) => one.code === code) ?? { code, name: code }
    return procedure ? { procedure, agency } : null
  }
  app.get('/new', (c) => {
    const place = placeOf(c)
    const about = chosen(c.req.query())
    if (!about) return c.redirect(hrefOf(place.language, portalPath), 303)
    const begun = { agency: about.agency.code, at: now(), key: newId(), language: place.language }
    return c.html(<FormPage {...about} place={place} fields={emptyForm(about.procedure, begun)} trouble={null} />)
  })
  app.post('/new', bodyLimit({ maxSize: formBytesMax }), async (c) => {
    if (isForeign(c, publicUrl)) return c.text('403', 403)
    const place = placeOf(c)
    const fields = await readFields(c)
    const about = chosen(fields)
    if (!about) return c.redirect(hrefOf(place.language, portalPath), 303)
    // Before the order, so that its first webhook finds the way.
    await inbox.ensureEndpoint()
    const returnQuery = new URLSearchParams({ code: fields.dossier_code?.trim() ?? '' })
    const { json, feeOfLine } = orderOf(about.procedure, fields, `${publicUrl}${portalPath}/dossier?${returnQuery}`)
    const call = { path: '/v1/orders', json, idempotencyKey: fields.key || newId(), language: place.language }
    const made = await gateway.call(call, orderSchema)
    if (made.ok) return c.redirect(hrefOf(place.language, `${portalPath}/orders/${made.body.id}`), 303)
    const again = {
      place: {
        ...place,
        path: `${portalPath}/new`,
        query: { procedure: about.procedure.id, agency: about.agency.code },
      },
      fields: { ...fields, key: newId() },
      trouble: troubleOf(made.problem, feeOfLine),
    }
    return c.html(<FormPage {...about} {...again} />, statusOf(made.problem))
  })
}

const orderRoutes = (app: Hono, { gateway, inbox, agencies }: Portal): void => {
  app.get('/orders/:id', async (c) => {
    const place = placeOf(c)
    await inbox.ensureEndpoint()
    const found = await readOrder(gateway, c.req.param('id'))
    if (!found.ok) return c.html(<NoOrderPage place={place} problem={found.problem} />, statusOf(found.problem))
    const order = found.body
    const agencyName = agencies.find(({ code }) => code === order.agency_code)?.name ?? ''
    const timeline = await readTimeline(gateway, order.id)
    const about = { place, order, agencyName, timeline, received: inbox.list(order.id) }
    watch(c, place)
    return c.html(<OrderPage {...about} />)
  })
  // Where a payer comes back to: the order's id was not known when its return address was given.
  app.get('/dossier', async (c) => {
    const { language } = placeOf(c)
    const order = await findOrder(gateway, c.req.query('code') ?? '')
    return c.redirect(hrefOf(language, order ? `${portalPath}/orders/${order.id}` : portalPath), 303)
  })
}

/** The gateway's own word where it is one that a page can have; what went wrong between the two is ours. */
const statusOf = ({ status }: Problem): 404 | 409 | 422 | 429 | 502 =>
  status === 404 || status === 409 || status === 422 || status === 429 ? status : 502

const placeOf = (c: Context): Place => {
  const { lang, ...query } = c.req.query()
  const { pathname } = new URL(c.req.url)
  return { language: languageOf(lang, c.req.header('accept-language')), path: pathname, query }
}

/** What the address says, else what the browser likes better; Vietnamese where it likes neither. */
const languageOf = (asked: string | undefined, accepted = ''): Language => {
  if (asked === 'vi' || asked === 'en') return asked
  return /^\s*(vi|en)\b/i.exec(accepted)?.[1]?.toLowerCase() === 'en' ? 'en' : 'vi'
}

/** Reloads the page by itself where the reader has asked for that, and no longer. */
const watch = (c: Context, { query }: Place): void => {
  if (query.watch === '1') c.header('refresh', String(watchSeconds))
}

/** A form that another site has posted. */
const isForeign = (c: Context, publicUrl: string): boolean => {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = c.req.header('origin')
  return origin !== undefined && origin !== 'null' && origin !== new URL(publicUrl).origin
}

const readFields = async (c: Context): Promise<Fields> => Object.fromEntries(new URLSearchParams(await c.req.text()))
