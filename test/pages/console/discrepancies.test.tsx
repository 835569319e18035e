// The queue of discrepancies, one of them, and tracing: what each shows of real data, and what each form does in the database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { policyTable } from '../../../src/domain/discrepancy-policy.ts'
import { resolutions } from '../../../src/domain/resolutions.ts'
import { className } from '../../../src/pages/console/class-words.ts'
import { policySentence, resolutionName } from '../../../src/pages/console/discrepancies/policy-words.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { payOrder, reconcile } from '../../kit/reconciliation.ts'

let town: TestApp
let account: string
let lan: Person
let minh: Person
let checker: Person
let keys = 0
beforeAll(async () => {
  town = await startTestApp()
  account = await seedMerchantAccount(town.deps, town.sql, { provider: 'test' })
  lan = await signIn(town, 'accountant', { name: 'Nguyễn Thị Lan' })
  minh = await signIn(town, 'accountant', { name: 'Trần Văn Minh' })
  checker = await signIn(town, 'checker', { name: 'Lê Thị Kiểm' })
})
afterAll(() => town.close())

/** So many payments that the provider does not list. */
const missing = async (count: number): Promise<string[]> => {
  const attempts = []
  for (let n = 0; n < count; n += 1) attempts.push(await payOrder(town.deps, account))
  await reconcile(town.deps, account)
  const rows =
    await town.sql`select id from discrepancies where attempt_id = any(${attempts.map(({ id }) => id)}::text[]) order by id`
  return rows.map((row) => String(row.id))
}
const one = async (): Promise<string> => (await missing(1))[0] ?? ''
const stateOf = async (id: string) => {
  const [row] =
    await town.sql`select status, resolution, owner, proposed_by, resolved_by, note from discrepancies where id = ${id}`
  return row
}
const fresh = () => {
  keys += 1
  return { once: `key-of-the-form-${keys}` }
}

test('every class, resolution and policy has words in both languages', () => {
  for (const row of policyTable) {
    expect(className(row.class, 'vi', row.source)).toBe(row.vietnamese)
    expect(className(row.class, 'en', row.source)).not.toBe(row.class)
    for (const text of [row.automatic, row.proposed])
      if (text) expect([text, policySentence(text, 'en')]).not.toEqual([text, text])
  }
  for (const code of Object.keys(resolutions))
    for (const language of ['vi', 'en'] as const) expect(resolutionName(code, language)).not.toBe(code)
})

describe('the queue', () => {
  test('shows class, amount, account, owner, age and due date in words, and what is overdue', async () => {
    const id = await one()
    const page = await lan.open('/discrepancies')
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/Chỉ có ở hệ thống … ?\w+ missing_at_provider 150\.000 đ/)
    expect(page.html).toContain(`href="/console/discrepancies/${id}"`)
    expect(page.text).toMatch(/test \(H56\) Đang mở Chưa có 0 24\/11\/2026/)
    await town.sql`update discrepancies set due_on = '2026-11-20' where id = ${id}`
    const overdue = await lan.open('/discrepancies?overdue=true')
    expect(overdue.text).toContain('20/11/2026 Quá hạn')
    expect(overdue.html.match(/name="id"/g)).toHaveLength(1)
    // A filter that is no filter is told beside the form, and a narrow one finds nothing.
    expect((await lan.open('/discrepancies?opened_from=x')).text).toContain('Chưa thực hiện được')
    expect((await lan.open('/discrepancies?opened_to=2026-01-01')).text).toContain('Không có dữ liệu.')
    expect((await lan.open('/discrepancies?lang=en&class=missing_at_provider')).text).toContain('Only here')
    await lan.open('/discrepancies?lang=vi')
  })

  test('gives many to somebody, one call each, and says which went and which did not', async () => {
    const [first = '', second = '', third = ''] = await missing(3)
    await lan.send(`/discrepancies/${third}`, {
      act: 'resolve',
      resolution: 'our_figure_stands',
      note: 'n',
      ...fresh(),
    })
    const taken = await lan.send('/discrepancies', {
      act: 'bulk',
      deed: 'take',
      id: [first, second, third],
      ...fresh(),
    })
    expect(taken.text).toContain('Đã thực hiện : 2. Chưa thực hiện : 1.'.replaceAll(' :', ':'))
    expect(taken.text).toContain('Chênh lệch không còn mở')
    expect((await stateOf(first))?.owner).toBe(lan.staff.subject)
    const mine = await lan.open('/discrepancies?owner=me')
    expect(mine.text).toContain('Nguyễn Thị Lan (Ông/Bà)')
    await lan.send('/discrepancies', {
      act: 'bulk',
      deed: 'assign',
      owner: minh.staff.subject,
      id: [second],
      ...fresh(),
    })
    expect((await lan.open(`/discrepancies?owner=${encodeURIComponent(minh.staff.subject)}`)).text).toMatch(
      /Đang mở Trần Văn Minh/,
    )
  })

  test('resolves many of one class with one note', async () => {
    const ids = await missing(2)
    const page = await lan.open('/discrepancies?class=missing_at_provider')
    expect(page.text).toContain('Giữ số liệu của hệ thống, có xác nhận của đối tác (một người quyết định')
    const form = { act: 'bulk', deed: 'resolve', resolution: 'our_figure_stands', note: 'CV 15/2026', id: ids }
    const done = await lan.send('/discrepancies?class=missing_at_provider', { ...form, ...fresh() })
    expect(done.text).toContain('Đã thực hiện: 2. Chưa thực hiện: 0.')
    for (const id of ids)
      expect(await stateOf(id)).toMatchObject({
        status: 'resolved',
        resolution: 'our_figure_stands',
        note: 'CV 15/2026',
      })
    const none = await lan.send('/discrepancies', { act: 'bulk', deed: 'take', ...fresh() })
    expect(none.text).toContain('Chưa chọn chênh lệch nào')
  })

  test('offers nothing to who only looks, and does nothing for them', async () => {
    const id = await one()
    const auditor = await signIn(town, 'auditor')
    const page = await auditor.open('/discrepancies')
    expect([page.html.includes('name="id"'), page.text.includes('Làm với các chênh lệch')]).toEqual([false, false])
    const tried = await auditor.send('/discrepancies', { act: 'bulk', deed: 'take', id, ...fresh() })
    expect(tried.text).toContain('Chưa thực hiện: 1.')
    expect((await stateOf(id))?.owner).toBeNull()
  })
})

describe('one discrepancy', () => {
  test('is proposed by one and approved by another; who proposed it is told calmly', async () => {
    const id = await one()
    const path = `/discrepancies/${id}`
    const page = await lan.open(path)
    expect(page.text).toContain('Xóa chênh lệch theo quyết định của đơn vị (cần người thứ hai duyệt)')
    expect(page.text).toContain('Thông tư 89/2026/TT-BTC')
    const refused = await lan.send(path, { act: 'resolve', resolution: 'refund', note: 'Đã <b>gõ</b>', ...fresh() })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Chưa thực hiện được')
    expect(refused.html).toContain('Đã &lt;b&gt;gõ&lt;/b&gt;</textarea>')
    const evidence = { evidence_kind: 'document', evidence_reference: 'QĐ 12/2026' }
    const sent = await lan.send(path, {
      act: 'resolve',
      resolution: 'written_off',
      note: 'QĐ 12',
      ...evidence,
      ...fresh(),
    })
    expect([sent.status, sent.location]).toEqual([303, `/console${path}?done=resolved`])
    expect(await stateOf(id)).toMatchObject({ status: 'proposed', proposedBy: lan.staff.subject })
    const own = await lan.follow(sent)
    expect(own.text).toContain('Đề xuất này do chính Ông/Bà lập')
    expect(own.html).not.toContain('value="approve"')
    const version = /name="version" value="(\d+)"/.exec(own.html)?.[1] ?? ''
    const self = await lan.send(path, { act: 'approve', version, ...fresh() })
    expect([self.status, self.text.includes('cần một người khác quyết định')]).toEqual([403, true])
    const shown = await checker.open(path)
    expect(shown.text).toContain('Nguyễn Thị Lan')
    expect(shown.text).toContain('Văn bản: QĐ 12/2026')
    const approved = await checker.send(path, { act: 'approve', version, note: '', ...fresh() })
    expect(approved.location).toBe(`/console${path}?done=approved`)
    expect(await stateOf(id)).toMatchObject({ status: 'resolved', resolvedBy: checker.staff.subject })
    expect((await checker.follow(approved)).text).toMatch(/Người quyết định Lê Thị Kiểm \(Ông\/Bà\)/)
    // Undone by two as well.
    await lan.send(path, { act: 'reopen', note: 'Sai số', ...fresh() })
    expect((await checker.open(path)).text).toContain('Đề nghị mở lại đang chờ duyệt')
    const later = /name="version" value="(\d+)"/.exec((await checker.open(path)).html)?.[1] ?? ''
    expect((await checker.send(path, { act: 'approve', version, ...fresh() })).text).toContain('vừa thay đổi')
    await checker.send(path, { act: 'approve', version: later, ...fresh() })
    expect(await stateOf(id)).toMatchObject({ status: 'open' })
  })

  test('is sent back, taken, noted; and what people write is text', async () => {
    const id = await one()
    const path = `/discrepancies/${id}`
    await lan.send(path, { act: 'resolve', resolution: '', own_words: '<script>x</script>', note: 'n', ...fresh() })
    const page = await minh.open(path)
    expect([page.html.includes('<script>x'), page.text.includes('<script>x</script>')]).toEqual([false, true])
    await minh.send(path, { act: 'reject', note: 'Thiếu <i>căn cứ</i>', ...fresh() })
    await minh.send(path, { act: 'assign', item: 'me', owner: minh.staff.subject, ...fresh() })
    const note = { act: 'note', note: 'Đã gọi đối tác', evidence_kind: 'callback', evidence_reference: 'cbk_1' }
    await minh.send(path, { ...note, ...fresh() })
    const after = await lan.open(path)
    expect(after.text).toContain('Thiếu <i>căn cứ</i>')
    expect(after.text).toMatch(/Giao việc \S+ \S+ · Trần Văn Minh/)
    expect(after.text).toContain('Thông báo của đối tác: cbk_1')
    expect(await stateOf(id)).toMatchObject({ status: 'open', owner: minh.staff.subject })
  })

  test('of another agency is not found, and a checker resolves nothing alone', async () => {
    const id = await one()
    const stranger = await signIn(town, 'accountant', { agency: 'H56.14' })
    expect((await stranger.open(`/discrepancies/${id}`)).status).toBe(404)
    const tried = await checker.send(`/discrepancies/${id}`, {
      act: 'resolve',
      resolution: 'provider_corrected',
      note: 'n',
      ...fresh(),
    })
    expect(tried.status).toBe(403)
    expect(await stateOf(id)).toMatchObject({ status: 'open' })
    expect((await checker.open(`/discrepancies/${id}`)).html).not.toContain('value="resolve"')
  })
})

test('a tracing case is opened about it, answered, closed, and handed over', async () => {
  const id = await one()
  const where = `/tracing/new?discrepancy=${id}`
  expect((await lan.open(where)).text).toContain('Tra soát không chuyển tiền')
  const form = { act: 'open', kind: 'provider', finder: 'Lan', counterpart: 'Đối tác', cause: 'Thiếu trong <tệp>' }
  const refused = await lan.send(where, { ...form, finder: ' ', ...fresh() })
  expect([refused.status, refused.html.includes('Thiếu trong &lt;tệp&gt;')]).toEqual([422, true])
  const opened = await lan.send(where, { ...form, ...fresh() })
  const path = (opened.location ?? '').replace('/console', '').replace('?done=opened', '')
  expect((await lan.follow(opened)).text).toMatch(/Hồ sơ tra soát TS-\w{4}-\w{4}-\w/)
  expect((await lan.open(`/discrepancies/${id}`)).html).toContain(`href="/console${path}"`)
  await lan.send(path, { act: 'answer', result: 'Đã nhận', document: 'CV 9', ...fresh() })
  expect((await lan.send(path, { act: 'answer', result: 'Lại', ...fresh() })).status).toBe(409)
  await lan.send(path, { act: 'close', note: 'Xong', ...fresh() })
  const done = await checker.open(path)
  expect(done.text).toMatch(/Đã đóng/)
  expect(done.text).toMatch(/Số văn bản trả lời CV 9/)
  expect(done.html).not.toContain('value="close"')
  const file = await checker.open(`${path}/evidence.json`)
  expect(file.response.headers.get('content-disposition')).toContain('attachment')
  expect(JSON.parse(file.html)).toMatchObject({ case: { status: 'closed' }, money: [{ kind: 'captured' }] })
  expect((await checker.open(`${path}/evidence`)).text).toContain('150.000 đ')
  expect((await checker.open('/tracing?status=all')).text).toContain('Tổ chức phối hợp thu')
})
