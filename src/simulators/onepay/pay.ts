// Owns the payment address: the checks that OnePAY makes before it shows its page, and the payment that then exists.
// Source: parameter table of the paygate version, lengths as in public packages that follow OnePAY's paper.
import type { Refused } from '../checkout.tsx'
import { armMagicAmount } from '../magic-amounts.ts'
import type { Payment } from '../records.ts'
import { addPayment, expireIfDue, keyOf, type World } from '../world.ts'
import { type Fields, isHashed, readForm, signingText } from './messages.ts'
import { type OnepayAccount, pageLifetimeMs } from './terms.ts'

// Values are signed unescaped: of all values only addresses may hold what separates them.
const web = /^https?:\/\/[\x21-\x7e]{3,248}$/
/** Every parameter of a payment with its form. Diacritics and ( / & ? ) are not taken in texts. */
const fields: Record<string, RegExp> = {
  vpc_Version: /^2$/,
  vpc_Currency: /^VND$/,
  vpc_Command: /^pay$/,
  vpc_Locale: /^(vn|en)$/,
  vpc_ReturnURL: web,
  vpc_MerchTxnRef: /^[\x21-\x25\x27\x2a-\x2e\x30-\x3e\x40-\x7e]{1,34}$/,
  vpc_OrderInfo: /^[\x20-\x25\x27\x2a-\x2e\x30-\x3e\x40-\x7e]{1,32}$/,
  vpc_Amount: /^[1-9][0-9]{0,9}00$/,
  vpc_TicketNo: /^\d{1,3}(\.\d{1,3}){3}$/,
}
const optional: Record<string, RegExp> = {
  vpc_CallbackURL: web,
  vpc_CardList: /^[A-Z0-9]+(,[A-Z0-9]+)*$/,
}

const refused = (text: string): Refused => ({ code: '7', text })

/** Reads a payment address; the same address again gives the same payment. */
export const openPayment = async (
  world: World,
  accounts: readonly OnepayAccount[],
  url: string,
): Promise<Payment | Refused> => {
  const sent = readForm(new URL(url).search)
  if (!sent) return refused('Tham số bị lặp lại.')
  const account = accounts.find((one) => one.merchant === sent.get('vpc_Merchant'))
  if (!account) return { code: '3', text: 'Mã đơn vị không tồn tại.' }
  if (sent.get('vpc_AccessCode') !== account.access_code) return { code: '4', text: 'Sai access code.' }
  if (!(await isHashed(account.hash_key, sent))) return refused('Sai chữ ký.')
  const wrong =
    Object.entries(fields).find(([name, form]) => !form.test(sent.get(name) ?? '')) ??
    Object.entries(optional).find(([name, form]) => sent.has(name) && !form.test(sent.get(name) ?? ''))
  if (wrong) return refused(`Dữ liệu gửi sang không đúng định dạng (${wrong[0]}).`)
  return fileRequest(world, account, sent)
}

const fileRequest = (world: World, account: OnepayAccount, sent: Fields): Payment | Refused => {
  const get = (name: string) => sent.get(name) ?? ''
  const request = signingText(sent)
  const known = world.payments.get(keyOf('onepay', account.merchant, get('vpc_MerchTxnRef')))
  if (known) {
    if (known.details.request !== request) return refused('Mã giao dịch đã được dùng cho một yêu cầu khác.')
    expireIfDue(world, known, '253')
    return known.status === 'expired' ? { code: '253', text: 'Quá thời gian thanh toán.' } : known
  }
  const now = world.now()
  const amount = BigInt(get('vpc_Amount')) / 100n
  const payment: Payment = {
    provider: 'onepay',
    account: account.merchant,
    merchant_reference: get('vpc_MerchTxnRef'),
    provider_reference: '',
    amount_requested: amount,
    amount,
    description: get('vpc_OrderInfo'),
    status: 'open',
    code: '',
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + pageLifetimeMs).toISOString(),
    occurred_at: null,
    return_url: get('vpc_ReturnURL'),
    // An address in the request wins over the one that OnePAY keeps for the account.
    callback_url: get('vpc_CallbackURL') || account.ipn_url,
    details: { request, locale: get('vpc_Locale') },
    refunds: [],
    deliveries: [],
  }
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return payment
}
