// Owns Viettel Money's words: what an account is, and how results and states are coded in version 2.0.
// Source: the vendor's sample pack for partners. Its table of error codes is not public: 24 is read as "cancelled" in public code, 99 is made up.
import type { PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'

export interface ViettelAccount {
  merchant_code: string
  access_code: string
  hash_key: string
  /** Where orders are checked and results told: kept per partner, not sent with a payment. */
  callback_url: string
  tariff?: Tariff
}

/** How long a payment is kept open. Not published; the check of the order is what ends it in time. */
export const paymentLifetimeMs = 24 * 60 * 60 * 1000

/** `error_code` of each result, and what it makes of the payment. A suspicion is a result that is not known. */
export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', '00'],
  insufficient: ['failed', '99'],
  cancelled: ['failed', '24'],
  wrong_otp: ['failed', '99'],
  pending: ['pending', '00'],
  suspicious: ['suspicious', '00'],
}

/** `payment_status` of each state: -1 nothing happened yet, 0 waiting, 1 paid, 2 failed, 3 result unknown. */
export const paymentStatus: Record<PaymentStatus, string> = {
  open: '-1',
  expired: '-1',
  pending: '0',
  authorised: '0',
  success: '1',
  failed: '2',
  suspicious: '3',
}
