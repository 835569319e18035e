// The first screen and its charts: the figures are those of the API, each picture has its table, and each figure leads to what it counts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axisOf, Chart, shortMoney } from '../../../src/pages/console/chart.tsx'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { capture, payOrder, startPayment } from '../../kit/reconciliation.ts'
import { bankFile, importFile } from '../../kit/statements.ts'

let town: TestApp
beforeAll(async () => {
  town = await startTestApp()
  const { deps, sql, clock } = town
  const account = await seedMerchantAccount(deps, sql, { provider: 'vnpay' })
  await payOrder(deps, account)
  const twice = await payOrder(deps, account, { amount: 70_001n })
  await capture(deps, twice, { providerReference: 'again' })
  await startPayment(deps, account, { status: 'unknown', amount: 30_000n })
  await importFile(deps, account, bankFile([{ amount: 219_000, text: 'PO-1' }]), 'bank')
  await sql`update agencies set name = '<b onclick="x">Xã Đông</b>' where agency_code = 'H56.12.03'`
  clock.set('2026-11-25T03:00:00Z')
})
afterAll(() => town.close())

describe('the overview', () => {
  test('shows this month to date: what came, what waits, and leads to it', async () => {
    const page = await (await signIn(town, 'accountant')).open('')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Số liệu từ 01/11/2026 đến hết 25/11/2026.')
    expect(page.text).toMatch(/Đã thu 220\.001 đ/)
    expect(page.text).toMatch(/Chưa khớp , tính đến lúc này 70\.001 đ/)
    expect(page.text).toMatch(/Chưa rõ kết quả , tính đến lúc này 30\.000 đ 1 lần thanh toán, 0 lần hoàn trả/)
    expect(page.text).toMatch(/Đang treo, tính đến lúc này 70\.001 đ/)
    expect(page.html).toContain('href="/console/reports/collections?from=2026-11-01&amp;to=2026-11-25"')
    // The one whose provider has not answered.
    expect(page.html).toContain('href="/console/orders?unknown=true"')
    const unknown = await (await signIn(town, 'accountant')).open('/orders?unknown=true')
    expect(unknown.html.match(/href="\/console\/orders\/ord_/g)).toHaveLength(1)
    expect(unknown.text).toContain('30.000 đ')
    // Two days old: in the second bucket, whose row leads to the queue of those days.
    expect(page.html).toContain(
      'href="/console/discrepancies?status=unresolved&amp;opened_from=2026-11-22&amp;opened_to=2026-11-23"',
    )
    expect(page.html).toContain('href="/console/orders?status=paid&amp;from=2026-11-01&amp;to=2026-11-25"')
  })
  test('draws each chart as a picture with a title, and puts its table behind it', async () => {
    const page = await (await signIn(town, 'auditor')).open('')
    for (const id of ['by-day', 'by-agency', 'by-provider'])
      expect(page.html).toContain(`aria-labelledby="${id}-title" aria-describedby="${id}-desc"`)
    expect(page.html.match(/role="img"/g)).toHaveLength(3)
    expect(page.html.match(/<details><summary>Số liệu của biểu đồ/g)).toHaveLength(3)
    expect(page.html).not.toContain('style=')
    expect(page.text).toMatch(/Ngày Đã thu Đã quyết toán Đã hoàn trả 23\/11\/2026 220\.001 đ/)
  })
  test('shows names as text, never as markup', async () => {
    const page = await (await signIn(town, 'auditor')).open('')
    expect(page.html).not.toContain('<b onclick')
    expect(page.html).toContain('&lt;b onclick=&quot;x&quot;&gt;Xã Đông&lt;/b&gt;')
  })
  test('keeps to another period and agency, and says when there is nothing', async () => {
    const operator = await signIn(town, 'operator')
    const page = await operator.open('?from=2026-10-01&to=2026-10-31&agency_code=H56.14&lang=en')
    expect(page.text).toContain('Figures from 1 October 2026 to the end of 31 October 2026, agency H56.14.')
    expect(page.text).toContain('Nothing was collected in this period.')
    expect(page.html).toContain('value="2026-10-01"')
  })
  test('says what is wrong with a period beside the filter, and keeps what was typed', async () => {
    const accountant = await signIn(town, 'accountant')
    const page = await accountant.open('?from=2026-11-20&to=2026-11-01')
    expect(page.status).toBe(422)
    expect(page.text).toContain('Chưa thực hiện được')
    expect(page.html).toContain('value="2026-11-20"')
    const foreign = await accountant.open('?agency_code=H99')
    expect([foreign.status, foreign.html.includes('value="H99"')]).toEqual([422, true])
  })
  test('shows nothing of another agency', async () => {
    const page = await (await signIn(town, 'accountant', { agency: 'H56.14' })).open('')
    expect(page.text).toMatch(/Đã thu 0 đ/)
    expect(page.text).toContain('Không còn chênh lệch nào chưa xử lý.')
  })
})

describe('the discrepancies of the API', () => {
  const found = async (query: string) => {
    const token = await town.token(['reconciliation:read'])
    const answer = await town.request(`/v1/discrepancies?${query}`, { token })
    expect([query, answer.status]).toEqual([query, 200])
    return ((await answer.json()) as { data: unknown[] }).data.length
  }
  test('are found by order, agency, day of opening and as what is not resolved', async () => {
    const [{ orderId } = {}] = await town.sql`select order_id from discrepancies`
    expect(await found(`order=${orderId}`)).toBe(1)
    expect(await found(`order=${town.deps.newId('ord')}`)).toBe(0)
    expect(await found('status=unresolved&agency_code=H56.12')).toBe(1)
    expect(await found('agency_code=H56.1')).toBe(0)
    expect(await found('opened_from=2026-11-23&opened_to=2026-11-23')).toBe(1)
    expect(await found('opened_to=2026-11-22')).toBe(0)
    expect(await found('opened_from=2026-11-24')).toBe(0)
  })
})

describe('a chart', () => {
  const draw = (values: readonly bigint[]) =>
    String(
      <Chart
        picture="columns"
        id="c"
        title="T"
        description="D"
        series={['A']}
        points={values.map((value, place) => ({ label: `${place}`, values: [value] }))}
        language="vi"
      />,
    )
  test('has round amounts on its axis, whatever it shows', () => {
    for (const [least, most] of [
      [0, 0],
      [0, 1],
      [0, 7],
      [0, 9_999],
      [0, 123_456_789_012],
      [-5_000, 90_000],
    ] as const) {
      const { step, low, high } = axisOf(least, most)
      expect(low).toBeLessThanOrEqual(least)
      expect(high).toBeGreaterThanOrEqual(most)
      expect((high - low) / step).toBeLessThanOrEqual(7)
      expect(Number.isInteger((high - low) / step)).toBe(true)
    }
    expect([shortMoney(1_500_000_000, 'vi'), shortMoney(200_000, 'en'), shortMoney(-20_000_000, 'vi')]).toEqual([
      '1,5 tỷ',
      '200 k',
      '−20 triệu',
    ])
  })
  test('draws money that went back below its axis, and labels no more days than fit', () => {
    const drawn = draw([10_000n, -5_000n, ...Array.from({ length: 29 }, () => 0n)])
    const [up, down] = [...drawn.matchAll(/<rect class="bar"[^>]* y="([\d.]+)" height="([\d.]+)"/g)]
    expect(Number(up?.[1]) + Number(up?.[2])).toBeCloseTo(Number(down?.[1]), 1)
    expect(drawn.match(/text-anchor="middle"/g)?.length).toBeLessThanOrEqual(6)
  })
})
