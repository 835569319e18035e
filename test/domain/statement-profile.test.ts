// Statement profiles: what is refused when one is given, and how its dates, amounts and words are read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateFormatProblem, dateReader } from '../../src/domain/statement-date.ts'
import { profileLayout } from '../../src/domain/statement-layout.ts'
import { readProfile, statementProfileSchema } from '../../src/domain/statement-profile.ts'
import { readCsv } from '../../src/lib/csv.ts'

const bank = { date_format: 'dd/MM/yyyy', columns: { value_date: 'Ngày', amount: 'Số tiền' } }
const faults = (profile: unknown) =>
  statementProfileSchema.safeParse(profile).error?.issues.map(({ path }) => path.join('/')) ?? []

describe('a profile', () => {
  it('has defaults for how plain files are written', () => {
    expect(readProfile(bank)).toMatchObject({ encoding: 'utf-8', delimiter: 'auto', header_row: 1, values: {} })
  })
  it.each([
    ['an unknown canonical column', { columns: { ...bank.columns, valuta: 'x' } }, ['columns/valuta']],
    ['no amount', { columns: { value_date: 'Ngày' } }, ['columns/amount']],
    [
      'columns of a provider without what it needs',
      { columns: { ...bank.columns, merchant_reference: 'Mã' } },
      ['columns/line_type', 'columns/occurred_at', 'columns/status'],
    ],
    ['columns of both, and those of a provider alone', { columns: { status: 's', bank_reference: 'b' } }, 6],
    ['an impossible date format', { date_format: 'dd/MM' }, ['date_format']],
    ['no date format', { date_format: undefined }, ['date_format']],
    ['one sign for two things', { number_format: { decimal: ',', thousands: ',' } }, ['number_format/thousands']],
    ['an unknown encoding', { encoding: 'tcvn3' }, ['encoding']],
    ['a long delimiter', { delimiter: ';;' }, ['delimiter']],
    ['a header in no row', { header_row: 0 }, ['header_row']],
    ['an empty name', { columns: { ...bank.columns, amount: ' ' } }, ['columns/amount']],
    ['a word for no status', { values: { status: { Xong: 'paid' } } }, ['values/status/Xong']],
    ['a word twice', { values: { status: { Xong: 'success', XONG: 'failed' } } }, ['values/status/XONG']],
    ['another member', { sheet: 1 }, ['']],
  ])('is refused with %s', (_name, change, places) => {
    const found = faults({ ...bank, ...change })
    if (typeof places === 'number') expect(found).toHaveLength(places)
    else expect(found).toEqual(places)
  })
})

describe('a date format', () => {
  it.each(['dd/MM/yyyy', 'yyyy-MM-ddTHH:mm:ss', 'yyyyMMddHHmmss', 'd/M/yyyy H:mm', 'HH:mm dd.MM.yyyy'])(
    'may be %s',
    (f) => {
      expect(dateFormatProblem(f)).toBeNull()
    },
  )
  it.each([
    'dd/MM',
    'dd/MM/yy',
    'dd/dd/MM/yyyy',
    'dMyyyy',
    'yyyyMd',
    'dd/MM/yyyy mm',
    'dd/MM/yyyy HH:ss',
    'DD/MM/YYYY',
    'hh:mm dd/MM/yyyy',
  ])('may not be %s', (format) => {
    expect(dateFormatProblem(format)).toEqual(expect.any(String))
  })
  it('reads its own shape and no other', () => {
    const read = dateReader('d/M/yyyy HH:mm')
    expect(read('3/11/2026 08:05', false)).toEqual({ year: '2026', month: '11', day: '03', time: '08:05:00' })
    expect(read('3/11/2026', true)).toMatchObject({ day: '03' })
    expect([read('3/11/2026', false), read('2026-11-03', true), read('3/11/2026 08:05 ', false)]).toEqual([
      null,
      null,
      null,
    ])
  })
})

describe('an amount', () => {
  const reader = (number_format: { decimal: string; thousands: string }) => {
    const profile = readProfile({ ...bank, number_format })
    if (!profile) throw new Error('no profile')
    const read = profileLayout('bank', { profile, head: new Uint8Array() }).readHeader(['Ngày', 'Số tiền'])
    if (typeof read === 'string') throw new Error(read)
    return (cell: string): bigint | string => {
      const row = read(['23/11/2026', cell])
      return row.ok ? row.line.amount : (row.problem.column ?? '')
    }
  }
  it.each([
    ['.', ',', '1,234,567.00', 1_234_567n],
    [',', '.', '1.234.567', 1_234_567n],
    [',', '.', '-1.234.567,0', -1_234_567n],
    [',', '.', '1234567', 1_234_567n],
    [',', ' ', '1\u00a0234\u202f567', 1_234_567n],
    ['.', '', '123456789012345', 123_456_789_012_345n],
    [',', '.', '1.5', 'amount'],
    [',', '.', '12.34.567', 'amount'],
    [',', '.', '1,234,567.00', 'amount'],
    ['.', ',', '1.234', 'amount'],
    ['.', ',', '79000.50', 'amount'],
    ['.', '', '1,000', 'amount'],
    ['.', '', '1e5', 'amount'],
    ['.', '', '1234567890123456', 'amount'],
    ['.', '', '', 'amount'],
  ])('with decimal %s and thousands "%s": %s', (decimal, thousands, cell, read) => {
    expect(reader({ decimal, thousands })(cell)).toBe(read)
  })
  it('is exact, however large', () => {
    const read = reader({ decimal: ',', thousands: '.' })
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 999_999_999_999_999n }), (amount) => {
        const written = amount.toString().replace(/\B(?=(?:\d{3})+$)/g, '.')
        expect(read(`${written},00`)).toBe(amount)
      }),
    )
  })
})

it('a million rows are read in memory that stays flat', async () => {
  const profile = readProfile({
    ...bank,
    delimiter: ';',
    header_row: 2,
    number_format: { decimal: ',', thousands: '.' },
  })
  if (!profile) throw new Error('no profile')
  const layout = profileLayout('bank', { profile, head: new Uint8Array() })
  const rows = `23/11/2026;79.000;${'x'.repeat(80)}\n`.repeat(1_000)
  let [sent, lines, sum, most] = [0, 0, 0n, 0]
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      most = Math.max(most, process.memoryUsage().heapUsed)
      if (sent === 1_000) return controller.close()
      controller.enqueue(new TextEncoder().encode(sent === 0 ? `Sao kê\nNgày;Số tiền;\n${rows}` : rows))
      sent += 1
    },
  })
  const before = process.memoryUsage().heapUsed
  const limits = { maxColumns: 60, maxFieldChars: 10_000, delimiter: ';', skipLines: 1 }
  let readCells: ReturnType<typeof layout.readHeader> | null = null
  for await (const piece of readCsv(stream, limits)) {
    for (const { cells } of piece) {
      if (readCells === null) readCells = layout.readHeader(cells)
      else if (typeof readCells !== 'string') {
        const row = readCells(cells)
        lines += 1
        if (row.ok) sum += row.line.amount
      }
    }
  }
  expect([lines, sum]).toEqual([1_000_000, 1_000_000n * 79_000n])
  // The file has more than 100 MB, and its cells as values several times that.
  expect(most - before).toBeLessThan(150_000_000)
})
