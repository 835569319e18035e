// Owns the keyboard: what it reaches, and whether one sees where one is.
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

const stopsMax = 400

/** Tab goes through everything that can be used, in the order of the page, and each stop is seen: it has an outline, and is inside the window. */
export const expectKeyboardReachesAll = async (page: Page): Promise<void> => {
  const expected = await page.evaluate(markStops)
  const reached: number[] = []
  const unseen: string[] = []
  for (let press = 0; press < stopsMax; press += 1) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(readStop)
    // A field for a date has stops of its own inside.
    if (stop && stop.number === reached.at(-1)) continue
    if (!stop || reached.includes(stop.number)) break
    reached.push(stop.number)
    if (!stop.isSeen) unseen.push(stop.name)
  }
  const where = new URL(page.url()).pathname
  expect(unseen.join('\n'), `${where}: stops without a visible focus`).toBe('')
  expect(
    reached.map((number) => expected[number] ?? 'something that is no stop'),
    `${where}: stops in the order of the page`,
  ).toEqual(expected)
}

/** Presses Tab until the element has the focus. */
export const tabTo = async (page: Page, target: Locator): Promise<void> => {
  for (let press = 0; press < stopsMax; press += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the keyboard does not reach ${target}`)
}

/** Numbers what Tab should stop at, and names it; of the radio buttons of one name it stops at one. */
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
  return stops
}

const readStop = (): { number: number; name: string; isSeen: boolean } | null => {
  const element = document.activeElement
  if (!(element instanceof HTMLElement) || element === document.body) return null
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  const { top, bottom, left, right } = element.getBoundingClientRect()
  const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth
  return {
    number: Number(element.dataset.stop ?? -1),
    name: element.outerHTML.slice(0, 120),
    isSeen: isInside && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
  }
}
