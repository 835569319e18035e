// A receipt is never deleted: another one takes its place, or notice is given; and after a refund somebody chooses which.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { listChangedReceipts } from '../../src/store/receipt-histories.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, orderInput, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { captured } from '../kit/scripted-provider.ts'

let gateway: TestApp
let token: string
let account: string
let dossiers = 0

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:read', 'reconciliation:write', 'orders:read', 'reports:read'])
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'vnpay' })
})
afterAll(() => gateway.close())

const [line] = orderInput().lines
if (!line) throw new Error('no line')
const lines = [
  { ...line, unitAmount: 8_000n },
  { ...line, kind: 'phi' as const, feeCode: null, description: 'Phí bản sao', unitAmount: 3_000n, quantity: 7 },
  { ...line, kind: 'phi' as const, feeCode: null, description: 'Phí khác', unitAmount: 10_000n },
]

const receipted = async () => {
  dossiers += 1
  const order = await placeTestOrder(gateway.deps, { dossierCode: `H56.12.03-261122-${8_000 + dossiers}`, lines })
  const attempt = await addAttempt(gateway.deps, order, account, { provider: 'vnpay' })
  const outcome = captured(attempt.merchantReference, attempt.amount)
  await applyOutcome(gateway.deps, { merchantAccountId: account, outcome, source: 'callback' })
  await gateway.deps.settled()
  const [phi, lePhi] = await issueReceipts(gateway.deps, order)
  if (!phi || !lePhi) throw new Error('no receipts')
  return { order, attempt, phi, lePhi }
}
/** A refund that has gone through, of so much of which line. */
const refunded = async ({ order, attempt }: { order: string; attempt: { id: string } }, parts: [number, bigint][]) => {
  const id = gateway.deps.newId('rfd')
  const common = { agencyCode: 'H56.12.03', orderId: order }
  const amount = parts.reduce((sum, [, part]) => sum + part, 0n)
  await gateway.sql`insert into refunds ${gateway.sql({ ...common, id, attemptId: attempt.id, merchantAccountId: account, provider: 'vnpay', merchantReference: id, source: 'order', status: 'succeeded', amount, amountRefunded: amount, reason: 'x', madeBy: 'maker', createdAt: gateway.deps.now(), succeededAt: gateway.deps.now() })}`
  const rows = parts.map(([lineNo, part]) => ({ ...common, refundId: id, lineNo, amount: part }))
  await gateway.sql`insert into refund_lines ${gateway.sql(rows)}`
  return id
}
const post = async (path: string, json: unknown, as = token) => read(await gateway.request(path, { json, token: as }))
const get = async (path: string) => read(await gateway.request(path, { token }))
const read = async (response: Response) => ({ status: response.status, body: JSON.parse(await response.text()) })
const undecided = async () =>
  (await get('/v1/receipts?needs=decision&limit=200')).body.data.map((each: { id: string }) => each.id)

describe('a receipt in place of another', () => {
  it('has the next number, names the former one, and leaves it to be read with what replaced it', async () => {
    const { order, phi, lePhi } = await receipted()
    const { status, body } = await post(`/v1/receipts/${phi.id}/replace`, {
      reason: 'Sai tên người nộp',
      wrong: 'other',
      correction: { payer_name: 'Nguyễn Thị Lành' },
    })
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        ...{ status: 'issued', kind: 'phi', serial: '26TAA', number: phi.number + 1, amount: 31_000, order },
        payer: { name: 'Nguyễn Thị Lành' },
        replaces: { id: phi.id, serial: '26TAA', number: phi.number, reason: 'Sai tên người nộp' },
      },
    })
    expect((await get(`/v1/receipts/${phi.id}`)).body).toMatchObject({
      ...{ id: phi.id, status: 'replaced', replaced_by: body.id, number: phi.number },
      payer: { name: 'Nguyễn Thị Lan' },
    })
    // The order has one live receipt of each kind.
    const live = (await get(`/v1/orders/${order}/receipt`)).body.receipts
    expect(live.map((each: { id: string }) => each.id)).toEqual([body.id, lePhi.id])
    expect(await issueReceipts(gateway.deps, order)).toHaveLength(2)
    const events =
      await gateway.sql`select type, data from events where order_id = ${order} order by sequence desc limit 2`
    expect(events[0]).toMatchObject({
      type: 'receipt.replaced',
      data: { id: phi.id, replaced_by: { id: body.id }, reason: 'correction', refund: null },
    })
    expect(JSON.stringify(events)).not.toContain('Sai tên')
    expect(events[1]).toMatchObject({ type: 'receipt.issued', data: { id: body.id } })
  })

  it('is refused for a wrong name alone, which is told by notice', async () => {
    const { phi } = await receipted()
    const wanted = { reason: 'Sai tên', correction: { payer_name: 'Lành' } }
    const { status, body } = await post(`/v1/receipts/${phi.id}/replace`, wanted)
    expect({ status, errors: body.errors }).toMatchObject({
      status: 422,
      errors: [{ pointer: '/correction/payer_name' }],
    })
  })

  it('is one, however many ask at once', async () => {
    const { phi, order } = await receipted()
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => post(`/v1/receipts/${phi.id}/replace`, { reason: `Sai ${n}` })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('receipt_replaced')
    expect(await gateway.sql`select from receipts where order_id = ${order}`).toHaveLength(3)
  })

  it('is without what the refund returned, also after a second one', async () => {
    const paid = await receipted()
    const first = await refunded(paid, [[2, 4_000n]])
    const { body } = await post(`/v1/receipts/${paid.phi.id}/replace`, { reason: 'Hoàn một phần', refund: first })
    expect(body).toMatchObject({ amount: 27_000, amount_in_words: 'Hai mươi bảy nghìn đồng', refund: first })
    expect(body.fees).toMatchObject([{ amount: 17_000, quantity: 1, unit_amount: 17_000 }, { amount: 10_000 }])
    const second = await refunded(paid, [[3, 10_000n]])
    const again = await post(`/v1/receipts/${body.id}/replace`, { reason: 'Hoàn thêm', refund: second })
    expect(again.body).toMatchObject({ amount: 17_000, fees: [{ amount: 17_000 }] })
    expect((await post(`/v1/receipts/${again.body.id}/replace`, { reason: 'Lại', refund: first })).status).toBe(422)
  })

  it('is without what was told by notice too, so that no money is counted twice', async () => {
    const paid = await receipted()
    const told = await refunded(paid, [[2, 4_000n]])
    await post(`/v1/receipts/${paid.phi.id}/notice`, { field: 'refund', text: 'Đã hoàn 4.000 đ', refund: told })
    const second = await refunded(paid, [[3, 1_000n]])
    const { body } = await post(`/v1/receipts/${paid.phi.id}/replace`, { reason: 'Hoàn thêm', refund: second })
    expect(body).toMatchObject({ amount: 26_000, replaces: { left_out: [told, second] } })
    const { replaced, refunded: listed } = await listChangedReceipts(gateway.deps.db, 100)
    const name = (number: number) => `H56.12.03/26TAA/${number}`
    expect([replaced.includes(name(paid.phi.number)), listed.includes(name(body.number))]).toEqual([true, false])
    expect(await undecided()).not.toContain(body.id)
  })

  it('is refused for a refund of everything, of another kind, or of another order', async () => {
    const [one, other] = [await receipted(), await receipted()]
    const all = await refunded(one, [
      [2, 21_000n],
      [3, 10_000n],
    ])
    for (const [receipt, refund] of [
      [one.phi, all],
      [one.lePhi, all],
      [other.phi, all],
    ] as const) {
      const { status, body } = await post(`/v1/receipts/${receipt.id}/replace`, { reason: 'Hoàn', refund })
      expect({ status, errors: body.errors }).toMatchObject({ status: 422, errors: [{ pointer: '/refund' }] })
    }
  })
})

describe('a notice', () => {
  it('leaves the receipt as it is, and says what is wrong on it', async () => {
    const { order, phi } = await receipted()
    const { status, body } = await post(`/v1/receipts/${phi.id}/notice`, {
      field: 'payer_name',
      text: 'Lành, không phải Lan',
    })
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { id: phi.id, status: 'noticed', number: phi.number, notices: [{ field: 'payer_name', refund: null }] },
    })
    const [event] =
      await gateway.sql`select type, data from events where order_id = ${order} order by sequence desc limit 1`
    expect(event).toMatchObject({
      type: 'receipt.noticed',
      data: { id: phi.id, notice: { field: 'payer_name' } },
    })
    // What people wrote may name people: it is read by whoever may, and told to nobody.
    expect(JSON.stringify(event)).not.toContain('Lành')
    expect((await get(`/v1/receipts/${phi.id}`)).body.notices).toMatchObject([{ text: 'Lành, không phải Lan' }])
    await expect(gateway.sql`update receipt_notices set text = 'x'`).rejects.toThrow('append-only')
  })

  it('is kept once when its form was sent twice', async () => {
    const { phi } = await receipted()
    const twice = { field: 'address', text: 'Sai số nhà' }
    for (const _ of [1, 2]) expect((await post(`/v1/receipts/${phi.id}/notice`, twice)).status).toBe(201)
    expect((await get(`/v1/receipts/${phi.id}`)).body.notices).toHaveLength(1)
  })

  it.each(['tax_code', 'amount'])('is refused of the %s', async (field) => {
    const { phi } = await receipted()
    const { status, body } = await post(`/v1/receipts/${phi.id}/notice`, { field, text: 'x' })
    expect({ status, errors: body.errors }).toMatchObject({ status: 422, errors: [{ pointer: '/field' }] })
  })
})

describe('after a refund', () => {
  it('the receipts of the fees that it returned wait for a decision, until one is made', async () => {
    const paid = await receipted()
    expect(await undecided()).not.toContain(paid.phi.id)
    const refund = await refunded(paid, [
      [1, 1_000n],
      [2, 1_000n],
    ])
    expect(await undecided()).toEqual(expect.arrayContaining([paid.phi.id, paid.lePhi.id]))
    const told = await post(`/v1/receipts/${paid.phi.id}/notice`, { field: 'refund', text: 'Đã hoàn 1.000 đ', refund })
    expect(told.status).toBe(201)
    expect((await post(`/v1/receipts/${paid.phi.id}/notice`, { field: 'refund', text: 'x', refund })).status).toBe(409)
    const made = await post(`/v1/receipts/${paid.lePhi.id}/replace`, { reason: 'Hoàn', refund })
    expect(made.body).toMatchObject({ amount: 7_000, serial: '26TAB' })
    const waiting = await undecided()
    for (const id of [paid.phi.id, paid.lePhi.id, made.body.id]) expect(waiting).not.toContain(id)
  })

  it('dataset 01/TH-BLĐT tells the state, the related receipt and why, and adds up', async () => {
    const { body } = await get('/v1/reports/receipts?from=2026-11-23&to=2026-11-23')
    const rows: Record<string, unknown>[] = body.rows
    const replaced = rows.find((row) => row.explanation === 'Sai tên người nộp' && row.status === 'Bị thay thế')
    const later = rows.find((row) => row.explanation === 'Sai tên người nộp' && row.status === 'Thay thế')
    expect(replaced?.related_receipt).toBe(
      `${later?.serial}-${String(later?.receipt_number).padStart(7, '0')} (23/11/2026)`,
    )
    expect(rows.some((row) => row.note === 'Đã hoàn 1.000 đ')).toBe(true)
  })
})

describe('a receipt in hand', () => {
  it('is found by its number, its dossier and its day, replaced or not, by those whom it concerns', async () => {
    const { phi, lePhi, order } = await receipted()
    await post(`/v1/receipts/${phi.id}/replace`, { reason: 'Sai mã số thuế', wrong: 'tax_code' })
    const find = async (query: string, as = token) =>
      read(await gateway.request(`/v1/issued_receipts?${query}`, { token: as }))
    const [row] = await gateway.sql`select dossier_code from orders where id = ${order}`
    const ofDossier = await find(`dossier_code=${row?.dossierCode}`)
    const states = ofDossier.body.data.map((each: { id: string; status: string }) => [each.id, each.status])
    expect(states).toHaveLength(3)
    expect(states).toContainEqual([phi.id, 'replaced'])
    expect(states).toContainEqual([lePhi.id, 'issued'])
    const byNumber = await find(`serial=${phi.serial}&number=${phi.number}`)
    expect(byNumber.body.data).toMatchObject([{ id: phi.id, altered: false }])
    expect((await find('issued_on=2026-11-23&limit=1')).body.next_cursor).toEqual(expect.any(String))
    expect((await find('issued_on=2026-11-22')).body.data).toEqual([])
    const stranger = await gateway.token(['reconciliation:read'], 'H56.14')
    expect((await find(`serial=${phi.serial}&number=${phi.number}`, stranger)).body.data).toEqual([])
    expect((await find('serial=x')).body.errors).toMatchObject([{ pointer: '/query/serial' }])
  })
})
