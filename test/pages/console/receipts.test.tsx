// Receipts in the console: found by what is printed on them, replaced or noticed, with what became of their money.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issueReceipts } from '../../../src/flows/issue-receipts.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { payOrder } from '../../kit/reconciliation.ts'

let town: TestApp
let account: string
let lan: Person
let keys = 0
const fresh = () => {
  keys += 1
  return { once: `key-of-the-form-${keys}` }
}
beforeAll(async () => {
  town = await startTestApp()
  account = await seedMerchantAccount(town.deps, town.sql, { provider: 'vnpay' })
  lan = await signIn(town, 'accountant', { name: 'Nguyễn Thị Lan' })
})
afterAll(() => town.close())

const receipted = async () => {
  const attempt = await payOrder(town.deps, account)
  await town.deps.settled()
  const [receipt] = await issueReceipts(town.deps, attempt.orderId)
  if (!receipt) throw new Error('no receipt')
  return { attempt, receipt, path: `/receipts/${receipt.id}` }
}
/** A refund of some of its fee that has gone through. */
const refunded = async (attempt: { id: string; orderId: string }, amount: bigint): Promise<string> => {
  const id = town.deps.newId('rfd')
  const now = town.deps.now()
  const whose = { agencyCode: 'H56.12.03', orderId: attempt.orderId }
  await town.sql`insert into refunds ${town.sql({ ...whose, id, attemptId: attempt.id, merchantAccountId: account, provider: 'vnpay', merchantReference: id, source: 'order', status: 'succeeded', amount, amountRefunded: amount, reason: 'x', madeBy: 'maker', createdAt: now, succeededAt: now })}`
  await town.sql`insert into refund_lines ${town.sql({ ...whose, refundId: id, lineNo: 1, amount })}`
  return id
}

test('a receipt is found by its number, shows what is on it, and is replaced with what was typed kept', async () => {
  const { receipt, path } = await receipted()
  const found = await lan.open(`/receipts?serial=${receipt.serial.toLowerCase()}&number=${receipt.number}`)
  expect(found.html).toContain(`href="/console${path}"`)
  expect(found.text).toContain(`${receipt.serial} ${String(receipt.number).padStart(8, '0')}`)
  expect((await lan.open('/receipts?number=x')).text).toContain('Chưa thực hiện được')
  const page = await lan.open(path)
  expect(page.text).toContain('BIÊN LAI THU LỆ PHÍ')
  expect(page.text).toContain('Một trăm năm mươi nghìn đồng')
  expect(page.html).toContain(`href="/console/orders/${receipt.orderId}/receipt"`)
  expect(page.text).toContain('Còn nguyên')
  const wrong = { act: 'replace', reason: 'Sai <tên>', payer_name: 'Nguyễn Thị Lành' }
  const refused = await lan.send(path, { ...wrong, ...fresh() })
  expect([refused.status, refused.html.includes('Sai &lt;tên&gt;')]).toEqual([422, true])
  expect(refused.text).toContain('Sửa tên người nộp thành')
  const replaced = await lan.send(path, { ...wrong, wrong: 'other', ...fresh() })
  expect(replaced.location).toMatch(/^\/console\/receipts\/rcp_\w+\?done=replaced$/)
  const next = await lan.follow(replaced)
  expect(next.text).toContain('Nguyễn Thị Lành')
  expect(next.text).toMatch(/Lý do thay thế Sai <tên> Người lập Nguyễn Thị Lan \(Ông\/Bà\)/)
  const former = await lan.open(path)
  expect([former.text.includes('Đã được thay thế'), former.html.includes('value="replace"')]).toEqual([true, false])
})

test('after a refund somebody decides: here by notice', async () => {
  const { attempt, path, receipt } = await receipted()
  const refund = await refunded(attempt, 50_000n)
  const queue = await lan.open('/receipts')
  expect([queue.html.includes(receipt.id), queue.html.includes(refund)]).toEqual([true, true])
  const page = await lan.open(path)
  expect(page.text).toMatch(/Đã hoàn 50\.000 đ/)
  expect(page.html).toContain(`<option value="${refund}">`)
  const form = { act: 'notice', field: 'refund', text: 'Đã hoàn 50.000 đ', refund }
  expect((await lan.send(path, { ...form, field: 'address', ...fresh() })).status).toBe(422)
  const noticed = await lan.send(path, { ...form, ...fresh() })
  expect(noticed.location).toBe(`/console${path}?done=noticed`)
  expect((await lan.follow(noticed)).text).toMatch(/Thông báo: Hoàn trả .* Đã hoàn 50\.000 đ/)
  expect((await lan.open('/receipts')).html).not.toContain(receipt.id)
})

test('payments without a receipt are listed with the reason, and who only looks does nothing', async () => {
  await town.sql`update agencies set tax_code = null where agency_code = 'H56.12.03'`
  const attempt = await payOrder(town.deps, account)
  await town.deps.settled()
  await issueReceipts(town.deps, attempt.orderId).catch(() => undefined)
  const now = town.deps.now()
  await town.sql`insert into receipt_tries ${town.sql({ orderId: attempt.orderId, agencyCode: 'H56.12.03', tries: 1, nextTryAt: now, reason: 'no_tax_code' })} on conflict do nothing`
  const page = await lan.open('/receipts?list=unreceipted')
  expect(page.html).toContain(`href="/console/orders/${attempt.orderId}"`)
  expect(page.text).toContain('Đơn vị chưa có mã số thuế')
  await town.sql`update agencies set tax_code = '2800123456' where agency_code = 'H56.12.03'`
  const { path, receipt } = await receipted()
  const auditor = await signIn(town, 'auditor')
  expect((await auditor.open(path)).html).not.toContain('value="notice"')
  expect((await auditor.send(path, { act: 'notice', field: 'address', text: 'x', ...fresh() })).status).toBe(403)
  expect(await town.sql`select from receipt_notices where receipt_id = ${receipt.id}`).toHaveLength(0)
  const stranger = await signIn(town, 'accountant', { agency: 'H56.14' })
  expect((await stranger.open(path)).status).toBe(404)
})
