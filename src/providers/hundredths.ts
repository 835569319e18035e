/** Amounts of protocols that write đồng × 100, in twelve digits at most. */
import { ProviderError } from './contract.ts'

/** What twelve digits hold, in đồng. */
export const hundredthsLimits = { minimum: 1n, maximum: 9_999_999_999n }

/** đồng × 100 as text. Throws `rejected` for what does not fit. */
export const wireHundredths = (amount: bigint): string => {
  if (amount < hundredthsLimits.minimum || amount > hundredthsLimits.maximum) {
    throw new ProviderError('rejected', 'the amount does not fit into twelve digits of đồng × 100')
  }
  return String(amount * 100n)
}

/** đồng of a received amount; null unless it is 1 to 12 digits without a leading zero and whole đồng. */
export const readHundredths = (text: string | undefined): bigint | null => {
  if (text === undefined || !/^[1-9][0-9]{0,11}$/.test(text)) return null
  const hundredths = BigInt(text)
  return hundredths % 100n === 0n ? hundredths / 100n : null
}
