// Statements in a provider's or a bank's own columns, read by the merchant account's statement profile.
import { describe, expect, it } from 'vitest'
import { providerProfile as profile, profileDesk } from '../kit/profile-desk.ts'

const { sql, patch, upload, imported, linesOf, give } = profileDesk()
const giveProfile = (change: Record<string, unknown> = {}) => give({ ...profile, ...change })

const top = 'SAO KÊ "tháng 11\n\n'
const header = 'STT;Thời gian;Mã đơn;Loại giao dịch;Số tiền;Phí;Trạng thái;Ngày hiệu lực\n'
const good = '1;23/11/2026 23:59:59;A-1;Thanh toán;1.234.567;1.100;Thành công;24/11/2026\n'
const file = `${top}${header}${good}2;24/11/2026 00:00:00;A-2;HOÀN TIỀN;"79.000,00";;thành công;25/11/2026 08:00:00\n`

it('is imported by its profile, and a dry run says the same', async () => {
  await giveProfile()
  const told = await imported(file)
  expect(told).toMatchObject({
    status: 'imported',
    lines: 2,
    accepted: 2,
    problems: [],
    credits: 1_234_567,
    debits: 79_000,
    from: '2026-11-23',
    to: '2026-11-24',
  })
  expect(await linesOf(told.id)).toMatchObject([
    {
      line: 4,
      lineType: 'capture',
      occurredAt: new Date('2026-11-23T16:59:59Z'),
      businessDay: '2026-11-23',
      valueDate: '2026-11-24',
      merchantReference: 'A-1',
      amount: 1_234_567n,
      providerFee: 1_100n,
      status: 'success',
    },
    {
      line: 5,
      lineType: 'refund',
      businessDay: '2026-11-24',
      valueDate: '2026-11-25',
      amount: 79_000n,
      providerFee: null,
    },
  ])
  expect(await upload(file)).toMatchObject({ status: 200, body: { id: told.id, duplicate: true } })
})

it('lists each broken row with its line and column, and keeps the rest', async () => {
  await giveProfile()
  const rows = [
    good,
    good.replace('Thành công', 'Xong'),
    good.replace('23/11', '31/02'),
    good.replace('23/11/2026 23:59:59', '2026-11-23 23:59:59'),
    good.replace('1.234.567', '1,234,567'),
    good.replace('1.234.567', '1.234,5'),
    good.replace('1.100', '-1.100'),
    'Tổng cộng;;\n',
    '1;"open\n',
    good.replace('A-1', 'A-9'),
  ]
  const told = await imported(top + header + rows.join(''))
  expect(told).toMatchObject({
    lines: 10,
    accepted: 2,
    problem_count: 8,
    problems: [
      { line: 5, column: 'status', message: expect.stringContaining('Trạng thái') },
      { line: 6, column: 'occurred_at' },
      { line: 7, column: 'occurred_at' },
      { line: 8, column: 'amount' },
      { line: 9, column: 'amount' },
      { line: 10, column: 'provider_fee' },
      { line: 11 },
      { line: 12 },
    ],
  })
  expect((await linesOf(told.id)).map(({ line }) => line)).toEqual([4, 13])
})

const utf16 = (text: string, isBig: boolean, mark = '\ufeff'): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    [...(mark + text)].flatMap((char) => {
      const code = char.charCodeAt(0)
      return isBig ? [code >> 8, code & 255] : [code & 255, code >> 8]
    }),
  )
/** Letters with their tone behind them, as windows-1258 has them. */
const vietnameseBytes: Record<string, number> = {
  â: 0xe2,
  ê: 0xea,
  ô: 0xf4,
  ă: 0xe3,
  đ: 0xf0,
  '\u0301': 0xec,
  '\u0300': 0xcc,
  '\u0323': 0xf2,
}
const windows1258 = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    [
      ...text
        .normalize('NFD')
        .replace(
          /[aeo]\u0323?[\u0302\u0306]/g,
          (letter) => letter.replace('\u0323', '').normalize('NFC') + (letter.includes('\u0323') ? '\u0323' : ''),
        ),
    ].map((char) => vietnameseBytes[char] ?? char.charCodeAt(0)),
  )

describe('in the encoding of its profile', () => {
  const columns = {
    value_date: 'Ngày',
    amount: 'Số tiền',
    description: 'Diễn giải'.replace('ễ', 'ê').replace('ả', 'à'),
  }
  const bank = { encoding: 'utf-8', delimiter: '\t', header_row: 1, date_format: 'yyyyMMdd', columns, values: {} }
  const text = `Ngày\tSố tiền\t${columns.description}\r\n20261123\t-79.000\tNộp lê phí cấp đất\r\n`
  it.each([
    ['utf-8', 'with decomposed letters', new TextEncoder().encode(text.normalize('NFD'))],
    ['utf-16', 'little-endian', utf16(text, false)],
    ['utf-16', 'big-endian', utf16(text, true)],
    ['utf-16', 'without a mark', utf16(text, false, '')],
    ['windows-1258', 'with tones behind the letters', windows1258(text)],
  ])('%s, %s', async (encoding, _how, bytes) => {
    await giveProfile({ ...bank, encoding })
    const told = await imported(new Uint8Array(bytes), { source: 'bank' })
    expect(told).toMatchObject({ accepted: 1, problems: [], debits: 79_000, from: '2026-11-23' })
    expect(await linesOf(told.id)).toMatchObject([{ line: 2, amount: -79_000n, description: 'Nộp lê phí cấp đất' }])
  })
  it('latin1', async () => {
    await giveProfile({
      ...bank,
      encoding: 'latin1',
      columns: { value_date: 'Date', amount: 'Montant', description: 'Libellé' },
    })
    const bytes = Uint8Array.from('Date\tMontant\tLibellé\n20261123\t5\tété\n', (char) => char.charCodeAt(0))
    const told = await imported(bytes, { source: 'bank' })
    expect(await linesOf(told.id)).toMatchObject([{ line: 2, amount: 5n, description: 'été' }])
  })
  it('and rejected in another', async () => {
    await giveProfile(bank)
    expect(await imported(utf16(text, false), { source: 'bank' })).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('UTF-8'),
      accepted: 0,
    })
  })
})

describe('is refused', () => {
  it('of an account without a profile, and of one whose profile is for the other source; nothing of the file stays', async () => {
    expect(await upload(file)).toMatchObject({
      status: 422,
      body: { code: 'invalid_input', errors: [{ pointer: '/format' }] },
    })
    await giveProfile({ columns: { value_date: 'Ngày', amount: 'Số tiền' } })
    expect((await upload(file)).status).toBe(422)
    expect((await upload(file, { dry_run: 'true' })).status).toBe(422)
    await patch(null)
    expect((await upload(file, { source: 'bank' })).status).toBe(422)
    expect(
      await sql()`select from statement_chunks where statement_id not in (select id from statements)`,
    ).toHaveLength(0)
  })
  it.each([
    ['has no column "Phí"', file.replace(';Phí', ';Phi')],
    ['comes twice', file.replace('STT', 'Phí')],
    ['is empty', `${top}\n${header}${good}`],
    ['has no line 3', 'x\n'],
  ])('whole when its header %s', async (reason, text) => {
    await giveProfile()
    expect(await imported(text)).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining(reason),
      accepted: 0,
    })
  })
  it('whole in another currency', async () => {
    await giveProfile({ columns: { ...profile.columns, currency: 'STT' } })
    expect(await imported(file.replace('\n1;', '\nUSD;'))).toMatchObject({ status: 'rejected' })
  })
})

describe('a profile is refused', () => {
  it.each([
    ['/statement_profile/columns/so_tien', { columns: { ...profile.columns, so_tien: 'x' } }],
    ['/statement_profile/columns/amount', { columns: { ...profile.columns, amount: undefined } }],
    ['/statement_profile/date_format', { date_format: 'dd/MM/yyyy HH:MM' }],
    ['/statement_profile/encoding', { encoding: 'tcvn3' }],
    ['/statement_profile/number_format/thousands', { number_format: { decimal: ',', thousands: ',' } }],
    ['/statement_profile/values/status/Xong', { values: { status: { Xong: 'done' } } }],
  ])('at %s', async (pointer, change) => {
    expect(await patch({ ...profile, ...change })).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
  })
})
