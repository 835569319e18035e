/** The merchant's payment channel at payOS: its credentials, addresses, and what differs from channel to channel. */
import { z } from 'zod'
import { address, contractAmount, limitsWithin } from '../account-fields.ts'

/**
 * In đồng. payOS publishes neither a smallest nor a largest payment; the amount has to fit into the VietQR that it answers, which has 13 digits for it
 * (NAPAS QR switching, part IV, object 54).
 */
export const limits = { minimum: 1n, maximum: 9_999_999_999_999n }

// Both travel in headers: the client id names the channel, the API key opens it. The checksum key only signs.
const key = z.string().regex(/^[!-~]{8,256}$/, 'must be 8 to 256 ASCII characters without spaces')
const amount = contractAmount(limits)

export const accountSchema = z.strictObject({
  client_id: key,
  api_key: key,
  /** HMAC with an empty key "works", so an empty one never gets in. */
  checksum_key: z.string().regex(/^[!-~]{16,256}$/, 'must be 16 to 256 ASCII characters without spaces'),
  api_url: address.default('https://api-merchant.payos.vn'),
  /** The only host that a payer is sent to, with its port where that is not the usual one. */
  checkout_host: z
    .string()
    .regex(
      /^(\[[0-9A-Fa-f:]{2,45}\]|[0-9A-Za-z.-]{1,253})(:[0-9]{1,5})?$/,
      'must be a host name, with or without a port',
    )
    .default('pay.payos.vn'),
  /** Characters of the transfer text: 9, or up to 25 where the receiving account is linked through payOS. */
  description_length: z.int().min(4).max(25).default(9),
  /** The agency's own limits in đồng. */
  amount_minimum: amount,
  amount_maximum: amount,
})

export type Account = z.infer<typeof accountSchema>

/** The key of the sample in payOS's documents (kiem-tra-du-lieu-voi-signature): anybody can sign with it. */
export const publicTestCredentials = ['1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675']

/** The smallest and largest payment of this account, in đồng. */
export const paymentLimits = limitsWithin(limits)
