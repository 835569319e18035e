// Years later: what has been kept long enough is gone and says so, what is open or held is not, and the books are what they were.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealedFor } from '../../src/domain/sealed-columns.ts'
import { enforceRetention, runRetention } from '../../src/flows/enforce-retention.ts'
import { placeHold, releaseLegalHold } from '../../src/flows/legal-holds.ts'
import { sealPayee } from '../../src/flows/refund-payee.ts'
import { replayCallbacks } from '../../src/flows/replay-callbacks.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import type { Options } from '../../src/node/commands/command.ts'
import { retentionCommand } from '../../src/node/commands/retention.ts'
import { inScope } from '../../src/store/database.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { close } from '../kit/periods.ts'
import { payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { importFile, providerFile } from '../kit/statements.ts'

let gateway: TestApp
let account: string
let attempt: Awaited<ReturnType<typeof payOrder>>
let callback: string
let refused: string
let statement: string
let quiet: string
const monday = '2026-11-23'
const caller = { clientId: 'cli_operator', agency: 'H56' }

const deps = () => gateway.deps
const sql = () => gateway.sql
const storeCallback = async (reading: 'genuine' | 'forged', reference: string) => {
  const id = deps().newId('cbk')
  const sealed = Buffer.from(await deps().box.seal('{}', sealedFor.callback(id)))
  await sql()`insert into callbacks ${sql()({
    ...{
      id,
      agencyCode: 'H56',
      merchantAccountId: account,
      provider: 'test',
      sealed,
      contentHash: 'x',
      claimedReference: reference,
    },
    ...{ reading, verdict: 'accepted', requestId: 'r', receivedAt: deps().now() },
  })}`
  return id
}
const one = async (query: Promise<readonly Record<string, unknown>[]>) => (await query)[0] ?? {}
const pass = async (isDry = false) =>
  Object.fromEntries(
    (await runRetention(deps(), { isDry })).map(({ kind, due, held, erased }) => [kind, [due, held, erased]]),
  )
const books = () => sql()`
  select (select jsonb_agg(to_jsonb(p) order by entry_id, line_no) from postings as p) as postings, (select jsonb_agg(to_jsonb(f) order by id) from money_facts as f) as facts,
    (select jsonb_agg(to_jsonb(e) order by id) from events as e) as events, (select jsonb_agg(to_jsonb(r) order by id) from receipts as r) as receipts,
    (select jsonb_agg(to_jsonb(p) order by id) from periods as p) as periods`

beforeAll(async () => {
  gateway = await startTestApp()
  gateway.clock.set('2026-11-23T02:00:00Z')
  account = await seedMerchantAccount(deps(), sql(), { provider: 'test' })
  attempt = await payOrder(deps(), account)
  await deps().settled()
  callback = await storeCallback('genuine', attempt.merchantReference)
  refused = await storeCallback('forged', attempt.merchantReference)
  // An order that nobody ever paid.
  quiet = (await startPayment(deps(), account, { status: 'failed' })).orderId
  await sql()`update orders set status = 'expired', closed_at = now(), next_expiry_at = null where id = ${quiet}`
  await sql()`update orders set closed_at = ${deps().now()} where id = ${quiet}`
  statement = (await importFile(deps(), account, providerFile([lineRow()]))).id
  gateway.clock.set('2026-11-25T02:00:00Z')
  await reconcile(deps(), account, { from: monday, to: monday })
  const id = deps().newId('rfd')
  const payee = Buffer.from(await sealPayee(deps(), id, { number: '0011223344', bank_bin: '970436', holder: 'LAN' }))
  await sql()`insert into refunds ${sql()({
    ...{
      id,
      agencyCode: 'H56.12.03',
      orderId: attempt.orderId,
      attemptId: attempt.id,
      merchantAccountId: account,
      provider: 'test',
      merchantReference: 'r1',
    },
    ...{
      source: 'order',
      status: 'withdrawn',
      amount: 1n,
      reason: 'x',
      method: 'manual',
      payeeSealed: payee,
      payeeVersion: 1,
      madeBy: 'm',
    },
    ...{ payeeAccount: sql().json({ number: '••••3344', bank_bin: '970436' }), createdAt: deps().now() },
  })}`
  for (const [session, seen] of [
    ['ses_1', '2026-11-23T02:00:00Z'],
    ['ses_2', '2026-11-24T02:00:00Z'],
  ] as const)
    await sql()`insert into staff_sessions ${sql()({ id: session, tokenHash: session, subject: 'i#lan', name: 'Lan', role: 'auditor', agencyCode: 'H56', createdAt: new Date(seen), seenAt: new Date(seen) })}`
  await sql()`insert into audit_log ${sql()({ id: 'aud_1', agencyCode: 'H56', at: deps().now(), actor: 'i#lan', action: 'order.read', object: attempt.orderId, requestId: 'r' })}`
})
const lineRow = () => ({
  reference: attempt.merchantReference,
  providerReference: `p-${attempt.merchantReference}`,
  amount: 150_000,
})
afterAll(() => gateway.close())

describe('after two years', () => {
  it('nothing goes whose day is not closed in the books, and a dry run changes nothing', async () => {
    gateway.clock.set('2028-12-01T02:00:00Z')
    const before = await books()
    const dry = await pass(true)
    expect(dry).toMatchObject({
      payer_details: [2, 1, 0],
      payee_accounts: [1, 1, 0],
      refused_callbacks: [1, 1, 0],
      payer_networks: [2, 1, 0],
      callbacks: [0, 0, 0],
    })
    expect(await sql()`select from retention_passes`).toHaveLength(0)
    expect((await one(sql()`select count(payer_sealed)::int as n from orders`)).n).toBe(2)
    expect(await pass()).toMatchObject({
      payer_details: [2, 1, 1],
      payer_networks: [2, 1, 1],
      staff_sessions: [1, 0, 1],
    })
    expect(await sql()`select id from orders where payer_sealed is not null`).toEqual([{ id: attempt.orderId }])
    expect(await sql()`select id from staff_sessions`).toEqual([{ id: 'ses_2' }])
    expect(await books()).toEqual(before)
  })

  it('nothing goes that somebody disputes, or that is under a legal hold, until it is released', async () => {
    gateway.clock.set('2026-11-25T02:00:00Z')
    await close(deps(), account, monday)
    gateway.clock.set('2028-12-01T02:00:00Z')
    const dispute = {
      id: 'dsp_1',
      agencyCode: 'H56.12.03',
      orderId: attempt.orderId,
      attemptId: attempt.id,
      merchantAccountId: account,
      kind: 'complaint',
    }
    await sql()`insert into disputes ${sql()({ ...dispute, reason: 'x', amount: 1n, respondBy: '2026-12-31', openedBy: 'a', openedAt: deps().now() })}`
    expect(await pass()).toMatchObject({
      payer_details: [1, 1, 0],
      payee_accounts: [1, 1, 0],
      refused_callbacks: [1, 1, 0],
    })
    await sql()`update disputes set status = 'closed', outcome = 'won', closed_by = 'b', closed_at = now() where id = 'dsp_1'`
    const order = await placeHold(deps(), caller, { kind: 'order', objectId: attempt.orderId, reason: 'Thanh tra' })
    const whole = await placeHold(deps(), caller, { kind: 'merchant_account', objectId: account, reason: 'Tòa án' })
    await releaseLegalHold(deps(), caller, { id: order.id, reason: 'xong' })
    expect(await pass()).toMatchObject({
      payer_details: [1, 1, 0],
      payee_accounts: [1, 1, 0],
      refused_callbacks: [1, 1, 0],
    })
    await releaseLegalHold(deps(), caller, { id: whole.id, reason: 'xong' })
    expect(await pass()).toMatchObject({
      payer_details: [1, 0, 1],
      payee_accounts: [1, 0, 1],
      refused_callbacks: [1, 0, 1],
      payer_networks: [1, 0, 1],
    })
    expect(await sql()`select payer_sealed, payer_name from orders where id = ${attempt.orderId}`).toEqual([
      { payerSealed: null, payerName: 'Nguyễn Thị Lan' },
    ])
    expect(await sql()`select distinct payer_ip from attempts`).toEqual([{ payerIp: '203.0.113.0/24' }])
    expect(await sql()`select payee_sealed, payee_account ->> 'number' as number from refunds`).toEqual([
      { payeeSealed: null, number: '••••3344' },
    ])
    expect(await sql()`select id from callbacks where sealed is not null`).toEqual([{ id: callback }])
    expect((await one(sql()`select erased_at from callbacks where id = ${refused}`)).erasedAt).toEqual(deps().now())
    expect(await pass()).toMatchObject({ payer_details: [0, 0, 0], refused_callbacks: [0, 0, 0] })
  })
})

describe('after the tenth year', () => {
  it('the evidence goes, by the job, and whoever verifies says so instead of a fault; the books are what they were', async () => {
    const range = { from: new Date('2026-01-01'), to: new Date('2027-01-01') }
    gateway.clock.set('2026-11-25T02:00:00Z')
    const credit = await storeCallback('genuine', 'what a bank wrote')
    await sql()`insert into quarantine ${sql()({
      ...{ id: 'qua_1', agencyCode: 'H56', merchantAccountId: account, provider: 'test', kind: 'unknown_reference' },
      ...{ outcome: 'captured', callbackId: credit, reference: 'q', amount: 1n, text: 'NGUYEN THI LAN' },
      ...{ occurredAt: deps().now(), openedAt: deps().now(), status: 'attributed', attemptId: attempt.id },
      ...{ decidedBy: 'b', decidedAt: deps().now() },
    })}`
    gateway.clock.set('2036-12-31T16:00:00Z')
    expect(await pass()).toMatchObject({ callbacks: [0, 0, 0], statement_files: [0, 0, 0], audit_records: [0, 0, 0] })
    expect((await verifyMatches(deps())).fault).toBeNull()
    // As a bank's line would have it.
    await sql()`update statement_lines set description = 'NGUYEN THI LAN 0912345678', counterparty = 'LAN'`
    const before = await books()
    gateway.clock.set('2037-01-01T00:00:00Z')
    const hold = await placeHold(deps(), caller, { kind: 'order', objectId: attempt.orderId, reason: 'Tòa án' })
    // The file that lists its payment, and the credit that a person attributed to it with the callback that told of it.
    expect(await pass(true)).toMatchObject({
      statement_files: [1, 1, 0],
      callbacks: [2, 2, 0],
      credit_texts: [1, 1, 0],
    })
    await releaseLegalHold(deps(), caller, { id: hold.id, reason: 'xong' })
    let erased = 0
    for (let turn = 0; turn < 5; turn += 1) erased += await enforceRetention(deps())
    expect(erased).toBeGreaterThan(4)
    expect(await books()).toEqual(before)
    expect(await sql()`select from statement_chunks`).toHaveLength(0)
    expect(await sql()`select description, counterparty from statement_lines`).toEqual([
      { description: null, counterparty: null },
    ])
    for (const table of ['payer_words', 'audit_log'])
      expect([table, await sql()`select from ${sql()(table)}`]).toEqual([table, []])
    const replayed = await replayCallbacks(deps(), { ...range, dryRun: true })
    expect([replayed.callbacks, replayed.erased, replayed.readDifferently]).toEqual([3, 3, []])
    const matches = await verifyMatches(deps())
    expect([matches.fault, matches.unverifiable, matches.erased]).toMatchObject([
      null,
      1,
      [{ statement, erasedAt: deps().now() }],
    ])
    expect((await verifyLedger(deps())).fault).toBeNull()
    // The pass of a day is over: the next one is tomorrow's.
    expect(await enforceRetention(deps())).toBe(0)
    const kinds = (await sql()`select kind from retention_passes where at = ${deps().now()} order by kind`).map(
      ({ kind }) => kind,
    )
    expect(kinds).toEqual(['audit_records', 'callbacks', 'credit_texts', 'payer_words', 'statement_files'])
    expect(await sql()`select text from quarantine`).toEqual([{ text: null }])
  })
})

describe('over HTTP', () => {
  it('the rules, the passes and the holds are read, and who placed and released a hold is on record', async () => {
    const token = await gateway.token()
    const get = async (path: string) =>
      (await (await gateway.request(path, { token })).json()) as { data: Record<string, unknown>[] }
    const rules = (await get('/v1/retention')).data
    expect(rules.find(({ kind }) => kind === 'callbacks')).toMatchObject({
      certainty: 'inferred',
      terms: [{ from: '2017-01-01', days: null, years_from_year_end: 10 }],
      kept_from: '2027-01-01T00:00:00+07:00',
    })
    expect((await get('/v1/retention_passes')).data[0]).toMatchObject({
      kind: 'audit_records',
      due: 1,
      held: 0,
      erased: 1,
    })
    const placed = await gateway.request(`/v1/orders/${attempt.orderId}/holds`, {
      token,
      json: { reason: 'Thanh tra' },
    })
    const hold = (await placed.json()) as { id: string }
    expect([placed.status, hold]).toMatchObject([201, { kind: 'order', object: attempt.orderId, released_at: null }])
    const again = await gateway.request(`/v1/orders/${attempt.orderId}/holds`, { token, json: { reason: 'Thanh tra' } })
    expect([again.status, await again.json()]).toEqual([201, hold])
    const released = await gateway.request(`/v1/legal_holds/${hold.id}/release`, { token, json: { reason: 'xong' } })
    expect([released.status, await released.json()]).toMatchObject([200, { release_reason: 'xong' }])
    expect((await get('/v1/legal_holds?active=false')).data).toHaveLength(4)
    const seen = (await get('/v1/audit?from=2037-01-01')).data.map(({ action, object }) => [action, object])
    expect(seen).toEqual(
      expect.arrayContaining([
        ['hold.placed', attempt.orderId],
        ['hold.released', hold.id],
      ]),
    )
  })
})

describe('the command', () => {
  it('says of each kind what would go, or has gone', async () => {
    const run = (options: Options) =>
      retentionCommand.run({
        open: async () => ({ deps: deps(), masterKeys: [] }),
        options,
        progress: () => undefined,
      } as never)
    const dry = await run({ 'dry-run': true })
    expect([dry.exitCode, dry.lines.length, dry.lines.find((line) => line.startsWith('callbacks '))]).toEqual([
      0,
      11,
      'callbacks            before 2027-01-01T00:00:00+07:00: 0 due, 0 held back, 0 would go',
    ])
    expect((await run({})).lines[0]).toMatch(/0 due, 0 held back, 0 erased$/)
  })
})

describe('the database', () => {
  it('refuses to erase before its own least time, whatever the application says the date is', async () => {
    await sql().unsafe(
      `create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select '2027-01-01'::timestamptz $$`,
    )
    gateway.clock.set('2026-11-23T02:00:00Z')
    const young = await payOrder(deps(), account)
    const told = await storeCallback('genuine', young.merchantReference)
    await sql()`insert into audit_log ${sql()({ id: 'aud_2', agencyCode: 'H56', at: deps().now(), actor: 'x', action: 'order.read', requestId: 'r' })}`
    const tries: [string, (app: ReturnType<typeof sql>) => ReturnType<ReturnType<typeof sql>>][] = [
      ['callbacks', (app) => app`update callbacks set sealed = null, erased_at = now() where id = ${told}`],
      ['orders', (app) => app`update orders set payer_sealed = null where id = ${young.orderId}`],
      ['payer_words', (app) => app`delete from payer_words where order_id = ${young.orderId}`],
      ['audit_log', (app) => app`delete from audit_log where id = 'aud_2'`],
      ['statements', (app) => app`update statements set erased_at = null where id = ${statement}`],
      ['legal_holds', (app) => app`update legal_holds set reason = 'anders'`],
    ]
    for (const [table, attemptToErase] of tries)
      await expect(
        inScope(deps().db, '*', (app) => [attemptToErase(app) as never]),
        table,
      ).rejects.toMatchObject({ code: expect.stringMatching(/^(55000|42501)$/) })
  })

  it('lets the application date nothing back, so that what is young cannot be made old enough', async () => {
    const young = await payOrder(deps(), account)
    const told = await storeCallback('genuine', young.merchantReference)
    const row = { reference: young.merchantReference, providerReference: 'young', amount: 150_000 }
    const file = (await importFile(deps(), account, providerFile([row]))).id
    const other = Buffer.from(await deps().box.seal('[]', sealedFor.callback(told)))
    await sql()`insert into staff_sessions ${sql()({ id: 'ses_3', tokenHash: 'ses_3', subject: 'i#hoa', name: 'Hoa', role: 'auditor', agencyCode: 'H56', createdAt: deps().now(), seenAt: deps().now() })}`
    const longAgo = '2000-01-01'
    const tries: [string, (app: ReturnType<typeof sql>) => ReturnType<ReturnType<typeof sql>>[]][] = [
      ['order', (app) => [app`update orders set created_at = ${longAgo} where id = ${young.orderId}`]],
      ['refund', (app) => [app`update refunds set created_at = ${longAgo}`]],
      ['statement', (app) => [app`update statements set created_at = ${longAgo} where id = ${file}`]],
      ['end of a statement', (app) => [app`update statements set status = 'rejected' where id = ${file}`]],
      [
        'session',
        (app) => [
          app`update staff_sessions set seen_at = ${longAgo} where id = 'ses_3'`,
          app`delete from staff_sessions where id = 'ses_3'`,
        ],
      ],
      [
        'sealed anew and said to be erased',
        (app) => [app`update callbacks set sealed = ${other}, erased_at = now() where id = ${told}`],
      ],
    ]
    for (const [what, statements] of tries)
      await expect(
        inScope(deps().db, '*', (app) => statements(app) as never),
        what,
      ).rejects.toMatchObject({ code: '55000' })
    await inScope(deps().db, '*', (app) => [app`update callbacks set sealed = ${other} where id = ${told}`])
  })
})
