// Owns OnePAY's words: what an account is, and how results and states are coded.
// Source: OnePAY's integration guide as summarised by others; codes of paygate (0, 4, 5, 25, 99, 253, F) and of its query (100, 300).
import type { Payment, PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'

export interface OnepayAccount {
  merchant: string
  access_code: string
  hash_key: string
  user: string
  password: string
  ipn_url: string
  tariff?: Tariff
}

/** How long a payment page stays open. OnePAY decides it and publishes nothing; its code for the end is 253. */
export const pageLifetimeMs = 15 * 60 * 1000

/** `vpc_TxnResponseCode` of each result, and what it makes of the payment. OnePAY knows no suspicion but a pending payment. */
export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', '0'],
  insufficient: ['failed', '5'],
  cancelled: ['failed', '99'],
  wrong_otp: ['failed', '25'],
  pending: ['pending', '300'],
  suspicious: ['suspicious', '300'],
}

/** The code that a query tells: 100 until something happened. */
export const stateCode = (payment: Payment): string => (payment.status === 'open' ? '100' : payment.code)

const texts: Record<string, string> = {
  '0': 'Approved',
  '5': 'Insufficient fund',
  '25': 'Invalid OTP',
  '99': 'User cancel',
  '100': 'In progress',
  '253': 'Expired session',
  '300': 'Pending',
}

export const messageOf = (code: string): string => texts[code] ?? 'Unspecified failure'
