/** Members that merchant accounts of several providers have in common. */
import { z } from 'zod'

/** Where a provider answers. Calls add their own path or query to it. */
export const address = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(500)
  .regex(/^[^?#@]*$/, 'must be an address without query, fragment or user name')

/** An address that is called as it stands; an exchange gateway in between is addressed by parameters of the query, so it may have some. */
export const fullAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(500)
  .regex(/^[^#@]*$/, 'must be an address without fragment or user name')

/** A bound of the contract, in đồng, inside the protocol's own. */
export const contractAmount = ({ minimum, maximum }: { minimum: bigint; maximum: bigint }) =>
  z.int('must be a whole number of đồng').min(Number(minimum)).max(Number(maximum)).optional()

/** The smallest and largest payment: the contract's where it names them, else the protocol's. */
export const limitsWithin =
  (limits: { minimum: bigint; maximum: bigint }) =>
  ({
    amount_minimum,
    amount_maximum,
  }: {
    amount_minimum?: number | undefined
    amount_maximum?: number | undefined
  }) => ({
    minimum: BigInt(amount_minimum ?? limits.minimum),
    maximum: BigInt(amount_maximum ?? limits.maximum),
  })
