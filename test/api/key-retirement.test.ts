// Ending a former key by hand, and what keeps one from ending of itself.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { prolongUsedKeys } from '../../src/flows/retire-key.ts'
import { keyWasUsed } from '../../src/store/merchant-keys.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'

let gateway: TestApp
let token: string
let account: string
const lines: { message: string }[] = []

const credentials = (letter: string) => ({ tmn_code: 'LEPHI001', hash_secret: letter.repeat(32) })

beforeAll(async () => {
  const keep = (fields: object, message: string) => void lines.push({ ...fields, message })
  gateway = await startTestApp({ log: { debug: keep, info: keep, warn: keep, error: keep } })
})
afterAll(() => gateway.close())
beforeEach(async () => {
  token = await gateway.token(['admin'])
  const settings = { payment_url: 'https://pay.example.vn/pay', api_url: 'https://pay.example.vn/api' }
  account = await seedMerchantAccount(gateway.deps, gateway.sql, {
    provider: 'vnpay',
    credentials: credentials('A'),
    settings,
  })
  lines.length = 0
})

const rotate = async (letter: string, overlap_hours = 24) =>
  gateway.request(`/v1/merchant_accounts/${account}/rotate_key`, {
    token,
    json: { credentials: credentials(letter), overlap_hours },
  })
const keys = async () =>
  gateway.sql`select id, retires_at, ended_at, last_used_at from merchant_account_keys where merchant_account_id = ${account} order by replaced_at nulls first`
const retire = async (keyId: unknown) => {
  const answer = await gateway.request(`/v1/merchant_accounts/${account}/keys/${keyId}/retire`, {
    token,
    method: 'POST',
  })
  return {
    status: answer.status,
    body: (await answer.json()) as { code?: string; keys?: { id: string; retires_at: string }[] },
  }
}
const hours = async (count: number) => {
  gateway.clock.advance(count * 3_600)
  token = await gateway.token(['admin'])
}
const endOf = (row: { retiresAt?: unknown } | undefined) =>
  (Number(row?.retiresAt) - gateway.clock.now().getTime()) / 3_600_000

it('ends a former key that nobody used, at once and for good', async () => {
  await rotate('B')
  const [current, former] = await keys()
  expect(await retire(current?.id)).toMatchObject({ status: 409, body: { code: 'secret_in_use' } })
  const ended = await retire(former?.id)
  expect([ended.status, ended.body.keys?.find(({ id }) => id === former?.id)?.retires_at]).toEqual([
    200,
    '2026-11-23T09:00:00+07:00',
  ])
  expect((await retire(former?.id)).status).toBe(200)
  await keyWasUsed(gateway.deps.db, String(former?.id), gateway.clock.now())
  await prolongUsedKeys(gateway.deps)
  expect(endOf((await keys())[1])).toBe(0)
  // There is no former key in its overlap, so the next rotation need not wait.
  expect((await rotate('C')).status).toBe(200)
})

it('does not end a key that proved a callback within a day, and does after', async () => {
  await rotate('B', 100)
  const [, former] = await keys()
  await keyWasUsed(gateway.deps.db, String(former?.id), gateway.clock.now())
  await hours(23)
  expect(await retire(former?.id)).toMatchObject({ status: 409, body: { code: 'secret_in_use' } })
  await hours(1)
  expect((await retire(former?.id)).status).toBe(200)
})

it('does not end a key while a payment that was started under it has no end', async () => {
  const [first] = await keys()
  const order = await placeTestOrder(gateway.deps)
  const attempt = await addAttempt(gateway.deps, order, account, { status: 'unknown' })
  await gateway.sql`update attempts set key_id = ${String(first?.id)} where id = ${attempt.id}`
  await rotate('B', 100)
  await hours(48)
  expect(await retire(first?.id)).toMatchObject({ status: 409, body: { code: 'secret_in_use' } })
  // Written before keys were noted with attempts: the time tells.
  await gateway.sql`update attempts set key_id = null where id = ${attempt.id}`
  expect((await retire(first?.id)).status).toBe(409)
  await gateway.sql`update attempts set status = 'captured' where id = ${attempt.id}`
  expect((await retire(first?.id)).status).toBe(200)
})

it('names no key of another account', async () => {
  const other = await seedMerchantAccount(gateway.deps, gateway.sql, {
    provider: 'vnpay',
    credentials: credentials('Z'),
  })
  const [foreign] = await gateway.sql`select id from merchant_account_keys where merchant_account_id = ${other}`
  for (const id of [foreign?.id, 'key_01kb1m5x2fefarv7w2m3k1q0ab', 'nothing'])
    expect(await retire(id)).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

it('keeps a key that is used when its overlap ends, says so, and no longer than 30 days', async () => {
  const rotatedAt = gateway.clock.now().getTime()
  await rotate('B', 1)
  const [, former] = await keys()
  const use = () => keyWasUsed(gateway.deps.db, String(former?.id), gateway.clock.now())
  await prolongUsedKeys(gateway.deps)
  expect(endOf((await keys())[1])).toBe(1)
  await hours(0.9)
  await use()
  await prolongUsedKeys(gateway.deps)
  expect(endOf((await keys())[1])).toBe(24)
  expect(lines.filter(({ message }) => message.includes('was prolonged'))).toMatchObject([{ key_id: former?.id }])
  for (let day = 0; day < 40; day += 1) {
    await hours(23.9)
    await use()
    await prolongUsedKeys(gateway.deps)
  }
  const [, last] = await keys()
  expect(Number(last?.retiresAt) - rotatedAt).toBe(30 * 86_400_000)
})

it('never keeps a key that leaked', async () => {
  const [leaked] = await keys()
  await keyWasUsed(gateway.deps.db, String(leaked?.id), gateway.clock.now())
  await rotate('B', 0)
  await prolongUsedKeys(gateway.deps)
  const [, ended] = await keys()
  expect([ended?.id, endOf(ended)]).toEqual([leaked?.id, 0])
})

it('notes the use of a key at most once a minute', async () => {
  const [key] = await keys()
  const at = gateway.clock.now()
  for (const seconds of [0, 59, 59, 61]) {
    await keyWasUsed(gateway.deps.db, String(key?.id), new Date(at.getTime() + seconds * 1_000))
    const [row] = await keys()
    expect(Number(row?.lastUsedAt) - at.getTime()).toBe(seconds === 61 ? 61_000 : 0)
  }
})
