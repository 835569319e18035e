/** The national payment platform's own side for the conformance suite, written from its page with a signer of its own. */
import type { IncomingRequest, Verdict } from '../../src/providers/contract.ts'
import type { AnswerTo, CallbackSpec, ExpectedAnswer, Field, ProviderKit, Said } from './kit.ts'
import { jsonOf, readPiped, signerOf, stampOf, unsigned } from './piped-sha256.kit.ts'

const account = {
  partner_code: 'LABDOITAC',
  secret_key: 'made-up-platform-secret-01',
  bearer_token: 'made-up-bearer-token-0001',
  extra_headers: 'lgspaccesstoken: made-up-lgsp-token-01; x-road-client: VN/GOV/H56',
  init_url: 'https://platform.example/khoitao?dstcode=VN%3AGOV%3A000',
  query_url: 'https://platform.example/truyvan',
  pay_hosts: 'thanhtoan.platform.example',
}

export const signedIn = {
  init: 'LoaiBanTin PhienBan MaDoiTac MaThamChieu SoTien LoaiHinhThanhToan MaKenhThanhToan MaThietBi NgonNgu MaTienTe MaNganHang ThongTinGiaoDich ThoiGianGD Ip'.split(
    ' ',
  ),
  query: 'LoaiBanTin PhienBan MaDoiTac MaThamChieu ThoiGianGD'.split(' '),
  confirm:
    'LoaiBanTin MaLoi MaDoiTac MaThamChieu SoTien MaTienTe MaGiaoDich MaNganHang ThoiGianGD ThongTinGiaoDich'.split(
      ' ',
    ),
}

/** What the platform wants to be told of every fee, even where there is nothing to tell. */
export const receiptMembers =
  'MaDichVu MaDonVi TenDonVi MaHoSo MaTTHC TenTTHC MaDVC TenDVC TKThuHuong MaNHThuHuong TenTKThuHuong PhiLePhi MaLoaiHinhThuPhat TenLoaiHinhThuPhat KhoBac NgayQD SoQD ThoiGianViPham DiaDiemViPham TenNguoiViPham NoiDungThanhToan HoTenNguoiNop SoCMNDNguoiNop DiaChiNguoiNop MaCoQuanQD TenCoQuanQD DSKhoanNop HuyenNguoiNop TinhNguoiNop TaiKhoanThuNSNN'.split(
    ' ',
  )

const codes: Record<Said, string> = { captured: '00', failed: '99', pending: '68', unknown_code: '77' }
const states: Record<Said, string> = { captured: '1', failed: '4', pending: '3', unknown_code: '9' }

const confirmFields = ({ says, merchantReference, amount, occurredAt, providerReference }: CallbackSpec): Field[] => [
  ['LoaiBanTin', 'CONFIRM'],
  ['MaLoi', codes[says]],
  ['MaDoiTac', account.partner_code],
  ['MaThamChieu', merchantReference],
  ['SoTien', String(amount)],
  ['MaTienTe', 'VND'],
  ['MaGiaoDich', providerReference],
  ['MaNganHang', 'VIETINBANK'],
  ['ThoiGianGD', stampOf(occurredAt)],
  ['ThongTinGiaoDich', 'Phí, lệ phí hồ sơ – Nguyễn Văn Đức'],
  // Outside the signature.
  ['MaHoSo', 'H56.12.03-261122-0007'],
  ['UrlBienLai', 'https://platform.example/bienlai/1'],
  ['ThongTinBienLai', '{"TKThuHuong":"0111000000056"}'],
]

const send = (fields: readonly Field[]): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers({ 'content-type': 'application/json' }),
  body: new TextEncoder().encode(jsonOf(fields)),
})

/** The reply repeats what came, its MaXacThuc too; for a stranger without it. */
const reply =
  (MaLoi: string, MoTaLoi: string) =>
  ({ request, account: asked }: AnswerTo): ExpectedAnswer => {
    const told = JSON.parse(new TextDecoder().decode(request.body)) as Record<string, string>
    const { MaThamChieu, ThoiGianGD } = told
    const MaDoiTac = asked === null ? '' : account.partner_code
    const MaXacThuc = asked === null ? '' : told.MaXacThuc
    return { status: 200, body: JSON.stringify({ MaLoi, MoTaLoi, MaDoiTac, MaThamChieu, ThoiGianGD, MaXacThuc }) }
  }

const answers: Record<Verdict, (to: AnswerTo) => ExpectedAnswer> = {
  accepted: reply('00', 'Success'),
  already_confirmed: reply('00', 'Already confirmed'),
  amount_mismatch: reply('99', 'SoTien does not match'),
  unknown_order: reply('99', 'MaThamChieu not found'),
  unknown_account: reply('99', 'MaDoiTac not found'),
  forged: reply('99', 'MaXacThuc is wrong'),
  malformed: reply('99', 'Malformed request'),
  try_again: reply('99', 'Not processed'),
}

const at = { url: account.init_url, names: signedIn.init, signature: 'MaXacThuc', account }

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    secret_key: 'made-up-platform-secret-02',
    bearer_token: 'made-up-bearer-token-0002',
    extra_headers: 'lgspaccesstoken: made-up-lgsp-token-02',
  },
  wrongAccounts: [
    { account: { ...account, partner_code: '' }, pointer: '/partner_code' },
    { account: { ...account, partner_code: 'A|B' }, pointer: '/partner_code' },
    { account: { ...account, secret_key: 'short' }, pointer: '/secret_key' },
    { account: { ...account, bearer_token: 'has a space in it' }, pointer: '/bearer_token' },
    { account: { ...account, extra_headers: 'no colon' }, pointer: '/extra_headers' },
    { account: { ...account, extra_headers: 'Content-Type: text/html' }, pointer: '/extra_headers' },
    { account: { ...account, extra_headers: 'a: b\r\nc: d' }, pointer: '/extra_headers' },
    { account: { ...account, init_url: 'platform.example' }, pointer: '/init_url' },
    { account: { ...account, pay_hosts: 'https://platform.example' }, pointer: '/pay_hosts' },
    { account: { ...account, failed_statuses: '4;5' }, pointer: '/failed_statuses' },
    { account: { ...account, echo_secure_code: 'yes' }, pointer: '/echo_secure_code' },
    { account: { ...account, service_code_suffix: '|01' }, pointer: '/service_code_suffix' },
  ],
  memo: { init_time: '20261122100000' },
  start: {
    answer: () => Response.json({ MaLoi: '00', UrlThanhToan: 'https://thanhtoan.platform.example/gd?id=abc' }),
    read: (started, calls, signer) => {
      const [call] = calls
      if (!call || started.action.type !== 'redirect') throw new Error('the platform is asked for an address')
      const body = readPiped(call, { ...at, account: signer })
      const receipt = body.ThongTinBienLai as Record<string, unknown>
      const isWhole =
        started.action.url === 'https://thanhtoan.platform.example/gd?id=abc' &&
        started.memo?.init_time === body.ThoiGianGD &&
        call.headers.get('authorization') === `Bearer ${signer.bearer_token}` &&
        call.headers.get('content-type')?.startsWith('application/json') === true &&
        String(signer.extra_headers).includes(`lgspaccesstoken: ${call.headers.get('lgspaccesstoken')}`) &&
        !signedIn.init.some((name) => typeof body[name] !== 'string' || String(body[name]).includes('|')) &&
        Object.keys(receipt).toSorted().join() === receiptMembers.toSorted().join()
      return {
        isSigned: isWhole,
        merchantReference: String(body.MaThamChieu),
        amount: /^[1-9][0-9]*$/.test(String(body.SoTien)) ? BigInt(String(body.SoTien)) : -1n,
        expiresAt: null,
        text: String(body.ThongTinGiaoDich),
      }
    },
  },
  callback: {
    fields: confirmFields,
    sign: signerOf(signedIn.confirm, 'MaXacThuc'),
    send,
    signedFields: signedIn.confirm,
    signatureField: 'MaXacThuc',
    referenceField: 'MaThamChieu',
    amountField: 'SoTien',
    accountField: 'MaDoiTac',
    amountScale: 1n,
    signatureCase: 'any',
    textField: 'ThongTinGiaoDich',
    optionalField: { name: 'ThongTinGiaoDich', emptySignsAsAbsent: true },
    isOrderFree: true,
    canRepeat: false,
    // Only `00` is listed: every other code makes us ask (paygov.test.ts).
    tellsFailure: false,
    tellsTime: true,
    badAmounts: [
      '1e5',
      '150000.0',
      '0150000',
      '+150000',
      '0x10',
      '150,000',
      '-0',
      '１５００００',
      '150000 ',
      '150000|',
    ],
    unsignedFields: [
      { name: 'MaHoSo', values: ['', 'H56.12.03-261122-0008'] },
      { name: 'UrlBienLai', values: ['https://evil.example/'] },
      { name: 'ThongTinBienLai', values: ['{"TKThuHuong":"9999999999"}', '', '{"PhiLePhi":[{"SoTien":"1"}]}'] },
    ],
  },
  returning: {
    ...unsigned,
    fields: ({ merchantReference }) => [
      ['data', merchantReference],
      ['responseCode', '00'],
      ['secureCode', 'f'.repeat(64)],
    ],
    send: (fields) => ({
      method: 'GET',
      search: fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'),
      headers: new Headers(),
      body: new Uint8Array(),
    }),
    referenceField: 'data',
    amountField: '',
    accountField: null,
  },
  query: {
    ...unsigned,
    tellsNotFound: false,
    fields: ({ says, merchantReference, amount, occurredAt, providerReference, call }) => {
      const body = readPiped(call, { ...at, url: account.query_url, names: signedIn.query })
      if (body.ThoiGianGD !== kit.memo.init_time) throw new Error('not the ThoiGianGD of the INIT')
      if (says === 'not_found') return [['MaLoi', '01']]
      return [
        ['MaLoi', '00'],
        ['MoTaLoi', 'Thành công'],
        ['MaDoiTac', account.partner_code],
        ['MaThamChieu', merchantReference],
        ['ThoiGianGD', stampOf(occurredAt)],
        ['LoaiBanTin', 'QUERY'],
        ['SoTien', String(amount)],
        ['MaTienTe', 'VND'],
        ['MaGiaoDich', providerReference],
        ['MaNganHang', 'VIETINBANK'],
        ['ThongTinGiaoDich', ''],
        ['TrangThaiGD', states[says]],
        ['MaXacThuc', 'f'.repeat(64)],
      ]
    },
    send: (fields) =>
      new Response(jsonOf(fields, new Set(['SoTien'])), { headers: { 'content-type': 'application/json' } }),
    referenceField: 'MaThamChieu',
    amountField: 'SoTien',
    accountField: 'MaDoiTac',
  },
  answers,
  personalFields: ['HoTenNguoiNop', 'SoCMNDNguoiNop', 'DiaChiNguoiNop', 'ThongTinGiaoDich', 'Ip', 'UrlThanhToan'],
  secretsInHeaders: ['bearer_token', 'extra_headers'],
  optionalSecrets: ['bearer_token', 'extra_headers'],
}
