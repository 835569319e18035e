// The desk over HTTP: the policy that everybody may read, two persons, owner, evidence.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { calendarVersion } from '../../src/domain/holidays.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'

let gateway: TestApp
let accountant: string
let checker: string
let account: string
beforeAll(async () => {
  gateway = await startTestApp()
  accountant = await gateway.token(['reconciliation:write'])
  checker = await gateway.token(['reconciliation:read', 'refunds:approve'])
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})
afterAll(() => gateway.close())

const call = async (path: string, as: string, json?: object) => {
  const answer = await gateway.request(path, { token: as, ...(json ? { json } : {}) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const openOne = async () => {
  const attempt = await payOrder(gateway.deps, account)
  await reconcile(gateway.deps, account)
  const [row] = await gateway.sql`select id from discrepancies where attempt_id = ${attempt.id}`
  return `/v1/discrepancies/${String(row?.id)}`
}

it('shows the policy of every class', async () => {
  const { body } = await call('/v1/discrepancy_policies', accountant)
  const rows = body.data as { class: string; source: string }[]
  expect(rows.length).toBeGreaterThanOrEqual(22)
  expect(rows.find((row) => row.class === 'missing_at_provider')).toEqual({
    class: 'missing_at_provider',
    source: 'reconciliation',
    policy: 'ask_provider',
    title: 'Chỉ có ở hệ thống',
    automatic: expect.any(String),
    proposed: expect.any(String),
    working_days: 1,
    basis: expect.stringContaining('89/2026/TT-BTC'),
    money: 'line',
    resolutions: expect.arrayContaining([
      { resolution: 'provider_corrected', title: expect.any(String), decided_by: 'one_person', suspense: 'taken_back' },
      { resolution: 'written_off', title: expect.any(String), decided_by: 'second_person', suspense: 'stays' },
    ]),
  })
})

it('shows the working days that due dates are reckoned by, and which years of them were not announced yet', async () => {
  const { status, body } = await call('/v1/calendar', accountant)
  const years = body.data as { year: number; certainty: string; days_off: string[]; days_worked: string[] }[]
  expect([status, body.version, years.length]).toEqual([200, calendarVersion, 10])
  const [past, now, next] = years
  expect([past?.certainty, now?.certainty, next?.certainty]).toEqual(['announced', 'announced', 'inferred'])
  expect(now?.days_worked).toEqual(['2026-01-10', '2026-08-22'])
  expect(next?.days_off).toContain('2027-02-05')
  for (const [to, certainty] of [
    ['2026-12-28', 'announced'],
    ['2026-12-31', 'inferred'],
  ]) {
    const { id } = await reconcile(gateway.deps, account, { from: '2026-12-28', to: String(to) })
    expect((await call(`/v1/reconciliations/${id}`, accountant)).body).toMatchObject({
      calendar_version: calendarVersion,
      calendar_certainty: certainty,
    })
  }
})

it('shows what becomes of money in every case', async () => {
  const { body } = await call('/v1/money_decisions', accountant)
  expect(body.data).toHaveLength(104)
  expect(body.data).toContainEqual({
    order: 'paid',
    amount: 'equal',
    dossier: 'awaiting',
    reference: 'own',
    booked: 'suspense',
    class: 'paid_twice',
    proposal: 'refund',
    working_days: 1,
  })
})

it('takes two persons where the policy says so: the accountant proposes, the checker decides', async () => {
  const path = await openOne()
  const proposed = await call(`${path}/resolve`, accountant, {
    resolution: 'written_off',
    note: 'QĐ 12',
    evidence: [{ kind: 'document', reference: 'QĐ 12/2026' }],
  })
  expect([proposed.status, proposed.body]).toMatchObject([
    200,
    { status: 'proposed', in_suspense: 150_000, resolved_at: null },
  ])
  expect(await call(`${path}/approve`, accountant, {})).toMatchObject({
    status: 403,
    body: { code: 'maker_cannot_approve' },
  })
  expect((await call(`${path}/reject`, checker, { note: 'Thiếu' })).body).toMatchObject({ status: 'open' })
  expect(await call(`${path}/approve`, checker, {})).toMatchObject({
    status: 409,
    body: { code: 'discrepancy_not_proposed' },
  })
  await call(`${path}/resolve`, accountant, { resolution: 'written_off', note: 'QĐ 13' })
  expect((await call(`${path}/approve`, checker, {})).body).toMatchObject({ status: 'resolved', in_suspense: 150_000 })
  expect((await call(`${path}/reopen`, accountant, { note: 'Sai' })).body).toMatchObject({
    status: 'resolved',
    reopening: { note: 'Sai', proposed_at: '2026-11-23T09:00:00+07:00' },
    version: 6,
  })
  expect((await call(`${path}/approve`, checker, { version: 5 })).status).toBe(409)
  expect((await call(`${path}/approve`, checker, { version: 6 })).body).toMatchObject({
    status: 'open',
    proposed_by: null,
    reopening: null,
  })
  expect(await call(`${path}/resolve`, accountant, { resolution: 'Refund', note: 'n' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/resolution', message: expect.stringContaining('written_off') }] },
  })
  // A checker decides what is proposed, and settles nothing alone.
  expect((await call(`${path}/resolve`, checker, { resolution: 'x', note: 'y' })).status).toBe(403)
})

it('has an owner that the queue can ask for, and notes with evidence', async () => {
  const path = await openOne()
  expect((await call(`${path}/assign`, accountant, { owner: 'ke-toan-2' })).body).toMatchObject({ owner: 'ke-toan-2' })
  const queue = await call('/v1/discrepancies?owner=ke-toan-2', accountant)
  expect(queue.body.data).toHaveLength(1)
  const noted = await call(`${path}/notes`, accountant, {
    note: 'Đã gọi',
    evidence: [{ kind: 'callback', reference: 'cbk_1' }],
  })
  expect((noted.body.history as object[]).at(-1)).toMatchObject({
    event: 'noted',
    note: 'Đã gọi',
    evidence: [{ kind: 'callback' }],
  })
  expect((await call('/v1/discrepancies?overdue=true', accountant)).body.data).toEqual([])
  const late = Array.from({ length: 21 }, () => ({ kind: 'other', reference: 'x' }))
  expect(await call(`${path}/notes`, accountant, { note: 'n', evidence: late })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/evidence' }] },
  })
})
