// Every page that a citizen can come to, in both languages and palettes, on a phone and at a desk: accessible, quiet, no wider than its window.
import { expect, it } from 'vitest'
import { browserTown } from './kit/browser-town.ts'
import { expectCalm, expectCalmInAllLights } from './kit/calm.ts'
import { orderScenes } from './kit/order-scenes.ts'

const { town, visitor } = browserTown()

/** Pages that need no order. */
const standing = {
  'the front page': '/',
  'a return that nobody can read': '/pay/unknown',
  'the page that checks receipts': '/verify',
  'the page that tells where money is': '/where',
  'an address that leads nowhere': '/nothing-here',
  'a token that was made up': '/pay/AAAAAAAAAAAAAAAAAAAAAA',
  'the simulated providers': '/simulators',
  "the payer's bank app": '/simulators/vietqr/bank-app',
  'the demo portal': '/demo-portal',
  "the demo portal's form": '/demo-portal/new',
}

const pages = {
  ...Object.fromEntries(Object.entries(standing).map(([name, path]) => [name, async () => path])),
  ...orderScenes,
}

it.for(Object.entries(pages))('is calm: %s', async ([, make]) => {
  const path = await make(town())
  const phone = await visitor({ width: 360 })
  phone.allow(404)
  await phone.page.goto(`${path}?lang=vi`)
  expect(await phone.page.locator('html').getAttribute('lang')).toBe('vi')
  await expectCalmInAllLights(phone)
  await phone.page.setViewportSize({ width: 1280, height: 900 })
  await phone.page.goto(`${path}?lang=en`)
  expect(await phone.page.locator('html').getAttribute('lang')).toBe('en')
  await expectCalm(phone)
})
