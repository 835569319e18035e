// Owns Payoo's words, paynow version 2: what an account is, its check sums, and how results are told. Source: public integrations of 2018 and 2021.
import type { PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'

export interface PayooAccount {
  business_username: string
  shop_id: string
  shop_title: string
  shop_domain: string
  checksum_key: string
  tariff?: Tariff
}

/** A result, and the status that the browser brings back: 1 paid, 0 failed, -1 cancelled. */
export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', '1'],
  insufficient: ['failed', '0'],
  cancelled: ['failed', '-1'],
  wrong_otp: ['failed', '0'],
  pending: ['pending', ''],
  suspicious: ['suspicious', ''],
}

/** The states that a notice is known to tell. No source shows one about a failure, so none is sent. */
export const noticeStates: Partial<Record<PaymentStatus, string>> = {
  success: 'PAYMENT_RECEIVED',
  suspicious: 'PAYMENT_PROCESSING',
}

/** SHA-512 of the secret and what follows it, lower-case hex. */
export const sha512 = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-512', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
