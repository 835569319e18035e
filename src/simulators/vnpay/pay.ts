// Owns the payment address: the checks VNPAY makes before it shows its page, and the payment that then exists.
// Source: page "pay", section on request parameters; error code 70 for a bad signature is from public notes.
import type { Refused } from '../checkout.tsx'
import { armMagicAmount } from '../magic-amounts.ts'
import type { Payment } from '../records.ts'
import { readStamp } from '../vietnam-time.ts'
import { addPayment, expireIfDue, keyOf, type World } from '../world.ts'
import { isQuerySigned, queryText, readQuery } from './messages.ts'
import type { VnpayAccount } from './terms.ts'

const web = /^https?:\/\/[^\s]{3,247}$/

/** Every parameter of a payment with its form. Descriptions are plain ASCII: VNPAY wants no diacritics. */
const fields: Record<string, RegExp> = {
  vnp_Version: /^2\.1\.0$/,
  vnp_Command: /^pay$/,
  vnp_Amount: /^[1-9][0-9]{0,9}00$/,
  vnp_CreateDate: /^\d{14}$/,
  vnp_CurrCode: /^VND$/,
  vnp_IpAddr: /^[0-9A-Fa-f.:]{7,45}$/,
  vnp_Locale: /^(vn|en)$/,
  vnp_OrderInfo: /^[\x20-\x7e]{1,255}$/,
  vnp_OrderType: /^[0-9A-Za-z]{1,100}$/,
  vnp_ReturnUrl: web,
  vnp_ExpireDate: /^\d{14}$/,
  vnp_TxnRef: /^[\x21-\x7e]{1,100}$/,
}

const refusals = {
  '01': 'Mã giao dịch đã được dùng cho một yêu cầu khác.',
  '02': 'Mã kết nối không hợp lệ.',
  '03': 'Dữ liệu gửi sang không đúng định dạng.',
  '11': 'Đã hết hạn chờ thanh toán.',
  '70': 'Sai chữ ký.',
}
const refused = (code: keyof typeof refusals, detail = ''): Refused => ({ code, text: refusals[code] + detail })

/** Reads a payment address; the same address again gives the same payment. */
export const openPayment = async (
  world: World,
  accounts: readonly VnpayAccount[],
  url: string,
): Promise<Payment | Refused> => {
  const params = readQuery(new URL(url).search)
  if (!params) return refused('03')
  const account = accounts.find((one) => one.tmn_code === params.get('vnp_TmnCode'))
  if (!account) return refused('02')
  if (!(await isQuerySigned(account.hash_secret, params))) return refused('70')
  const wrong = Object.entries(fields).find(([name, form]) => !form.test(params.get(name) ?? ''))?.[0]
  if (wrong) return refused('03', ` (${wrong})`)
  const bankCode = params.get('vnp_BankCode')
  if (bankCode && !/^[0-9A-Za-z]{3,20}$/.test(bankCode)) return refused('03', ' (vnp_BankCode)')
  return fileRequest(world, account, params)
}

const fileRequest = (world: World, account: VnpayAccount, params: Map<string, string>): Payment | Refused => {
  const get = (name: string) => params.get(name) ?? ''
  const [created, expires] = [readStamp(get('vnp_CreateDate')), readStamp(get('vnp_ExpireDate'))]
  if (!created || !expires || expires <= created) return refused('03', ' (vnp_CreateDate, vnp_ExpireDate)')
  const known = world.payments.get(keyOf('vnpay', account.tmn_code, get('vnp_TxnRef')))
  if (known) {
    if (known.details.request !== queryText(params)) return refused('01')
    expireIfDue(world, known, '11')
    return known.status === 'expired' ? refused('11') : known
  }
  if (expires <= world.now()) return refused('11')
  const amount = BigInt(get('vnp_Amount')) / 100n
  const payment: Payment = {
    provider: 'vnpay',
    account: account.tmn_code,
    merchant_reference: get('vnp_TxnRef'),
    provider_reference: '',
    amount_requested: amount,
    amount,
    description: get('vnp_OrderInfo'),
    status: 'open',
    code: '',
    created_at: world.now().toISOString(),
    expires_at: expires.toISOString(),
    occurred_at: null,
    return_url: get('vnp_ReturnUrl'),
    callback_url: account.ipn_url,
    details: { request: queryText(params), create_date: get('vnp_CreateDate'), bank_code: get('vnp_BankCode') },
    refunds: [],
    deliveries: [],
  }
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return payment
}
