// Owns the keyboard: what it reaches, and whether one sees where one is.
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

const stopsMax = 400

const pressesAtOnce = 15

/** Tab goes through everything that can be used, in the order of the page, and each stop is seen by its outline. */
export const expectKeyboardReachesAll = async (page: Page): Promise<void> => {
  const expected = await page.evaluate(markStops)
  let walked: Stop[] = []
  for (let presses = 0; presses < stopsMax; presses += pressesAtOnce) {
    for (let press = 0; press < pressesAtOnce; press += 1) await page.keyboard.press('Tab')
    // What was walked is written down in the page, since asking after each press takes longer than all of them.
    walked = await page.evaluate(() => walkedStops)
    if (walked.some(({ number }, at) => walked.findIndex((other) => other.number === number) < at)) break
  }
  const again = walked.findIndex(({ number }, at) => walked.findIndex((other) => other.number === number) < at)
  const reached = again < 0 ? walked : walked.slice(0, again)
  const where = new URL(page.url()).pathname
  const unseen = reached.filter(({ isSeen }) => !isSeen).map(({ name }) => name)
  expect(unseen.join('\n'), `${where}: stops without a visible focus`).toBe('')
  expect(
    reached.map(({ number }) => expected[number] ?? 'something that is no stop'),
    `${where}: stops in the order of the page`,
  ).toEqual(expected)
}

type Stop = { number: number; name: string; isSeen: boolean }
declare global {
  var walkedStops: Stop[]
}

/** Presses Tab until the element has the focus. */
export const tabTo = async (page: Page, target: Locator): Promise<void> => {
  for (let press = 0; press < stopsMax; press += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the keyboard does not reach ${target}`)
}

/** Numbers what Tab should stop at, names it, and writes down from now on where the focus goes; of the radio buttons of one name it stops at one. */
const markStops = (): string[] => {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  const stops: string[] = []
  const groups = new Map<string, number>()
  const candidates = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
  for (const element of document.querySelectorAll<HTMLElement>(candidates)) {
    const isShown = element.checkVisibility({ visibilityProperty: true })
    if (!isShown || element.matches(':disabled, [type=hidden]')) continue
    const group = element instanceof HTMLInputElement && element.type === 'radio' ? element.name : ''
    const number = groups.get(group) ?? stops.length
    if (group) groups.set(group, number)
    element.dataset.stop = String(number)
    if (number === stops.length)
      stops.push(group || `${element.tagName.toLowerCase()} ${(element.textContent || element.id).trim().slice(0, 60)}`)
  }
  globalThis.walkedStops = []
  document.addEventListener('focusin', ({ target: element }) => {
    if (!(element instanceof HTMLElement)) return
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    walkedStops.push({
      number: Number(element.dataset.stop ?? -1),
      name: element.outerHTML.slice(0, 120),
      isSeen: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
    })
  })
  return stops
}
