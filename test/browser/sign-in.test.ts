// Signing in by a browser at a real OpenID Connect issuer, that of the demo: everybody comes in, sees what is theirs to see, and goes out again.
import { randomBytes } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { openDemoIssuer } from '../../src/node/demo-issuer/open-demo-issuer.ts'
import { demoPeople } from '../../src/node/demo-issuer/people.ts'
import { createDemoSecrets } from '../../src/node/demo-keys.ts'
import { openOutgoingHttp } from '../../src/node/fetch-port.ts'
import { listen } from '../../src/node/http-server.ts'
import { screens } from '../../src/pages/console/screens.ts'
import { startTestApp } from '../kit/app.ts'
import { createClock } from '../kit/deps.ts'
import { expectCalm, expectCalmInAllLights } from './kit/calm.ts'
import { launchChromium } from './kit/chromium.ts'
import { follow } from './kit/citizen.ts'
import { expectKeyboardReachesAll, tabTo } from './kit/keyboard.ts'
import { type Visiting, type Visitor, visit } from './kit/visitor.ts'

type House = { url: string; browser: Browser; close: () => Promise<void> }
let house: House
const visitors: Visitor[] = []

beforeAll(async () => {
  house = await open()
}, 120_000)
afterEach(async () => {
  const left = visitors.splice(0)
  const troubles = left.flatMap((visitor) => visitor.troubles())
  await Promise.all(left.map(({ context }) => context.close()))
  expect(troubles.join('\n')).toBe('')
})
afterAll(() => house?.close())

const open = async (): Promise<House> => {
  const server = await listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${server.port}`
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const issuer = await openDemoIssuer({ publicUrl: url, log }, createDemoSecrets({ id: 'demo', key: randomBytes(32) }))
  const http = openOutgoingHttp()
  const [gateway, browser] = await Promise.all([
    startTestApp({
      publicUrl: url,
      fetch: http.fetch,
      // What an issuer signs is dated by the clock of its machine.
      clock: createClock(new Date().toISOString()),
      config: { openId: issuer.settings },
    }),
    launchChromium(),
  ])
  server.mount(issuer.mountPath, issuer.handle)
  server.answer((request, env) => gateway.app.fetch(request, env as Record<string, unknown>))
  const close = async () => {
    await browser.close()
    await server.close(0)
    await http.destroy()
    await gateway.close()
  }
  return { url, browser, close }
}

const visitor = async (visiting: Visiting = {}): Promise<Visitor> => {
  const somebody = await visit(house.browser, house.url, { width: 1280, ...visiting })
  visitors.push(somebody)
  return somebody
}

/** From the console's door to the issuer's list of people. */
const goToIssuer = async ({ page }: Visitor, path = '/console'): Promise<void> => {
  await page.goto(path)
  await follow(page, page.locator('main form[method=post] button[type=submit]'))
}

it.for(demoPeople)('$name signs in as $role and is shown what is theirs', async ({ subject, name, role, agency }) => {
  const somebody = await visitor()
  const { page } = somebody
  await goToIssuer(somebody, '/console/orders?status=paid')
  await follow(page, page.locator(`button[name=person][value=${subject}]`))
  expect(page.url()).toBe(`${house.url}/console/orders?status=paid`)
  expect(await page.locator('header').textContent()).toMatch(new RegExp(`${name}.*${agency}`))
  const shown = await page
    .locator('nav a[href^="/console"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  const theirs = screens.filter(({ nav, roles }) => nav && roles.includes(role)).map(({ path }) => `/console${path}`)
  expect(shown.toSorted()).toEqual(theirs.toSorted())
  // What is not theirs is not there, also for who knows its address.
  const closed = screens.find(({ nav, roles }) => nav && !roles.includes(role))
  if (!closed) return
  somebody.allow(403, 404)
  expect([403, 404]).toContain((await page.goto(`/console${closed.path}`))?.status())
  await expectCalm(somebody)
})

it('is calm on the way, in both languages and palettes, and is gone by the keyboard without scripts', async () => {
  const somebody = await visitor({ width: 360 })
  const { page } = somebody
  for (const language of ['en', 'vi']) {
    await page.goto(`/console/sign-in?lang=${language}`)
    await expectCalmInAllLights(somebody)
    await expectKeyboardReachesAll(page)
    await goToIssuer(somebody)
    await expectCalmInAllLights(somebody)
    await expectKeyboardReachesAll(page)
  }
  const { page: plain } = await visitor({ scripts: 'off' })
  await plain.goto('/console')
  const press = () => Promise.all([plain.waitForEvent('load'), plain.keyboard.press('Enter')])
  await tabTo(plain, plain.locator('main form[method=post] button[type=submit]'))
  await press()
  await tabTo(plain, plain.locator('button[name=person]').first())
  await press()
  expect(plain.url()).toBe(`${house.url}/console`)
})

it('says calmly that somebody did not sign in, and lets them try again', async () => {
  const somebody = await visitor()
  const { page } = somebody
  somebody.allow(400, 401, 403)
  await goToIssuer(somebody)
  await follow(page, page.locator('button[name=person][value=""]'))
  expect(new URL(page.url()).pathname).toBe('/console/signed-in')
  await expectCalm(somebody)
  await goToIssuer(somebody)
  await follow(page, page.locator('button[name=person]').first())
  expect(page.url()).toBe(`${house.url}/console`)
})

it('signs out: the way back leads to the door, in every tab', async () => {
  const somebody = await visitor()
  const { page, tab } = somebody
  await goToIssuer(somebody)
  await follow(page, page.locator('button[name=person]').first())
  const other = await tab()
  await other.goto('/console/orders')
  await page.locator('form[action="/console/sign-out"] button').click()
  // The issuer is told as well, and asks by itself.
  await page.waitForURL(`${house.url}/demo-issuer/**`)
  await expectCalm(somebody)
  await follow(page, page.locator('button[name=logout]'))
  await expectCalm(somebody)
  await other.reload()
  expect(new URL(other.url()).pathname).toBe('/console/sign-in')
  await page.goBack()
  await page.goto('/console')
  expect(new URL(page.url()).pathname).toBe('/console/sign-in')
})
