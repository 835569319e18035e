// Workbooks as accountants save them: cells of every kind, rows that are wrong, and files that mean harm.
import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import type { StatementSource } from '../../src/domain/statement-columns.ts'
import type { StatementLine } from '../../src/domain/statement-line.ts'
import { newTally } from '../../src/domain/statement-tally.ts'
import { readXlsxStatement } from '../../src/flows/read-xlsx.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import { writeXlsx } from '../../src/lib/xlsx.ts'
import { sheetRow, streamOf, type WorkbookParts, workbookFile } from '../kit/workbook.ts'

type Written = StatementLine & { line: number; rowHash: string }

const read = async (bytes: Uint8Array, source: StatementSource = 'bank', size?: number) => {
  const lines: Written[] = []
  const tally = newTally()
  const file = { parts: () => streamOf(bytes, size), sheet: () => streamOf(bytes, size) }
  const write = (line: Written) => {
    lines.push(line)
    return undefined
  }
  const rejected = await readXlsxStatement(file, { tally, write, source })
  return { rejected, tally, lines }
}
const header = ['value_date', 'amount', 'bank_reference', 'description'] as const
const bank = (rows: string, more: Partial<WorkbookParts> = {}) =>
  read(workbookFile({ rows: sheetRow(1, header) + rows, ...more }))
const problemsOf = async (...[rows, more]: Parameters<typeof bank>) => (await bank(rows, more)).tally.problems
const good = sheetRow(9, ['2026-11-24', 5n, 'FT9'])

test('what our own writer wrote is read back, of a provider', async () => {
  const names = ['line_type', 'occurred_at', 'merchant_reference', 'amount', 'net_amount', 'status', 'value_date']
  const type = (name: string) =>
    name.includes('amount') ? 'amount' : name.endsWith('_at') || name.endsWith('_date') ? 'date' : 'text'
  const bytes = await new Response(
    writeXlsx({
      sheet: 'Đối soát',
      columns: names.map((title) => ({ title, type: type(title) })),
      rows: [
        [
          'capture',
          new Date('2026-11-22T16:59:59Z'),
          '00012',
          999_999_999_999_999n,
          -999_999_999_999_999n,
          'success',
          '2026-11-24',
        ],
        ['refund', new Date('2026-11-22T17:00:00Z'), '_x000D_', 1n, -1n, 'success', '2026-11-24'],
      ],
    }),
  ).bytes()
  const { rejected, tally, lines } = await read(bytes, 'provider')
  expect([rejected, tally.problems, tally.lines, tally.accepted]).toEqual([null, [], 2, 2])
  expect(lines).toMatchObject([
    {
      line: 2,
      occurredAt: new Date('2026-11-22T16:59:59Z'),
      businessDay: '2026-11-22',
      merchantReference: '00012',
      amount: 999_999_999_999_999n,
      netAmount: -999_999_999_999_999n,
      valueDate: '2026-11-24',
    },
    { line: 3, businessDay: '2026-11-23', merchantReference: '_x000D_', amount: 1n },
  ])
})

test('shared, rich and inline texts, and the hash of a row', async () => {
  const strings = ['<r><t>NỘP </t></r><r><t>PHÍ</t></r><rPh sb="0" eb="1"><t>no</t></rPh>', 'FT&amp;1']
  const row = sheetRow(2, [
    '<c t="s"><v>2</v></c>',
    '<c><v>79000.00</v></c>',
    '<c t="s"><v>1</v></c>',
    '<c t="s"><v>0</v></c>',
  ])
  for (const level of [0, 6] as const) {
    const { lines, tally } = await bank(row, { strings: [...strings, '2026-11-24'], level })
    expect(tally.problems).toEqual([])
    expect(lines).toMatchObject([
      { line: 2, amount: 79_000n, valueDate: '2026-11-24', bankReference: 'FT&1', description: 'NỘP PHÍ' },
    ])
    expect(lines[0]?.rowHash).toBe(sha256Hex(['2026-11-24', '79000', 'FT&1', 'NỘP PHÍ'].join('\u001f')))
  }
})

describe('a date', () => {
  const dated = (cell: string, more: Partial<WorkbookParts> = {}) =>
    bank(sheetRow(2, [cell, 5n]), {
      formats: [0, 14, 164, 165],
      codes: { 164: 'dd/mm/yyyy', 165: '#,##0 &quot;day&quot;' },
      ...more,
    })
  test.each([
    ['a built-in format', '<c s="1"><v>46350</v></c>', {}, '2026-11-24'],
    ['a format of the file', '<c s="2"><v>46350</v></c>', {}, '2026-11-24'],
    ['a time that rounds to the second', '<c s="2"><v>46350.999988425923</v></c>', {}, '2026-11-24'],
    ['the 1904 system', '<c s="1"><v>44888</v></c>', { is1904: true }, '2026-11-24'],
    ['an ISO date cell', '<c t="d"><v>2026-11-24T00:00:00</v></c>', {}, '2026-11-24'],
    ['text', '<c t="str"><v>2026-11-24</v></c>', {}, '2026-11-24'],
  ])('%s', async (_name, cell, more, day) => {
    const { lines, tally } = await dated(cell, more)
    expect([lines[0]?.valueDate, tally.problems]).toEqual([day, []])
  })
  test.each([
    ['a number that is no date', '<c s="3"><v>46350</v></c>'],
    ['the day that never was', '<c s="1"><v>60</v></c>'],
    ['a negative one', '<c s="1"><v>-5</v></c>'],
    ['31/02', '<c t="str"><v>2026-02-31</v></c>'],
  ])('%s is a problem', async (_name, cell) => {
    const { tally } = await dated(cell)
    expect(tally.problems).toMatchObject([{ line: 2, column: 'value_date' }])
  })
  test('a time on the wall is Vietnamese, and a day alone is no time', async () => {
    const names = ['line_type', 'occurred_at', 'merchant_reference', 'amount', 'status']
    const row = (line: number, cell: string) => sheetRow(line, ['capture', cell, 'r', 5n, 'success'])
    const rows =
      sheetRow(1, names) +
      row(2, '<c s="1"><v>46350.5</v></c>') +
      row(3, '<c s="1"><v>46350</v></c>') +
      row(4, '<c s="2"><v>46350</v></c>') +
      row(5, '24/11/2026 06:00:00')
    const { lines, tally } = await read(workbookFile({ rows, formats: [0, 22, 14] }), 'provider')
    expect(lines.map(({ line, occurredAt }) => [line, occurredAt?.toISOString()])).toEqual([
      [2, '2026-11-24T05:00:00.000Z'],
      [3, '2026-11-23T17:00:00.000Z'],
      [5, '2026-11-23T23:00:00.000Z'],
    ])
    expect(tally.problems).toMatchObject([{ line: 4, column: 'occurred_at' }])
  })
})

describe('a wrong row never loses the rest', () => {
  const amount = (cell: string) => sheetRow(2, ['2026-11-24', cell]) + good
  test.each([
    ['an exponent', '<c><v>1.5E5</v></c>'],
    ['a fraction', '<c><v>150000.5</v></c>'],
    ['a fraction of a float', '<c><v>150000.00000000003</v></c>'],
    ['16 digits', '<c><v>1234567890123456</v></c>'],
    ['separators in a text', '<c t="str"><v>150.000</v></c>'],
    ['a formula never reckoned', '<c><f>A1*2</f></c>'],
    ['a formula with an empty value', '<c><f>A1*2</f><v></v></c>'],
    ['an error', '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>'],
    ['a date', '<c s="1"><v>46350</v></c>'],
    ['a text that is not there', '<c t="s"><v>7</v></c>'],
    ['an unknown kind', '<c t="x"><v>7</v></c>'],
    ['nothing', '<c/>'],
  ])('%s as an amount', async (_name, cell) => {
    const { lines, tally, rejected } = await bank(amount(cell), { formats: [0, 14] })
    expect([rejected, lines.map(({ line }) => line), tally.lines]).toEqual([null, [9], 2])
    expect(tally.problems).toMatchObject([{ line: 2, column: 'amount', message: expect.any(String) }])
  })
  test('a formula is read by the value that it had', async () => {
    const { lines } = await bank(sheetRow(2, ['2026-11-24', '<c><f>A1*2</f><v>150000</v></c>']))
    expect(lines).toMatchObject([{ amount: 150_000n }])
  })
  test('a reference that a number has cut, and what stands beside the table', async () => {
    const long = sheetRow(2, ['2026-11-24', 5n, '<c><v>1.23456789012345E+19</v></c>'])
    const beside = sheetRow(3, ['2026-11-24', 5n, 'FT', 'text', null, '<c><v>97.31</v></c>'])
    const { lines, tally } = await bank(long + beside)
    expect(tally.problems).toMatchObject([{ line: 2, column: 'bank_reference' }])
    expect(lines.map(({ line }) => line)).toEqual([3])
  })
  test.each([
    ['a row twice', good.replaceAll('FT9', 'FT8'), 9],
    ['two cells in one place', '<row r="12"><c r="A12"><v>1</v></c><c r="A12"><v>2</v></c></row>', 12],
    ['cells of another row', '<row r="12"><c r="A13"><v>1</v></c></row>', 12],
    ['a column far away', '<row r="12"><c r="XFD12"><v>1</v></c></row>', 12],
    ['a very long text', sheetRow(12, ['2026-11-24', 5n, 'x'.repeat(20_000)]), 12],
    ['bytes that are no text', sheetRow(12, ['2026-11-24', 5n, '\ufffd']), 12],
  ])('%s', async (_name, row, line) => {
    const { lines, tally } = await bank(good + row + sheetRow(20, ['2026-11-25', 6n]))
    expect(lines.map((each) => each.line)).toEqual([9, 20])
    expect(tally.problems).toMatchObject([{ line }])
  })
})

test('empty rows are no lines, and rows and cells without numbers follow each other', async () => {
  const cells = '<c t="str"><v>2026-11-24</v></c><c><v>5</v></c>'
  const { lines, tally } = await bank(
    `<row r="2"/><row r="3"><c r="A3" s="0"/></row><row>${cells}</row><row r="7">${cells}</row>`,
  )
  expect([lines.map(({ line }) => line), tally.lines, tally.problems]).toEqual([[4, 7], 2, []])
})

test('a header below a title, and none', async () => {
  const title = sheetRow(1, ['NGÂN HÀNG', null, null]) + sheetRow(3, ['Số tài khoản', 123n])
  const below = await read(workbookFile({ rows: title + sheetRow(20, header) + sheetRow(21, ['2026-11-24', 5n]) }))
  expect([below.rejected, below.tally.lines, below.lines[0]?.line]).toEqual([null, 1, 21])
  const none = await read(workbookFile({ rows: title + sheetRow(21, header) + sheetRow(22, ['2026-11-24', 5n]) }))
  expect(none).toMatchObject({ rejected: 'the header row has no column value_date, amount', lines: [] })
  const near = await read(workbookFile({ rows: title + sheetRow(5, ['value_date', 'x']) }))
  expect(near).toMatchObject({ rejected: 'the header row has no column amount', tally: { problems: [{ line: 5 }] } })
})

test('the first sheet that is shown is the one that is read', async () => {
  const sheets = '<sheet name="a" sheetId="1" state="hidden" r:id="rId3"/><sheet name="b" sheetId="2" r:id="rId4"/>'
  const second = `<x:worksheet xmlns:x="urn:x"><x:sheetData>${(sheetRow(1, header) + good).replace(/<(\/?)(?=\w)/g, '<$1x:')}</x:sheetData></x:worksheet>`
  const { lines } = await bank('', { sheets, more: { 'xl/worksheets/sheet2.xml': second } })
  expect(lines.map(({ line }) => line)).toEqual([9])
})

describe('refuses whole', () => {
  const sheet = 'xl/worksheets/sheet1.xml'
  const whole = workbookFile({ rows: sheetRow(1, header) + good })
  const reasonOf = async (bytes: Uint8Array) => (await read(bytes)).rejected
  test.each([
    [
      'a document type',
      { [sheet]: '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>' },
    ],
    [
      'an entity bomb in the texts',
      { 'xl/sharedStrings.xml': '<!DOCTYPE x [<!ENTITY a "aaaa">]><sst><si><t>&a;</t></si></sst>' },
    ],
    ['XML that is cut off', { [sheet]: '<worksheet><sheetData><row r="1">' }],
    ['no workbook', { 'xl/workbook.xml': null }],
    ['no sheet', { [sheet]: null }],
    [
      'a row of no number',
      { [sheet]: '<worksheet><sheetData><row r="0"><c><v>1</v></c></row></sheetData></worksheet>' },
    ],
    ['a sheet of nothing but zeros', { [sheet]: new Uint8Array(40_000_000) }],
  ])('%s', async (_name, more) => {
    expect(await reasonOf(workbookFile({ rows: good, more }))).toEqual(expect.any(String))
  })
  test('a zip bomb, before it is unpacked', async () => {
    const bomb = new TextEncoder().encode(`<worksheet><sheetData>${' '.repeat(60_000_000)}</sheetData></worksheet>`)
    expect(await reasonOf(workbookFile({ rows: '', more: { [sheet]: bomb } }))).toMatch(/unpacks to more|too long/)
    const texts = new TextEncoder().encode(`<sst>${'<si/>'.repeat(3_000_000)}</sst>`)
    for (const level of [0, 6] as const) {
      const bytes = workbookFile({ rows: '', more: { 'xl/sharedStrings.xml': texts }, level })
      expect(await reasonOf(bytes)).toMatch(level === 0 ? /more texts/ : /unpacks to more/)
    }
    const rows = new TextEncoder().encode(`<worksheet><sheetData>${'<row/>'.repeat(6_000_000)}</sheetData></worksheet>`)
    expect(await reasonOf(workbookFile({ rows: '', more: { [sheet]: rows } }))).toMatch(/unpacks to more|no number/)
  })
  test('rows, cells and attributes without end, however they are packed', async () => {
    const endless = (rows: string) => reasonOf(workbookFile({ rows, level: 0 }))
    expect(await endless('<row r="1"/>'.repeat(1_048_577))).toMatch(/more rows than a sheet/)
    expect(await endless(`<row>${'<c/>'.repeat(16_385)}</row>`)).toMatch(/more cells than a sheet/)
    const attributes = Array.from({ length: 1_001 }, (_, at) => `a${at}=""`).join(' ')
    expect(await endless(`<row ${attributes}/>`)).toMatch(/too many attributes/)
  })
  test('a bomb in a part that is not read is passed over', async () => {
    const more = { 'xl/media/image1.png': new Uint8Array(50_000_000) }
    expect(await reasonOf(workbookFile({ rows: sheetRow(1, header) + good, more }))).toBeNull()
  })
  test('more entries than any workbook has', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`e${index}`, new Uint8Array(1)]))
    expect(await reasonOf(zipSync(many))).toBe('the file has more than 1000 entries')
  })
  test('two entries of one name', async () => {
    const twice = new Uint8Array([...whole, ...whole])
    expect(await reasonOf(twice)).toBe('the file has two entries of one name')
  })
  test('a file that is cut off, anywhere', async () => {
    for (let at = 0; at < whole.length; at += 97) {
      expect(await reasonOf(whole.subarray(0, at)), `cut at ${at}`).toEqual(expect.any(String))
    }
  })
  test('any byte changed of what is read', async () => {
    const { lines } = await read(whole)
    for (const level of [0, 6] as const) {
      const file = workbookFile({ rows: sheetRow(1, header) + good, level })
      for (let at = 0; at < file.length; at += 7) {
        const bytes = Uint8Array.from(file)
        bytes[at] = (bytes[at] ?? 0) ^ 0x01
        const changed = await read(bytes)
        // What is not content, such as the time of an entry, may change.
        if (changed.rejected === null) expect(changed.lines, `changed at ${at}`).toEqual(lines)
      }
      const amount = new TextDecoder('latin1').decode(file).indexOf('<v>5</v>')
      expect(amount > 0).toBe(level === 0)
      file[amount + 3] = 0x36
      if (level === 0) expect(await reasonOf(file)).toBe('the file is damaged or cut off')
    }
  })
  test('another currency, and a sheet without one good line', async () => {
    const money = sheetRow(1, ['value_date', 'amount', 'currency']) + sheetRow(2, ['2026-11-24', 5n, 'USD'])
    expect(await reasonOf(workbookFile({ rows: money }))).toBe('the file is not in đồng (VND)')
    expect((await bank(sheetRow(2, ['never', 5n]))).rejected).toBe('no line of the file could be read')
    expect(await reasonOf(workbookFile({ rows: '' }))).toBe('the first sheet is empty')
  })
})

test('the pieces in which a file comes make no difference', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => sheetRow(i + 2, ['2026-11-24', BigInt(i + 1), `FT${i}`]))
  const bytes = workbookFile({ rows: sheetRow(1, header) + rows.join('') })
  const whole = await read(bytes)
  expect(whole.lines).toHaveLength(300)
  for (const size of [1, 7, 4_096]) expect(await read(bytes, 'bank', size)).toEqual(whole)
})

test('problems of one row are told once', async () => {
  expect(await problemsOf(sheetRow(2, ['never', '<c><v>1.5</v></c>']))).toHaveLength(1)
})
