// Owns what every page must be, whatever it is about: accessible, quiet, and no wider than its window.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import type { Visitor } from './visitor.ts'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The page as it is now: no violation of axe's rules, nothing that went wrong until now, nothing to scroll sideways. */
export const expectCalm = async (visitor: Visitor, page: Page = visitor.page): Promise<void> => {
  const found = [...visitor.troubles(), ...(await tooWide(page)), ...(await violations(page, tags))]
  tell(page, found)
}

/** The same page in both palettes, and in windows as narrow as 320 pixels. Colours are compared for each palette, everything else once. */
export const expectCalmInAllLights = async (visitor: Visitor, page: Page = visitor.page): Promise<void> => {
  await expectCalm(visitor, page)
  const size = page.viewportSize() ?? { width: 360, height: 740 }
  await page.setViewportSize({ ...size, width: 320 })
  const narrow = await tooWide(page)
  await page.setViewportSize(size)
  await page.emulateMedia({ colorScheme: 'dark' })
  const found = [...narrow, ...(await violations(page, ['color-contrast']))]
  await page.emulateMedia({ colorScheme: 'light' })
  tell(page, found)
}

/** Fails with all of it, a line each. */
const tell = (page: Page, found: readonly string[]): void => {
  if (found.length === 0) return
  const { pathname, search } = new URL(page.url())
  throw new Error(`${pathname}${search} at ${page.viewportSize()?.width} px:\n${found.join('\n')}`)
}

/** What reaches beyond the right edge of the window, if anything does. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const reaches = (element: Element) =>
      element.getBoundingClientRect().right > clientWidth + 1 || element.scrollWidth > clientWidth
    // What scrolls by itself may be as wide as it likes, and what holds something that is too wide is not the cause.
    const scrolls = (element: Element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
    const all = [...document.querySelectorAll('body *')].filter(reaches)
    const free = all.filter((element) => !all.some((other) => scrolls(other) && other.contains(element)))
    const wide = free
      .filter((element) => !free.some((other) => other !== element && element.contains(other)))
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent?.slice(0, 40)}`)
    return [`${scrollWidth} px wide in a window of ${clientWidth}: ${wide.slice(0, 5).join(' | ')}`]
  })

type Found = { id: string; help: string; nodes: { html: string; failureSummary: string | undefined }[] }
declare const axe: {
  run: (root: Document, options: { runOnly: readonly string[] }) => Promise<{ violations: Found[] }>
}

/** axe itself, as the package for Playwright brings it; that package would put it into the page anew for each question, which takes longer than the answer. */
const axeSource = readFileSync(
  createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'),
  'utf8',
)

const violations = async (page: Page, runOnly: readonly string[]): Promise<string[]> => {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const found = await page.evaluate(async (only) => {
    const { violations: all } = await axe.run(document, { runOnly: only })
    return all.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }))
  }, runOnly)
  return found.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 5).map((node) => `axe ${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  )
}
