// Closing days in the console: the month, what is in the way, the close with lines carried by name, four eyes, and the signed document.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../../src/lib/hmac.ts'
import { standingOf } from '../../../src/pages/console/periods/standing.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { payOrder } from '../../kit/reconciliation.ts'

let town: TestApp
let account: string
let lan: Person
let checker: Person
let keys = 0
const fresh = () => {
  keys += 1
  return { once: `key-of-the-form-${keys}` }
}

beforeAll(async () => {
  town = await startTestApp()
  town.clock.set('2026-11-23T02:00:00Z')
  account = await seedMerchantAccount(town.deps, town.sql, { provider: 'test' })
  await payOrder(town.deps, account)
  town.clock.set('2026-11-24T02:00:00Z')
  await payOrder(town.deps, account)
  town.clock.set('2026-11-26T02:00:00Z')
  lan = await signIn(town, 'accountant', { name: 'Nguyễn Thị Lan' })
  checker = await signIn(town, 'checker', { name: 'Lê Thị Kiểm' })
})
afterAll(() => town.close())

const dayPath = (day: string) => `/periods/${account}/${day}`

describe('a month', () => {
  test('says of each day how it stands, in words', async () => {
    const page = await lan.open(`/periods?account=${account}&month=2026-11`)
    expect(page.status).toBe(200)
    expect(page.html).toContain('<caption>Lịch khóa sổ Tháng 11/2026</caption>')
    expect(page.text).toMatch(/22 Có thể khóa/)
    expect(page.text).toMatch(/23 Còn vướng \(1 khoản\)/)
    expect(page.text).toMatch(/24 Chờ ngày trước \(2 khoản\)/)
    expect(page.text).toMatch(/26 Đang diễn ra 27 Chưa đến/)
    expect(page.html).toContain(`month=2026-10`)
    // November 2026 begins on a Sunday: the last cell of its first week.
    expect(page.html).toMatch(/<tr>(<td class="none"><\/td>){6}<td><a [^>]*2026-11-01"/)
    expect((await lan.open('/periods?month=2026-13')).status).toBe(200)
  })
  test('knows a day that was opened again', () => {
    const day = { day: '2026-11-23', status: 'open' as const, reopened: true, close: null }
    expect(standingOf(day, { today: '2026-11-26', gate: null }).standing).toBe('reopened')
  })
})

describe('one day', () => {
  test('explains what is in the way, closes with lines carried by name, is signed by another and opened again', async () => {
    const path = dayPath('2026-11-23')
    const page = await lan.open(path)
    expect(page.text).toContain('Còn 1 khoản chưa xử lý')
    expect(page.text).toContain('Khoản đã thu chưa được đối soát')
    expect(page.text).toMatch(/Phải thu ở đối tác thanh toán 150\.000 đ Phí, lệ phí đã thu 150\.000 đ/)
    expect(page.html).toMatch(/href="\/console\/orders\/ord_/)
    const line = /name="carry" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    const refused = await lan.send(path, { act: 'close', carry: line, reason: '', note: 'Cuối <ngày>', ...fresh() })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('value="Cuối &lt;ngày&gt;"')
    expect(refused.html).toMatch(/name="carry" value="[^"]+" checked/)
    expect(refused.text).toContain('Lý do chuyển kỳ')
    const none = await lan.send(path, { act: 'close', note: 'x', ...fresh() })
    expect([none.status, none.text.includes('Kỳ còn khoản chưa xử lý')]).toEqual([409, true])
    const closed = await lan.send(path, { act: 'close', carry: line, reason: 'Đã hỏi đối tác', note: 'N', ...fresh() })
    expect(closed.location).toBe(`/console${path}?done=closed`)
    const [row] = await town.sql`select closed_by, document_hash from periods where merchant_account_id = ${account}`
    expect(row?.closedBy).toBe(lan.staff.subject)
    const own = await lan.follow(closed)
    expect(own.text).toContain('Ngày này do chính Ông/Bà khóa')
    expect(own.html).not.toContain('value="reopen"')
    expect(own.text).toMatch(/Đã hỏi đối tác Nguyễn Thị Lan \(Ông\/Bà\) 23\/11\/2026/)

    const self = await lan.send(path, { act: 'countersign', ...fresh() })
    expect([self.status, self.text.includes('do chính Ông/Bà khóa sổ')]).toEqual([403, true])
    await checker.send(path, { act: 'countersign', ...fresh() })
    expect((await checker.open(path)).text).toContain('Đã khóa, đủ hai chữ ký')
    expect((await lan.open(`/periods?account=${account}&month=2026-11`)).text).toMatch(/23 Đã khóa, đủ hai chữ ký/)
    expect((await lan.open(dayPath('2026-11-22'))).text).toContain('được khóa cùng ngày 23/11/2026')

    const jws = await checker.open(`${path}/close.jws`)
    expect(jws.response.headers.get('content-type')).toBe('application/jose')
    const json = await checker.open(`${path}/close.json`)
    expect(sha256Hex(json.html)).toBe(row?.documentHash)
    expect(JSON.parse(json.html)).toMatchObject({ day: '2026-11-23', note: 'N' })
    expect(json.response.headers.get('content-disposition')).toContain('khoa-so-2026-11-23.json')

    expect((await checker.send(path, { act: 'reopen', reason: ' ', ...fresh() })).status).toBe(422)
    const opened = await checker.send(path, { act: 'reopen', reason: 'Tệp đến muộn', ...fresh() })
    const after = await checker.follow(opened)
    expect(after.text).toContain('Đã mở lại ngày')
    expect(after.text).toMatch(/Lê Thị Kiểm \(Ông\/Bà\) 09:00, 26\/11\/2026 Tệp đến muộn/)
    expect((await checker.open(`${path}/close.jws`)).status).toBe(404)
  })

  test('lets nobody close it who may not, and nothing of another agency be seen', async () => {
    const auditor = await signIn(town, 'auditor')
    const path = dayPath('2026-11-24')
    expect((await auditor.open(path)).html).not.toContain('value="close"')
    expect((await checker.send(path, { act: 'close', ...fresh() })).status).toBe(403)
    expect((await lan.open(path)).text).toContain('Ngày 23/11/2026 có bút toán và chưa khóa')
    const stranger = await signIn(town, 'accountant', { agency: 'H56.14' })
    expect((await stranger.open(path)).status).toBe(404)
    expect((await lan.open(dayPath('2026-02-31'))).status).toBe(404)
    expect((await lan.open(dayPath('2026-11-26'))).text).toContain('Ngày chưa kết thúc')
  })
})
