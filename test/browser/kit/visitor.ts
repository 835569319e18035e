// Owns a visitor: one browser of one person, and everything that went wrong in it, whether or not anybody looked.
import type { Browser, BrowserContext, Page } from 'playwright-core'

export type Visiting = {
  /** Pixels of the window: 360 is a small phone, 1280 a desk. */
  width?: 320 | 360 | 1280
  scripts?: 'on' | 'off'
  dark?: boolean
  /** What the browser asks for; the address may ask for another one. */
  language?: 'vi' | 'en'
}

export type Visitor = {
  context: BrowserContext
  /** The first page of this person. */
  page: Page
  /** Another tab of the same person, also watched. */
  tab: () => Promise<Page>
  /** What went wrong since the last time it was taken, one line each. */
  troubles: () => string[]
  /** Answers of this status are meant from now on: a page that says no is still a page. */
  allow: (...statuses: number[]) => void
}

const timeoutMs = 20_000

/** Opens a browser of one person at the gateway of `origin`. Nothing but that gateway can be reached from it. */
export const visit = async (
  browser: Browser,
  origin: string,
  { width = 360, scripts = 'on', dark = false, language = 'vi' }: Visiting = {},
): Promise<Visitor> => {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height: width < 600 ? 740 : 900 },
    javaScriptEnabled: scripts === 'on',
    colorScheme: dark ? 'dark' : 'light',
    locale: language === 'vi' ? 'vi-VN' : 'en-GB',
    timezoneId: 'Asia/Ho_Chi_Minh',
    // Text that moves is not read, and a colour on its way to another one has no contrast.
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(timeoutMs)
  const troubles: string[] = []
  const allowed = new Set<number>()
  context.on('page', (page) => watch(page, { origin, troubles, allowed }))
  return {
    context,
    page: await context.newPage(),
    tab: () => context.newPage(),
    troubles: () => troubles.splice(0),
    allow: (...statuses) => {
      for (const status of statuses) allowed.add(status)
    },
  }
}

type Watch = { origin: string; troubles: string[]; allowed: ReadonlySet<number> }

const watch = (page: Page, { origin, troubles, allowed }: Watch): void => {
  const isOurs = (url: string) => url.startsWith(`${origin}/`) || /^(about|blob|data|file):/.test(url)
  const where = (url: string) => url.replace(origin, '')
  page.on('console', (message) => {
    // The browser's own line about an answer's status repeats what is told of the answer below.
    if (message.text().startsWith('Failed to load resource')) return
    if (['error', 'warning'].includes(message.type()))
      troubles.push(`${where(page.url())} console ${message.type()}: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    troubles.push(`${where(page.url())} opens a dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  page.on('pageerror', (error) => troubles.push(`${where(page.url())} script: ${error.message}`))
  page.on('request', (request) => {
    if (!isOurs(request.url())) troubles.push(`${where(page.url())} asks another host: ${request.url()}`)
  })
  page.on('requestfailed', (request) => {
    // A stream that ends with its page, a download, or a page that is left before it has come.
    if (request.failure()?.errorText === 'net::ERR_ABORTED') return
    troubles.push(`${where(request.url())} failed: ${request.failure()?.errorText}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !allowed.has(response.status()))
      troubles.push(`${where(response.url())} answers ${response.status()}`)
  })
}
