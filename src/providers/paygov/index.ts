/** The payment platform of the National Public Service Portal, version 1.0.6. Sources, settings and quirks: README.md beside this file. */
import { jsonObject } from '../call.ts'
import type { IncomingRequest, Verdict } from '../contract.ts'
import { definePipedProvider } from '../piped-provider.ts'
import { textsOf } from '../piped-sha256.ts'
import { personalInReceiptBlock } from '../receipt-block.ts'
import { readText } from '../signed-text.ts'
import { type Account, accountSchema, readHeaders } from './account.ts'
import { initFields, orders, queryFields } from './messages.ts'
import { receiptPart } from './receipt-part.ts'

export const paygov = definePipedProvider<Account>({
  title: { vi: 'Nền tảng thanh toán trực tuyến quốc gia', en: 'National payment platform' },
  account: accountSchema,
  secrets: ['secret_key', 'bearer_token', 'extra_headers'],
  redact: [
    ...personalInReceiptBlock,
    ...['MaXacThuc', 'Ip', 'UrlThanhToan', 'UrlBienLai', 'ThongTinGiaoDich', 'TKThuHuong'],
  ],
  wantsBill: true,
  words: {
    code: 'MaLoi',
    merchant: 'MaDoiTac',
    reference: 'MaThamChieu',
    amount: 'SoTien',
    currency: 'MaTienTe',
    number: 'MaGiaoDich',
    time: 'ThoiGianGD',
    status: 'TrangThaiGD',
    signature: 'MaXacThuc',
    // Whether a query answers with the time of INIT or of the payment is not known.
    queried: { namesMerchant: true, tellsTime: false },
  },
  orders,
  payUrl: 'UrlThanhToan',
  merchantOf: ({ partner_code }) => partner_code,
  headers: ({ bearer_token, extra_headers }) => ({
    ...(bearer_token === undefined ? {} : { authorization: `Bearer ${bearer_token}` }),
    ...(extra_headers === undefined ? {} : readHeaders(extra_headers)),
  }),
  initFields,
  unsignedInit: (payment, account) => ({ ThongTinBienLai: receiptPart(payment, account) }),
  unwrapInit: (answer) => unwrap(answer),
  queryFields,
  readNotice: ({ body }: IncomingRequest) => jsonObject(readText(body, { bytesMax: 64 * 1024 })),
  answer: (verdict, { account, claimed, notice }) => {
    const [MaLoi, MoTaLoi] = replies[verdict]
    // Nothing to repeat: a form of its own for what cannot even be read.
    if (notice.size === 0) return { return_code: -1, return_msg: MoTaLoi }
    const echo = (name: string, shape: RegExp) => (shape.test(notice.get(name) ?? '') ? notice.get(name) : '')
    const echoesCode = account?.echo_secure_code === true
    return {
      MaLoi,
      MoTaLoi,
      MaDoiTac: account?.partner_code ?? '',
      MaThamChieu: claimed,
      ThoiGianGD: echo('ThoiGianGD', /^[0-9]{14}$/),
      MaXacThuc: echoesCode ? echo('MaXacThuc', /^[0-9A-Fa-f]{64}$/) : '',
    }
  },
})

/** The platform's own codes for an answer are `00` and `99`. */
const replies: Record<Verdict, readonly [code: string, text: string]> = {
  accepted: ['00', 'Success'],
  already_confirmed: ['00', 'Already confirmed'],
  amount_mismatch: ['99', 'SoTien does not match'],
  unknown_order: ['99', 'MaThamChieu not found'],
  unknown_account: ['99', 'MaDoiTac not found'],
  forged: ['99', 'MaXacThuc is wrong'],
  malformed: ['99', 'Malformed request'],
  try_again: ['99', 'Not processed'],
}

/** An answer to INIT comes as it is, or as JSON text in the `message` of an integration layer whose `error_code` is 0. */
const unwrap = (answer: Record<string, unknown>): Record<string, unknown> => {
  if (Object.hasOwn(answer, 'MaLoi')) return answer
  const outer = textsOf(answer, ['error_code', 'message'])
  const code = outer.get('error_code')
  if (code === undefined) return answer
  if (code !== '0') return { MaLoi: code }
  // The inner answer of the one public sample has the address and may lack a code.
  return { MaLoi: '00', ...jsonObject(outer.get('message') ?? '') }
}
