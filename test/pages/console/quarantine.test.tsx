// Money of no known payment in the console: shown with its candidates, attributed to one, or said to be nobody's.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { tellingProvider, writeTale } from '../../kit/inbox.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../../kit/orders.ts'
import { createScript } from '../../kit/scripted-provider.ts'

let town: TestApp
let account: string
let attempt: { id: string; orderId: string }
let lan: Person
let keys = 0
const fresh = () => {
  keys += 1
  return { once: `key-of-the-form-${keys}` }
}
beforeAll(async () => {
  town = await startTestApp({ providers: { test: tellingProvider(createScript()) } })
  account = await seedMerchantAccount(town.deps, town.sql, { provider: 'test' })
  attempt = await addAttempt(town.deps, await placeTestOrder(town.deps), account)
  lan = await signIn(town, 'accountant')
  for (const [reference, amount] of [
    ['FT1', 150_000n],
    ['FT2', 1_000n],
  ] as const) {
    const credit = { reference, amount, occurredAt: null, text: '<b>le phi</b>' }
    const body = writeTale({ merchantReference: null, outcomes: [], credit, sentAt: town.deps.now().toISOString() })
    await town.request(`/callbacks/test/${account}`, { method: 'POST', body })
  }
})
afterAll(() => town.close())

const pathOf = async (reference: string): Promise<string> => {
  const [row] =
    await town.sql`select id from quarantine where provider_reference = ${reference} or reference = ${reference}`
  return `/quarantine/${row?.id}`
}

test('is listed, attributed to a candidate with its grounds, and pays the order', async () => {
  const path = await pathOf('FT1')
  const queue = await lan.open('/quarantine')
  expect([queue.html.includes(path), queue.html.includes('<b>le phi'), queue.text.includes('<b>le phi</b>')]).toEqual([
    true,
    false,
    true,
  ])
  const page = await lan.open(path)
  expect(page.text).toContain('cùng số tiền')
  expect(page.html).toContain(`value="${attempt.id}"`)
  const refused = await lan.send(path, {
    act: 'attribute',
    attempt: '',
    other_attempt: 'att_x',
    note: 'Gọi',
    ...fresh(),
  })
  expect([refused.status, refused.html.includes('value="att_x"')]).toEqual([422, true])
  const done = await lan.send(path, { act: 'attribute', attempt: attempt.id, note: 'Người nộp xác nhận', ...fresh() })
  expect(done.location).toBe(`/console${path}?done=accepted`)
  expect((await lan.follow(done)).text).toContain('Đơn phí đã được ghi nhận thanh toán')
  expect((await town.sql`select status from orders where id = ${attempt.orderId}`)[0]?.status).toBe('paid')
  expect((await lan.open(path)).html).not.toContain('value="attribute"')
})

test('is said to be nobody’s, by an accountant only', async () => {
  const path = await pathOf('FT2')
  const checker = await signIn(town, 'checker')
  expect((await checker.open(path)).html).not.toContain('value="dismiss"')
  expect((await checker.send(path, { act: 'dismiss', note: 'x', ...fresh() })).status).toBe(403)
  await lan.send(path, { act: 'dismiss', note: 'Chuyển nhầm', ...fresh() })
  const after = await lan.open(path)
  expect(after.text).toContain('Không thuộc giao dịch nào')
  expect(after.text).toContain('Chuyển nhầm')
  expect((await lan.open('/quarantine')).html).not.toContain(path)
  const stranger = await signIn(town, 'accountant', { agency: 'H56.14' })
  expect((await stranger.open(path)).status).toBe(404)
})
