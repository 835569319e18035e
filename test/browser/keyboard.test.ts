// Nothing but a keyboard: everything is reached, in the order of the page and visibly, and an order is paid.
import { expect, it } from 'vitest'
import { browserTown } from './kit/browser-town.ts'
import { heading, payButton } from './kit/citizen.ts'
import { expectKeyboardReachesAll, tabTo } from './kit/keyboard.ts'
import { orderScenes } from './kit/order-scenes.ts'

const { town, visitor, order } = browserTown()

const walked = ['nothing tried yet', 'a payment under way', 'a paid order', 'a code to scan', 'a receipt'] as const

it.for(walked)('reaches everything on the page of %s', async (name) => {
  const { page } = await visitor()
  await page.goto((await orderScenes[name]?.(town())) ?? '')
  await expectKeyboardReachesAll(page)
})

it('reaches everything on the page that checks receipts', async () => {
  const { page } = await visitor()
  await page.goto('/verify')
  await expectKeyboardReachesAll(page)
})

it('pays an order', async () => {
  const { path } = await order()
  const { page } = await visitor({ width: 1280 })
  await page.goto(path)
  await page.keyboard.press('Tab')
  // The first stop leads past everything that stands on every page.
  await Promise.all([page.waitForURL(`**${path}#main`), page.keyboard.press('Enter')])
  await tabTo(page, page.locator('input[name=provider]').first())
  const wanted = page.locator('input[name=provider][value=vnpay]')
  while (!(await wanted.isChecked())) await page.keyboard.press('ArrowDown')
  await tabTo(page, payButton(page))
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  await tabTo(page, page.locator('button[name=result][value=success]'))
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  await town().deps.settled()
  await page.reload()
  expect(await heading(page)).toBe('Thanh toán thành công')
  await tabTo(page, page.locator('a[href^="/receipts/"]'))
  await Promise.all([page.waitForURL('**/receipts/**'), page.keyboard.press('Enter')])
})
