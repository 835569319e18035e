// Tenant isolation, generated from the route table: every route that names an object is called with another agency's object, by a caller who may do everything
// in a sibling agency, and answers exactly what it answers for an object that does not exist. A new route without its body here fails.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ObjectKind, Route } from '../../src/api/route.ts'
import { routeTable } from '../../src/api/routes.ts'
import { inScope } from '../../src/store/database.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'

/** A valid body for each writing route that takes one, so that what refuses is the object and not the input. */
const bodies: Record<string, unknown> = {
  cancelOrder: { reason: 'test' },
  startAttempt: { provider: 'foreign' },
  requestRefund: { reason: 'test' },
  approveRefund: { payee_version: 0 },
  rejectRefund: {},
  openDispute: { reason: 'test', respond_by: '2026-12-31' },
  closeDispute: { outcome: 'won', note: 'test' },
  requestDisputeRelease: { note: 'test' },
  giveRefundPayee: { number: '0123456789', bank_bin: '970436', holder: 'NGUYEN VAN A' },
  confirmRefund: { bank_reference: 'FT1', paid_on: '2026-11-23', evidence: 'test' },
  bounceRefund: { bank_reference: 'FT2', returned_on: '2026-11-23', note: 'test' },
  settleRefund: { outcome: 'failed', note: 'test' },
  redeliverWebhooks: { from: '2026-11-22T00:00:00+07:00', to: '2026-11-23T00:00:00+07:00' },
  resolveDiscrepancy: { resolution: 'accepted', note: 'test' },
  reopenDiscrepancy: { note: 'test' },
  approveResolution: { note: 'test' },
  rejectResolution: { note: 'test' },
  assignDiscrepancy: { owner: 'cli_test' },
  noteDiscrepancy: { note: 'test', evidence: [] },
  answerTracing: { result: 'test' },
  closeTracing: { note: 'test' },
  attributeQuarantine: { attempt: 'att_01kb1m5x2fefarv7w2m3k1q0ab', note: 'test' },
  dismissQuarantine: { note: 'test' },
  changeAgency: { name: 'Tên khác' },
  setOutgoingHosts: { hosts: ['portal.example.vn'] },
  changeMerchantAccount: { title: 'Tên khác' },
  setStatementProfile: { date_format: 'yyyy-MM-dd', columns: { value_date: 'a', amount: 'b' } },
  previewStatementDraft: { source: 'bank', merchant_account: 'mac_01kb1m5x2fefarv7w2m3k1q0ab' },
  importStatementDraft: { source: 'bank', merchant_account: 'mac_01kb1m5x2fefarv7w2m3k1q0ab' },
  rotateMerchantKey: { credentials: { secret: 'x' }, overlap_hours: 1 },
  closePeriod: { note: 'test' },
  reopenPeriod: { reason: 'test' },
  replaceReceipt: { reason: 'test' },
  noticeReceipt: { field: 'payer_name', text: 'test' },
  holdOrder: { reason: 'test' },
  holdMerchantAccount: { reason: 'test' },
  releaseLegalHold: { reason: 'test' },
  closeFeeSchedule: { valid_to: '2027-12-31' },
}

let gateway: TestApp
let stranger: string
let foreign: Record<ObjectKind, string>
let absent: Record<ObjectKind, string>

beforeAll(async () => {
  gateway = await startTestApp()
  stranger = await gateway.token([], 'H56.12')
  foreign = await seedForeign(gateway)
  absent = Object.fromEntries(
    Object.entries(foreign).map(([kind, id]) => [kind, kind === 'agency' ? 'H56.99' : `${id.slice(0, -6)}zzzzzz`]),
  ) as Record<ObjectKind, string>
})
afterAll(() => gateway.close())

const owned = routeTable.filter((route) => Object.keys(route.objects ?? {}).length > 0)
const pathOf = (route: Route, ids: Record<ObjectKind, string>) =>
  Object.entries(route.objects ?? {})
    .reduce((path, [name, kind]) => path.replace(`{${name}}`, ids[kind]), route.path)
    .replace('{date}', '2026-11-23')

const call = (route: Route, ids: Record<ObjectKind, string>) =>
  gateway.request(pathOf(route, ids), {
    method: route.method.toUpperCase(),
    token: stranger,
    headers: { 'idempotency-key': `tenancy-${route.operationId}` },
    ...(route.request.json && route.method !== 'get' ? { json: bodies[route.operationId] } : {}),
  })

const owners = async () =>
  (
    await gateway.sql`
    select (select jsonb_agg(to_jsonb(o) order by id) from orders o where agency_code like 'H56.14%') as orders, (select jsonb_agg(to_jsonb(r) order by id) from refunds r) as refunds,
      (select jsonb_agg(to_jsonb(d) order by id) from discrepancies d) as discrepancies, (select jsonb_agg(to_jsonb(m) order by id) from merchant_accounts m) as accounts,
      (select jsonb_agg(to_jsonb(k) order by id) from merchant_account_keys k) as keys, (select jsonb_agg(to_jsonb(a) order by agency_code) from agencies a) as agencies,
      (select jsonb_agg(to_jsonb(f) order by id) from fee_schedules f) as fees, (select jsonb_agg(to_jsonb(w) order by id) from webhook_endpoints w) as endpoints,
      (select jsonb_agg(to_jsonb(q) order by id) from quarantine q) as quarantine, (select jsonb_agg(to_jsonb(d) order by id) from disputes d) as disputes, (select jsonb_agg(to_jsonb(t) order by id) from tracing_cases t) as tracing,
      (select jsonb_agg(to_jsonb(w) order by id) from webhook_deliveries w) as deliveries, (select jsonb_agg(to_jsonb(c) order by id) from clients c where agency_code = 'H56.14') as clients`
  )[0]

describe('another agency', () => {
  it('has a valid body here for every writing route', () => {
    const missing = owned
      .filter((route) => route.request.json && route.method !== 'get' && !(route.operationId in bodies))
      .map((route) => route.operationId)
    expect(missing).toEqual([])
  })

  for (const route of owned) {
    it(`is not seen by ${route.method.toUpperCase()} ${route.path}`, async () => {
      const before = await owners()
      const [seen, unseen] = [await call(route, foreign), await call(route, absent)]
      expect([seen.status, unseen.status]).toEqual([404, 404])
      const [a, b] = [(await seen.json()) as Record<string, unknown>, (await unseen.json()) as Record<string, unknown>]
      // Nothing in the answer may tell a foreign object from one that does not exist.
      expect({ ...a, request_id: '' }).toEqual({ ...b, request_id: '' })
      expect(await owners()).toEqual(before)
    })
  }

  const lists = routeTable.filter(
    (route) => route.method === 'get' && route.path.startsWith('/v1/') && !route.path.includes('{'),
  )
  for (const route of lists) {
    it(`does not appear in GET ${route.path}`, async () => {
      const query = route.operationId === 'inquireBill' ? '?dossier_code=H56.14-261122-0001' : ''
      const answer = await gateway.request(`${route.path}${query}`, { token: stranger })
      const text = await answer.text()
      expect(answer.status, text).toBe(200)
      for (const id of Object.values(foreign)) expect(text.replaceAll('H56.14-261122-0001', '')).not.toContain(id)
    })
  }

  it('cannot be given an order, an account, a fee, a client or an agency', async () => {
    const agency_code = 'H56.14'
    const payer = { name: 'Nguyễn Văn A' }
    const order = {
      dossier_code: 'H56.14-261122-0002',
      agency_code,
      payer,
      return_url: 'https://a.example',
      lines: [{ kind: 'phi', description: 'x', unit_amount: 1 }],
    }
    const payee_account = { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC' }
    const credentials = { tmn_code: 'TESTTMN1', hash_secret: 'FAKEVNPAYSECRETDONOTUSE000000001' }
    const settings = { payment_url: 'https://pay.example/pay', api_url: 'https://pay.example/api' }
    const writes: [string, unknown][] = [
      ['/v1/orders', order],
      ['/v1/merchant_accounts', { agency_code, provider: 'vnpay', title: 'x', credentials, settings, payee_account }],
      [
        '/v1/fee_schedules',
        { agency_code, fee_code: 'X', name: 'x', kind: 'phi', unit_amount: 1, valid_from: '2026-01-01' },
      ],
      ['/v1/clients', { name: 'x', agency_code, scopes: ['orders:read'] }],
      ['/v1/agencies', { agency_code: 'H56.14.07', name: 'x' }],
      ['/v1/reconciliations', { merchant_account: foreign.merchant_account, from: '2026-11-22', to: '2026-11-22' }],
    ]
    for (const [path, json] of writes) {
      const answer = await gateway.request(path, {
        token: stranger,
        json,
        headers: { 'idempotency-key': `foreign${path.replaceAll('/', '-')}` },
      })
      expect([path, answer.status], await answer.text()).toEqual([path, 404])
    }
    expect(await gateway.sql`select id from orders where dossier_code = 'H56.14-261122-0002'`).toEqual([])
  })
})

describe('row-level security', () => {
  it('shows the application role no row of another agency in any table that has an owner', async () => {
    const tables =
      await gateway.sql`select table_name from information_schema.columns where table_schema = 'public' and column_name = 'agency_code'`
    expect(tables.length).toBeGreaterThan(15)
    for (const { tableName } of tables) {
      const name = String(tableName)
      const counts = await inScope(gateway.deps.db, 'H56.12', (sql) => [
        sql`select count(*)::int as n from ${sql(name)} where agency_code is null or not (agency_code = 'H56.12' or agency_code like 'H56.12.%')`,
      ])
      expect([name, counts[0]?.[0]?.n]).toEqual([name, 0])
    }
  })

  it('is on, and forced, for every table that has an owner, under a role that cannot bypass it', async () => {
    const loose = await gateway.sql`
      select c.relname from pg_class c join information_schema.columns i on i.table_name = c.relname and i.column_name = 'agency_code' and i.table_schema = 'public'
      where c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`
    expect(loose).toEqual([])
    const [role] =
      await gateway.sql`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'lephi_app'`
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false })
    const [who] = (await inScope(gateway.deps.db, 'H56', (sql) => [sql`select current_user as name`]))[0] ?? []
    expect(who?.name).toBe('lephi_app')
  })

  it('lets nobody write a row for another agency', async () => {
    const foreignRow = inScope(gateway.deps.db, 'H56.12', (sql) => [
      sql`insert into agencies (agency_code, name) values ('H56.14.01', 'x')`,
    ])
    await expect(foreignRow).rejects.toThrow('row-level security')
    const moved = inScope(gateway.deps.db, 'H56.12', (sql) => [
      sql`update agencies set agency_code = 'H56.14.02' where agency_code = 'H56.12.04'`,
    ])
    await expect(moved).rejects.toThrow('row-level security')
  })
})

/** One object of every kind in H56.14, as its owners have it. */
const seedForeign = async ({ deps, sql, client }: TestApp): Promise<Record<ObjectKind, string>> => {
  const agencyCode = 'H56.14'
  const now = deps.now()
  const account = await seedMerchantAccount(deps, sql, { provider: 'foreign', agencyCode })
  const order = await placeTestOrder(deps, { agencyCode, dossierCode: 'H56.14-261122-0001' })
  const attempt = await addAttempt(deps, order, account, { status: 'captured', amountCaptured: 150_000n })
  const id = (prefix: string) => deps.newId(prefix)
  const ids = {
    refund: id('rfd'),
    dispute: id('dsp'),
    fee: id('fsc'),
    statement: id('stm'),
    draft: id('stm'),
    reconciliation: id('rec'),
    item: id('itm'),
    discrepancy: id('dsc'),
    traced: id('trc'),
    quarantined: id('qrn'),
    entry: id('jrn'),
    receipt: id('rcp'),
    endpoint: id('whe'),
    delivery: id('whd'),
    hold: id('hld'),
  }
  const common = { agencyCode, createdAt: now }
  await sql`insert into refunds ${sql({ ...common, id: ids.refund, orderId: order, attemptId: attempt.id, merchantAccountId: account, provider: 'foreign', merchantReference: 'r', source: 'order', status: 'requested', amount: 1_000n, reason: 'x', madeBy: 'somebody' })}`
  await sql`insert into disputes ${sql({ agencyCode, id: ids.dispute, orderId: order, attemptId: attempt.id, merchantAccountId: account, kind: 'complaint', reason: 'x', amount: 1n, respondBy: '2026-12-31', openedBy: 'somebody', openedAt: now })}`
  await sql`insert into fee_schedules ${sql({ ...common, id: ids.fee, feeCode: 'F', name: 'f', kind: 'phi', unitAmount: 1n, validFrom: '2026-01-01' })}`
  await sql`insert into statements ${sql({ ...common, id: ids.statement, merchantAccountId: account, source: 'provider', fileName: 'f', sha256: 'x', totalBytes: 1n, status: 'imported', createdBy: 'x' })}`
  await sql`insert into statement_drafts ${sql({ ...common, id: ids.draft, fileName: 'f', sha256: 'y', totalBytes: 1n, createdBy: 'x' })}`
  await sql`insert into reconciliations ${sql({ ...common, id: ids.reconciliation, merchantAccountId: account, fromDay: '2026-11-22', toDay: '2026-11-22', status: 'completed', createdBy: 'x' })}`
  await sql`insert into reconciliation_items ${sql({ agencyCode, id: ids.item, reconciliationId: ids.reconciliation, class: 'matched', source: 'bank', proof: sql.json({ rule: 'none', hashes: [] }) })}`
  await sql`insert into discrepancies ${sql({ agencyCode, id: ids.discrepancy, class: 'amount_mismatch', source: 'door', dedupeKey: 'x', amount: 1n, policy: 'x', openedAt: now, orderId: order })}`
  await sql`insert into tracing_cases ${sql({ agencyCode, id: ids.traced, code: 'TS-1', kind: 'provider', subject: 'x', orderId: order, amount: 1n, finder: 'x', cause: 'x', counterpart: 'x', dueOn: '2026-12-31', openedBy: 'x', openedAt: now })}`
  await sql`insert into quarantine ${sql({ agencyCode, id: ids.quarantined, merchantAccountId: account, provider: 'foreign', kind: 'unknown_reference', outcome: 'captured', callbackId: 'cbk_x', reference: 'x', amount: 1n, occurredAt: now, openedAt: now })}`
  await sql.begin(async (tx) => {
    const entry = { agencyCode, businessDay: '2026-11-22' }
    await tx`insert into journal_entries ${tx({ ...entry, id: ids.entry, kind: 'settlement', subject: 'x', occurredAt: now, postedAt: now })}`
    await tx`insert into postings ${tx([1n, -1n].map((amount, line) => ({ ...entry, entryId: ids.entry, lineNo: line + 1, account: 'bank', merchantAccountId: account, amount })))}`
  })
  await sql.begin(async (tx) => {
    const series = { agencyCode, serial: '26TAA', kind: 'phi' }
    await tx`insert into receipt_series ${tx({ ...series, lastNumber: 1 })}`
    await tx`insert into receipts ${tx({ ...series, id: ids.receipt, orderId: order, form: 'EBL01', number: 1, amount: 1n, token: 'x', document: tx.json({}), issuedAt: now, proof: 'x', signature: 'x' })}`
  })
  await sql`insert into webhook_endpoints ${sql({ ...common, id: ids.endpoint, url: 'https://portal.example.vn', sealed: new Uint8Array([1]) })}`
  await sql`insert into webhook_deliveries ${sql({ ...common, id: ids.delivery, webhookEndpointId: ids.endpoint, eventId: 'evt_x', eventType: 'order.paid' })}`
  await sql`insert into legal_holds ${sql({ agencyCode, id: ids.hold, kind: 'order', objectId: order, reason: 'x', placedBy: 'x', placedAt: now })}`
  const { clientId } = await client(['orders:read'], agencyCode)
  const [key] = await sql`select id from merchant_account_keys where merchant_account_id = ${account}`
  return {
    agency: agencyCode,
    merchant_account: account,
    merchant_key: String(key?.id),
    fee_schedule: ids.fee,
    client: clientId,
    order,
    attempt: attempt.id,
    refund: ids.refund,
    dispute: ids.dispute,
    statement: ids.statement,
    statement_draft: ids.draft,
    reconciliation: ids.reconciliation,
    reconciliation_item: ids.item,
    discrepancy: ids.discrepancy,
    tracing_case: ids.traced,
    quarantine_entry: ids.quarantined,
    journal_entry: ids.entry,
    receipt: ids.receipt,
    legal_hold: ids.hold,
    webhook_endpoint: ids.endpoint,
    webhook_delivery: ids.delivery,
  }
}
