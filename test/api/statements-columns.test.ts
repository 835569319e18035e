// Statements whose profile names a column for money in and one for money out, and those that are workbooks.
import { describe, expect, it } from 'vitest'
import { providerProfile as profile, profileDesk } from '../kit/profile-desk.ts'
import { sheetRow, workbookFile } from '../kit/workbook.ts'

const { patch, upload, imported, linesOf, give: giveProfile } = profileDesk()

const split = {
  encoding: 'utf-8',
  delimiter: ';',
  header_row: 2,
  date_format: 'dd/MM/yyyy',
  number_format: { decimal: ',', thousands: '.' },
  columns: { value_date: 'Ngày', debit: 'Ghi nợ', credit: 'Ghi có', description: 'Nội dung' },
  values: {},
}
const splitHeader = ['Ngày', 'Ghi nợ', 'Ghi có', 'Nội dung']

describe('with a column for money in and one for money out', () => {
  it('reads the one that is filled, and names what is wrong by its column', async () => {
    await giveProfile(split)
    const rows = [
      '23/11/2026;;1.234.567;vào',
      '23/11/2026;79.000,00;0;ra',
      '24/11/2026;-;+5.000;vào',
      '24/11/2026;;;không',
      '24/11/2026;1.000;2.000;hai',
      '24/11/2026;-1.000;;âm',
      '24/11/2026;;1,234.567;kiểu khác',
    ]
    const told = await imported(`SAO KÊ\n${splitHeader.join(';')}\n${rows.join('\n')}\n`, { source: 'bank' })
    expect(told).toMatchObject({ lines: 7, accepted: 3, credits: 1_239_567, debits: 79_000 })
    expect((await linesOf(told.id)).map(({ line, amount }) => [line, amount])).toEqual([
      [3, 1_234_567n],
      [4, -79_000n],
      [5, 5_000n],
    ])
    expect(told.problems).toEqual([
      { line: 6, column: 'amount', message: '"Ghi có": the amount is missing or 0' },
      { line: 7, column: 'debit', message: '"Ghi nợ": the row has both money in and money out' },
      { line: 8, column: 'debit', message: '"Ghi nợ": money in and money out are written without a minus' },
      {
        line: 9,
        column: 'credit',
        message: expect.stringContaining('"Ghi có": an amount is written as the profile says'),
      },
    ])
  })

  it('is refused besides an amount, and of a provider', async () => {
    const both = await patch({ ...split, columns: { ...split.columns, amount: 'Số tiền' } })
    expect([both.status, both.body.errors]).toMatchObject([422, [{ pointer: '/statement_profile/columns/amount' }]])
    const provider = await patch({ ...profile, columns: { ...profile.columns, debit: 'Ghi nợ' } })
    expect(provider.status).toBe(422)
  })
})

describe('in a workbook', () => {
  const sheet = (rows: string) =>
    workbookFile({ rows: `${sheetRow(1, ['SAO KÊ', '1'])}${sheetRow(2, splitHeader)}${rows}`, formats: [0, 14] })

  it('is read from the header row on, dates and numbers as the sheet has them, texts as the profile says', async () => {
    await giveProfile(split)
    const rows = [
      sheetRow(3, ['<c s="1"><v>46349</v></c>', null, 1_234_567n, 'vào']),
      sheetRow(4, ['24/11/2026', '79.000', null, 'ra']),
      sheetRow(5, ['2026-11-24', 5n, null, 'ngày viết khác']),
      sheetRow(6, ['24/11/2026', null, '<c><v>1.5</v></c>', 'lẻ']),
      sheetRow(7, ['24/11/2026', null, '<c s="1"><v>46349</v></c>', 'ngày trong cột tiền']),
      sheetRow(8, ['24/11/2026', null, 7n]),
    ]
    const told = await imported(sheet(rows.join('')), { source: 'bank' })
    expect(told).toMatchObject({
      status: 'imported',
      lines: 6,
      accepted: 3,
      credits: 1_234_574,
      debits: 79_000,
      from: '2026-11-23',
      to: '2026-11-24',
    })
    expect(await linesOf(told.id)).toMatchObject([
      { line: 3, amount: 1_234_567n, valueDate: '2026-11-23', description: 'vào' },
      { line: 4, amount: -79_000n, valueDate: '2026-11-24' },
      { line: 8, amount: 7n, description: null },
    ])
    expect(told.problems).toEqual([
      { line: 5, column: 'value_date', message: '"Ngày": a date is written dd/MM/yyyy' },
      { line: 6, column: 'credit', message: 'the cell is no whole number' },
      { line: 7, column: 'credit', message: 'the cell is a date; keep it as text, or as a number' },
    ])
  })

  it('has times by the clock on the wall, written as the profile has them', async () => {
    await giveProfile(profile)
    const names = ['STT', 'Thời gian', 'Mã đơn', 'Loại giao dịch', 'Số tiền', 'Phí', 'Trạng thái', 'Ngày hiệu lực']
    const row = sheetRow(4, [
      1n,
      '<c s="1"><v>46349.75</v></c>',
      'A-1',
      'Thanh toán',
      79_000n,
      1_100n,
      'Thành công',
      '<c s="1"><v>46350</v></c>',
    ])
    const file = workbookFile({ rows: `${sheetRow(3, names)}${row}`, formats: [0, 22] })
    const told = await imported(file)
    expect(await linesOf(told.id)).toMatchObject([
      {
        occurredAt: new Date('2026-11-23T18:00:00+07:00'),
        amount: 79_000n,
        providerFee: 1_100n,
        valueDate: '2026-11-24',
      },
    ])
  })

  it('is rejected when the header is not where the profile says', async () => {
    await giveProfile({ ...split, header_row: 3 })
    expect(await imported(sheet(sheetRow(3, ['x', 'y'])), { source: 'bank' })).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('has no column "Ngày"'),
      problems: [{ line: 3 }],
    })
  })

  it('that was rejected is read by the mended profile', async () => {
    await giveProfile({ ...split, header_row: 1 })
    const file = sheet(sheetRow(3, ['24/11/2026', null, 7n]))
    const before = await imported(file, { source: 'bank' })
    expect(before).toMatchObject({ status: 'rejected' })
    await giveProfile(split)
    const after = await imported(file, { source: 'bank' })
    expect(after).toMatchObject({ status: 'imported', accepted: 1, sha256: before.sha256 })
    expect(await upload(file, { source: 'bank' })).toMatchObject({
      status: 200,
      body: { id: after.id, duplicate: true },
    })
  })
})
