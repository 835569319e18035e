/** The citizens' pages: their addresses, and nothing of what they say. */
import { type Context, Hono } from 'hono'
import { bankAppLinks } from '../domain/bank-apps.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { readAttemptAction } from '../store/attempt-action.ts'
import { checkPayment } from './check-payment.ts'
import { CheckoutPage } from './checkout-page.tsx'
import { drawCode, drawCodePng } from './draw-code.ts'
import { errorPage, renderError } from './error-response.tsx'
import { extendPages } from './extend-routes.tsx'
import { attemptPath, pagePath, readForm, seeOther } from './forms.ts'
import { iconFile } from './icon-file.ts'
import { languageOf, rankHtml } from './language.ts'
import { leavingOf } from './leaving.ts'
import { FormPage, QrPage } from './leaving-page.tsx'
import { type LiveLimits, liveEvents, liveLimits } from './live-routes.ts'
import { canGoOn, checkoutHeaders, eventsPath, findCheckout, loadCheckout, payPath, titleOf } from './load-checkout.ts'
import type { PageEnv } from './page-env.ts'
import { type FrontLink, FrontPage, UnknownReturnPage } from './plain-pages.tsx'
import { receiptPages } from './receipt-routes.tsx'
import { pageHeaders, pictureHeaders } from './security.ts'
import { type Allow, slowDown } from './slow-down.ts'
import { problemStatus, readPayForm, type StartQueue, startPayment } from './start-payment.ts'
import { readTransfer } from './transfer-by-hand.tsx'
import { wherePages } from './where-routes.tsx'

export type { FrontLink }

export type PageOptions = {
  /** More links for the front page, for example those of the demo. */
  frontLinks?: readonly FrontLink[]
  /** A simulated bank app that takes a code's text, for a demo that nobody can scan. */
  bankAppHref?: string | null
  /** By way of which service a code's page offers to open a bank's app. */
  bankAppLinks?: string | null
  /** The address of the citizen's browser, which some providers want to be told; `env` is what the runtime handed to fetch. */
  payerAddress?: (request: Request, env: unknown) => string | null
  /** How pages hear of news, where not as usual. */
  live?: LiveLimits
  /** Pages besides, such as files and receipts on paper. */
  morePages?: (app: Hono<PageEnv>, deps: Deps) => void
  /** How often buttons may be pressed; absent: as often as anybody likes. */
  allow?: Allow
}

type Part = (app: Hono<PageEnv>, deps: Deps, options: PageOptions) => void

/** The pages as one app, to be mounted at the root after the API. */
export const citizenPages = (deps: Deps, options: PageOptions = {}): Hono => {
  const app = new Hono<PageEnv>()
  app.onError((error, c) => errorPage(deps, error, c))
  app.use(async (c, next) => {
    await next()
    // Nobody answered: who prefers HTML is a person.
    const isPage = c.res.headers.get('content-type')?.startsWith('text/html')
    if (c.res.status === 404 && !isPage && rankHtml(c.req.header('accept')) > 0)
      c.res = await renderError(deps, c, { name: 'not_found', status: 404 })
  })
  iconFile(app)
  options.morePages?.(app, deps)
  for (const part of [frontPages, payPages, leavingPages]) part(app, deps, options)
  extendPages(app, deps, options.allow)
  receiptPages(app, deps, options.allow)
  liveEvents(app, deps, options.live ?? liveLimits)
  wherePages(app, deps, options.payerAddress ?? (() => null))
  return new Hono().route('/', app)
}

const frontPages: Part = (app, deps, options) => {
  const common = (c: Context<PageEnv>) => {
    const language = languageOf({ asked: c.req.query('lang'), accepted: c.req.header('accept-language') })
    return { language, otherLanguageHref: `?lang=${language === 'vi' ? 'en' : 'vi'}` }
  }
  app.get('/', (c) => {
    c.set('route', '/')
    return c.html(<FrontPage {...common(c)} links={options.frontLinks ?? []} />, 200, pageHeaders(deps))
  })
  app.get('/pay/unknown', (c) => {
    c.set('route', '/pay/unknown')
    return c.html(<UnknownReturnPage {...common(c)} />, 200, pageHeaders(deps))
  })
}

const payPages: Part = (app, deps, options) => {
  const queue: StartQueue = new Map()
  app.get('/pay/:token', async (c) => {
    c.set('route', '/pay/{token}')
    const page = await loadCheckout(deps, await findCheckout(deps, c.req.param('token')), { asked: c.req.query() })
    return c.html(<CheckoutPage {...page} />, 200, checkoutHeaders(deps, page))
  })
  app.post('/pay/:token', async (c) => {
    c.set('route', '/pay/{token}')
    await slowDown(c, options.allow, 'checkout')
    const token = c.req.param('token')
    const form = readPayForm(await readForm(deps, c))
    const payerIp = options.payerAddress?.(c.req.raw, c.env) ?? '0.0.0.0'
    const started = await startPayment(deps, queue, { token, form, payerIp })
    if (started.go === 'problem') {
      const { facts, problem, retryAfterSeconds } = started
      const page = await loadCheckout(deps, facts, { asked: c.req.query(), problem })
      return c.html(<CheckoutPage {...page} />, problemStatus[problem], {
        ...checkoutHeaders(deps, page),
        ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
      })
    }
    if (started.go === 'page') return seeOther(c, pagePath(c, token))
    const leaving = leavingOf(await readAttemptAction(deps.db, started.attempt.id), deps.mode)
    if (leaving?.type === 'redirect') return seeOther(c, leaving.url)
    // Shown at an address of its own, so that a reload posts nothing.
    return seeOther(c, leaving ? attemptPath(c, token, started.attempt.id) : pagePath(c, token))
  })
  app.post('/pay/:token/check', async (c) => {
    c.set('route', '/pay/{token}/check')
    await slowDown(c, options.allow, 'checkout')
    await readForm(deps, c)
    const token = c.req.param('token')
    const checked = await checkPayment(deps, token)
    return seeOther(c, pagePath(c, token, { checked }))
  })
  // Where a browser reloads what it once posted.
  app.get('/pay/:token/check', (c) => seeOther(c, pagePath(c, c.req.param('token'))))
}

/** Going on with a payment that has begun: to the provider, or to the form or code that leads there. */
const leavingPages: Part = (app, deps, { bankAppHref, bankAppLinks: service = null }) => {
  app.get('/pay/:token/attempts/:attempt', async (c) => {
    c.set('route', '/pay/{token}/attempts/{attempt}')
    const { token, attempt: id } = c.req.param()
    const { order, attempts } = await findCheckout(deps, token)
    const attempt = attempts.find((each) => each.id === id)
    const isUnderWay = order.status === 'open' && attempt !== undefined && canGoOn(attempt, deps.now())
    const leaving = isUnderWay ? leavingOf(await readAttemptAction(deps.db, id), deps.mode) : null
    if (!attempt || !leaving) return seeOther(c, pagePath(c, token))
    if (leaving.type === 'redirect') return seeOther(c, leaving.url)
    const language = languageOf({ asked: c.req.query('lang'), order: order.language })
    const about = {
      provider: titleOf(deps, attempt.provider, language),
      amount: attempt.amount,
      dossier: order.dossierCode,
      language,
      otherLanguageHref: `?lang=${language === 'vi' ? 'en' : 'vi'}`,
      pageHref: payPath(order, language),
    }
    if (leaving.type === 'form') return c.html(<FormPage {...about} leaving={leaving} />, 200, pageHeaders(deps))
    const reloads = Number(/^\d{1,3}$/.exec(c.req.query('n') ?? '')?.[0] ?? 0)
    const nextHref = reloads < qrReloadsMax ? attemptPath(c, token, id, { n: String(reloads + 1) }) : null
    const headers = pageHeaders({ mode: deps.mode, imageUrl: leaving.image_url, isLive: true })
    const live = {
      events: eventsPath(order),
      self: attemptPath(c, token, id),
      soonMs: attempt.expiresAt.getTime() - deps.now().getTime(),
    }
    const fileHref = payPath(order, order.language, { rest: `/qr/${id}.png` })
    const transfer = await readTransfer(deps, { payload: leaving.payload, order, attemptId: id })
    const scan = new URLSearchParams({ qr: leaving.payload, back: attemptPath(c, token, id), lang: language })
    const appHref = bankAppHref ? `${bankAppHref}?${scan}` : null
    const back = `${deps.publicUrl}${payPath(order, order.language)}`
    const apps =
      service && transfer ? { host: new URL(service).host, links: bankAppLinks(transfer, { service, back }) } : null
    const shown = { leaving, nextHref, transfer, live, fileHref, appHref, apps }
    return c.html(<QrPage {...about} {...shown} />, 200, headers)
  })
  // The picture of a code, also for a portal's own page: whoever has the address may see it, as with the page itself.
  app.get('/pay/:token/qr/:file{att_[0-9a-z]+\\.(?:svg|png)}', async (c) => {
    c.set('route', '/pay/{token}/qr/{attempt}')
    const { token, file } = c.req.param()
    const [id, type] = file.split('.')
    const { order, attempts } = await findCheckout(deps, token)
    const attempt = attempts.find((each) => each.id === id)
    // Scanned once more, a code takes the money once more.
    const isUnderWay = order.status === 'open' && attempt !== undefined && canGoOn(attempt, deps.now())
    const leaving = attempt && isUnderWay ? leavingOf(await readAttemptAction(deps.db, attempt.id), deps.mode) : null
    if (leaving?.type !== 'qr') throw new Refusal('not_found', 'There is no such code.')
    if (type === 'svg') return c.body(drawCode(leaving.payload), 200, pictureHeaders)
    // What a phone keeps among its pictures, from where a bank's app can take it.
    return c.body(new Uint8Array(drawCodePng(leaving.payload)), 200, { ...pictureHeaders, 'content-type': 'image/png' })
  })
}

/** As long as an attempt lasts, at one reload in ten seconds. */
const qrReloadsMax = 90
