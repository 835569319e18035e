// A citizen pays in a real browser by each of the providers: from the checkout through the provider's own page and back to the receipt.
import { expect, it } from 'vitest'
import { registry } from '../../src/providers/registry.ts'
import { browserTown } from './kit/browser-town.ts'
import { choose, endAtProvider, follow, heading, payInBankApp, scan } from './kit/citizen.ts'

const { town, visitor, order } = browserTown()

it.for(Object.keys(registry))('a phone pays by %s, comes back by itself and has the receipt', async (provider) => {
  const { id, path } = await order()
  const { page, tab } = await visitor()
  await page.goto(path)
  await choose(page, provider)
  if (await page.locator('img.qr').isVisible()) {
    await payInBankApp(await tab(), { provider, code: await scan(page.locator('img.qr')) })
    await page.getByRole('link', { name: 'Đã chuyển tiền: xem kết quả' }).click()
  } else {
    await endAtProvider(page)
  }
  await page.waitForURL((url) => url.pathname === path)
  // The receipt is made after the provider's callback is answered.
  await town().deps.settled()
  await page.reload()
  expect(await heading(page)).toBe('Thanh toán thành công')
  await page.getByRole('link', { name: 'Xem biên lai lệ phí' }).click()
  expect(await page.locator('main').textContent()).toContain('Một trăm năm mươi nghìn đồng')
  expect(await town().order(id)).toMatchObject({ status: 'paid', paid_by: { provider } })
})

it('makes an order at the service portal, pays it, comes back, and sees the webhooks arrive', async () => {
  const { page } = await visitor({ width: 1280 })
  await page.goto('/demo-portal/new?procedure=lltp&agency=H56.12.03')
  await page.getByLabel('Họ và tên người nộp').fill('Trần Văn Hùng')
  await follow(page, page.locator('main form[method=post] button[type=submit]').last())
  const home = page.url()
  await follow(page, page.locator('a[href*="/pay/"]'))
  await choose(page, 'momo')
  await endAtProvider(page)
  await town().pass(10, 2)
  await page.goto(home)
  const said = await page.locator('main').textContent()
  for (const words of ['Đã thanh toán', 'order.paid', 'Đúng chữ ký']) expect(said).toContain(words)
})
