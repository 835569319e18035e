// Owns what this side knows of the agency's bank account and of the two services that watch it.
// Sources: developer.sepay.vn (webhooks), github.com/CassoHQ/casso-webhook-v2-verify-signature, NAPAS QR switching part IV v1.5.2.
import type { Tariff } from '../side.ts'

export interface WatchedAccount {
  bank_bin: string
  account_number: string
  account_holder: string
  sepay_hmac_secret: string
  casso_key: string
  callback_url: string
  tariff?: Tariff
}

/** The services that tell the agency of a credit; each payment is told by one of them. */
export const services = ['sepay', 'casso'] as const
export type Service = (typeof services)[number]

/** SePay: at most seven calls after the first, these minutes apart. Casso publishes no numbers, so it gets the same. */
export const retryPausesMs = [1, 1, 2, 3, 5, 8, 13].map((minutes) => minutes * 60_000)

/** The longest text that a transfer of this bank carries. */
export const textLengthMax = 210
