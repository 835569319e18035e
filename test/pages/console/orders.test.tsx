// Orders in the console: found by what people know, shown with all that belongs to them, and a refund asked for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventTypes } from '../../../src/domain/order-events.ts'
import { sentenceOf } from '../../../src/pages/console/orders/event-words.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { startTown, type Town } from '../../kit/town.ts'

const hostile = '<img src=x onerror=alert(1)>'

let town: Town
let accountant: Person
const orders = { paid: '', twice: '', open: '' }

beforeAll(async () => {
  town = await startTown()
  orders.open = await town.place({ payer: { name: `Trần ${hostile}` }, metadata: { note: hostile } })
  orders.paid = await town.place({
    payer: { name: 'Nguyễn Thị Lan' },
    lines: [
      { kind: 'phi', description: `Phí ${hostile}`, unit_amount: 100_000, fee_code: 'P-1' },
      { kind: 'le_phi', description: 'Lệ phí', unit_amount: 50_000, fee_code: 'L-1' },
    ],
  })
  await town.pay('vnpay', await town.attempt(orders.paid, 'vnpay'))
  orders.twice = await town.place()
  const [one, two] = [await town.attempt(orders.twice, 'momo'), await town.attempt(orders.twice, 'zalopay')]
  await town.pay('momo', one)
  await town.pay('zalopay', two)
  await town.pass(120, 2)
  accountant = await signIn(town, 'accountant')
})
afterAll(() => town.close())

const dossierOf = async (id: string) => String((await town.order(id)).dossier_code)
const referenceOf = async (id: string) =>
  String((await town.api(`/v1/orders/${id}/attempts`)).body.data?.[0]?.merchant_reference)
const found = async (query: Record<string, string>) =>
  (await accountant.open(`/orders?${new URLSearchParams(query)}`)).html.match(/href="\/console\/orders\/ord_/g)
    ?.length ?? 0

describe('finds', () => {
  test('orders by dossier, by the reference of either side, by name, by amount, by state and by day', async () => {
    const attempt = (await town.api(`/v1/orders/${orders.paid}/attempts`)).body.data?.[0]
    expect(await found({})).toBe(3)
    expect(await found({ dossier_code: ` ${await dossierOf(orders.paid)} ` })).toBe(1)
    expect(await found({ reference: String(attempt?.merchant_reference) })).toBe(1)
    expect(await found({ reference: String(attempt?.provider_reference) })).toBe(1)
    expect(await found({ payer_name: 'tran' })).toBe(1)
    expect(await found({ amount: '150.000 đ' })).toBe(3)
    expect(await found({ amount: '150.001' })).toBe(0)
    expect(await found({ status: 'open' })).toBe(1)
    expect(await found({ from: '2026-11-23', to: '2026-11-23' })).toBe(3)
    expect(await found({ to: '2026-11-22' })).toBe(0)
    expect(await found({ agency_code: 'H56.14' })).toBe(0)
  })
  test('nothing where the question makes no sense, says so and keeps what was typed', async () => {
    const page = await accountant.open('/orders?amount=abc&dossier_code=H56-1')
    expect([page.status, page.html.includes('value="abc"')]).toEqual([422, true])
    expect(page.html).toContain('value="H56-1"')
  })
  test('why there is no receipt yet, and not that the address is wrong', async () => {
    const page = await accountant.open(`/orders/${orders.open}/receipt`)
    expect([page.status, page.text.includes('Chưa phát hành biên lai')]).toEqual([404, true])
    expect(page.text).not.toContain('đơn vị khác')
  })
  test('nothing of another agency', async () => {
    const other = await signIn(town, 'accountant', { agency: 'H56.14' })
    expect((await other.open('/orders')).text).toContain('Không có dữ liệu.')
    expect((await other.open(`/orders/${orders.paid}`)).status).toBe(404)
    expect((await other.open(`/orders/${orders.paid}/receipt`)).status).toBe(404)
  })
})

describe('shows', () => {
  test('a paid order with its lines, attempt, receipts and what happened, in words', async () => {
    const page = await accountant.open(`/orders/${orders.paid}`)
    expect(page.status).toBe(200)
    for (const says of ['Đã thanh toán', '150.000 đ', 'Phí', 'P-1', 'VNPAY', 'Đã thu tiền', 'BIÊN LAI THU LỆ PHÍ'])
      expect(page.text).toContain(says)
    expect(page.text).toMatch(
      /Cổng dịch vụ công lập đơn phí 150\.000 đ\..*VNPAY xác nhận đã thu 150\.000 đ.*thanh toán đủ/,
    )
    const [receipt] = await town.sql`select id from receipts where order_id = ${orders.paid}`
    expect(page.html).toContain(`href="/console/receipts/${receipt?.id}"`)
    const pdf = await accountant.open(`/orders/${orders.paid}/receipt`)
    expect(pdf.response.headers.get('content-type')).toBe('application/pdf')
    expect(pdf.response.headers.get('content-security-policy')).toContain('sandbox')
  })
  test('the bank of the payee by its name: the catalogue’s where there is one', async () => {
    const seen = async () => (await accountant.open(`/orders/${orders.paid}`)).text
    expect(await seen()).toContain('Vietcombank (970436)')
    const row = { id: 'cat_1', agencyCode: 'H56', catalogue: 'banks', code: '970436', validFrom: '2026-01-01' }
    await town.sql`insert into catalogue_entries ${town.sql({ ...row, name: 'Ngân hàng trong danh mục' })}`
    expect(await seen()).toContain('Ngân hàng trong danh mục (970436)')
    await town.sql`delete from catalogue_entries`
  })
  test('what is paid twice: the discrepancy, the proposed refund and the surplus', async () => {
    const page = await accountant.open(`/orders/${orders.twice}`)
    expect(page.text).toContain('Hệ thống đề xuất, chờ duyệt')
    const [row] = await town.sql`select id from discrepancies where order_id = ${orders.twice}`
    expect(page.html).toContain(`href="/console/discrepancies/${row?.id}"`)
    expect(page.text).toMatch(/Mở chênh lệch “[^”]+”, 150\.000 đ/)
  })
  test('the entries of an order with what they leave on each account', async () => {
    const page = await accountant.open(`/orders/${orders.twice}`)
    expect(page.text).toMatch(/Thu tiền jrn_\w+ Phải thu đối tác 150\.000 đ/)
    const balances = page.text.slice(page.text.indexOf('Cộng theo tài khoản'))
    // Paid by one provider, held for the citizen from the other: 300,000 is owed by both.
    expect(balances).toMatch(/Phải thu đối tác 300\.000 đ/)
    expect(balances).toMatch(/Đã thu phí, lệ phí 150\.000 đ/)
    expect(balances).toMatch(/Chờ xử lý \(treo\) 150\.000 đ/)
    expect((await accountant.open(`/orders/${orders.open}`)).text).toContain('Chưa có tiền nào được hạch toán')
  })
  test('raw evidence on a page of its own, masked, and writes down who read it', async () => {
    const reads = () =>
      town.sql`select actor from audit_log where action = 'evidence.read' and object = ${orders.paid} and actor = ${accountant.staff.subject}`
    await accountant.open(`/orders/${orders.paid}`)
    expect(await reads()).toHaveLength(0)
    const page = await accountant.open(`/orders/${orders.paid}/evidence`)
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/Thông báo của đối tác Đã thu .* 150\.000 đ/)
    expect(page.text).toContain('Đúng chữ ký')
    expect(page.text).toMatch(/vnp_SecureHash \(query\) đã che/)
    expect(await reads()).toHaveLength(1)
    const forged = await town.request(
      `/callbacks/vnpay/${town.accounts.vnpay}?vnp_TxnRef=${await referenceOf(orders.paid)}&vnp_Amount=1&vnp_X=${encodeURIComponent(hostile)}&vnp_SecureHash=00`,
    )
    await forged.text()
    const after = await accountant.open(`/orders/${orders.paid}/evidence`)
    expect(after.text).toContain('Sai chữ ký')
    expect(after.html).not.toContain('<img')
    const other = await signIn(town, 'auditor', { agency: 'H56.14' })
    expect((await other.open(`/orders/${orders.paid}/evidence`)).status).toBe(404)
  })
  test('texts of a portal as text', async () => {
    for (const id of [orders.open, orders.paid]) {
      const { html } = await accountant.open(`/orders/${id}`)
      expect(html).not.toContain('<img')
      expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    }
    expect((await accountant.open('/orders')).html).not.toContain('<img')
  })
  test('a sentence in both languages for every type of event', () => {
    const telling = { titleOf: () => 'VNPAY', classOf: () => 'Nộp hai lần' }
    const dossier = { amount: 5, provider: 'vnpay', kind: 'tracing', outcome: 'won', number: 7, serial: '26TAA' }
    for (const type of eventTypes)
      for (const language of ['vi', 'en'] as const) {
        const [full, bare] = [
          { type, data: dossier },
          { type, data: null },
        ]
        for (const event of [full, bare]) {
          const sentence = sentenceOf(event, language, telling)
          expect([type, sentence]).not.toEqual([type, type])
          expect(sentence).toMatch(/\.$/)
          expect(sentence).not.toMatch(/undefined|null|NaN/)
        }
      }
    expect(sentenceOf({ type: 'later.type', data: {} }, 'vi', telling)).toBe('later.type')
  })
})

describe('asks for a refund', () => {
  const form = { act: 'ask', reason: 'Thu thừa', reason_code: 'overcharged', method: '', once: 'q'.repeat(22) }
  const refundsOf = (id: string) =>
    town.sql`select source, amount, reason, made_by from refunds where order_id = ${id} and status <> 'proposed'`
  const path = () => `/orders/${orders.paid}/refund`

  test('not before the form makes sense, with what was typed still there', async () => {
    const page = await accountant.open(path())
    expect(page.text).toContain('không rút lại được')
    const none = await accountant.send(path(), { ...form, what: 'lines' })
    expect([none.status, none.text.includes('Hãy đánh dấu ít nhất một khoản')]).toEqual([422, true])
    const stray = await accountant.send(path(), { ...form, what: 'whole', line_1: '1' })
    expect(stray.text).toContain('hãy chọn một trong hai')
    const wrong = await accountant.send(path(), { ...form, what: 'lines', line_1: '1', amount_1: 'abc' })
    expect([wrong.status, wrong.html.includes('value="abc"')]).toEqual([422, true])
    // Copied from a provider's page: fifty thousand, and no five millions.
    const decimal = await accountant.send(path(), { ...form, what: 'lines', line_1: '1', amount_1: '100.00' })
    expect([decimal.status, decimal.html.includes('value="100.00"')]).toEqual([422, true])
    const unticked = await accountant.send(path(), { ...form, what: 'whole', amount_1: '20.000' })
    expect([unticked.status, unticked.text.includes('chưa được đánh dấu')]).toEqual([422, true])
    const tooMuch = await accountant.send(path(), { ...form, what: 'lines', line_2: '1', amount_2: '60.000' })
    expect([tooMuch.status, tooMuch.text.includes('Chưa thực hiện được')]).toEqual([422, true])
    expect(tooMuch.html).toContain('value="60.000"')
    expect(tooMuch.html).toContain('Thu thừa</textarea>')
    const unsaid = await accountant.send(path(), { ...form, reason: '', what: 'whole' })
    expect([unsaid.status, unsaid.text.includes('Lý do, bằng lời')]).toEqual([422, true])
    expect(await refundsOf(orders.paid)).toHaveLength(0)
  })
  test('of one line, once however often it is sent, in the name of who asked', async () => {
    const sent = { ...form, what: 'lines', line_2: '1', amount_2: '20.000', once: 'r'.repeat(22) }
    for (const _ of [1, 2]) {
      const answer = await accountant.send(path(), sent)
      expect(answer.location).toBe(`/console/orders/${orders.paid}?done=refund#refunds`)
    }
    expect(await refundsOf(orders.paid)).toMatchObject([
      { source: 'order', amount: 20_000n, reason: 'Thu thừa', madeBy: accountant.staff.subject },
    ])
    expect((await accountant.open(`/orders/${orders.paid}`)).text).toContain('20.000 đ')
    const again = await accountant.open(path())
    expect(again.text).toContain('Toàn bộ phần còn lại của đơn phí: 130.000 đ')
    expect(again.text).toMatch(/2\. Lệ phí Lệ phí · còn lại 30\.000 đ/)
  })
  test('of a surplus, once the proposed refund of it was rejected', async () => {
    const twice = `/orders/${orders.twice}/refund`
    expect((await accountant.open(twice)).text).not.toContain('Tiền thừa')
    const [proposed] = await town.sql`select id, attempt_id from refunds where order_id = ${orders.twice}`
    const token = await town.token(['refunds:approve'])
    expect((await town.api(`/v1/refunds/${proposed?.id}/reject`, {}, { token })).status).toBe(200)
    expect((await accountant.open(twice)).text).toMatch(/Tiền thừa 150\.000 đ của lần thanh toán qua \S+/)
    const asked = { ...form, reason_code: 'duplicate', what: String(proposed?.attemptId), once: 's'.repeat(22) }
    expect((await accountant.send(twice, asked)).status).toBe(303)
    const rows =
      await town.sql`select attempt_id, source, amount from refunds where order_id = ${orders.twice} and status <> 'rejected'`
    expect(rows).toMatchObject([{ attemptId: proposed?.attemptId, source: 'surplus', amount: 150_000n }])
  })
  test('by an accountant only', async () => {
    for (const role of ['checker', 'auditor', 'operator'] as const) {
      const person = await signIn(town, role)
      expect((await person.open(path())).status).toBe(403)
      expect((await person.send(path(), { ...form, what: 'whole' })).status).toBe(403)
      expect((await person.open(`/orders/${orders.paid}`)).html).not.toContain('/refund"')
    }
  })
})
