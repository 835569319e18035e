// The accountant's side of quarantine: lists, reads, says whose it is, and is refused where somebody was faster.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { tellingProvider, writeTale } from '../kit/inbox.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { createScript } from '../kit/scripted-provider.ts'

let gateway: TestApp
let account: string
let token: string
let attempt: Attempt
beforeAll(async () => {
  gateway = await startTestApp({ providers: { test: tellingProvider(createScript()) } })
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
  token = await gateway.token(['reconciliation:read', 'reconciliation:write'])
  attempt = await addAttempt(gateway.deps, await placeTestOrder(gateway.deps), account)
  for (const [reference, amount] of [
    ['FT1', 150_000n],
    ['FT2', 1_000n],
  ] as const)
    await tell({
      merchantReference: null,
      outcomes: [],
      credit: { reference, amount, occurredAt: null, text: 'le phi' },
    })
  await tell({
    merchantReference: 'NOSUCHREFERENCE01',
    outcomes: [
      {
        status: 'captured',
        merchantReference: 'NOSUCHREFERENCE01',
        providerReference: null,
        amount: 5_000n,
        occurredAt: null,
        code: '00',
      },
    ],
  })
})
afterAll(() => gateway.close())

const tell = async (reading: object) => {
  const body = writeTale({ ...reading, sentAt: gateway.deps.now().toISOString() })
  const answer = await gateway.request(`/callbacks/test/${account}`, { method: 'POST', body })
  expect(answer.status).toBe(200)
}
type Entry = { id: string; [name: string]: unknown }
const call = async (path: string, init: { json?: unknown; token?: string } = {}) => {
  const answer = await gateway.request(path, { token, ...init })
  const body = (await answer.json()) as Entry & { data: Entry[]; next_cursor: string | null; code?: string }
  return { status: answer.status, body }
}
const list = async (query = '') => (await call(`/v1/quarantine${query}`)).body.data
const idOf = async (reference: string) => {
  const entries = await list()
  const found = entries.find((entry) => [entry.provider_reference, entry.merchant_reference].includes(reference))
  return String(found?.id)
}

it('lists oldest first, by status, kind and account, a page at a time', async () => {
  expect((await list()).map((entry) => [entry.kind, entry.status, entry.amount])).toEqual([
    ['unknown_credit', 'open', 150_000],
    ['unknown_credit', 'open', 1_000],
    ['unknown_reference', 'open', 5_000],
  ])
  expect(await list('?kind=unknown_reference')).toHaveLength(1)
  expect(await list('?status=attributed')).toEqual([])
  expect(await list(`?merchant_account=${account}&status=open`)).toHaveLength(3)
  expect(await list('?merchant_account=mac_01kb1m5x2fefarv7w2m3k1q0ab')).toEqual([])
  const { body: first } = await call('/v1/quarantine?limit=2')
  const { body: rest } = await call(`/v1/quarantine?limit=2&cursor=${first.next_cursor}`)
  expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual((await list()).map(({ id }) => id))
  expect(rest.next_cursor).toBeNull()
  expect((await call('/v1/quarantine?status=lost')).status).toBe(422)
})

it('shows one with what was told, its evidence, its discrepancy and its candidates', async () => {
  const { status, body } = await call(`/v1/quarantine/${await idOf('FT1')}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    id: expect.stringMatching(/^qrn_/),
    kind: 'unknown_credit',
    outcome: 'captured',
    merchant_account: account,
    agency_code: 'H56',
    provider: 'test',
    callback: expect.stringMatching(/^cbk_/),
    merchant_reference: null,
    provider_reference: 'FT1',
    amount: 150_000,
    text: 'le phi',
    occurred_at: '2026-11-23T09:00:00+07:00',
    discrepancy: expect.stringMatching(/^dsc_/),
    candidates: [{ attempt: attempt.id, amount: 150_000, score: 30, reasons: ['same_amount', 'near_in_time'] }],
    history: [{ event: 'opened', by: 'lephi' }],
  })
  const { body: discrepancy } = await call(`/v1/discrepancies/${body.discrepancy}`)
  expect(discrepancy).toMatchObject({ class: 'unknown_credit', status: 'open', order: null, amount: 150_000 })
})

it('needs the scope to read, and the other one to decide', async () => {
  const nobody = await gateway.token(['orders:read'])
  const reader = await gateway.token(['reconciliation:read'])
  expect((await call('/v1/quarantine', { token: nobody })).status).toBe(403)
  expect((await call('/v1/quarantine', { token: reader })).status).toBe(200)
  const path = `/v1/quarantine/${await idOf('FT2')}`
  expect((await call(`${path}/dismiss`, { json: { note: 'x' }, token: reader })).status).toBe(403)
  expect((await call(`${path}/attribute`, { json: { attempt: attempt.id, note: 'x' }, token: reader })).status).toBe(
    403,
  )
})

it('attributes once, says what became of the money, and refuses what comes after', async () => {
  const path = `/v1/quarantine/${await idOf('FT1')}`
  const json = { attempt: attempt.id, note: 'người nộp gửi sao kê' }
  const done = await call(`${path}/attribute`, { json })
  expect(done.status).toBe(200)
  expect(done.body).toMatchObject({ status: 'attributed', attempt: attempt.id, verdict: 'accepted', note: json.note })
  for (const [again, body] of [
    ['attribute', json],
    ['dismiss', { note: 'x' }],
  ] as const) {
    const refused = await call(`${path}/${again}`, { json: body })
    expect([refused.status, refused.body.code]).toEqual([409, 'quarantine_not_open'])
  }
  const orders = await gateway.token(['orders:read'])
  expect((await call(`/v1/orders/${attempt.orderId}`, { token: orders })).body).toMatchObject({ status: 'paid' })
})

it('books another amount as a mismatch, and says so', async () => {
  const other = await addAttempt(gateway.deps, await placeTestOrder(gateway.deps), account)
  const path = `/v1/quarantine/${await idOf('FT2')}/attribute`
  const { status, body } = await call(path, { json: { attempt: other.id, note: 'x' } })
  expect([status, body.verdict, body.status]).toEqual([200, 'amount_mismatch', 'attributed'])
})

it('names what is wrong with an attempt or a note', async () => {
  const path = `/v1/quarantine/${await idOf('NOSUCHREFERENCE01')}`
  for (const json of [
    { attempt: 'att_01kb1m5x2fefarv7w2m3k1q0ab', note: 'x' },
    { attempt: 'x', note: 'x' },
    { attempt: attempt.id, note: '' },
    { attempt: attempt.id },
    { attempt: attempt.id, note: 'x', amount: 1 },
  ])
    expect((await call(`${path}/attribute`, { json })).status).toBe(422)
  expect((await call('/v1/quarantine/qrn_01kb1m5x2fefarv7w2m3k1q0ab')).status).toBe(404)
  expect((await call('/v1/quarantine/nothing')).status).toBe(404)
})

it('dismisses an unknown reference for good and moves nothing', async () => {
  const path = `/v1/quarantine/${await idOf('NOSUCHREFERENCE01')}`
  const { status, body } = await call(`${path}/dismiss`, { json: { note: 'of another merchant' } })
  expect([status, body.status, body.note]).toEqual([200, 'dismissed', 'of another merchant'])
  expect(body.history).toMatchObject([{ event: 'opened' }, { event: 'dismissed', note: 'of another merchant' }])
})
