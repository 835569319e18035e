// Reports in the console: shown as they are, and as the files that the API makes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportNames } from '../../../src/domain/report-columns.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { payOrder } from '../../kit/reconciliation.ts'

let town: TestApp
let auditor: Person
beforeAll(async () => {
  town = await startTestApp()
  auditor = await signIn(town, 'auditor')
})
afterAll(() => town.close())

test('every report is shown for a month without data, in both languages', async () => {
  for (const name of reportNames) {
    const page = await auditor.open(`/reports/${name}?from=2026-11-01&to=2026-11-23`)
    expect([name, page.status]).toEqual([name, 200])
    expect((await auditor.open(`/reports/${name}?lang=en`)).status).toBe(200)
  }
  await auditor.open('?lang=vi')
})

test('a report has the figures of the API, and each file is the API’s own', async () => {
  const account = await seedMerchantAccount(town.deps, town.sql, { provider: 'test' })
  await payOrder(town.deps, account, { amount: 1_234_500n })
  town.clock.advance(86_400)
  auditor = await signIn(town, 'auditor')
  const query = 'from=2026-11-01&to=2026-11-30&as_of=2026-11-23'
  const page = await auditor.open(`/reports/collections?${query}`)
  expect(page.text).toContain('Bảng kê thu phí, lệ phí')
  expect(page.text.match(/1\.234\.500 đ/g)?.length).toBeGreaterThanOrEqual(2)
  const before = await auditor.open(
    `/reports/collections?from=2026-11-01&to=2026-11-30&as_of=2026-11-22&compare_to=2026-11-23`,
  )
  expect(before.text).toContain('Ghi sổ sau')
  for (const type of ['csv', 'xlsx', 'pdf']) {
    const file = await auditor.open(`/reports/collections/file?${query}&type=${type}`)
    expect([file.status, file.response.headers.get('content-disposition')]).toEqual([
      200,
      expect.stringMatching(new RegExp(`^attachment; filename=".*\\.${type}"$`)),
    ])
    expect(file.response.headers.get('content-security-policy')).toContain('sandbox')
  }
})

test('what a report cannot be asked stands beside its form', async () => {
  const page = await auditor.open('/reports/collections?from=2026-11-30&to=2026-11-01')
  expect(page.status).toBe(200)
  expect(page.text).toContain('Chưa thực hiện được')
  expect(page.html).toContain('value="2026-11-30"')
  expect((await auditor.open('/reports/nothing')).status).toBe(404)
  expect((await auditor.open('/reports/collections/file?type=exe')).status).toBe(404)
})
