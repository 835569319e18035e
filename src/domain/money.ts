// Amounts: whole đồng as bigint, with the limits of the HTTP contract. VND has no minor unit, so there is no rounding
// except where a rate is applied, and that is always half up to 1 đồng.

/** The largest amount of a line or an order that the contract accepts: 999,999,999,999 đ. */
export const amountMax = 999_999_999_999n

/** The largest quantity of a fee line. */
export const quantityMax = 9_999

/**
 * The amount in a JSON number: a whole number from 0 to 999,999,999,999. Throws RangeError on anything else, a fraction,
 * a text and a negative amount included. The message does not name the field: the caller does.
 */
export function parseDong(value: unknown): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && BigInt(value) <= amountMax) {
    return BigInt(value)
  }
  throw new RangeError('an amount is a whole number of đồng from 0 to 999999999999')
}

/** `1.234.567 đ`, as citizens and accountants read amounts. */
export function formatDong(amount: bigint): string {
  return `${groupDigits(amount)} đ`
}

/** `1.234.567`: the digits in groups of three, for columns whose head names the currency. */
export function groupDigits(amount: bigint): string {
  return amount.toString().replace(/\B(?=(\d{3})+$)/g, '.')
}

/** The sum of amounts; 0 of none. */
export function sumDong(amounts: Iterable<bigint>): bigint {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}

/**
 * `amount × numerator ÷ denominator`, half up to 1 đồng. Neither may be negative (RangeError): a refund is computed on
 * its positive amount.
 */
export function shareHalfUp(amount: bigint, numerator: bigint, denominator: bigint): bigint {
  if (amount < 0n || numerator < 0n || denominator <= 0n) throw new RangeError('a share is of a positive amount')
  return (2n * amount * numerator + denominator) / (2n * denominator)
}

/** A share in basis points, hundredths of a percent: 110 is 1.1 %. Half up to 1 đồng. */
export function basisPointsOf(amount: bigint, basisPoints: number): bigint {
  return shareHalfUp(amount, BigInt(basisPoints), 10_000n)
}
