// Owns MoMo's words: what an account is, the result codes with their texts, and which codes end a request.
// Source: developers.momo.vn/v3, pages "resultcode" and "onetime".
import type { Payment, PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'

export interface MomoAccount {
  partner_code: string
  access_key: string
  secret_key: string
  tariff?: Tariff
}

/** How long a payment address lives. MoMo sets it by contract; fifteen minutes is the figure of its newer pages. */
export const linkLifetimeMs = 15 * 60 * 1000

/** A result as MoMo codes it. It knows no suspicion: money held at the instrument's provider is the nearest (7002). */
export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', '0'],
  insufficient: ['failed', '1001'],
  cancelled: ['failed', '1006'],
  wrong_otp: ['failed', '4100'],
  pending: ['pending', '7002'],
  suspicious: ['suspicious', '7002'],
}

/** Đồng, inclusive, by the kind of payment; a page with all methods leaves the choice to the payer. */
export const amountLimits: Record<string, [bigint, bigint]> = {
  captureWallet: [1_000n, 50_000_000n],
  payWithATM: [10_000n, 50_000_000n],
  payWithCC: [1_000n, 10_000_000n],
  payWithMethod: [1_000n, 50_000_000n],
}

const texts: Record<string, [string, string]> = {
  '0': ['Thành công.', 'Successful.'],
  '13': ['Xác thực doanh nghiệp thất bại.', 'Merchant authentication failed.'],
  '20': ['Yêu cầu sai định dạng.', 'Bad format request.'],
  '21': ['Số tiền giao dịch không hợp lệ.', 'Request rejected because of invalid transaction amount.'],
  '22': ['Số tiền giao dịch không nằm trong hạn mức.', 'The transaction amount is out of range.'],
  '40': ['RequestId bị trùng.', 'Duplicated requestId.'],
  '41': ['OrderId bị trùng.', 'Duplicated orderId.'],
  '42': ['OrderId không hợp lệ hoặc không được tìm thấy.', 'Invalid orderId or orderId is not found.'],
  '1000': [
    'Giao dịch đã được khởi tạo, chờ người dùng xác nhận.',
    'Transaction is initiated, waiting for user confirmation.',
  ],
  '1001': ['Tài khoản không đủ số dư.', 'Insufficient funds.'],
  '1003': ['Giao dịch đã bị hủy.', 'Transaction cancelled.'],
  '1005': ['Liên kết hoặc mã QR đã hết hạn.', 'The url or QR code expired.'],
  '1006': ['Người dùng đã từ chối xác nhận thanh toán.', 'Transaction denied by user.'],
  '1081': ['Giao dịch hoàn tiền bị từ chối.', 'Refund rejected.'],
  '1088': ['Giao dịch gốc không được hỗ trợ hoàn tiền.', 'The original transaction is not eligible for refund.'],
  '4100': ['Người dùng không đăng nhập thành công.', 'User failed to login.'],
  '7000': ['Giao dịch đang được xử lý.', 'Transaction is being processed.'],
  '7002': ['Nhà cung cấp phương thức thanh toán đang xử lý.', 'Transaction is being processed by the provider.'],
  '9000': ['Giao dịch đã được xác nhận.', 'Transaction is authorized successfully.'],
}

/** The words of a code in the language that the merchant asked for. */
export const messageOf = (code: string, lang: string | undefined): string => {
  const text = texts[code] ?? ['Lỗi.', 'Error.']
  return lang === 'en' ? text[1] : text[0]
}

/** Codes that MoMo flags as final: only their answers are given again under the same request id. */
export const isFinalCode = (code: number): boolean => [0, 98, 99, 2019].includes(code) || (code >= 1001 && code <= 4100)

/** Codes about the call itself are the caller's error, and travel as HTTP 400; a call under way is 422. */
export const statusOf = (code: number): 200 | 400 | 422 =>
  code === 7000 ? 422 : [13, 20, 21, 22, 40, 41, 42].includes(code) ? 400 : 200

/** The payment's state as a query tells it. */
export const stateCode = (payment: Payment): string => (payment.status === 'open' ? '1000' : payment.code)
