// An office closes a day, in real browsers: a file is uploaded, mapped and imported, the day is reconciled, what differs is decided by two people, and a third party reads
// the workbook.
import { readFile } from 'node:fs/promises'
import { read, utils } from '@e965/xlsx'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { browserTown } from './kit/browser-town.ts'
import { follow } from './kit/citizen.ts'
import { clerk } from './kit/office.ts'

const house = browserTown()
const { town } = house

/** A provider's own report, in words of its own: the first payment as it was, the second one less, and a charge that no rule knows by name. */
const reportOf = (references: readonly string[]): string =>
  [
    'Báo cáo giao dịch;;;;',
    'Thời gian;Mã đơn;Loại giao dịch;Số tiền;Trạng thái',
    `23/11/2026 09:00:00;${references[0]};Thanh toán;150.000;Thành công`,
    `23/11/2026 09:05:00;${references[1]};Thanh toán;149.000;Thành công`,
    '23/11/2026 09:10:00;PHI-1;Thu phí đường truyền;-5.000;Thành công',
  ].join('\n')

const paidReferences = async (count: number): Promise<string[]> => {
  const references: string[] = []
  for (let each = 0; each < count; each += 1) {
    const attempt = await town().attempt(await town().place(), 'vnpay')
    await town().pay('vnpay', attempt)
    references.push(attempt.reference)
  }
  return references
}

const downloaded = async (page: Page, link: Locator): Promise<Buffer> => {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  return readFile(await download.path())
}

/** The button of the form in which this field stands. */
const buttonBeside = (field: Locator): Locator => field.locator('xpath=ancestor::form//button[@type="submit"]')

const upload = async (page: Page, account: string, file: string): Promise<void> => {
  await page.goto('/console/statements')
  await page.locator('#upload-account').selectOption(account)
  await page.locator('#upload-source').selectOption('provider')
  const field = page.locator('#upload-file')
  await field.setInputFiles({ name: 'vnpay 23-11.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
  await Promise.all([page.waitForURL('**/statements/drafts/**'), buttonBeside(field).click()])
}

/** One word of the file means nothing to us until somebody says what it is; that is kept for the next file. */
const mapAndImport = async (page: Page): Promise<void> => {
  const word = page.locator('select[name=v_line_type_1]')
  await word.selectOption('adjustment')
  await follow(page, buttonBeside(word))
  await follow(page, page.getByRole('button', { name: 'Lưu cách đọc này và nhập' }))
  await town().pass(1)
  await page.reload()
  expect(await page.locator('main').textContent()).toContain('Đã nhập')
}

const reconcile = async (page: Page, account: string, day: string): Promise<void> => {
  await page.goto('/console/reconciliations')
  await page.locator('#start-account').selectOption(account)
  await page.locator('#start-from').fill(day)
  await page.locator('#start-to').fill(day)
  await follow(page, buttonBeside(page.locator('#start-to')))
  await town().pass(1)
  await page.reload()
}

/** Proposes how the discrepancy that is shown ends. */
const propose = async (page: Page): Promise<void> => {
  await page.locator('input[name=resolution][value=written_off]').check()
  await page.locator('#resolve-note').fill('Quyết định 12/2026')
  await page.locator('#resolve-evidence-kind').selectOption('document')
  await page.locator('#resolve-evidence-reference').fill('QĐ 12/2026')
  await follow(page, buttonBeside(page.locator('#resolve-note')))
}

/** Closes the day that is shown; what is still open is carried forward by name. */
const close = async (page: Page): Promise<void> => {
  const lines = page.locator('input[name=carry]')
  for (const line of await lines.all()) await line.check()
  if ((await lines.count()) > 0) await page.locator('#carry-reason').fill('Chờ đối tác xác nhận')
  await follow(page, page.locator('form:has(input[name=act][value=close]) button[type=submit]'))
}

it('uploads, maps, reconciles, decides with four eyes, closes the day, and reads the workbook of it', async () => {
  const day = businessDay(town().clock.now())
  const account = town().accounts.vnpay ?? ''
  const references = await paidReferences(2)
  await town().pass(2 * 86_400, 4)
  const { page } = await clerk(house, 'accountant')
  const { page: checker } = await clerk(house, 'checker')

  await upload(page, account, reportOf(references))
  await mapAndImport(page)

  await reconcile(page, account, day)
  await follow(page, page.locator('main a[href*="class=amount_mismatch"]'))
  expect(await page.locator('main').textContent()).toContain(references[1])

  await page.goto('/console/discrepancies?class=amount_mismatch')
  await follow(page, page.locator('a[href*="/console/discrepancies/dsc_"]').first())
  await propose(page)
  // Who proposed it may take it back, and no more.
  const approve = 'form:has(input[name=act][value=approve]) button[type=submit]'
  expect(await page.locator(approve).count()).toBe(0)
  await checker.goto(page.url())
  await follow(checker, checker.locator(approve))
  await page.reload()
  expect(await page.locator('main').textContent()).toContain('Phạm Văn Kiểm Soát')

  await page.goto(`/console/periods/${account}/${day}`)
  await close(page)
  const signed = await downloaded(page, page.locator('a[href$="close.json"]'))
  expect(JSON.parse(signed.toString())).toMatchObject({ merchant_account: account })
  expect(await page.locator('form:has(input[name=act][value=countersign])').count()).toBe(0)
  await checker.goto(page.url())
  await follow(checker, checker.locator('form:has(input[name=act][value=countersign]) button[type=submit]'))
  expect(await checker.locator('main').textContent()).toContain('Đã khóa')

  await page.goto(`/console/reports/collections?from=${day}&to=${day}`)
  const workbook = read(await downloaded(page, page.locator('a[href*="type=xlsx"]')))
  const cells = workbook.SheetNames.flatMap((name) =>
    utils.sheet_to_json<unknown[]>(workbook.Sheets[name] ?? {}, { header: 1 }),
  )
  expect(cells.flat()).toContain(300_000)
})
