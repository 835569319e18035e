/** What is particular to the national platform: the bill that it is told, unsigned; two forms of an answer; echoed replies; and PayGov, which settles nothing. */
import { describe, expect, test } from 'vitest'
import { type Bill, type IncomingRequest, type Payment, ProviderError } from '../../src/providers/contract.ts'
import { paygov } from '../../src/providers/paygov/index.ts'
import { clientOf, now, paymentOf, type Subject, serverOf, specOf, withField } from './conformance/subject.ts'
import type { Field } from './kit.ts'
import { kit, receiptMembers, signedIn } from './paygov.kit.ts'
import { jsonOf, signerOf } from './piped-sha256.kit.ts'

const subject: Subject = { name: 'paygov', provider: paygov, kit }
const told = (error: unknown) => (error instanceof ProviderError ? `${error.kind} ${error.code ?? ''}`.trim() : error)
const post = (body: string): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(),
  body: new TextEncoder().encode(body),
})
const read = (request: IncomingRequest) => clientOf(subject).readCallback(request)
const confirm = (changes: Record<string, string> = {}): Field[] => {
  const fields = Object.entries(changes).reduce<Field[]>(
    (before, [name, value]) => withField(before, name, value),
    kit.callback.fields(specOf(subject)),
  )
  return kit.callback.sign(fields, kit.account)
}
const captured = { status: 'captured', amount: 150_000n, merchantReference: specOf(subject).merchantReference }

const bill = paymentOf(subject).bill
if (!bill) throw new Error('the payments of the suite have a bill')
const start = async (changes: Partial<Payment>, account: Record<string, unknown> = {}, answer?: unknown) => {
  const { fetch, calls } = serverOf(() =>
    Response.json(answer ?? { MaLoi: '00', UrlThanhToan: 'https://thanhtoan.platform.example/' }),
  )
  const client = clientOf(subject, fetch, { ...kit.account, ...account })
  const started = await client.startPayment(paymentOf(subject, { memo: {}, ...changes })).catch(told)
  const sent = calls.map((call): Record<string, unknown> => JSON.parse(call.body))
  return { started, sent, receipt: sent[0]?.ThongTinBienLai as Record<string, unknown> | undefined }
}
const withBill = (changes: Partial<Bill>) => start({ bill: { ...bill, ...changes } })

describe('ThongTinBienLai', () => {
  test('tells the whole bill, every member of it, with fee lines apart', async () => {
    const lines = [
      { kind: 'phi', code: 'P-01', description: 'Phí thẩm định', amount: 100_000n },
      { kind: 'le_phi', code: null, description: 'Lệ phí cấp giấy', amount: 50_000n },
      { kind: 'le_phi', code: null, description: 'Bản sao, được miễn', amount: 0n },
    ] as const
    const { receipt } = await withBill({ lines })
    expect(Object.keys(receipt ?? {}).toSorted()).toEqual(receiptMembers.toSorted())
    expect(receipt).toMatchObject({
      ...{ MaDichVu: '2', MaDonVi: 'H56.12.03', TenDonVi: 'Phòng Hộ tịch, quốc tịch và chứng thực' },
      ...{ MaHoSo: 'H56.12.03-261122-0007', MaTTHC: '1.001193', TenTTHC: 'Đăng ký khai sinh', MaDVC: '1.001193.01' },
      ...{ TKThuHuong: '0111000000056', MaNHThuHuong: '970436', TenTKThuHuong: 'KHO BAC NHA NUOC TINH THANH HOA' },
      PhiLePhi: [
        { LoaiPhiLePhi: '1', MaPhiLePhi: '1.001193.01', TenPhiLePhi: 'Phí thẩm định', SoTien: '100000' },
        { LoaiPhiLePhi: '2', MaPhiLePhi: '1.001193.01', TenPhiLePhi: 'Lệ phí cấp giấy', SoTien: '50000' },
      ],
      DSKhoanNop: [
        { NoiDung: 'Phí thẩm định', SoTien: '100000' },
        { NoiDung: 'Lệ phí cấp giấy', SoTien: '50000' },
      ],
      ...{ HoTenNguoiNop: 'Nguyễn Thị Lan', SoCMNDNguoiNop: '038190001234', DiaChiNguoiNop: 'Hạc Thành, Thanh Hóa' },
      ...{ NoiDungThanhToan: 'THANH TOAN HO SO H56.12.03-261122-0007', SoQD: '', KhoBac: '', TinhNguoiNop: '' },
    })
  })

  test('is refused, and nothing sent, where the bill does not carry it', async () => {
    const line = { kind: 'le_phi', code: null, description: 'x', amount: 150_000n } as const
    const refused: [Partial<Bill>, string][] = [
      [{ lines: [{ ...line, amount: 149_999n }] }, 'bill_amount'],
      [{ lines: [line, line] }, 'bill_amount'],
      [{ lines: [] }, 'bill_amount'],
      [{ lines: [{ ...line, kind: 'phat' }] }, 'bill_kind'],
      [{ lines: [{ ...line, kind: 'thue' }] }, 'bill_kind'],
      [
        {
          lines: [
            { ...line, amount: 160_000n },
            { ...line, amount: -10_000n },
          ],
        },
        'bill_amount',
      ],
      [{ payee: null }, 'bill_payee'],
      [{ payer: { ...bill.payer, identityNumber: null } }, 'bill_identity_number'],
      [{ payer: { ...bill.payer, identityNumber: '' } }, 'bill_identity_number'],
    ]
    for (const [changes, code] of refused) {
      const { started, sent } = await withBill(changes)
      expect([started, sent]).toEqual([`rejected ${code}`, []])
    }
    expect(await start({ bill: null })).toMatchObject({ started: 'rejected no_bill', sent: [] })
  })

  test('names the national procedure and never a local one; without a code it names none', async () => {
    const procedure = async (code: string, name = 'x') => (await withBill({ procedure: { code, name } })).receipt
    expect(await procedure('1.010708.000.00.00.H56')).toMatchObject({ MaTTHC: '1.010708', MaDVC: '1.010708.01' })
    expect(await procedure('TTHC-nội bộ')).toMatchObject({ MaTTHC: '', TenTTHC: 'x', MaDVC: '' })
    expect((await withBill({ procedure: null })).receipt).toMatchObject({ MaTTHC: '', TenTTHC: '', MaDVC: '' })
    const long = await procedure('1.001193', 'Thủ tục '.repeat(40))
    expect(String(long?.TenTTHC)).toMatch(/\.\.\.$/)
    expect(String(long?.TenTTHC)).toHaveLength(203)
  })

  test('takes from the account what no bill carries', async () => {
    const account = {
      ...{ unit_code: '000.00.14.H56', deciding_agency_code: '000.00.00.H56', deciding_agency_name: 'UBND tỉnh' },
      ...{ service_code_suffix: '.02', fee_code: '2', payee_bank_code: '01203001' },
    }
    expect((await start({}, account)).receipt).toMatchObject({
      ...{ MaDonVi: '000.00.14.H56', MaCoQuanQD: '000.00.00.H56', TenCoQuanQD: 'UBND tỉnh', MaDVC: '1.001193.02' },
      ...{ MaNHThuHuong: '01203001', PhiLePhi: [{ MaPhiLePhi: '2' }] },
    })
  })

  test('is outside the signature, and what comes back in it is not believed', async () => {
    const [first, second] = [(await start({})).sent[0], (await start({}, { unit_code: 'OTHER' })).sent[0]]
    expect(first?.MaXacThuc).toBe(second?.MaXacThuc)
    const expected = await read(kit.callback.send(confirm()))
    for (const bienLai of [{ TKThuHuong: '9999', PhiLePhi: [{ SoTien: '1' }] }, null, 'x', 7, []]) {
      const body: Record<string, unknown> = JSON.parse(jsonOf(confirm()))
      for (const more of [{ ThongTinBienLai: bienLai }, { SoTienThuc: 1, TrangThaiGD: '4' }]) {
        expect(await read(post(JSON.stringify({ ...body, ...more })))).toEqual(expected)
      }
    }
    expect(expected.outcomes).toMatchObject([captured])
  })
})

describe('INIT', () => {
  const url = 'https://thanhtoan.platform.example/gd?id=1'
  test('is answered as it is or wrapped by an integration layer', async () => {
    const good = [
      { MaLoi: '00', UrlThanhToan: url },
      { error_code: '0', message: JSON.stringify({ UrlThanhToan: url }) },
      { error_code: 0, message: JSON.stringify({ MaLoi: '00', UrlThanhToan: url }) },
    ]
    for (const answer of good)
      expect((await start({}, {}, answer)).started).toMatchObject({ action: { type: 'redirect', url } })
    const bad: [unknown, string][] = [
      [{ MaLoi: '01', UrlThanhToan: url }, 'rejected 01'],
      [{ error_code: '-1', message: JSON.stringify({ UrlThanhToan: url }) }, 'rejected -1'],
      [{ error_code: 0, message: JSON.stringify({ MaLoi: '99', UrlThanhToan: url }) }, 'rejected 99'],
      [{ error_code: 0, message: '<html>' }, 'malformed 00'],
      [{ error_code: 0, message: '' }, 'malformed 00'],
      [{ error_code: 0, message: { UrlThanhToan: url } }, 'malformed'],
      [{ UrlThanhToan: url }, 'malformed'],
      [{ MaLoi: '00', UrlThanhToan: 'https://evil.example/' }, 'malformed 00'],
      [{ MaLoi: '00', UrlThanhToan: 'http://thanhtoan.platform.example/' }, 'malformed 00'],
    ]
    for (const [answer, expected] of bad) expect((await start({}, {}, answer)).started).toBe(expected)
  })

  test('writes amounts as text, and a dossier code without the separator', async () => {
    const { sent } = await start({ dossierCode: 'H56|đất 7' })
    expect(sent[0]).toMatchObject({ SoTien: '150000', ThongTinGiaoDich: 'THANH TOAN HO SO H56 t 7' })
    expect((await start({}, { bearer_token: undefined, extra_headers: undefined })).started).toHaveProperty('action')
  })
})

describe('CONFIRM', () => {
  test('is no success under any code but 00, and decides nothing then', async () => {
    for (const code of ['99', '01', '68', '0', '000', 'SUCCESSFUL']) {
      const reading = await read(kit.callback.send(confirm({ MaLoi: code })))
      expect(reading).toEqual({ merchantReference: captured.merchantReference, outcomes: [], ask: true })
    }
  })

  test('has time before text; signed the other way round it is a forgery', async () => {
    const swapped = [...signedIn.confirm.slice(0, 8), 'ThongTinGiaoDich', 'ThoiGianGD']
    const fields = kit.callback.fields(specOf(subject))
    const request = kit.callback.send(signerOf(swapped, 'MaXacThuc')(fields, kit.account))
    expect(await read(request).catch(told)).toBe('forged')
  })

  test('refuses a separator anywhere but in ThongTinGiaoDich, another currency, and a time that is not 14 digits', async () => {
    for (const name of signedIn.confirm.slice(0, -1))
      expect(['malformed', 'rejected']).toContain(await read(kit.callback.send(confirm({ [name]: 'a|b' }))).catch(told))
    expect((await read(kit.callback.send(confirm({ ThongTinGiaoDich: 'a|b' })))).outcomes).toMatchObject([captured])
    for (const wrong of [{ MaTienTe: 'USD' }, { ThoiGianGD: '2026112210020' }, { ThoiGianGD: '22/11/2026' }])
      expect(await read(kit.callback.send(confirm(wrong))).catch(told)).toBe('malformed')
  })

  test('is a JSON object and nothing else', async () => {
    const form = new URLSearchParams(confirm().map(([name, value]) => [name, value])).toString()
    expect(await read(post(form)).catch(told)).toBe('malformed')
    expect(await read(post(`data=${encodeURIComponent(jsonOf(confirm()))}`)).catch(told)).toBe('malformed')
  })
})

describe('the reply', () => {
  const reply = async (request: IncomingRequest, account: Record<string, unknown> = {}) =>
    (await clientOf(subject, undefined, { ...kit.account, ...account }).answerCallback('accepted', request)).json()

  test('repeats MaXacThuc unless it is switched off, and nothing that has not its shape', async () => {
    const request = kit.callback.send(confirm())
    const MaXacThuc = new Map(confirm()).get('MaXacThuc')
    expect(await reply(request)).toMatchObject({ MaLoi: '00', MaXacThuc })
    expect(await reply(request, { echo_secure_code: false })).toMatchObject({ MaLoi: '00', MaXacThuc: '' })
    const odd = post(JSON.stringify({ MaThamChieu: 'a|b', MaXacThuc: '<script>', ThoiGianGD: '<b>', MaDoiTac: 'X' }))
    const expected = { MaDoiTac: 'LABDOITAC', MaThamChieu: '', ThoiGianGD: '', MaXacThuc: '' }
    expect(await reply(odd)).toMatchObject(expected)
  })

  test('has a form of its own for what cannot be read', async () => {
    expect(await reply(post('<xml/>'))).toMatchObject({ return_code: -1 })
    const stranger = await paygov.answerStranger('unknown_account', post('{'), () => now)
    expect(await stranger.json()).toMatchObject({ return_code: -1 })
  })
})

describe('QUERY', () => {
  const payment = paymentOf(subject)
  const answer = {
    ...{ MaLoi: '00', MaDoiTac: 'LABDOITAC', MaThamChieu: payment.merchantReference, SoTien: '150000' },
    ...{ MaTienTe: 'VND', MaGiaoDich: 'PP1', ThoiGianGD: '20261122100000', TrangThaiGD: '1' },
  }
  const query = (changes: Record<string, unknown>) => {
    const { fetch } = serverOf(() => Response.json({ ...answer, ...changes }))
    return clientOf(subject, fetch).queryPayment?.(payment).catch(told)
  }

  test('settles nothing by an unsigned answer about another payment', async () => {
    expect(await query({})).toMatchObject({
      outcomes: [{ status: 'captured', providerReference: 'PP1', occurredAt: null }],
    })
    const others = [
      { MaThamChieu: 'X' },
      { SoTien: 150_001 },
      { MaTienTe: 'USD' },
      { MaDoiTac: 'X' },
      { MaGiaoDich: '' },
    ]
    for (const other of others) expect(await query(other)).toBe('malformed')
  })

  test('takes an unlisted state as pending, and another MaLoi as no answer', async () => {
    for (const TrangThaiGD of ['3', 3, '2', '', null, '01'])
      expect(await query({ TrangThaiGD })).toMatchObject({ outcomes: [{ status: 'pending' }] })
    expect(await query({ TrangThaiGD: 4 })).toMatchObject({ outcomes: [{ status: 'failed' }] })
    expect(await query({ MaLoi: '01' })).toBe('unknown 01')
  })
})

test('a callback of PayGov, whose checksum nobody can check, settles nothing', async () => {
  const callback = {
    ...{ amount: '150000', orderId: 'H56-1-01', orderInfo: 'x', requestCode: captured.merchantReference },
    ...{ transactionNo: '1', payDate: '20261122100209', errorCode: '00', paygate: 'VNPAY', type: '1' },
    ...{ transactionCode: captured.merchantReference, checksum: 'f'.repeat(64) },
  }
  expect(await read(post(JSON.stringify(callback))).catch(told)).toBe('forged')
  // Not even with the members of this platform's own notice beside it.
  const mixed = { ...JSON.parse(jsonOf(kit.callback.fields(specOf(subject)))), ...callback }
  expect(await read(post(JSON.stringify(mixed))).catch(told)).toBe('forged')
})
