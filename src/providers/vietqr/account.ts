/** The agency's bank account, and the services that tell of money on it. */
import { z } from 'zod'
import { bankName } from '../../domain/bank-names.ts'

/** No maximum is published: the amount's own field in the code holds thirteen digits (NAPAS part IV, object 54). */
export const limits = { minimum: 1n, maximum: 9_999_999_999_999n }

const secret = z
  .string()
  .regex(/^[!-~]{8,256}$/, 'must be 8 to 256 ASCII characters without spaces')
  .optional()
const age = z.int('must be a whole number of seconds').min(60).max(86_400)
const amount = z
  .int('must be a whole number of đồng')
  .min(Number(limits.minimum))
  .max(Number(limits.maximum))
  .optional()

/**
 * A notification without a key proves nothing, so an account has at least one of the two secrets; the service whose secret is missing is not believed.
 */
export const accountSchema = z
  .strictObject({
    /** A wrong bank with a right number would pay a stranger, so the bank must be one that is known. */
    bank_bin: z
      .string()
      .regex(/^[0-9]{6}$/, 'must be 6 digits')
      .refine((bin) => bankName(bin) !== null, 'is no bank of the transfer network'),
    account_number: z.string().regex(/^[0-9A-Za-z]{1,19}$/, 'must be 1 to 19 letters and digits'),
    account_holder: z.string().regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters'),
    sepay_hmac_secret: secret,
    casso_key: secret,
    /** SePay asks to refuse what is more than five minutes off; whether it signs its repetitions anew is not documented. */
    sepay_age_max_seconds: age.default(300),
    /** Casso publishes no limit for the age of a call. */
    casso_age_max_seconds: age.default(600),
    amount_minimum: amount,
    amount_maximum: amount,
  })
  .superRefine((account, context) => {
    if (account.sepay_hmac_secret !== undefined || account.casso_key !== undefined) return
    for (const name of ['sepay_hmac_secret', 'casso_key'])
      context.addIssue({ code: 'custom', path: [name], message: 'at least one of the two secrets is needed' })
  })

export type Account = z.infer<typeof accountSchema>

/** A key that Casso prints in its public samples (github.com/CassoHQ/casso-webhook-v2-verify-signature): anybody can sign with it. */
export const publicTestCredentials = ['mgExMrjj4i7a1p8Cs6LmFbpCd8lbw4sSX4LZXPag7TKazeIogtR90tvWYTkwQbvs']

export const paymentLimits = (account: Account): { minimum: bigint; maximum: bigint } => ({
  minimum: BigInt(account.amount_minimum ?? limits.minimum),
  maximum: BigInt(account.amount_maximum ?? limits.maximum),
})
