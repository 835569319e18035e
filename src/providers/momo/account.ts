/** The merchant's contract with MoMo: credentials, the environment, the way of paying, and what differs from contract to contract. */
import { z } from 'zod'
import { address, contractAmount } from '../account-fields.ts'

/** The ways of paying that `requestType` names, and their limits in đồng (momo pages wallet, atm and credit/onetime). */
export const requestTypes = {
  captureWallet: { minimum: 1_000, maximum: 50_000_000 },
  payWithATM: { minimum: 10_000, maximum: 50_000_000 },
  payWithCC: { minimum: 1_000, maximum: 10_000_000 },
  // One page for wallet, ATM and card. No limit of its own is published: the way that the payer chooses there decides.
  payWithMethod: { minimum: 1_000, maximum: 50_000_000 },
} as const

const limitMinimum = 1_000
const limitMaximum = 50_000_000

/** The widest limits of any way of paying, in đồng. */
export const limits = { minimum: BigInt(limitMinimum), maximum: BigInt(limitMaximum) }

const amount = contractAmount(limits)

// Keys and codes go into signing texts unescaped, so nothing that could pass for a field boundary may be in them.
const key = z.string().regex(/^[0-9A-Za-z_.-]{8,128}$/, 'must be 8 to 128 letters, digits, points, dashes, underscores')
const shownText = z.string().regex(/^[^\p{C}]{1,50}$/u, 'must be 1 to 50 characters')

/**
 * `api_url` is the host without a path: `https://payment.momo.vn`, for tests `https://test-payment.momo.vn`. It has no default: only the host
 * tells test from live, for the keys look alike.
 */
export const accountSchema = z.strictObject({
  partner_code: z
    .string()
    .regex(/^[0-9A-Za-z_.-]{1,50}$/, 'must be 1 to 50 letters, digits, points, dashes, underscores'),
  access_key: key,
  secret_key: z.string().regex(/^[!-~]{16,128}$/, 'must be 16 to 128 ASCII characters without spaces'),
  api_url: address,
  request_type: z.enum(['captureWallet', 'payWithATM', 'payWithCC', 'payWithMethod']).default('captureWallet'),
  /** Shown to the payer, and the branch's code in MoMo's reports. */
  store_name: shownText.optional(),
  store_id: shownText.optional(),
  /** The contract's own limits in đồng; they replace those of the way of paying. */
  amount_minimum: amount,
  amount_maximum: amount,
})

export type Account = z.infer<typeof accountSchema>

/** Credentials that MoMo prints in its public repositories (momo-wallet/payment, java, php): anybody can sign with them. */
export const publicTestCredentials = [
  ...['MOMO', 'F8BBA842ECF85', 'K951B6PE1waDMi640xX08PD3vg6EkVlz'],
  ...['MOMOBKUN20180529', 'klm05TvNBzhg7h7j', 'at67qH6mk8w5Y1nAyMoYKMWACiEi2bsa'],
  ...['MOMOLRJZ20181206', 'mTCKt9W3eU1m39TW', 'SetA5RDnLHvt51AULf51DyauxUo3kDU6'],
]

/** The smallest and largest payment of this account, in đồng. */
export const paymentLimits = (account: Account): { minimum: bigint; maximum: bigint } => {
  const { minimum, maximum } = requestTypes[account.request_type]
  return { minimum: BigInt(account.amount_minimum ?? minimum), maximum: BigInt(account.amount_maximum ?? maximum) }
}

/** The smallest and largest refund (momo page payment-api/refund). Money that came from an ATM card is not returned below 10,000 đồng. */
export const refundLimits = (account: Account): { minimum: bigint; maximum: bigint } => ({
  minimum: BigInt(account.request_type === 'payWithATM' ? requestTypes.payWithATM.minimum : limitMinimum),
  maximum: limits.maximum,
})
