// Receipts are numbered without gaps, one for each kind of fee, whoever asks and however often.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { changeAgency } from '../../src/flows/change-agency.ts'
import { noteOverdueReceipts, setReceiptGauges } from '../../src/flows/chase-receipts.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import type { PlaceOrderInput } from '../../src/flows/place-order.ts'
import { readReceipts } from '../../src/flows/read-receipts.ts'
import { jobs, runJobs } from '../../src/flows/run-jobs.ts'
import { loadFacts } from '../../src/store/facts.ts'
import { findReceiptByToken } from '../../src/store/receipt-histories.ts'
import { findReceiptGap, findReceipts } from '../../src/store/receipts.ts'
import { listUnreceipted } from '../../src/store/unreceipted.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { addAttempt, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { captured } from '../kit/scripted-provider.ts'

let database: TestDatabase
let deps: TestDeps
let account: string

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  await seedAgencies(database.sql)
  await database.sql`update agencies set name = 'UBND phường Hạc Thành', tax_code = '2800123456', address = '1 Lê Lợi', phone = '02373' where agency_code = 'H56.12.03'`
})
afterAll(() => database.drop())
beforeEach(async () => {
  deps = createTestDeps(database.database, { clock: createClock('2026-11-23T02:00:00Z') })
  account = await seedMerchantAccount(deps, database.sql, { provider: 'vnpay' })
})

type Line = PlaceOrderInput['lines'][number]
const line = (kind: Line['kind'], unitAmount: bigint, more: Partial<Line> = {}): Line => ({
  feeCode: null,
  kind,
  description: `Khoản ${kind} ${unitAmount}`,
  unitAmount,
  quantity: 1,
  budgetItem: null,
  exemption: null,
  ...more,
})

let dossiers = 0
const placed = async (lines: Line[] = [line('le_phi', 8_000n)], agencyCode = 'H56.12.03') => {
  dossiers += 1
  return placeTestOrder(deps, { agencyCode, lines, dossierCode: `${agencyCode}-261122-${String(4_000 + dossiers)}` })
}
/** Pays, and no more: as if the process had ended before it could issue receipts. */
const pay = async (orderId: string) => {
  const attempt = await addAttempt(deps, orderId, account, { provider: 'vnpay' })
  const outcome = captured(attempt.merchantReference, attempt.amount)
  const newToken = () => {
    throw new Error('the process has ended')
  }
  await applyOutcome({ ...deps, newToken }, { merchantAccountId: account, outcome, source: 'callback' })
  await deps.settled()
  return attempt
}
const paid = async (...given: Parameters<typeof placed>) => {
  const orderId = await placed(...given)
  await pay(orderId)
  return orderId
}
const series = (agencyCode: string, serial: string) =>
  database.sql`select number from receipts where agency_code = ${agencyCode} and serial = ${serial} order by number`
const numbersOf = async (...given: Parameters<typeof series>) =>
  (await series(...given)).map((row) => Number(row.number))

describe('the receipts of an order', () => {
  it('are one for phí and one for lệ phí, with everything that the law wants on them', async () => {
    const orderId = await placed([
      line('le_phi', 8_000n, { feeCode: 'LP-01', description: 'Lệ phí đăng ký khai sinh', budgetItem: '2771' }),
      line('phi', 3_000n, { quantity: 7, description: 'Phí chứng thực bản sao' }),
      line('phi', 5_000n, { exemption: { rule: 'NQ 12/2025', evidence: 'Trẻ em' } }),
    ])
    const attempt = await pay(orderId)
    const [phi, lePhi, ...others] = await issueReceipts(deps, orderId)
    expect(others).toEqual([])
    expect(phi).toMatchObject({ kind: 'phi', form: 'EBL01', serial: '26TAA', amount: 21_000n })
    expect(lePhi).toMatchObject({ kind: 'le_phi', form: 'EBL01', serial: '26TAB', amount: 8_000n })
    expect(phi?.document).toMatchObject({
      title: 'BIÊN LAI THU PHÍ',
      issued_on: '2026-11-23',
      collector: {
        agency_code: 'H56.12.03',
        name: 'UBND phường Hạc Thành',
        tax_code: '2800123456',
        address: '1 Lê Lợi',
        phone: '02373',
      },
      payer: { name: 'Nguyễn Thị Lan' },
      amount: 21_000n,
      amount_in_words: 'Hai mươi mốt nghìn đồng',
      payment: {
        method: 'Chuyển khoản',
        attempt: attempt.id,
        provider: 'vnpay',
        provider_reference: `P${attempt.merchantReference.slice(-8)}`,
        merchant_reference: attempt.merchantReference,
        paid_at: '2026-11-23T09:00:00+07:00',
      },
      order: orderId,
    })
    expect(phi?.document.fees).toHaveLength(1)
    expect(lePhi?.document.fees).toMatchObject([
      {
        fee_code: 'LP-01',
        description: 'Lệ phí đăng ký khai sinh',
        budget_item: '2771',
        amount_in_words: 'Tám nghìn đồng',
      },
    ])
    expect(await findReceipts(deps.db, 'H56', orderId)).toEqual([phi, lePhi])
    expect((await findReceiptByToken(deps.db, phi?.token ?? ''))?.receipt).toEqual(phi)
  })

  it('are told of on the timeline, which stays linked', async () => {
    const orderId = await paid()
    const [receipt] = await issueReceipts(deps, orderId)
    const [event] =
      await database.sql`select type, sequence, data, hash from events where order_id = ${orderId} order by sequence desc limit 1`
    expect(event).toMatchObject({
      type: 'receipt.issued',
      data: { id: receipt?.id, order: orderId, number: receipt?.number, amount: 8_000 },
    })
    const facts = await loadFacts(deps.db, '*', { orderId })
    expect(facts?.order).toMatchObject({ eventCount: event?.sequence, eventHash: event?.hash })
  })

  it('are the same again for whoever asks again', async () => {
    const orderId = await paid()
    const first = await issueReceipts(deps, orderId)
    deps.clock.advance(86_400)
    expect(await issueReceipts(deps, orderId)).toEqual(first)
  })

  it.each([
    ['open', () => placed()],
    ['waived', () => placed([line('le_phi', 8_000n, { exemption: { rule: 'NQ 12/2025', evidence: 'Trực tuyến' } })])],
    ['paid for a fine and a tax only', () => paid([line('phat', 500_000n), line('thue', 30_000n)])],
  ])('are none when it is %s', async (_, make) => {
    const orderId = await make()
    expect(await issueReceipts(deps, orderId)).toEqual([])
    expect(await findReceipts(deps.db, '*', orderId)).toEqual([])
  })

  it('cannot be changed or deleted, not even by the owner', async () => {
    const orderId = await paid()
    await issueReceipts(deps, orderId)
    await expect(database.sql`update receipts set number = 99 where order_id = ${orderId}`).rejects.toThrow(
      'append-only',
    )
    await expect(database.sql`delete from receipts where order_id = ${orderId}`).rejects.toThrow('append-only')
  })
})

describe('receipt numbers', () => {
  it('have no gaps when fifty orders are receipted at once', async () => {
    const orders: string[] = []
    for (let n = 0; n < 50; n += 1)
      orders.push(await placed([line('phi', 1_000n), line('le_phi', 2_000n)], 'H56.12.04'))
    for (const orderId of orders) await pay(orderId)
    await Promise.all(orders.map((orderId) => issueReceipts(deps, orderId)))
    for (const serial of ['26TAA', '26TAB'])
      expect(await numbersOf('H56.12.04', serial)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  })

  it('have no gaps when one order is receipted fifty times at once', async () => {
    const orderId = await placed([line('phi', 1_000n), line('le_phi', 2_000n)], 'H56.14')
    await pay(orderId)
    await Promise.all(Array.from({ length: 50 }, () => issueReceipts(deps, orderId)))
    const rows =
      await database.sql`select serial, last_number, kind from receipt_series where agency_code = 'H56.14' order by serial`
    expect(rows).toEqual([
      { serial: '26TAA', lastNumber: 1, kind: 'phi' },
      { serial: '26TAB', lastNumber: 1, kind: 'le_phi' },
    ])
    for (const serial of ['26TAA', '26TAB']) expect(await numbersOf('H56.14', serial)).toEqual([1])
  })

  it('have no gaps when an issue fails halfway', async () => {
    const [first, second] = [await paid(undefined, 'H56.12'), await paid(undefined, 'H56.12')]
    // A token that is taken already fails after the number was given out.
    const clumsy = { ...deps, newToken: () => 'the-same-token' }
    await issueReceipts(clumsy, first)
    await expect(issueReceipts(clumsy, second)).rejects.toThrow('receipts_token_index')
    await issueReceipts(deps, second)
    expect(await numbersOf('H56.12', '26TAB')).toEqual([1, 2])
  })

  it('have no gaps when fifty orders are receipted while the year ends', async () => {
    const orders: string[] = []
    for (let n = 0; n < 50; n += 1) orders.push(await paid(undefined, 'H56.12.03'))
    const turn = new Date('2026-12-31T16:59:59.999Z').getTime()
    // Every process has its own clock: half of them are a millisecond further.
    const issued = await Promise.all(
      orders.map((orderId, n) => issueReceipts({ ...deps, now: () => new Date(turn + (n % 2)) }, orderId)),
    )
    const by = (serial: string) => issued.flat().filter((receipt) => receipt.serial === serial)
    expect([by('26TAB').length, by('27TAB').length]).toEqual([25, 25])
    for (const receipt of by('26TAB')) expect(receipt.document.issued_on).toBe('2026-12-31')
    for (const receipt of by('27TAB')) expect(receipt.document.issued_on).toBe('2027-01-01')
    expect(await numbersOf('H56.12.03', '27TAB')).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
    const former = await numbersOf('H56.12.03', '26TAB')
    expect(former).toEqual(former.map((_, index) => index + 1))
  })

  it('begin again in a series of its own when the agency changes its letters, and go on where it changes back', async () => {
    const admin = { clientId: 'cli_admin', agency: '*', scopes: [], tokenId: 'x' }
    const change = (receiptSerialLePhi: string) =>
      changeAgency(deps, admin, { code: 'H56.12', changes: { receiptSerialLePhi } })
    const issueOne = async () => (await issueReceipts(deps, await paid(undefined, 'H56.12')))[0]
    const before = await issueOne()
    await change('TBY')
    expect(await issueOne()).toMatchObject({ serial: '26TBY', number: 1 })
    await change('TAB')
    expect(await issueOne()).toMatchObject({ serial: '26TAB', number: (before?.number ?? 0) + 1 })
    // Letters of the other kind, now or once, are refused, and so are letters that the annex does not have.
    await expect(change('TAA')).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(change('TOO')).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(
      changeAgency(deps, admin, { code: 'H56.12', changes: { receiptSerialPhi: 'TBY' } }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('are held by the database: dense, of one kind and one year, never taken without a receipt or taken back', async () => {
    const [receipt] = await issueReceipts(deps, await paid(undefined, 'H56.14'))
    const other = await paid(undefined, 'H56.14')
    const row = {
      id: 'rcp_x',
      agencyCode: 'H56.14',
      orderId: other,
      kind: 'le_phi',
      form: 'EBL01',
      serial: '26TAB',
      amount: 1n,
    }
    const next = {
      ...row,
      number: (receipt?.number ?? 0) + 1,
      token: 'x',
      document: {},
      issuedAt: deps.now(),
      proof: 'x',
      signature: 'x',
    }
    const write = (columns: object, taken = 1) =>
      database.sql.begin(async (tx) => {
        await tx`update receipt_series set last_number = last_number + ${taken} where agency_code = 'H56.14' and serial = '26TAB'`
        await tx`insert into receipts ${tx({ ...next, ...columns, document: tx.json({}) })}`
      })
    await expect(write({ number: next.number + 1 }, 2)).rejects.toThrow('does not follow')
    await expect(write({ number: next.number - 1 })).rejects.toThrow('does not follow')
    await expect(write({ kind: 'phi' })).rejects.toThrow('is not of phi')
    await expect(write({ issuedAt: new Date('2027-01-01T00:00:00+07:00') })).rejects.toThrow('of another year')
    await expect(write({ issuedAt: new Date(deps.now().getTime() - 1) })).rejects.toThrow('before the one')
    await expect(write({ signature: null })).rejects.toThrow('not signed')
    await expect(write({}, 2)).rejects.toThrow('taken')
    await expect(write({}, 0)).rejects.toThrow('does not follow')
    await expect(
      database.sql`update receipt_series set last_number = 0 where agency_code = 'H56.14' and serial = '26TAB'`,
    ).rejects.toThrow('only grows')
    await expect(database.sql`delete from receipt_series where agency_code = 'H56.14'`).rejects.toThrow('never deleted')
    expect(await findReceiptGap(deps.db)).toBeNull()
    await database.sql`alter table receipts disable trigger all`
    await database.sql`insert into receipts ${database.sql({ ...next, number: next.number + 2, document: database.sql.json({}) })}`
    expect(await findReceiptGap(deps.db)).toEqual({ agencyCode: 'H56.14', serial: '26TAB', number: next.number })
    await database.sql`delete from receipts where id = 'rcp_x'`
    await database.sql`alter table receipts enable trigger all`
  })

  it('begin again in the series of the next year, by the clock of Vietnam', async () => {
    deps.clock.set('2026-12-31T16:59:59Z')
    const last = await paid(undefined, 'H56')
    const next = await paid(undefined, 'H56')
    const [old] = await issueReceipts(deps, last)
    deps.clock.set('2026-12-31T17:00:00Z')
    const [fresh] = await issueReceipts(deps, next)
    expect(old).toMatchObject({ serial: '26TAB', number: 1, document: { issued_on: '2026-12-31' } })
    expect(fresh).toMatchObject({ serial: '27TAB', number: 1, document: { issued_on: '2027-01-01' } })
  })
})

const raise = (message: string): never => {
  throw new Error(message)
}

describe('the job', () => {
  const run = () => {
    const { issue_receipts: job } = jobs
    if (!job) throw new Error('no job')
    return runJobs(deps, { run: { issue: job } })
  }
  it('issues what a payment left without', async () => {
    const orderId = await paid()
    await Promise.all([run(), run()])
    expect(await findReceipts(deps.db, 'H56', orderId)).toHaveLength(1)
    expect((await run()).counts).toEqual({ issue: 0 })
  })

  it('tries again ever more seldom, tells once that it is late, and then issues one with the next number', async () => {
    const before = await numbersOf('H56.12.03', '26TAB')
    const orderId = await paid()
    const failing = { ...deps, newToken: () => raise('no token') }
    const { issue_receipts: job, watch_receipts: watch } = jobs
    if (!job || !watch) throw new Error('no job')
    const tries = async () =>
      (await database.sql`select tries from receipt_tries where order_id = ${orderId}`)[0]?.tries
    const pass = (seconds: number) => {
      deps.clock.advance(seconds)
      return runJobs(failing, { run: { job, watch } })
    }
    await pass(0)
    await pass(14)
    expect(await tries()).toBe(1)
    for (const seconds of [1, 60, 300, 900]) await pass(seconds)
    expect(await tries()).toBe(5)
    const late = () => database.sql`select data from events where order_id = ${orderId} and type = 'receipt.overdue'`
    expect(await late()).toHaveLength(0)
    describeFlowMetrics(deps.metrics)
    await setReceiptGauges(deps)
    expect(deps.metrics.text()).toMatch(
      /lephi_orders_without_receipt 1\n[\s\S]*lephi_orders_without_receipt_age_seconds 1275/,
    )
    for (const seconds of [2_400, 600, 3_600]) await pass(seconds)
    expect(await late()).toMatchObject([{ data: { order: orderId, paid_at: '2026-11-23T09:00:00+07:00' } }])
    deps.clock.advance(3_600)
    await run()
    const [receipt] = await findReceipts(deps.db, 'H56', orderId)
    expect(receipt?.number).toBe(before.length + 1)
    expect(await numbersOf('H56.12.03', '26TAB')).toEqual([...before, before.length + 1])
    expect(await tries()).toBeUndefined()
    await setReceiptGauges(deps)
    expect(deps.metrics.text()).toMatch(/lephi_orders_without_receipt 0/)
  })

  it('waits for the tax code of an agency that has none, takes no number until then, and says so', async () => {
    await database.sql`update agencies set tax_code = null where agency_code = 'H56.14'`
    const before = await numbersOf('H56.14', '26TAB')
    const orderId = await paid(undefined, 'H56.14')
    const { watch_receipts: watch } = jobs
    if (!watch) throw new Error('no job')
    const waiting = () => listUnreceipted(deps.db, 'H56.14', { after: null, limit: 10 })
    await run()
    expect(await waiting()).toMatchObject([{ orderId, reason: 'no_tax_code', tries: 1, overdueAt: null }])
    expect(await listUnreceipted(deps.db, 'H56.12', { after: null, limit: 10 })).toEqual([])
    await expect(readReceipts(deps, 'H56', orderId)).rejects.toMatchObject({ code: 'receipt_not_issued' })
    deps.clock.advance(4_000)
    await runJobs(deps, { run: { watch } })
    const late = () => database.sql`select data from events where order_id = ${orderId} and type = 'receipt.overdue'`
    expect(await late()).toMatchObject([{ data: { order: orderId, reason: 'no_tax_code' } }])
    await run()
    expect(await numbersOf('H56.14', '26TAB')).toEqual(before)
    const admin = { clientId: 'cli_admin', agency: '*', scopes: [], tokenId: 'x' }
    await changeAgency(deps, admin, { code: 'H56.14', changes: { taxCode: '2800999888' } })
    await run()
    const [receipt] = await findReceipts(deps.db, 'H56', orderId)
    expect(receipt?.document.collector.tax_code).toBe('2800999888')
    expect([await numbersOf('H56.14', '26TAB'), await waiting()]).toEqual([[...before, before.length + 1], []])
  })

  it('tells of every late one, though one of them cannot be told of', async () => {
    const ids = [await paid(), await paid(), await paid()]
    deps.clock.advance(4_000)
    const failing = {
      ...deps,
      newId: (prefix: string) => (prefix === 'evt' && bad-- > 0 ? raise('no id') : deps.newId(prefix)),
    }
    let bad = 1
    expect(await noteOverdueReceipts(failing, 10)).toBe(2)
    expect(await noteOverdueReceipts(deps, 10)).toBe(1)
    await run()
    for (const id of ids) expect(await findReceipts(deps.db, 'H56', id)).toHaveLength(1)
  })

  it('finds an old one too, once an hour', async () => {
    const orderId = await paid()
    await database.sql`alter table events disable trigger all`
    await database.sql`select lephi_number_events()`
    await database.sql`update events set position = position + 1000000000 where order_id <> ${orderId}`
    await database.sql`alter table events enable trigger all`
    await database.sql`insert into job_leases ${database.sql({ name: 'receipt_sweep', holder: 'x', until: new Date('2026-11-23T03:00:00Z') })} on conflict (name) do update set until = excluded.until`
    await run()
    expect(await findReceipts(deps.db, 'H56', orderId)).toEqual([])
    deps.clock.set('2026-11-23T03:00:00Z')
    await run()
    expect(await findReceipts(deps.db, 'H56', orderId)).toHaveLength(1)
  })
})
