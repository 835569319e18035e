// Business days as an accountant's and a checker's systems see them.
import { compactVerify, createLocalJWKSet } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { payOrder } from '../kit/reconciliation.ts'

let gateway: TestApp
let maker: string
let checker: string
let account: string

beforeAll(async () => {
  gateway = await startTestApp()
  gateway.clock.set('2026-11-23T02:00:00Z')
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
  await payOrder(gateway.deps, account)
  gateway.clock.set('2026-11-25T02:00:00Z')
  maker = await gateway.token(['reconciliation:write'])
  checker = await gateway.token(['reconciliation:read', 'refunds:approve'])
})
afterAll(() => gateway.close())

const path = (rest = '') => `/v1/periods/${account}/2026-11-23${rest}`
const ask = async (to: string, init: Parameters<TestApp['request']>[1]) => {
  const answer = await gateway.request(to, { token: maker, ...init })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

it('closes a day whose open lines are carried forward by name, countersigns it, and opens it again', async () => {
  const gate = await ask(path('/gate'), {})
  expect(gate).toMatchObject({
    status: 200,
    body: {
      ...{ status: 'open', ended: true, closable: false, covers: { from: null, to: '2026-11-23' }, open_lines: 1 },
      lines: [
        { kind: 'capture', what: 'not_reconciled', day: '2026-11-23', amount: 150_000, order: expect.any(String) },
      ],
      ledger: { entries: 1, totals: { collected: -150_000, provider_receivable: 150_000 } },
    },
  })
  const refused = await ask(path('/close'), { method: 'POST' })
  expect(refused).toMatchObject({ status: 409, body: { code: 'period_has_open_lines', detail: '1 line is open.' } })
  const [{ pointer }] = refused.body.errors as [{ pointer: string }]
  const carry_forward = [{ item: pointer.split('/').at(-1), reason: 'asked the provider' }]
  const closed = await ask(path('/close'), { json: { carry_forward, note: 'November' } })
  expect(closed).toMatchObject({
    status: 200,
    body: {
      day: '2026-11-23',
      status: 'closed',
      close: {
        version: 1,
        document: { note: 'November', carried_forward: carry_forward.map(({ reason }) => ({ reason })) },
      },
    },
  })
  expect(await ask(path('/close'), { json: {} })).toEqual(closed)
  expect((await ask(path('/gate'), {})).body).toMatchObject({
    status: 'closed',
    closable: false,
    lines: [],
    carried: [],
  })
  // The day after carries on what this one carried, and reading it closes nothing.
  const next = await ask(`/v1/periods/${account}/2026-11-24/gate`, {})
  expect(next.body).toMatchObject({ closable: true, carried: [{ reason: 'asked the provider', since: '2026-11-23' }] })
  expect((await ask(`/v1/periods/${account}/2026-11-24`, {})).body).toMatchObject({ status: 'open', close: null })
  expect(await ask(path('/countersign'), { method: 'POST' })).toMatchObject({
    status: 403,
    body: { code: 'period_four_eyes' },
  })
  const countersigned = await ask(path('/countersign'), { method: 'POST', token: checker })
  expect(countersigned).toMatchObject({
    status: 200,
    body: { close: { countersigned_at: '2026-11-25T09:00:00+07:00' } },
  })
  expect(await ask(path(), {})).toEqual(countersigned)
  const signed = await gateway.request(path(), { token: maker, headers: { accept: 'application/jose' } })
  expect(signed.headers.get('content-type')).toBe('application/jose')
  const keys = (await (await gateway.request('/.well-known/jwks.json')).json()) as Parameters<
    typeof createLocalJWKSet
  >[0]
  const { payload } = await compactVerify(await signed.text(), createLocalJWKSet(keys))
  expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ merchant_account: account, day: '2026-11-23' })
  const days = await ask(`/v1/periods/${account}?from=2026-11-22&to=2026-11-24`, {})
  expect(days.body.data).toMatchObject([
    { status: 'closed' },
    { status: 'closed', close: { day: '2026-11-23' } },
    { status: 'open', close: null },
  ])
  expect(await ask(path('/reopen'), { json: { reason: 'x' } })).toMatchObject({ status: 403 })
  const opened = await ask(path('/reopen'), { json: { reason: 'a file came late' }, token: checker })
  expect(opened).toMatchObject({
    status: 200,
    body: { status: 'open', versions: [{ reopen_reason: 'a file came late' }] },
  })
  const again = await ask(`/v1/periods/${account}?from=2026-11-22&to=2026-11-23`, {})
  expect(again.body.data).toMatchObject([
    { status: 'open', reopened: false },
    { status: 'open', reopened: true },
  ])
  const none = await gateway.request(path(), { token: maker, headers: { accept: 'application/jose' } })
  expect([none.status, ((await none.json()) as { code: string }).code]).toEqual([409, 'period_not_closed'])
  const feed = await ask('/v1/events?limit=100', { token: await gateway.token() })
  const types = (feed.body.data as { type: string }[])
    .map(({ type }) => type)
    .filter((type) => type.startsWith('period.'))
  expect(types).toEqual(['period.closed', 'period.countersigned', 'period.reopened'])
})

it('refuses a day to come, a day that is none, lines that are not named right, and too many days', async () => {
  expect(await ask(`/v1/periods/${account}/2026-11-25/close`, { json: {} })).toMatchObject({
    status: 409,
    body: { code: 'period_not_closable' },
  })
  expect(await ask(`/v1/periods/${account}/2026-02-31/close`, { json: {} })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/path/date' }] },
  })
  for (const line of [
    { reason: 'x' },
    { discrepancy: 'x', reason: 'x' },
    { item: account, reason: 'x' },
    { item: `att_${account.slice(4)}` },
  ])
    expect(await ask(path('/close'), { json: { carry_forward: [line] } })).toMatchObject({
      status: 422,
      body: { code: 'invalid_input' },
    })
  expect(
    await ask(path('/close'), { json: { carry_forward: [{ item: `att_${account.slice(4)}`, reason: 'x' }] } }),
  ).toMatchObject({ status: 409 })
  expect(await ask(path('/reopen'), { json: {} })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/reason' }] },
  })
  expect(await ask(`/v1/periods/${account}?from=2025-01-01&to=2026-11-24`, {})).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/query/to' }] },
  })
})
