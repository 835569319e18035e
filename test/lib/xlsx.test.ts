import { read } from '@e965/xlsx'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { writeXlsx, type XlsxCell, type XlsxColumn, type XlsxSheet } from '../../src/lib/xlsx.ts'

const written = (sheet: XlsxSheet, ...more: XlsxSheet[]) => new Response(writeXlsx(sheet, ...more)).bytes()

const columns: XlsxColumn[] = [
  { title: 'Mã hồ sơ', type: 'text' },
  { title: 'Số tiền', type: 'amount' },
  { title: 'Ngày', type: 'date' },
]

async function partsOf(rows: XlsxCell[][], sheet = 'Đối soát'): Promise<Record<string, string>> {
  const files = unzipSync(await written({ sheet, columns, rows }))
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, strFromU8(bytes)]))
}

/** The cells of the sheet as [place, style, text or number]. */
async function cellsOf(rows: XlsxCell[][]): Promise<[string, number, string][]> {
  const xml = (await partsOf(rows))['xl/worksheets/sheet1.xml'] ?? ''
  const cells = xml.matchAll(
    /<c r="([A-Z]+\d+)" s="(\d)"(?: t="inlineStr"><is><t xml:space="preserve">([^<]*)<|><v>([^<]*)<)/g,
  )
  return Array.from(cells, ([, place = '', style, text, number]) => [
    place,
    Number(style),
    text ?? Number(number).toString(),
  ])
}

describe('a workbook', () => {
  it('holds its parts, its sheet by name, and a head', async () => {
    const parts = await partsOf([])
    expect(Object.keys(parts).sort()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ])
    expect(parts['xl/workbook.xml']).toContain('<sheet name="Đối soát"')
    expect((await cellsOf([])).map(([place, , text]) => [place, text])).toEqual([
      ['A1', 'Mã hồ sơ'],
      ['B1', 'Số tiền'],
      ['C1', 'Ngày'],
    ])
  })

  it('types its cells: codes are text, amounts numbers, days and times serials in UTC+7', async () => {
    const rows: XlsxCell[][] = [
      ['000123', 1_234_567n, '2026-11-22'],
      ['x', -5n, new Date('2026-11-22T17:00:00Z')],
      [7n, 97.31, null],
      ['Tổng cộng', 'không', 'nhiều ngày'],
    ]
    expect((await cellsOf(rows)).slice(3)).toEqual([
      ['A2', 2, '000123'],
      ['B2', 3, '1234567'],
      ['C2', 4, '46348'],
      ['A3', 2, 'x'],
      ['B3', 3, '-5'],
      ['C3', 5, '46349'],
      ['A4', 2, '7'],
      ['B4', 0, '97.31'],
      ['A5', 2, 'Tổng cộng'],
      ['B5', 2, 'không'],
      ['C5', 2, 'nhiều ngày'],
    ])
  })

  it('never holds a formula, whatever the texts begin with', async () => {
    const parts = await partsOf([
      ['=1+1', '=cmd|x', '@SUM(A1)'],
      ['+1', '-1', '\t=1'],
    ])
    const xml = parts['xl/worksheets/sheet1.xml'] ?? ''
    expect(xml).not.toMatch(/<f[ >]|t="str"/)
    expect(xml.match(/ s="2" t="inlineStr"/g)).toHaveLength(6)
  })

  it('adds up by formulas that agree with the figures beside them, and has none where there is nothing above', async () => {
    const book = read(
      await written({
        sheet: 's',
        columns,
        rows: [
          ['a', 5n, null],
          ['b', -2n, null],
          ['Tổng cộng', { sum: 3n }, null],
        ],
      }),
      { cellFormula: true },
    )
    expect(book.Sheets.s?.B4).toMatchObject({ t: 'n', v: 3, f: 'SUM(B2:B3)' })
    const empty = read(await written({ sheet: 's', columns, rows: [['Tổng cộng', { sum: 0n }, null]] }), {
      cellFormula: true,
    })
    expect(empty.Sheets.s?.B2).toMatchObject({ t: 'n', v: 0 })
    expect(empty.Sheets.s?.B2?.f).toBeUndefined()
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])(
    'keeps %j a text for another reader',
    async (text) => {
      const book = read(await written({ sheet: 's', columns, rows: [[text, null, null]] }), { cellFormula: true })
      expect([book.Sheets.s?.A2?.t, book.Sheets.s?.A2?.f]).toEqual(['s', undefined])
    },
  )

  it('is given out while its rows still come, and ends them when nobody reads any more', async () => {
    let made = 0
    let isOver = false
    async function* rows() {
      try {
        for (; made < 1_000_000; made++) yield [`dòng ${made} ${'x'.repeat(50)}`, BigInt(made), null]
      } finally {
        isOver = true
      }
    }
    const reader = writeXlsx({ sheet: 's', columns, rows: rows() }).getReader()
    for (let i = 0; i < 30; i++) await reader.read()
    expect(made).toBeLessThan(100_000)
    await reader.cancel()
    expect(isOver).toBe(true)
  })

  it('has several sheets, each under its name', async () => {
    const more: XlsxSheet = {
      sheet: 'Tổng hợp',
      columns: [{ title: 'Tỷ lệ', type: 'rate' }],
      rows: [['97.31'], ['N/A']],
    }
    const book = read(await written({ sheet: 's', columns, rows: [] }, more))
    expect(book.SheetNames).toEqual(['s', 'Tổng hợp'])
    expect([book.Sheets['Tổng hợp']?.A2?.v, book.Sheets['Tổng hợp']?.A3?.v]).toEqual([97.31, 'N/A'])
  })

  it('is printed as wide as a page, with its head on each', async () => {
    const more: XlsxSheet = { sheet: "Cục A's", columns, rows: [] }
    const bytes = await written({ sheet: 'Đối soát', columns, rows: [] }, more)
    const titles = read(bytes).Workbook?.Names?.map(({ Name, Sheet, Ref }) => [Name, Sheet, Ref])
    expect(titles).toEqual([
      ['_xlnm.Print_Titles', 0, "'Đối soát'!$1:$1"],
      ['_xlnm.Print_Titles', 1, "'Cục A''s'!$1:$1"],
    ])
    const xml = strFromU8(unzipSync(bytes)['xl/worksheets/sheet2.xml'] ?? new Uint8Array())
    expect(xml).toContain('<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>')
    expect(xml).toContain('<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>')
  })

  it.each([
    [[18, 18, 18], 15],
    [[6, 18, 18], 30],
    [[1, 18, 18], 60],
  ])('makes room in its head for titles that go on in another line: widths %j', async (widths, height) => {
    const xml = strFromU8(
      unzipSync(await written({ sheet: 's', columns, rows: [], widths }))['xl/worksheets/sheet1.xml'] ??
        new Uint8Array(),
    )
    expect(xml).toContain(`<row r="1" ht="${height}" customHeight="1">`)
  })

  it('escapes what XML and Office read as something else', async () => {
    const [, , , [, , text] = []] = await cellsOf([['<a b="c">&amp;\u0001\r_x0041_\ud800', null, null]])
    expect(text).toBe('&lt;a b=&quot;c&quot;&gt;&amp;amp;\ufffd&#13;_x005F_x0041_\ufffd')
  })

  it('has a name that Excel accepts', async () => {
    const nameOf = async (sheet: string) =>
      /sheet name="([^"]*)"/.exec((await partsOf([], sheet))['xl/workbook.xml'] ?? '')?.[1]
    expect(await nameOf("'[Sổ]: chi*tiết?/\\'")).toBe('Sổ   chi tiết')
    expect(await nameOf('x'.repeat(40))).toHaveLength(31)
    expect(await nameOf('[]')).toBe('Sheet1')
    expect(await nameOf('a<&>')).toBe('a&lt;&amp;&gt;')
  })

  it('is the same bytes for the same rows, in every zone', async () => {
    const make = () => written({ sheet: 's', columns, rows: [['a', 1n, '2026-11-22']] })
    const before = process.env.TZ
    const first = await make()
    try {
      for (const zone of ['America/Los_Angeles', 'Pacific/Kiritimati']) {
        process.env.TZ = zone
        expect(await make()).toEqual(first)
      }
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })

  it('takes rows as they come and letters its columns past Z', async () => {
    async function* rows() {
      for (let i = 0; i < 3_000; i++) yield Array.from({ length: 30 }, () => i)
    }
    const wide = Array.from({ length: 30 }, (_, i): XlsxColumn => ({ title: `c${i}`, type: 'amount' }))
    const files = unzipSync(await written({ sheet: 's', columns: wide, rows: rows(), widths: [40] }))
    const xml = strFromU8(files['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
    expect(xml).toContain('<c r="AD3001" s="3"><v>2999</v></c>')
    expect(xml).toContain('<col min="1" max="1" width="40"')
    expect(xml).toContain('</row></sheetData><pageMargins ')
    expect(xml.endsWith('</worksheet>')).toBe(true)
  })

  it.each([
    ['an integer of 16 digits', 1_000_000_000_000_000n],
    ['a number that is none', Number.NaN],
    ['a time before 1900', new Date('1850-01-01')],
    ['no time', new Date(Number.NaN)],
  ])('refuses %s', async (_name, value) => {
    await expect(written({ sheet: 's', columns, rows: [['a', value, null]] })).rejects.toThrow(RangeError)
  })

  it('refuses a sheet without columns', async () => {
    await expect(written({ sheet: 's', columns: [], rows: [] })).rejects.toThrow(RangeError)
  })
})
