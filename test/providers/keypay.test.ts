/** What is particular to KeyPay: a status that nobody signs, amounts that are ours, an answer whose names the account must know. */
import { describe, expect, test } from 'vitest'
import type { IncomingRequest, Payment } from '../../src/providers/contract.ts'
import { keypay } from '../../src/providers/keypay/index.ts'
import {
  callbackOf,
  clientOf,
  paymentOf,
  portsOf,
  type Subject,
  serverOf,
  specOf,
  withField,
} from './conformance/subject.ts'
import { kit } from './keypay.kit.ts'
import { wordOf } from './momo.server.ts'

const subject: Subject = { name: 'keypay', provider: keypay, kit }
const payment = paymentOf(subject)
const connect = (account: Record<string, unknown> = {}, fetch = serverOf(() => Response.json({})).fetch) =>
  keypay.connect({ ...kit.account, ...account }, portsOf(fetch))
const finding = (stored: Payment | null) => ({ findPayment: async () => stored })
const genuine = (): IncomingRequest => callbackOf(subject, specOf(subject))
const sentOf = async (changes: Partial<Payment> = {}, account: Record<string, unknown> = {}) => {
  const { fetch, calls } = serverOf(() => Response.json({ error: 0, payment_url: 'https://keypay.example/p' }))
  await connect(account, fetch).startPayment(paymentOf(subject, { memo: {}, ...changes }))
  const body: Record<string, unknown> = JSON.parse(calls[0]?.body ?? '{}')
  return body
}

describe('a callback', () => {
  test('is proven over the stored amount and surcharge, whatever the account and the body say by now', async () => {
    const read = (stored: Payment | null, account = {}) => connect(account).readCallback(genuine(), finding(stored))
    expect(await wordOf(read(payment))).toBe('nothing')
    expect(await wordOf(read({ ...payment, amount: 150_001n }))).toBe('forged')
    expect(await wordOf(read({ ...payment, memo: { addition_fee: '1100' } }))).toBe('forged')
    expect(await read(payment, { addition_fee: 5_000 }), 'the surcharge that was sent counts').toMatchObject({
      ask: true,
    })
    expect(await read({ ...payment, memo: {} }), 'start was never answered').toMatchObject({ ask: true })
  })

  test('about a payment that is not stored proves nothing', async () => {
    expect(await wordOf(connect().readCallback(genuine(), finding(null)))).toBe('forged')
    expect(await wordOf(connect().readCallback(genuine()))).toBe('forged')
  })

  test('is signed with the second key and with the command of its form', async () => {
    const swapped = { client_key_1: kit.account.client_key_2, client_key_2: kit.account.client_key_1 }
    expect(await wordOf(connect(swapped).readCallback(genuine(), finding(payment)))).toBe('forged')
    expect(await wordOf(connect({ callback_command: 'PAYLATER' }).readCallback(genuine(), finding(payment)))).toBe(
      'forged',
    )
    const unsigned = (fields: (readonly [string, string])[]) => [...fields, ['command', 'PAYLATER'] as const]
    const later = callbackOf(subject, specOf(subject), { unsigned })
    expect(await connect({ callback_command: 'PAYLATER' }).readCallback(later, finding(payment))).toMatchObject({
      ask: true,
    })
  })

  test('with another status is the same reason to ask, and settles nothing', async () => {
    for (const status of ['0', '1', '2', '']) {
      const request = callbackOf(subject, specOf(subject), { signed: (fields) => withField(fields, 'status', status) })
      expect(await clientOf(subject).readCallback(request)).toEqual({
        merchantReference: payment.merchantReference,
        outcomes: [],
        ask: true,
      })
    }
  })

  test('with a reference that holds the separator is malformed before anything is looked up', async () => {
    const request = callbackOf(subject, specOf(subject, { merchantReference: 'a|b' }))
    const findPayment = () => expect.fail('nothing is looked up')
    expect(await wordOf(connect().readCallback(request, { findPayment }))).toBe('malformed')
  })
})

describe('a start', () => {
  test('sends the receipt block with every key, unsigned, amounts as text', async () => {
    const body = await sentOf()
    expect(body).toMatchObject({ trans_amount: '150000', addition_fee: '0', environment: '1', locale: 'vn' })
    expect(body.bill_info).toEqual({
      ...{ MaDichVu: '2', MaDonVi: 'H56.12.03', TenDonVi: 'Phòng Hộ tịch, quốc tịch và chứng thực' },
      ...{ MaHoSo: 'H56.12.03-261122-0007', MaTTHC: '1.001193', TenTTHC: 'Đăng ký khai sinh', MaDVC: '', TenDVC: '' },
      ...{ TKThuHuong: '0111000000056', MaNHThuHuong: '970436', TenTKThuHuong: 'KHO BAC NHA NUOC TINH THANH HOA' },
      PhiLePhi: [
        {
          ...{
            LoaiPhiLePhi: '2',
            MaPhiLePhi: 'LP-HOTICH-01',
            TenPhiLePhi: 'Lệ phí đăng ký khai sinh',
            SoTien: '150000',
          },
        },
      ],
      ...{ MaLoaiHinhThuPhat: '', TenLoaiHinhThuPhat: '', KhoBac: '', NgayQD: '', SoQD: '' },
      ...{ ThoiGianViPham: '', DiaDiemViPham: '', TenNguoiViPham: '' },
      NoiDungThanhToan: 'Lệ phí đăng ký khai sinh, hồ sơ H56.12.03-261122-0007',
      ...{ HoTenNguoiNop: 'Nguyễn Thị Lan', SoCMNDNguoiNop: '038190001234', DiaChiNguoiNop: 'Hạc Thành, Thanh Hóa' },
      ...{ HuyenNguoiNop: '', TinhNguoiNop: '', TaiKhoanThuNSNN: '' },
      ...{ MaCoQuanQD: 'H56.12.03', TenCoQuanQD: 'Phòng Hộ tịch, quốc tịch và chứng thực' },
      DSKhoanNop: [{ NoiDung: 'Lệ phí đăng ký khai sinh', SoTien: '150000' }],
    })
  })

  test('takes the service code, the form of the block and the surcharge from the account', async () => {
    const account = { service_suffix: '.01', bill_info_form: 'text', addition_fee: 1_100, environment: '2' }
    const body = await sentOf({}, account)
    expect(body).toMatchObject({ addition_fee: '1100', environment: '2' })
    expect(JSON.parse(String(body.bill_info))).toMatchObject({ MaDVC: '1.001193.01', TenDVC: 'Đăng ký khai sinh' })
  })

  test('never makes up what it does not know of the payer, the procedure or the account', async () => {
    const { bill } = payment
    const known = { payer: { name: 'Lan', identityNumber: null, address: null }, procedure: null, payee: null }
    const { bill_info } = await sentOf({ bill: bill && { ...bill, ...known } })
    expect(bill_info).toMatchObject({ SoCMNDNguoiNop: '', DiaChiNguoiNop: '', MaTTHC: '', TKThuHuong: '' })
  })

  test('leaves out an exempt line, and refuses a fine, a sum that is not the amount, and no bill at all', async () => {
    const { bill } = payment
    if (!bill) throw new Error('the payment has a bill')
    const [line] = bill.lines
    if (!line) throw new Error('the bill has a line')
    const exempt = { ...line, amount: 0n }
    const { bill_info } = await sentOf({ bill: { ...bill, lines: [exempt, line] } })
    expect(bill_info).toMatchObject({ PhiLePhi: { length: 1 }, DSKhoanNop: { length: 1 } })
    const wrong: Payment['bill'][] = [
      { ...bill, lines: [{ ...line, kind: 'phat' }] },
      { ...bill, lines: [line, line] },
      { ...bill, lines: [] },
      null,
    ]
    for (const each of wrong) expect(await wordOf(sentOf({ bill: each }))).toBe('rejected')
  })

  test('opens the address of either form, and no other', async () => {
    const open = (json: object) =>
      connect({}, serverOf(() => Response.json(json)).fetch).startPayment(paymentOf(subject, { memo: {} }))
    const data = { qrcode_pay: 'x', url_pay: 'https://keypay.example/later', transaction_code: '77' }
    expect(await open({ error: '0', data })).toMatchObject({ action: { url: 'https://keypay.example/later' } })
    expect((await open({ error: 0, payment_url: 'https://keypay.example/p' })).memo).toEqual({ addition_fee: '0' })
    for (const json of [
      { error: '0' },
      { error: '0', payment_url: 'javascript:alert(1)' },
      { error: '0', payment_url: 'http://keypay.example/p' },
      { error: '0', data: 'https://keypay.example/p' },
      { payment_url: 'https://keypay.example/p' },
    ])
      expect(await wordOf(open(json)), JSON.stringify(json)).toBe('malformed')
    expect(await wordOf(open({ error: '5', payment_url: 'https://keypay.example/p' }))).toBe('rejected')
  })

  test('makes references of twenty characters and sends none that is longer', async () => {
    const newId = () => 'ref_0199f7d2k8e0a4xq3vbn5mzt7c'
    expect(keypay.newReference?.({ now: () => new Date(), newId })).toBe('2k8e0a4xq3vbn5mzt7c'.padStart(20, 'd'))
    expect(await wordOf(sentOf({ merchantReference: 'a'.repeat(21) }))).toBe('rejected')
    expect(await wordOf(sentOf({ merchantReference: 'a|b' }))).toBe('rejected')
  })
})

describe('a return', () => {
  const returned = (search: string) =>
    connect().readReturn?.({ method: 'GET', search, headers: new Headers(), body: new Uint8Array() })

  test('names the payment by the address that was given out, whatever KeyPay puts before or behind', async () => {
    const { merchantReference } = payment
    for (const search of ['', '&status=0', '?status=0', '&transaction_id=lp9&payment_fee=1'])
      expect(await returned(`payment=${merchantReference}${search}`), search).toBe(merchantReference)
    expect(await returned(`a=1&payment=${merchantReference}`)).toBe(merchantReference)
    for (const search of [
      '',
      'payment=',
      `payment=${'a'.repeat(21)}`,
      'payment=%3Cb%3E',
      'xpayment=lp1',
      'transaction_id=lp1',
    ])
      expect(await returned(search), search).toBeNull()
  })
})

describe('a detail answer', () => {
  const ask = (says: 'captured' | 'failed', account: Record<string, unknown>, change: Record<string, string> = {}) => {
    const server = serverOf((call) => {
      const fields = kit.query?.fields({ ...specOf(subject), says, payment, call }) ?? []
      const signed = kit.query?.sign(fields, kit.account) ?? []
      const altered = signed.map(([name, value]) => [name, change[name] ?? value] as const)
      return kit.query?.send(altered) ?? Response.error()
    })
    return { ...server, answer: connect(account, server.fetch).queryPayment?.(payment) }
  }

  test.each(['detail_url', 'detail_command', 'detail_status_field', 'detail_paid_value', 'detail_amount_field'])(
    'settles nothing, and nothing is sent, while the account lacks %s',
    async (name) => {
      const { answer, calls } = ask('captured', { [name]: undefined })
      expect(await wordOf(answer)).toBe('rejected')
      expect(calls).toEqual([])
    },
  )

  test('is never failed or unknown by a value that the account does not name', async () => {
    expect(await wordOf(ask('failed', {}).answer)).toBe('failed')
    expect(await wordOf(ask('failed', { detail_failed_value: undefined }).answer)).toBe('pending')
    const unknown = { 'data.state': 'NONE' }
    expect(await wordOf(ask('captured', {}, unknown).answer)).toBe('not known')
    expect(await wordOf(ask('captured', { detail_unknown_value: undefined }, unknown).answer)).toBe('pending')
  })

  test('names no number where the account names no member for it', async () => {
    const { answer } = ask('captured', { detail_reference_field: undefined })
    expect((await answer)?.outcomes).toMatchObject([{ status: 'captured', providerReference: null }])
  })

  test('without the configured members is malformed: the setting may be wrong', async () => {
    expect(await wordOf(ask('captured', { detail_status_field: 'state' }).answer)).toBe('malformed')
    expect(await wordOf(ask('captured', { detail_amount_field: 'amount' }).answer)).toBe('malformed')
    expect(await wordOf(ask('captured', { detail_status_field: 'data.constructor' }).answer)).toBe('malformed')
    expect(await wordOf(ask('captured', { detail_status_field: 'toString.name' }).answer)).toBe('malformed')
  })
})
