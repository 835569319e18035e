// Owns ZaloPay's words: what an app is, what a result makes of an order, and the return codes with their texts.
// Source: docs.zalopay.vn, "status-codes"; Payment Gateway guide, June 2026; for -49 redirects that its sandbox signed.
import type { Payment, PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'

export interface ZalopayAccount {
  app_id: string
  key1: string
  key2: string
  /** Where callbacks go for an order that names no address. */
  callback_url: string
  tariff?: Tariff
}

/** Of an order that names none: fifteen minutes. */
export const lifetimeSecondsDefault = 900

/** The code of an order whose time is over. */
export const expiredCode = '-54'

/**
 * A result as ZaloPay has it, with the `status` of the redirect. Only a success ends an order: whoever lacks money, is refused by the bank or leaves may come
 * back and pay while it lives. It knows no suspicion; money that is held is under way.
 */
export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', '1'],
  insufficient: ['open', '-63'],
  cancelled: ['open', '-49'],
  wrong_otp: ['open', '-217'],
  pending: ['pending', ''],
  suspicious: ['suspicious', ''],
}

/** What a query says of an order that is not paid: return_code, sub_return_code, and whether something is under way. */
export const orderState = (payment: Payment): { main: number; detail: number; isProcessing: boolean } => {
  if (payment.status === 'success') return { main: 1, detail: 1, isProcessing: false }
  if (payment.status === 'pending' || payment.status === 'suspicious') return { main: 3, detail: 3, isProcessing: true }
  if (payment.status !== 'open') return { main: 2, detail: Number(expiredCode), isProcessing: false }
  // Who left without trying has made nothing fail.
  const isRefused = payment.code !== '' && payment.code !== '-49'
  return isRefused
    ? { main: 2, detail: Number(payment.code), isProcessing: false }
    : { main: 3, detail: 3, isProcessing: false }
}

const texts: Record<string, string> = {
  '0': 'Hoàn tiền thất bại.',
  '1': 'Giao dịch thành công.',
  '2': 'Giao dịch thất bại.',
  '3': 'Giao dịch chưa được thực hiện hoặc đang xử lý.',
  '-13': 'Quá thời hạn hoàn tiền.',
  '-14': 'Số tiền hoàn không hợp lệ.',
  '-23': 'Mã hoàn tiền bị trùng.',
  '-24': 'Mã hoàn tiền sai định dạng.',
  '-25': 'Ngày trong mã hoàn tiền không hợp lệ.',
  '-26': 'Ứng dụng trong mã hoàn tiền không hợp lệ.',
  '-32': 'Giao dịch không hỗ trợ hoàn tiền.',
  '-54': 'Đơn hàng đã hết hạn thanh toán.',
  '-63': 'Số dư không đủ.',
  '-68': 'Mã đơn hàng bị trùng.',
  '-92': 'Mã đơn hàng sai định dạng.',
  '-101': 'Không tìm thấy giao dịch.',
  '-217': 'Ngân hàng báo lỗi.',
  '-401': 'Tham số không hợp lệ.',
  '-402': 'Ứng dụng hoặc chữ ký không hợp lệ.',
}

export const textOf = (code: number): string => texts[String(code)] ?? 'Lỗi.'
