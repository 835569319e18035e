// Refunds and disputes in the console: what waits for a checker, transfers by hand from account to bounce, and disputes that hold refunds back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, signIn } from '../../kit/console.ts'
import { startTown, type Town } from '../../kit/town.ts'

let town: Town
let lan: Person
let checker: Person
let other: Person
let keys = 0
const fresh = () => {
  keys += 1
  return { once: `key-of-the-form-${keys}` }
}

beforeAll(async () => {
  town = await startTown()
  lan = await signIn(town, 'accountant', { name: 'Nguyễn Thị Lan' })
  checker = await signIn(town, 'checker', { name: 'Lê Thị Kiểm' })
  other = await signIn(town, 'checker', { name: 'Phạm Văn Soát' })
})
afterAll(() => town.close())

const paid = async (): Promise<string> => {
  const order = await town.place()
  await town.pay('momo', await town.attempt(order, 'momo'))
  return order
}
/** Asked for by Lan, as her form on the order's page does. */
const asked = async (order: string, more: Record<string, string> = {}): Promise<string> => {
  const token = await town.token(['refunds:write'])
  const { body } = await town.api(`/v1/orders/${order}/refunds`, { reason: 'Thu <b>thừa</b>', ...more }, { token })
  const id = String(body.id)
  await town.sql`update refunds set made_by = ${lan.staff.subject} where id = ${id}`
  return id
}
const stateOf = async (id: string) =>
  (await town.sql`select status, decided_by, confirmed_by, bank_reference, made_by from refunds where id = ${id}`)[0]

describe('a refund by its provider', () => {
  test('waits in the queue, is approved by a checker and sent', async () => {
    const id = await asked(await paid())
    const queue = await checker.open('/refunds')
    expect(queue.html).toContain(`href="/console/refunds/${id}"`)
    expect(queue.text).toContain('Thu <b>thừa</b>')
    expect(queue.html).not.toContain('<b>thừa')
    expect(queue.text).toContain('Nguyễn Thị Lan')
    const path = `/refunds/${id}`
    expect((await checker.open(path)).text).toContain('được gửi đi ngay, không rút lại được')
    expect((await lan.open(path)).html).not.toContain('value="approve"')
    expect((await lan.send(path, { act: 'approve', payee_version: '0', ...fresh() })).status).toBe(403)
    const sent = await checker.send(path, { act: 'approve', payee_version: '0', ...fresh() })
    expect(sent.location).toBe(`/console${path}?done=approved`)
    await town.deps.settled()
    expect(await stateOf(id)).toMatchObject({ status: 'succeeded', decidedBy: checker.staff.subject })
    expect((await checker.open('/refunds?queue=succeeded')).html).toContain(id)
  })
  test('is rejected, and what nobody told is settled by who looked it up', async () => {
    const no = await asked(await paid())
    await checker.send(`/refunds/${no}`, { act: 'reject', ...fresh() })
    expect(await stateOf(no)).toMatchObject({ status: 'rejected' })
    const order = await paid()
    await town.fault('momo', 'timeout_before', { operation: 'refund', delay_seconds: 0 })
    const id = await asked(order)
    const path = `/refunds/${id}`
    await checker.send(path, { act: 'approve', payee_version: '0', ...fresh() })
    await town.deps.settled()
    expect((await checker.open('/refunds?queue=unknown')).html).toContain(id)
    const refused = await checker.send(path, {
      act: 'settle',
      outcome: 'succeeded',
      amount: 'mười',
      note: 'Đã tra',
      ...fresh(),
    })
    expect([refused.status, refused.html.includes('value="mười"')]).toEqual([422, true])
    await checker.send(path, { act: 'settle', outcome: 'succeeded', amount: '150.000', note: 'Đã tra', ...fresh() })
    expect(await stateOf(id)).toMatchObject({ status: 'succeeded' })
  })
})

test('a refund by hand: the account, the approval of that account, the transfer, and that it came back', async () => {
  const id = await asked(await paid(), { method: 'manual' })
  const path = `/refunds/${id}`
  const account = { number: '0011001234567', bank_bin: '970436', holder: 'NGUYEN THI LAN' }
  const refused = await lan.send(path, { act: 'give', ...account, bank_bin: '97', ...fresh() })
  expect([refused.status, refused.html.includes('value="0011001234567"')]).toEqual([422, true])
  await lan.send(path, { act: 'give', ...account, ...fresh() })
  const masked = await checker.open(path)
  expect([masked.html.includes('0011001234567'), masked.text.includes('••••4567')]).toEqual([false, true])
  expect((await checker.open(`${path}?payee=1`)).html).toContain('0011001234567')
  const version = /name="payee_version" value="(\d+)"/.exec(masked.html)?.[1] ?? ''
  const stale = await checker.send(path, { act: 'approve', payee_version: '0', ...fresh() })
  expect([stale.status, stale.text.includes('Xem lại tài khoản')]).toEqual([409, true])
  await checker.send(path, { act: 'approve', payee_version: version, ...fresh() })
  await town.deps.settled()
  expect((await other.open('/refunds?queue=transfer')).html).toContain(id)
  const form = { act: 'confirm', bank_reference: 'FT26327001', paid_on: '2026-11-23', evidence: 'UNC 12' }
  const confirmed = await other.send(path, { ...form, ...fresh() })
  expect(confirmed.location).toBe(`/console${path}?done=confirmed`)
  expect(await stateOf(id)).toMatchObject({ status: 'succeeded', bankReference: 'FT26327001' })
  const bounce = { act: 'bounce', bank_reference: 'FT26328009', returned_on: '2026-11-23', note: 'Sai số tài khoản' }
  await other.send(path, { ...bounce, ...fresh() })
  expect(await stateOf(id)).toMatchObject({ status: 'failed' })
  expect((await other.open(path)).text).toContain('FT26328009')
})

test('a refund by hand names the bank, and says where the catalogue of banks lacks it', async () => {
  const payee = { number: '0011001234567', holder: 'NGUYEN THI LAN' }
  const transferred = async (bin: string) => {
    const id = await asked(await paid(), { method: 'manual' })
    await lan.send(`/refunds/${id}`, { act: 'give', ...payee, bank_bin: bin, ...fresh() })
    await checker.send(`/refunds/${id}`, { act: 'approve', payee_version: '1', ...fresh() })
    await town.deps.settled()
    return id
  }
  const shown = async (id: string) => {
    const [one, whole] = [await checker.open(`/refunds/${id}`), await checker.open(`/refunds/${id}?payee=1`)]
    const row = (await other.open('/refunds?queue=transfer')).html.split('<tr').find((each) => each.includes(id)) ?? ''
    return { one: one.text, whole: whole.text, row }
  }
  const warnings = ['không có trong danh mục ngân hàng', 'không có trong danh mục ngân hàng', 'Ngoài danh mục']
  const [techcom, nobody] = [await transferred('970407'), await transferred('970499')]
  for (const [id, bank] of [
    [techcom, 'Techcombank (970407)'],
    [nobody, '970499'],
  ] as const) {
    const { one, whole, row } = await shown(id)
    for (const [at, text] of [one, whole, row].entries()) {
      expect(text).toContain(bank)
      expect(text).not.toContain(warnings[at])
    }
    expect(one).toContain(`••••4567 tại ngân hàng ${bank}`)
    expect(row).toContain(`••••4567 tại ngân hàng ${bank}`)
  }
  const entry = { id: town.deps.newId('cat'), agencyCode: 'H56', catalogue: 'banks', validFrom: '2026-01-01' }
  await town.sql`insert into catalogue_entries ${town.sql({ ...entry, code: '970407', name: 'NH Kỹ thương' })}`
  const [listed, unlisted] = [await shown(techcom), await shown(nobody)]
  for (const [at, text] of [listed.one, listed.whole, listed.row].entries()) {
    expect(text).toContain('NH Kỹ thương (970407)')
    expect(text).not.toContain(warnings[at])
  }
  for (const [at, text] of [unlisted.one, unlisted.whole, unlisted.row].entries()) expect(text).toContain(warnings[at])
  await town.sql`delete from catalogue_entries`
})

test('a dispute holds refunds back, is closed by another, and a lost one is released by two', async () => {
  const order = await paid()
  const waiting = await asked(order)
  const where = `/disputes/new?order=${order}`
  expect((await lan.open(where)).text).toContain('không khoản hoàn nào')
  const form = { act: 'open', kind: 'chargeback', reason: 'Người nộp <i>đòi</i>', respond_by: '2026-12-01' }
  const bad = await lan.send(where, { ...form, amount: 'x', ...fresh() })
  expect([bad.status, bad.html.includes('Người nộp &lt;i&gt;đòi')]).toEqual([422, true])
  const opened = await lan.send(where, { ...form, ...fresh() })
  const path = (opened.location ?? '').replace('/console', '').replace('?done=opened', '')
  expect((await lan.follow(opened)).text).toContain('Khiếu nại: Đòi bồi hoàn')
  const held = await checker.send(`/refunds/${waiting}`, { act: 'approve', payee_version: '0', ...fresh() })
  expect(held.text).toContain('khoản hoàn phải chờ')
  expect((await checker.open('/disputes')).html).toContain(path)
  await checker.send(path, { act: 'close', outcome: 'lost', note: 'Ngân hàng quyết', ...fresh() })
  expect((await lan.open(path)).text).toContain('Đã thua khiếu nại')
  await lan.send(path, { act: 'release', note: 'Ngân hàng không thu nữa', ...fresh() })
  expect((await lan.open(path)).html).not.toContain('value="approve"')
  await checker.send(path, { act: 'approve', ...fresh() })
  const [row] = await town.sql`select released_by, released_amount from disputes where order_id = ${order}`
  expect(row).toEqual({ releasedBy: checker.staff.subject, releasedAmount: 150_000n })
  const auditor = await signIn(town, 'auditor')
  expect((await auditor.open('/disputes?status=all')).text).toContain('Người nộp <i>đòi</i>')
  expect((await auditor.open('/disputes/new')).status).toBe(403)
})
