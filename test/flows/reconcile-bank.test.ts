// Payouts against the bank's lines: every class of the bank side, and what names a payout.
import { beforeEach, describe, expect, test } from 'vitest'
import { presentItem } from '../../src/domain/present-reconciliation.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { settlementDesk } from '../kit/settlement-desk.ts'
import { type BankRow, bankFile, importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

const desk = settlementDesk()
const { discrepancies, listed, setTariff } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(async () => {
  ;({ db, deps, account } = desk.now())
  await setTariff({})
})

const banked = (...rows: BankRow[]) => importFile(deps, account, bankFile(rows), 'bank')

let lines = 0
/** A payout of one line that nobody knows here: what the bank side sees of it is its reference, net and day. */
const payout = (reference: string, net: number, more: Partial<ProviderRow> = {}): ProviderRow => {
  lines += 1
  return { amount: net, reference: `r${lines}`, providerReference: `q${lines}`, payout: reference, fee: 0, ...more }
}

/** Bank items as `class payouts amount`, in a fixed order. */
const seen = async (period?: { from?: string; to?: string }): Promise<string[]> => {
  const { items } = await reconcile(deps, account, period)
  return items
    .filter((item) => item.source === 'bank')
    .map((item) =>
      [item.class, item.payoutReferences.join('+') || '-', item.amountThere ?? '-', ...item.candidates].join(' '),
    )
    .toSorted()
}

describe('a bank line', () => {
  test('is matched with the payout that it names, fees and net explained, and carries its proof', async () => {
    await setTariff({ basis_points: 110, vat_basis_points: 1000, netted: true })
    const [one, other] = [await payOrder(deps, account), await payOrder(deps, account, { amount: 20_000n })]
    await listed(
      payout('PO-1', 150_000, { reference: one.merchantReference, fee: 1_815 }),
      payout('PO-1', 20_000, { reference: other.merchantReference, fee: 242 }),
      payout('PO-1', 20_000, { type: 'refund' }),
      payout('PO-1', 9_000, { status: 'failed' }),
    )
    const statement = await banked({ amount: 147_943, reference: 'FT1', text: 'VNPAY tt PO-1' })
    const item = (await reconcile(deps, account)).items.find((each) => each.source === 'bank')
    if (!item) throw new Error('no bank item')
    expect(presentItem(item)).toMatchObject({
      class: 'matched',
      statement_line: { statement: statement.id, line: 2 },
      payout_reference: 'PO-1',
      bank_reference: 'FT1',
      payout_references: ['PO-1'],
      amount_here: 147_943n,
      amount_there: 147_943n,
      business_day: '2026-11-24',
      value_date: '2026-11-24',
      candidates: [],
      proof: {
        rule: 'payout_reference+amount',
        fields: {
          reference: { here: ['PO-1'], there: 'FT1' },
          amount: { here: 147_943n, there: 147_943n },
          value_date: { here: ['2026-11-24'], there: '2026-11-24' },
        },
        hashes: [expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)],
        arithmetic: '150000 - 2057 = 147943',
        payouts: [{ reference: 'PO-1', part: 'net', lines: 3, gross: 150_000, fee: 2_057, net: 147_943 }],
      },
    })
  })

  test('beats the amount with its reference: short and over, to the đồng', async () => {
    await listed(payout('PO-1', 1_000_000), payout('PO-2', 1_000_000))
    await banked({ amount: 999_999, text: 'PO-1' }, { amount: 1_000_001, reference: 'PO-2' })
    expect(await seen()).toEqual(['over_settled PO-2 1000001', 'short_settled PO-1 999999'])
    const rows = (await discrepancies()).filter((row) => row.class !== 'missing_here')
    expect(rows.map((row) => row.amount)).toEqual([1n, 1n])
  })

  test('is unknown when it names nothing and no amount fits', async () => {
    await listed(payout('PO-1', 1_000_000))
    await banked({ amount: 5, text: 'lãi' }, { amount: -7, text: 'phí' }, { amount: 1_000_000, text: 'PO-1' })
    expect(await seen()).toEqual(['matched PO-1 1000000', 'unknown_credit - 5', 'unknown_debit - -7'])
  })

  test('pays several payouts that it names, and one payout comes in several credits', async () => {
    await listed(payout('PO-1', 300), payout('PO-2', 400), payout('PO-3', 1_000), payout('PO-4', 50))
    await banked(
      { amount: 700, text: 'tra PO-1, PO-2' },
      { amount: 600, reference: 'a', text: 'PO-3 dot 1' },
      { amount: 400, reference: 'b', text: 'PO-3 dot 2', valueDate: '2026-11-25' },
      { amount: 20, reference: 'c', text: 'PO-4 dot 1' },
      { amount: 20, reference: 'd', text: 'PO-4 dot 2' },
    )
    const { items } = await reconcile(deps, account)
    const bank = items.filter((item) => item.source === 'bank')
    expect(bank.map((item) => [item.class, item.payoutReferences, item.amountHere, item.amountThere])).toEqual([
      ['short_settled', ['PO-4'], expect.anything(), 20n],
      ['short_settled', ['PO-4'], expect.anything(), 20n],
      ['matched', ['PO-3'], 600n, 600n],
      ['matched', ['PO-1', 'PO-2'], 700n, 700n],
      ['matched', ['PO-3'], 400n, 400n],
    ])
    expect(bank.reduce((sum, item) => sum + (item.amountHere ?? 0n), 0n)).toBe(1_750n)
  })

  test('is ambiguous where several lines name several payouts and do not add up', async () => {
    await listed(payout('PO-1', 300), payout('PO-2', 400), payout('PO-3', 50), payout('PO-4', 60))
    await banked(
      { amount: 650, text: 'PO-1, PO-2' },
      { amount: 10, text: 'PO-2' },
      { amount: 90, text: 'PO-3, PO-4' },
      { amount: 20, text: 'PO-4' },
    )
    expect(await seen()).toEqual([
      'ambiguous - 10 PO-2',
      'ambiguous - 650 PO-1 PO-2',
      'matched PO-3+PO-4 90',
      'matched PO-4 20',
      'unsettled PO-1 -',
      'unsettled PO-2 -',
    ])
  })

  test('in two equal halves under the payout’s reference is no line listed twice', async () => {
    await listed(payout('PO-1', 800), payout('PO-2', 300))
    await banked(
      { amount: 400, reference: 'PO-1', text: 'dot 1' },
      { amount: 400, reference: 'PO-1', text: 'dot 2' },
      { amount: 300, reference: 'PO-2' },
      { amount: 300, reference: 'PO-2' },
    )
    expect(await seen()).toEqual(['duplicate_line - 300', 'matched PO-1 400', 'matched PO-1 400', 'matched PO-2 300'])
  })

  test('is a duplicate_line when another file lists it again, and two equal lines of one file are two', async () => {
    await listed(payout('PO-1', 300), payout('PO-2', 80), payout('PO-3', 80))
    await banked({ amount: 300, reference: 'FT1', text: 'PO-1' }, { amount: 80, text: 'x' }, { amount: 80, text: 'x' })
    await banked(
      { amount: 300, reference: 'FT1', text: 'PO-1 lan 2' },
      { amount: 80, text: 'x' },
      { amount: 9, text: 'y' },
    )
    expect(await seen()).toEqual([
      'ambiguous - 80 PO-2 PO-3',
      'ambiguous - 80 PO-2 PO-3',
      'duplicate_line - 300',
      'duplicate_line - 80',
      'matched PO-1 300',
      'unknown_credit - 9',
      'unsettled PO-2 -',
      'unsettled PO-3 -',
    ])
  })
})

describe('a payout', () => {
  test('is unsettled once it is due, is healed by a later line, and nothing opens twice', async () => {
    await listed(payout('PO-1', 500, { valueDate: '2026-11-26' }))
    expect(await seen()).toEqual([])
    expect(await seen({ to: '2026-11-26' })).toEqual(['unsettled PO-1 -'])
    expect(await seen({ from: '2026-11-24', to: '2026-11-27' })).toEqual(['unsettled PO-1 -'])
    const open = async () => (await discrepancies()).filter((row) => row.class === 'unsettled')
    expect((await open()).map((row) => row.status)).toEqual(['open'])
    await banked({ amount: 500, text: 'PO-1', valueDate: '2027-01-04' })
    expect(await seen({ from: '2027-01-04', to: '2027-01-04' })).toEqual(['matched PO-1 500'])
    expect((await open()).map((row) => [row.status, row.resolution])).toEqual([['resolved', 'matched']])
    expect(await seen({ to: '2026-11-27' })).toEqual([])
  })

  test('has a discrepancy of its own, whatever another account’s payouts are called', async () => {
    const other = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
    await importFile(deps, other, providerFile([payout('PO-1', 500)]))
    await reconcile(deps, other)
    await listed(payout('PO-1', 600))
    expect(await seen()).toEqual(['unsettled PO-1 -'])
    expect((await discrepancies()).map((row) => [row.class, row.amount])).toContainEqual(['unsettled', 600n])
    await banked({ amount: 600, text: 'PO-1' })
    await reconcile(deps, account)
    const rows = await db.sql`select merchant_account_id = ${other} as is_other, status from discrepancies
      where class = 'unsettled' and merchant_account_id in (${other}, ${account}) order by 1`
    expect(rows.map(({ isOther, status }) => [isOther, status])).toEqual([
      [false, 'resolved'],
      [true, 'open'],
    ])
  })

  test('without lines’ value dates is due by cut-off and settlement days', async () => {
    await db.sql`update merchant_accounts set cutoff = '16:00', settlement_days = 2 where id = ${account}`
    await listed(payout('PO-1', 500, { valueDate: '', at: '2026-11-23T16:00:00+07:00' }))
    expect(await seen({ to: '2026-11-25' })).toEqual([])
    expect(await seen({ to: '2026-11-26' })).toEqual(['unsettled PO-1 -'])
  })

  test('that is negative is a debit', async () => {
    await listed(payout('PO-1', 100), payout('PO-1', 400, { type: 'refund' }), payout('PO-2', 90, { type: 'refund' }))
    await banked({ amount: -300, text: 'thu lai PO-1' }, { amount: -90, text: 'thu hoi' })
    expect(await seen()).toEqual(['matched PO-1 -300', 'matched PO-2 -90'])
  })

  test('whose fees are not netted is a gross credit, and its fees are a debit of their own', async () => {
    await setTariff({ basis_points: 110, vat_basis_points: 1000, netted: false })
    await listed(payout('PO-1', 100_000, { fee: 1_210 }), payout('PO-2', 50_000, { fee: 605, net: 49_395 }))
    await banked(
      { amount: 100_000, text: 'PO-1' },
      { amount: -1_210, text: 'phi PO-1' },
      { amount: 50_000, text: 'khong ten' },
      { amount: -605, text: 'phi' },
    )
    expect(await seen()).toEqual([
      'matched PO-1 -1210',
      'matched PO-1 100000',
      'matched PO-2 -605',
      'matched PO-2 50000',
    ])
  })

  test('has every line once: a line listed twice, in its own or another payout, is not paid again', async () => {
    const twice = payout('PO-1', 70)
    await listed(
      twice,
      payout('PO-1', 30),
      { ...twice, payout: 'PO-2', at: '2026-11-23T11:00:00+07:00' },
      payout('PO-2', 5),
    )
    await listed(twice)
    await banked({ amount: 100, text: 'PO-1' }, { amount: 5, text: 'PO-2' })
    expect(await seen()).toEqual(['matched PO-1 100', 'matched PO-2 5'])
  })

  test('whose lines stand outside the period is whole all the same', async () => {
    const far = { at: '2026-09-01T10:00:00+07:00', valueDate: '2026-09-03' }
    const before = payout('PO-1', 70, { at: '2026-11-20T10:00:00+07:00' })
    await listed(before, payout('PO-1', 30), payout('OLD-7', 11, far))
    // Last year the provider had a payout of the same name.
    await listed(payout('PO-1', 5_000, { at: '2025-11-01T10:00:00+07:00' }))
    // The same again, and once more without the provider's reference: neither is in the period.
    await listed(before, { ...before, providerReference: '', at: '2026-11-20T11:00:00+07:00' })
    await banked({ amount: 100, text: 'PO-1' }, { amount: 11, text: 'tra muon OLD-7' })
    expect(await seen({ from: '2026-11-24', to: '2026-11-24' })).toEqual(['matched OLD-7 11', 'matched PO-1 100'])
  })
})

describe('a damaged reference', () => {
  test('is found without case, spaces, signs and marks, with the noise of banks around it, or cut', async () => {
    const written: [string, string][] = [
      ['AVNP20261123X', 'ct den avnp 2026-1123 x so 5'],
      ['BVNP20261123X', 'MBVCB.123.BVNP20261123X.CT tu 0123'],
      ['CVNP20261123X', 'FT26328123456 CVNP20261123X-CTLNHIDI000012345'],
      ['DVNP20261123X', 'IBFTDVNP20261123XCTDEN'],
      ['ĐỐI-SOÁT-7', 'doi soat 7'],
      ['EVNP20261123X', 'CT EVNP202611'],
      ['G20261123XYZ', '20261123XYZ CT'],
      ['PO-20261123/7', 'THANH TOAN PO202611237'],
    ]
    await listed(
      ...written.map(([reference], at) => payout(reference, 123_456 + at)),
      payout('OTHER-1', 7),
      payout('ZVNP20261123A', 5_550),
    )
    await banked(...written.map(([, text], at) => ({ amount: 123_456 + at, text, valueDate: '2026-12-30' })), {
      amount: 5_550,
      text: 'ZVNP2 too little is left',
      valueDate: '2026-12-30',
    })
    expect(await seen({ to: '2026-12-31' })).toEqual([
      ...written.map(([reference], at) => `matched ${reference} ${123_456 + at}`).toSorted(),
      'unknown_credit - 5550',
      'unsettled OTHER-1 -',
      'unsettled ZVNP20261123A -',
    ])
  })

  test('never counts inside a longer one', async () => {
    await listed(payout('PO-1', 500), payout('PO-12', 500))
    await banked({ amount: 500, text: 'tt PO-12', valueDate: '2026-11-25' }, { amount: 77, text: 'PO-1-3 dot' })
    expect(await seen()).toEqual(['matched PO-12 500', 'unknown_credit - 77', 'unsettled PO-1 -'])
  })

  test('names with another amount only when it is whole', async () => {
    await listed(
      payout('VNP20261123A', 500),
      payout('VNP20261124B', 600),
      payout('PO-21', 800),
      payout('PO-22', 900),
      payout('PO-7', 70),
      payout('PO-72', 71),
      payout('QT-2026112', 300),
      payout('QT-20261123', 301),
    )
    await banked(
      { amount: 499, text: 'MBVCB.1.vnp 20261123 a' },
      { amount: 599, text: 'VNP20261124' },
      { amount: 799, text: 'MBVCB.17.PO-21.CT tu 3' },
      { amount: 899, text: 'PO 22 ve' },
      { amount: 69, text: 'PO-7 2 dot' },
      { amount: 71, text: 'PO-72' },
      { amount: 299, text: 'QT-2026112 3 dot' },
      { amount: 301, text: 'QT-20261123' },
    )
    expect(await seen()).toEqual([
      'matched PO-72 71',
      'matched QT-20261123 301',
      'short_settled PO-21 799',
      'short_settled PO-7 69',
      'short_settled QT-2026112 299',
      'short_settled VNP20261123A 499',
      'unknown_credit - 599',
      'unknown_credit - 899',
      'unsettled PO-22 -',
      'unsettled VNP20261124B -',
    ])
  })

  test('that could be two payouts is ambiguous, with both', async () => {
    await listed(payout('VNP20261123A', 500), payout('VNP20261123B', 500), payout('PO-1.2', 60), payout('PO-12', 60))
    await banked({ amount: 500, text: 'VNP20261123' }, { amount: 60, text: 'po12' })
    expect((await seen()).slice(0, 2)).toEqual([
      'ambiguous - 500 VNP20261123A VNP20261123B',
      'ambiguous - 60 PO-1.2 PO-12',
    ])
  })
})

describe('without a reference', () => {
  const bare = { text: 'CHUYEN TIEN' }
  test('belongs to a payout from two working days before its day to ten after it, across Tết 2027', async () => {
    // Working days of early 2027: Tết is from 05/02 to 11/02.
    const days = '01-29 02-01 02-02 02-03 02-04 02-12 02-15 02-16 02-17 02-18 02-19 02-22 02-23 02-24'.split(' ')
    const shifts = days.map((day, at) => ({ day: `2027-${day}`, shift: at - 3, amount: 4_000 + at }))
    await listed(
      ...shifts.map(({ amount }) =>
        payout(`PO-${amount}`, amount, { at: '2027-02-01T09:00:00+07:00', valueDate: `2027-${days[3]}` }),
      ),
    )
    await banked(...shifts.map(({ day, amount }) => ({ ...bare, amount, valueDate: day })))
    const ran = await reconcile(deps, account, { from: '2027-01-25', to: '2027-03-01' })
    for (const { shift, amount } of shifts) {
      const item = ran.items.find((each) => each.source === 'bank' && each.amountThere === BigInt(amount))
      expect([shift, item?.class]).toEqual([shift, shift >= -2 && shift <= 10 ? 'matched' : 'unknown_credit'])
    }
  })

  test('one credit is several payouts, or one payout several credits, when one sum fits', async () => {
    await listed(
      payout('A', 1_001),
      payout('B', 2_020),
      payout('C', 303, { type: 'refund' }),
      payout('D', 9_999),
      payout('E', 40),
    )
    await banked(
      { ...bare, amount: 1_001 + 2_020 - 303 },
      { ...bare, amount: 4_000, reference: 'x' },
      { ...bare, amount: 5_999, reference: 'y' },
    )
    expect(await seen()).toEqual(['matched A+B+C 2718', 'matched D 4000', 'matched D 5999', 'unsettled E -'])
  })

  test('two solutions are none, with all candidates', async () => {
    await listed(payout('A', 100), payout('B', 200), payout('C', 300))
    await banked({ ...bare, amount: 300 })
    expect(await seen()).toEqual(['ambiguous - 300 A B C', 'unsettled A -', 'unsettled B -', 'unsettled C -'])
  })

  test('a credit that names something else of the same make is not taken for the amount', async () => {
    await listed(payout('PO-20261123', 700))
    await banked({ amount: 700, text: 'PO-20261199' })
    expect(await seen()).toEqual(['unknown_credit - 700', 'unsettled PO-20261123 -'])
  })
})
