/** The merchant's contract with ZaloPay: the app and its two keys, the environment, and what differs from contract to contract. */
import { z } from 'zod'
import { address, contractAmount, limitsWithin } from '../account-fields.ts'

/** No limit is published for a payment. Amounts are Longs; fifteen digits are what every reader of JSON holds exactly. */
export const limits = { minimum: 1n, maximum: 999_999_999_999_999n }

/** What the payer may choose from, as `preferred_payment_method` names it (Payment Gateway guide, June 2026). */
const paymentMethods = [
  ...['domestic_card', 'account', 'zalopay_wallet', 'vietqr', 'international_card', 'bnpl'],
] as const

// Values are signed with `|` between them and unescaped, so none may hold one.
const key = z.string().regex(/^[!-{}~]{16,128}$/, 'must be 16 to 128 ASCII characters without spaces and vertical bars')

/**
 * `api_url` is the host without a path: `https://openapi.zalopay.vn`, for tests `https://sb-openapi.zalopay.vn`. It has no default: only the host tells test
 * from live. `key1` signs what we send, `key2` what we receive.
 */
export const accountSchema = z.strictObject({
  app_id: z.string().regex(/^[1-9][0-9]{0,8}$/, 'must be 1 to 9 digits'),
  key1: key,
  key2: key,
  api_url: address,
  /** What is sent for the payer, whom ZaloPay need not know: the name of the app, as its page says. */
  app_user: z
    .string()
    .regex(/^[^|\s\p{C}]{1,50}$/u, 'must be 1 to 50 characters without spaces and vertical bars')
    .default('lephi'),
  /** Only for contracts that have one. */
  sub_app_id: z
    .string()
    .regex(/^[!-~]{1,50}$/, 'must be 1 to 50 ASCII characters without spaces')
    .optional(),
  /** Absent: the payer sees every method of the contract. */
  preferred_payment_method: z.array(z.enum(paymentMethods)).max(paymentMethods.length).optional(),
  /** The contract's own limits in đồng. */
  amount_minimum: contractAmount(limits),
  amount_maximum: contractAmount(limits),
})

export type Account = z.infer<typeof accountSchema>

/** Credentials that ZaloPay prints for its sandbox (apps 2553 and 2554): anybody can sign with them. */
export const publicTestCredentials = [
  ...['2553', 'PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL', 'kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz'],
  ...['2554', 'sdngKKJmqEMzvh5QQcdD2A9XBSKUNaYn', 'trMrHtvjo6myautxDUiAcYsVtaeQ8nhf'],
]

/** The smallest and largest payment of this account, in đồng. */
export const paymentLimits = limitsWithin(limits)
