// Owns what a citizen does with hands: chooses a provider, presses what its page offers, comes back.
import jsqr from 'jsqr'
import type { Locator, Page } from 'playwright-core'
import { PNG } from 'pngjs'

/** How a payment can end on a simulated provider's page. */
export type Ending = 'success' | 'insufficient' | 'wrong_otp' | 'cancelled' | 'pending' | 'suspicious'

/** Chooses a provider on the checkout and presses the button, until the browser is where the money is taken: a provider's page, or a code of ours. */
export const choose = async (page: Page, provider: string, { leaves = true } = {}): Promise<void> => {
  await page.locator(`input[name=provider][value=${provider}]`).check()
  await follow(page, payButton(page))
  const onward = page.getByRole('button', { name: /^(Tiếp tục tới|Continue to) / })
  if (leaves && isHere(page) && (await onward.count()) > 0) await follow(page, onward)
}

/** The button that begins a payment; others of the form do something else first. */
export const payButton = (page: Page): Locator =>
  page.locator('form[aria-labelledby=choose] button[type=submit]:not([formaction])')

/** Ends the payment on the provider's page, and follows its way back, where it has one and does not lead back by itself. */
export const endAtProvider = async (page: Page, ending: Ending = 'success'): Promise<void> => {
  await follow(page, page.locator(`button[name=result][value=${ending}]`))
  const way = page.locator('a[href*="/returns/"], form[action*="/returns/"] button')
  if (!isHere(page) && (await way.count()) > 0) await follow(page, way)
}

/** Presses what leads to another page, and waits for that page. */
export const follow = async (page: Page, button: Locator): Promise<void> => {
  await Promise.all([page.waitForEvent('load'), button.click()])
}

/** Whether the browser shows a page of ours, and none of a provider. */
const isHere = (page: Page): boolean => new URL(page.url()).pathname.startsWith('/pay/')

/** What a phone's camera reads in this picture. */
export const scan = async (picture: Locator): Promise<string> => {
  const shot = PNG.sync.read(await picture.screenshot())
  const code = jsqr(new Uint8ClampedArray(shot.data), shot.width, shot.height)
  if (!code) throw new Error('no camera could read the code')
  return code.data
}

/** The bank's app on the citizen's phone: what was scanned is paid as it is, or as the citizen changes it. */
export const payInBankApp = async (
  phone: Page,
  { provider, code, amount, text }: { provider: string; code: string; amount?: string; text?: string },
): Promise<void> => {
  await phone.goto(`/simulators/${provider}/bank-app`)
  await phone.locator('input[name=qr]:visible').fill(code)
  await follow(phone, phone.locator('form[method=get] button'))
  if (amount !== undefined) await phone.locator('input[name=amount]').fill(amount)
  if (text !== undefined) await phone.locator('input[name=text]').fill(text)
  await follow(phone, phone.locator('button[name=result][value=success]'))
}

/** What the page says first. */
export const heading = (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent()
