// `npm run screenshots [-- part of a name …]`: starts a demo with a past, opens each page of pages.ts in a browser, and writes its picture to docs/screenshots/.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { packageRoot } from '../../src/node/migrations.ts'
import { launchChromium } from './kit/chromium.ts'
import { makeBooks, type OldDemo, startDemo } from './kit/demo-history.ts'
import { makeOrders, type Shown } from './kit/demo-orders.ts'
import { staffCookie } from './kit/staff-cookie.ts'
import { visit } from './kit/visitor.ts'
import { type ShownPage, shownPages } from './pages.ts'

const folder = join(packageRoot(), 'docs', 'screenshots')
const print = (line: string): void => console.log(line)

const wanted = process.argv.slice(2)
const chosen = shownPages.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
if (chosen.length === 0)
  throw new Error(`no page is called so; there are ${shownPages.map(({ name }) => name).join(', ')}`)

/** Pictures are for looking at the pages: what went wrong in a browser is told with them. */
const takePictures = async (demo: OldDemo, browser: Browser, shown: Shown): Promise<number> => {
  let troubleCount = 0
  for (const page of chosen) {
    for (const width of page.widths ?? [page.as ? 1280 : 360]) {
      const { file, troubles } = await takePicture(demo, browser, { page, width, shown })
      troubleCount += troubles.length
      print(`  ${file}`)
      for (const trouble of troubles) print(`    ${trouble}`)
    }
  }
  return troubleCount
}

const takePicture = async (
  { gateway }: OldDemo,
  browser: Browser,
  {
    page: { name, path, as, follow, language = 'vi', dark = false, isCut = false },
    width,
    shown,
  }: { page: ShownPage; width: 360 | 1280; shown: Shown },
): Promise<{ file: string; troubles: string[] }> => {
  const visitor = await visit(browser, gateway.url, { width, dark, language })
  visitor.allow(404)
  if (as) await visitor.context.addCookies([await staffCookie(gateway.deps, as)])
  const { page } = visitor
  const url = new URL(typeof path === 'string' ? path : path(shown), gateway.url)
  url.searchParams.set('lang', language)
  await page.goto(url.href)
  if (follow) await Promise.all([page.waitForEvent('load'), page.locator(follow).first().click()])
  await page.evaluate(() => document.fonts.ready)
  const file = `${name}-${width}.png`
  await page.screenshot({ path: join(folder, file), fullPage: !isCut })
  const troubles = visitor.troubles()
  await visitor.context.close()
  return { file, troubles }
}

await mkdir(folder, { recursive: true })
print('Starting a demo in a folder of its own')
const demo = await startDemo(print)
try {
  const browser = await launchChromium()
  // The office's screens show a day of work; the citizens' pages need none.
  if (chosen.some(({ as }) => as)) {
    print('Citizens pay, the office reconciles')
    await makeBooks(demo, (line) => print(`  ${line}`))
  }
  print('An order in each state')
  const shown = await makeOrders(demo, browser)
  print(`Pictures to ${folder}`)
  process.exitCode = (await takePictures(demo, browser, shown)) === 0 ? 0 : 1
  await browser.close()
} finally {
  await demo.stop()
}
