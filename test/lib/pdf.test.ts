// Documents on paper: their texts come out as they went in, tables go over pages, and the bytes are those of the content.
import { describe, expect, it } from 'vitest'
import { addSides, addSquares, addText, closePdf, openPdf, type PdfOptions } from '../../src/lib/pdf.ts'
import { addTable, type PdfRow } from '../../src/lib/pdf-table.ts'
import { readPdfFonts } from '../../src/node/pdf-fonts.ts'
import { pdfText, pdfTexts } from '../kit/pdf-text.ts'

const at = new Date('2026-11-26T00:00:00Z')
const open = async (more: Partial<PdfOptions> = {}) =>
  openPdf({ fonts: await readPdfFonts(), title: 'Bảng kê', at, ...more })
const foot = (page: number, pages: number) => `Trang ${page}/${pages}`

/** Every letter that Vietnamese has, with each of its five marks. */
const letters = Array.from('aăâeêioôơuưyAĂÂEÊIOÔƠUƯY').flatMap((vowel) =>
  ['', '\u0300', '\u0309', '\u0303', '\u0301', '\u0323'].map((mark) => `${vowel}${mark}`.normalize('NFC')),
)

describe('a document', () => {
  it('holds every Vietnamese letter as it is written, also where it came in pieces', async () => {
    const pdf = await open()
    addText(pdf, [...letters, 'đ', 'Đ', '₫'].join(' ').normalize('NFD').replaceAll('d\u0335', 'đ'))
    addText(pdf, 'Bằng chữ: Năm mươi tư nghìn đồng', { bold: true })
    const text = await pdfText(await closePdf(pdf, { foot }))
    for (const letter of [...letters, 'đ', 'Đ', '₫']) expect(text).toContain(letter)
    expect(text).toContain('Bằng chữ: Năm mươi tư nghìn đồng')
    expect(text).toContain('Trang 1/1')
  })

  it('is the same bytes for the same content, and bears its own instant', async () => {
    const make = async (title: string) => {
      const pdf = await open({ title, paper: 'a5' })
      addSides(pdf, [
        { share: 1, text: 'Người lập' },
        { share: 2, text: 'Thủ trưởng', align: 'right', bold: true },
      ])
      addSquares(pdf, {
        size: 60,
        modules: [
          [true, false],
          [false, true],
        ],
      })
      return closePdf(pdf, { foot })
    }
    const first = await make('a')
    expect(await make('a')).toEqual(first)
    expect(await make('b')).not.toEqual(first)
    const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs')
    const { info } = await (await getDocument({ data: first.slice(), verbosity: 0 }).promise).getMetadata()
    expect(info).toMatchObject({ Title: 'a', CreationDate: 'D:20261126000000Z', Producer: 'LePhi' })
  })

  it('puts a ? where the typeface has no sign, and lets no control character through', async () => {
    const pdf = await open()
    addText(pdf, 'a\u0001b\u0000 漢 \ud800 c\td')
    expect(await pdfText(await closePdf(pdf, { foot }))).toContain('a?b? ? ? c d')
  })
})

describe('a table', () => {
  const columns = [
    { title: 'Số', share: 1, align: 'right' as const },
    { title: 'Nội dung', share: 4 },
  ]

  it('repeats its head on every page and loses no row', async () => {
    const pdf = await open({ paper: 'a4-landscape' })
    async function* rows(): AsyncGenerator<PdfRow> {
      for (let i = 1; i <= 200; i++) yield { cells: [`dòng${i}`, 'Lệ phí đăng ký khai sinh'] }
      yield { cells: ['Tổng cộng', '200'], bold: true }
    }
    await addTable(pdf, { columns, rows: rows() })
    const pages = await pdfTexts(await closePdf(pdf, { foot }))
    expect(pages.length).toBeGreaterThan(3)
    for (const [index, page] of pages.entries()) {
      expect(page.slice(0, 2)).toEqual(['Số', 'Nội dung'])
      expect(page).toContain(`Trang ${index + 1}/${pages.length}`)
    }
    const numbers = pages.flat().filter((text) => text.startsWith('dòng'))
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, i) => `dòng${i + 1}`))
    expect(pages.at(-1)).toContain('Tổng cộng')
  })

  it('breaks what is too wide, within a word where there is no space, and ends what would fill a page', async () => {
    const pdf = await open({ paper: 'a5' })
    const reference = 'x1y2z3'.repeat(30)
    await addTable(pdf, { columns, rows: [{ cells: [reference, 'dài '.repeat(2_000)] }] })
    const [page = []] = await pdfTexts(await closePdf(pdf, { foot }))
    expect(page.join('')).toContain('x1y2z3')
    expect(page.filter((text) => text === '…')).toHaveLength(1)
    expect(page.length).toBeLessThan(60)
  })

  it('keeps on one line what a column must fit, however small its share', async () => {
    const tight = (fits?: string) => [
      { title: 'Ngày', share: 1, ...(fits ? { fits } : {}) },
      ...Array.from({ length: 21 }, () => ({ title: 'x', share: 1 })),
    ]
    const dated = [{ cells: ['29/11/2026', ...Array.from({ length: 21 }, () => '1')] }]
    const texts = async (fits?: string) => {
      const pdf = await open({ paper: 'a4-landscape' })
      await addTable(pdf, { columns: tight(fits), rows: dated })
      return (await pdfTexts(await closePdf(pdf, { foot }))).flat()
    }
    expect(await texts()).not.toContain('29/11/2026')
    expect(await texts('29/11/2026')).toContain('29/11/2026')
  })
})
