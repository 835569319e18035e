// Owns VNPAY's words: what an account is, and how results and states are coded in API 2.1.0.
// Source: sandbox.vnpayment.vn/apis/docs, page "pay", tables of vnp_ResponseCode and vnp_TransactionStatus.
import type { Payment, PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'

export interface VnpayAccount {
  tmn_code: string
  hash_secret: string
  ipn_url: string
  tariff?: Tariff
}

/** `vnp_ResponseCode` of each result, and what it makes of the payment. */
export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', '00'],
  insufficient: ['failed', '51'],
  cancelled: ['failed', '24'],
  wrong_otp: ['failed', '13'],
  pending: ['pending', ''],
  suspicious: ['suspicious', '07'],
}

/** `vnp_TransactionStatus` of each state: 01 not finished, 02 error, 07 suspected fraud. */
export const transactionStatus: Record<PaymentStatus, string> = {
  open: '01',
  pending: '01',
  authorised: '01',
  success: '00',
  suspicious: '07',
  failed: '02',
  expired: '02',
}

/** The bank that the payer used: the one that was asked for, unless that was a method and not a bank. */
export const bankCode = (payment: Payment): string => {
  const asked = payment.details.bank_code ?? ''
  return ['', 'VNPAYQR', 'VNBANK', 'INTCARD'].includes(asked) ? 'NCB' : asked
}
