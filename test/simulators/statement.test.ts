// The settlement statement: days, prices, signs, and the faults of a statement.
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { providerFee } from '../../src/simulators/statement.ts'
import { isDay, nextWorkingDay, readStamp, stamp } from '../../src/simulators/vietnam-time.ts'
import { openTown, openVnpay, type Town, vnpayAccount, vnpayRefund } from './merchant.ts'

const tariff = { basis_points: 110, fixed: 0, minimum: 500, maximum: 20_000, vat_basis_points: 1_000 }
const pricedTown = () => openTown({ accounts: { vnpay: [{ ...vnpayAccount, tariff }] } })
const columns =
  'line_type,occurred_at,merchant_reference,provider_reference,amount,provider_fee,net_amount,status,payout_reference,value_date'

const fetchCsv = async (town: Town, path = 'settlements/2026-11-20.csv') => {
  const response = await town.app.request(`/simulators/vnpay/${path}`)
  expect(response.status).toBe(200)
  const text = await response.text()
  return { text, rows: Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data }
}
const paid = async (town: Town, ...references: string[]) => {
  await openVnpay(town, ...references)
  for (const reference of references) await town.complete('vnpay', reference)
}

describe('the settlement statement', () => {
  it('lists the captures of a day with fee, net, payout and value date', async () => {
    const town = pricedTown()
    await paid(town, 'HS1')
    const { text, rows } = await fetchCsv(town)
    expect(text.split('\r\n')[0]).toBe(columns)
    // 150,000 at 1.1 % is 1,650, and 10 % VAT on that is 165. The 20th is a Friday, so money comes on Monday.
    expect(rows).toEqual([
      {
        line_type: 'capture',
        occurred_at: '2026-11-20T10:00:00+07:00',
        merchant_reference: 'HS1',
        provider_reference: expect.stringMatching(/^\d{11}$/),
        amount: '150000',
        provider_fee: '1815',
        net_amount: '148185',
        status: 'success',
        payout_reference: 'VNPAY-TESTTMN1-20261120',
        value_date: '2026-11-23',
      },
    ])
  })

  it('lists a refund with a positive amount, a negative net and no fee, and adds up to the ledger', async () => {
    const town = pricedTown()
    await paid(town, 'HS1', 'HS2')
    await vnpayRefund(town, { vnp_RequestId: 'refund1', vnp_TransactionType: '03', vnp_Amount: '5000000' })
    town.pass(120)
    await town.sim.tick()
    const { rows } = await fetchCsv(town)
    expect(rows.find((row) => row.line_type === 'refund')).toMatchObject({
      merchant_reference: 'refund1',
      amount: '50000',
      provider_fee: '0',
      net_amount: '-50000',
    })
    const net = rows.reduce((sum, row) => sum + BigInt(row.net_amount ?? 0), 0n)
    const fees = rows.reduce((sum, row) => sum + BigInt(row.provider_fee ?? 0), 0n)
    const moved = town.sim
      .ledger('vnpay')
      .reduce((sum, row) => (row.kind === 'payment' ? sum + row.amount : sum - row.amount), 0n)
    expect(net + fees).toBe(moved)
    expect(new Set(rows.map((row) => row.payout_reference)).size).toBe(1)
  })

  it('leaves out what moved no money', async () => {
    const town = pricedTown()
    await openVnpay(town, 'HS1', 'HS2', 'HS3')
    await town.complete('vnpay', 'HS1', { result: 'cancelled' })
    await town.complete('vnpay', 'HS2', { result: 'suspicious' })
    expect((await fetchCsv(town)).rows).toEqual([])
  })

  it('cuts days at midnight of UTC+7', async () => {
    const town = pricedTown()
    await openVnpay(town, 'HS1', 'HS2')
    await town.complete('vnpay', 'HS1', { result: 'success', at: '2026-11-20T16:59:59Z' })
    await town.complete('vnpay', 'HS2', { result: 'success', at: '2026-11-21T00:00:00+07:00' })
    expect((await fetchCsv(town)).rows.map((row) => row.merchant_reference)).toEqual(['HS1'])
    expect((await fetchCsv(town, 'settlements/2026-11-21.csv')).rows.map((row) => row.merchant_reference)).toEqual([
      'HS2',
    ])
    const { rows } = await fetchCsv(town, 'settlements.csv?from=2026-11-20&to=2026-11-21&account=TESTTMN1')
    expect(rows.map((row) => row.payout_reference)).toEqual(['VNPAY-TESTTMN1-20261120', 'VNPAY-TESTTMN1-20261121'])
  })

  it.each([
    ['settlements/2026-02-30.csv', 422],
    ['settlements/today.csv', 422],
    ['settlements.csv?from=2026-11-21&to=2026-11-20', 422],
    ['settlements.csv?from=2020-01-01&to=2026-11-20', 422],
    ['settlements/2026-11-20.csv?account=NOBODY01', 404],
  ])('refuses %s with %d', async (path, status) => {
    expect((await pricedTown().app.request(`/simulators/vnpay/${path}`)).status).toBe(status)
  })
})

describe('faults of the statement', () => {
  const faulty = async (fault: object) => {
    const town = pricedTown()
    await town.fault('vnpay', fault)
    await paid(town, 'HS1', 'HS2')
    const first = await fetchCsv(town)
    expect((await fetchCsv(town)).text).toBe(first.text)
    return { town, rows: first.rows, hs1: first.rows.filter((row) => row.merchant_reference === 'HS1') }
  }

  it('statement_missing: the next payment is not listed', async () => {
    const { rows } = await faulty({ fault: 'statement_missing' })
    expect(rows.map((row) => row.merchant_reference)).toEqual(['HS2'])
  })

  it('statement_doubled: the same line again', async () => {
    const { hs1 } = await faulty({ fault: 'statement_doubled', count: 3 })
    expect(hs1).toHaveLength(3)
    expect(hs1[0]).toEqual(hs1[2])
  })

  it('statement_wrong_amount: another amount, priced as listed', async () => {
    const { hs1 } = await faulty({ fault: 'statement_wrong_amount', amount: 160_000 })
    expect(hs1[0]).toMatchObject({ amount: '160000', provider_fee: '1936', net_amount: '158064' })
  })

  it('statement_wrong_fee: another fee, and a net that agrees with it', async () => {
    const { hs1 } = await faulty({ fault: 'statement_wrong_fee' })
    expect(hs1[0]).toMatchObject({ amount: '150000', provider_fee: '1816', net_amount: '148184' })
  })

  it('statement_wrong_status: listed as failed, without fee and net', async () => {
    const { hs1 } = await faulty({ fault: 'statement_wrong_status' })
    expect(hs1[0]).toMatchObject({ status: 'failed', amount: '150000', provider_fee: '0', net_amount: '0' })
  })

  it('statement_shifted: listed on another day', async () => {
    const { town, hs1 } = await faulty({ fault: 'statement_shifted', count: 3 })
    expect(hs1).toEqual([])
    const { rows } = await fetchCsv(town, 'settlements/2026-11-23.csv')
    expect(rows).toMatchObject([
      { merchant_reference: 'HS1', occurred_at: '2026-11-23T10:00:00+07:00', value_date: '2026-11-24' },
    ])
  })

  it('can be ordered for a payment that is over, and is lifted when cleared', async () => {
    const town = pricedTown()
    await paid(town, 'HS1')
    await town.fault('vnpay', { fault: 'statement_missing', merchant_reference: 'HS1' })
    expect((await fetchCsv(town)).rows).toEqual([])
    await town.app.request('/simulators/vnpay/faults', { method: 'DELETE' })
    expect((await fetchCsv(town)).rows).toHaveLength(1)
  })
})

describe('prices and days', () => {
  it.each([
    // 1.1 % of 45 is 0.495, of 46 is 0.506: half up to the đồng.
    [45n, { basis_points: 110 }, 0n],
    [46n, { basis_points: 110 }, 1n],
    [50n, { basis_points: 100 }, 1n],
    [150_000n, {}, 0n],
    [150_000n, { fixed: 1_000, vat_basis_points: 800 }, 1_080n],
    [10_000n, tariff, 550n],
    [10_000_000n, tariff, 22_000n],
    [10_000_000n, { basis_points: 110, maximum: 0 }, 110_000n],
  ])('prices %s with %o at %s', (amount, price, fee) => {
    expect(providerFee(amount, price)).toBe(fee)
  })

  it('knows weekends, month ends and days that do not exist', () => {
    expect(['2026-11-19', '2026-11-20', '2026-11-21', '2026-12-31'].map(nextWorkingDay)).toEqual([
      '2026-11-20',
      '2026-11-23',
      '2026-11-23',
      '2027-01-01',
    ])
    expect(['2028-02-29', '2027-02-29', '2026-13-01', '20261120'].map(isDay)).toEqual([true, false, false, false])
    expect(readStamp('20261120235959')?.toISOString()).toBe('2026-11-20T16:59:59.000Z')
    expect(readStamp('20260229000000')).toBe(null)
    expect(stamp(new Date('2026-11-20T17:00:00Z'))).toBe('20261121000000')
  })
})
