// Owns the payment address: the checks that are made before the page is shown, and the payment that then exists.
// Source: the vendor's sample pack; lengths as one portal keeps them (20 characters of order_id and billcode).
import type { Refused } from '../checkout.tsx'
import { armMagicAmount } from '../magic-amounts.ts'
import type { Payment } from '../records.ts'
import { addPayment, isFinal, keyOf, type World } from '../world.ts'
import { isSigned, type Message, readForm } from './messages.ts'
import { refusedByPartner } from './order-check.ts'
import { paymentLifetimeMs, type ViettelAccount } from './terms.ts'

const web = /^https?:\/\/[\x21-\x7e]{3,500}$/
const fields: Record<string, RegExp> = {
  command: /^PAYMENT$/,
  version: /^2\.0$/,
  billcode: /^[0-9A-Za-z]{1,20}$/,
  order_id: /^[0-9A-Za-z]{1,20}$/,
  trans_amount: /^[1-9][0-9]{0,11}$/,
  return_url: web,
}

const refused = (text: string): Refused => ({ code: '01', text })

/** Reads a payment address. The partner is asked whenever its page is shown and when the button is pressed. */
export const openPayment = async (
  world: World,
  accounts: readonly ViettelAccount[],
  url: string,
): Promise<Payment | Refused> => {
  const sent = readForm(new URL(url).search)
  if (!sent) return refused('Tham số bị lặp lại.')
  const account = accounts.find((one) => one.merchant_code === sent.merchant_code)
  if (!account) return refused('Mã đơn vị không tồn tại.')
  if (!(await isSigned('PAYMENT', sent, account))) return { code: '02', text: 'Sai chữ ký.' }
  const wrong = Object.entries(fields).find(([name, form]) => !form.test(sent[name] ?? ''))?.[0]
  if (wrong) return refused(`Dữ liệu gửi sang không đúng định dạng (${wrong}).`)
  const known = () => world.payments.get(keyOf('viettelmoney', account.merchant_code, sent.order_id ?? ''))
  const before = known()
  if (before && !isOf(before, sent)) return refused('Mã giao dịch đã được dùng cho một yêu cầu khác.')
  if (before && isFinal(before)) return before
  const refusal = await refusedByPartner(world, account, sent)
  if (refusal) return refusal
  // Looked up again, because another browser may have come by while the partner was asked.
  return known() ?? fileRequest(world, account, sent)
}

const isOf = (payment: Payment, sent: Message): boolean =>
  payment.details.billcode === sent.billcode && payment.amount_requested === BigInt(sent.trans_amount ?? '0')

const fileRequest = (world: World, account: ViettelAccount, sent: Message): Payment => {
  const now = world.now()
  const amount = BigInt(sent.trans_amount ?? '0')
  const payment: Payment = {
    provider: 'viettelmoney',
    account: account.merchant_code,
    merchant_reference: sent.order_id ?? '',
    provider_reference: '',
    amount_requested: amount,
    amount,
    description: (sent.desc ?? '').slice(0, 255),
    status: 'open',
    code: '',
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + paymentLifetimeMs).toISOString(),
    occurred_at: null,
    return_url: sent.return_url ?? '',
    callback_url: account.callback_url,
    details: { billcode: sent.billcode ?? '' },
    refunds: [],
    deliveries: [],
  }
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return payment
}
