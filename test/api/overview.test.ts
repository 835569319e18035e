// The overview: its money is that of the reports to the đồng, its parts add up, and what waits for somebody is counted.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { bankFile, importFile, providerFile } from '../kit/statements.ts'

type Sums = { collected: number; refunded: number; settled: number }
type Counted = { count: number; amount: number }
type Overview = Sums & {
  in_suspense: number
  unmatched: number
  unknown: { amount: number; attempts: Counted; refunds: Counted }
  orders: (Counted & { status: string })[]
  discrepancies: Counted & { overdue: Counted; by_age: (Counted & { from_days: number; to_days: number | null })[] }
  by_day: (Sums & { day: string })[]
  by_agency: (Sums & { agency_code: string; name: string | null })[]
  by_provider: (Sums & { provider: string; unknown: number })[]
}

let gateway: TestApp
let token: string

beforeAll(async () => {
  gateway = await startTestApp()
  await townOfMoney()
  gateway.clock.set('2026-12-10T02:00:00Z')
  token = await gateway.token(['reports:read'])
})
afterAll(() => gateway.close())

const get = async <Body>(path: string, as = token): Promise<Body> => {
  const answer = await gateway.request(path, { token: as })
  expect([path, answer.status]).toEqual([path, 200])
  return (await answer.json()) as Body
}
const period = 'from=2026-11-20&to=2026-11-30'
const overview = (more = '', as = token) => get<Overview>(`/v1/overview?${period}${more}`, as)

/** Payments at two accounts on two days, one paid twice, a refund, a bank that paid too little, and an attempt that nobody answered. */
const townOfMoney = async () => {
  const { deps, sql } = gateway
  const account = await seedMerchantAccount(deps, sql, { provider: 'test' })
  const other = await seedMerchantAccount(deps, sql, { provider: 'other', agencyCode: 'H56.12' })
  const [first, twice] = [await payOrder(deps, account), await payOrder(deps, account, { amount: 70_001n })]
  await capture(deps, twice, { providerReference: 'again' })
  await payOrder(deps, other, { amount: 9_000n, at: '2026-11-22T09:00:00+07:00' })
  const id = deps.newId('rfd')
  const whose = {
    agencyCode: first.agencyCode,
    orderId: first.orderId,
    attemptId: first.id,
    merchantAccountId: account,
  }
  await sql`insert into refunds ${sql({ ...whose, id, provider: 'test', merchantReference: 'r1', source: 'order', status: 'pending', amount: 50_000n, reason: 'x', madeBy: 'a', decidedBy: 'b', createdAt: deps.now() })}`
  const outcome = { status: 'refunded', merchantReference: 'r1', providerReference: 'pr1', amount: 50_000n } as const
  await applyOutcome(deps, {
    merchantAccountId: account,
    outcome: { ...outcome, occurredAt: deps.now(), code: '00' },
    source: 'query',
  })
  const at = '2026-11-23T09:00:00+07:00'
  const rows = [first, twice].map(({ merchantReference, amount }) => ({
    reference: merchantReference,
    providerReference: `p-${merchantReference}`,
    amount,
    at,
    payout: 'PO-1',
  }))
  await importFile(deps, account, providerFile(rows))
  await importFile(deps, account, bankFile([{ amount: 219_000, text: 'PO-1' }]), 'bank')
  await reconcile(deps, account)
  await startPayment(deps, account, { status: 'unknown', amount: 30_000n })
  await placeTestOrder(deps, { agencyCode: 'H56.14', dossierCode: 'H56.14-261123-0001' })
}

it('agrees with the reports to the đồng, for the province and for one agency', async () => {
  for (const agency of ['', '&agency_code=H56', '&agency_code=H56.12', '&agency_code=H56.14']) {
    const shown = await overview(agency)
    const totals: Record<string, number> = {}
    for (const name of ['collections', 'refunds', 'settlements'])
      totals[name] = (
        await get<{ totals: { amount: number } }>(`/v1/reports/${name}?${period}&as_of=2026-12-01${agency}`)
      ).totals.amount
    const { collected, refunded, settled } = shown
    expect({ agency, collections: collected, refunds: refunded, settlements: settled }).toEqual({ agency, ...totals })
    for (const parts of [shown.by_day, shown.by_agency, shown.by_provider])
      for (const name of ['collected', 'refunded', 'settled'] as const)
        expect(parts.reduce((sum, part) => sum + part[name], 0)).toBe(shown[name])
  }
})

it('shows what moved by day, agency and provider, also of an account of the agency above', async () => {
  const shown = await overview()
  expect([shown.collected, shown.refunded, shown.settled]).toEqual([229_001, 50_000, 219_000])
  expect(shown.by_day).toHaveLength(11)
  expect(shown.by_day.filter((row) => row.collected + row.settled > 0)).toMatchObject([
    { day: '2026-11-22', collected: 9_000 },
    { day: '2026-11-23', collected: 220_001, refunded: 50_000 },
    { day: '2026-11-24', settled: 219_000 },
  ])
  expect(shown.by_agency).toMatchObject([
    { agency_code: 'H56.12.03', name: 'Cơ quan H56.12.03', collected: 229_001 },
    { agency_code: 'H56', settled: 219_000 },
  ])
  const commune = await overview('', await gateway.token(['reconciliation:read'], 'H56.12.03'))
  expect(commune.by_provider).toMatchObject([
    { provider: 'test', collected: 220_001, settled: 0, unknown: 30_000 },
    { provider: 'other', collected: 9_000, unknown: 0 },
  ])
})

it('counts what waits for somebody: suspense, unknown, and what is open by its age', async () => {
  const shown = await overview()
  const [suspense] = await gateway.sql`select -sum(amount)::int as amount from postings where account = 'suspense'`
  expect(shown.in_suspense).toBe(suspense?.amount)
  expect(shown.unknown).toEqual({
    amount: 30_000,
    attempts: { count: 1, amount: 30_000 },
    refunds: { count: 0, amount: 0 },
  })
  expect(shown.orders.map(({ status, count }) => [status, count])).toEqual([
    ['open', 2],
    ['paid', 3],
    ['expired', 0],
    ['cancelled', 0],
    ['waived', 0],
  ])
  const [open] =
    await gateway.sql`select count(*)::int as count, sum(amount)::int as amount from discrepancies where status <> 'resolved'`
  expect(shown.discrepancies).toMatchObject({ ...open, overdue: open })
  expect(shown.unmatched).toBe(open?.amount)
  expect(shown.discrepancies.by_age.map(({ from_days, count }) => [from_days, count])).toEqual([
    [0, 0],
    [2, 0],
    [4, 0],
    [8, open?.count],
    [31, 0],
  ])
})

it('puts each age into one bucket', async () => {
  const { sql, deps } = gateway
  const dates = [
    '2026-12-10',
    '2026-12-09',
    '2026-12-08',
    '2026-12-07',
    '2026-12-06',
    '2026-12-03',
    '2026-12-02',
    '2026-11-10',
    '2026-11-09',
  ]
  for (const [index, date] of dates.entries()) {
    const row = { id: deps.newId('dsc'), agencyCode: 'H56.14', class: 'amount_mismatch', source: 'door', policy: 'x' }
    const openedAt = new Date(`${date}T00:30:00+07:00`)
    await sql`insert into discrepancies ${sql({ ...row, dedupeKey: `age ${date}`, amount: BigInt(10 ** index), openedAt, dueOn: '2026-12-10' })}`
  }
  await sql`update discrepancies set status = 'resolved', resolution = 'x' where dedupe_key = 'age 2026-12-02'`
  const { discrepancies } = await overview('&agency_code=H56.14')
  expect(discrepancies.by_age.map(({ amount }) => amount)).toEqual([11, 1_100, 110_000, 10_000_000, 100_000_000])
  expect(discrepancies.overdue.count).toBe(0)
})

it('refuses an agency outside, and days that it does not show', async () => {
  const status = async (query: string) => (await gateway.request(`/v1/overview?${query}`, { token })).status
  expect(await status('agency_code=H57')).toBe(404)
  expect(await status('from=2026-11-20&to=2026-11-19')).toBe(422)
  expect(await status('from=2025-01-01&to=2026-11-19')).toBe(422)
  expect(await status('from=9999-12-31')).toBe(422)
  expect(await status('to=1901-01-01')).toBe(422)
})
