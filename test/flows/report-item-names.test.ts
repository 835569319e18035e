// Collections by budget item bear the items' names, as the catalogue had them at the report's instant.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { compareReport } from '../../src/flows/compare-report.ts'
import { reportCsv, reportJson } from '../../src/flows/report.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { addAttempt, orderInput, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { capture } from '../kit/reconciliation.ts'

let db: TestDatabase
let deps: TestDeps

beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
  const account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  const [line] = orderInput().lines
  if (!line) throw new Error('no line')
  const lines = [line, { ...line, budgetItem: '2716', feeCode: 'B' }, { ...line, budgetItem: null, feeCode: 'C' }]
  await capture(deps, await addAttempt(deps, await placeTestOrder(deps, { lines }), account))
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.sql`delete from catalogue_entries`
  deps.clock.set('2026-11-26T02:00:00Z')
})

const entry = (code: string, name: string, more: Record<string, unknown> = {}) => {
  const row = {
    ...{ id: deps.newId('cat'), agencyCode: 'H56', catalogue: 'budget_items', code, name },
    ...{ validFrom: '2026-01-01', createdAt: new Date('2026-11-24T00:00:00Z'), ...more },
  }
  return db.sql`insert into catalogue_entries ${db.sql(row)}`
}
const input = (more: Record<string, unknown> = {}) => ({
  ...{ name: 'collections' as const, groupBy: 'budget_item' as const, from: '2026-11-20', to: '2026-11-25' },
  ...{ agencyCode: null, merchantAccountId: null, asOf: new Date('2026-11-26T00:00:00Z'), ...more },
})
const names = async (more: Record<string, unknown> = {}, scope = 'H56') => {
  const { rows } = await reportJson(deps, scope, input(more))
  return rows.map(({ budget_item, budget_item_name }) => [budget_item, budget_item_name])
}

it('are null where no catalogue has the item, and where there is no item', async () => {
  await entry('2716', 'Phí chứng thực')
  await entry('2771', 'Không phải tiểu mục', { catalogue: 'reliefs' })
  expect(await names()).toEqual([
    [null, null],
    ['2716', 'Phí chứng thực'],
    ['2771', null],
  ])
  const csv = await new Response(await reportCsv(deps, 'H56', input())).text()
  // Where columns were before there were names they are still.
  expect(csv).toMatch(/Tiểu mục[,;]Nội dung[,;].*Tổng cộng[,;]Tên tiểu mục\r?\n/)
})

it('change nothing of how a row is called in a comparison', async () => {
  const { changes } = await compareReport(deps, 'H56', { ...input(), compareTo: new Date('2026-11-01T00:00:00Z') })
  expect(changes.map(({ key }) => key)).toEqual(['', '2716', '2771'])
})

it('are those of the last day of the period; an entry that has ended names what was collected under it', async () => {
  await entry('2716', 'Cũ', { validTo: '2026-11-22' })
  await entry('2716', 'Mới', { validFrom: '2026-11-25' })
  await entry('2716', 'Sau này', { validFrom: '2026-11-26' })
  await entry('2771', 'Đã hết', { validTo: '2026-06-30' })
  expect((await names()).slice(1)).toEqual([
    ['2716', 'Mới'],
    ['2771', 'Đã hết'],
  ])
  expect((await names({ to: '2026-11-24' })).slice(1)).toContainEqual(['2716', 'Cũ'])
})

it('come of the nearest agency at or above the one that the report is about, which the reader’s scope does not cover', async () => {
  await entry('2716', 'Của tỉnh')
  await entry('2716', 'Của sở', { agencyCode: 'H56.12' })
  await entry('2771', 'Của xã', { agencyCode: 'H56.12.03' })
  await entry('2771', 'Của xã khác', { agencyCode: 'H56.12.04' })
  expect((await names({}, 'H56.12.03')).slice(1)).toEqual([
    ['2716', 'Của sở'],
    ['2771', 'Của xã'],
  ])
  expect((await names({ agencyCode: 'H56.12' }, '*')).slice(1)).toContainEqual(['2716', 'Của sở'])
  expect((await names()).slice(1)).toContainEqual(['2716', 'Của tỉnh'])
  expect((await names({}, '*')).slice(1)).toContainEqual(['2716', 'Của tỉnh'])
})

it('are the same for ever as of the same instant, whatever is imported or ended later', async () => {
  await entry('2716', 'Trước')
  const before = await names()
  await entry('2716', 'Nhập sau', { validFrom: '2026-02-01', createdAt: new Date('2026-11-26T01:00:00Z') })
  await db.sql`update catalogue_entries set valid_to = '2026-01-31' where name = 'Trước'`
  expect(await names()).toEqual(before)
  expect((await names({ asOf: null })).slice(1)).toContainEqual(['2716', 'Nhập sau'])
})
