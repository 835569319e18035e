// What a provider keeps of a capture, worked out from the contract's words alone: rate half up, plus the fixed part, within minimum and maximum, plus VAT half up.

export type Tariff = {
  basisPoints: number
  fixed: number
  minimum: number | null
  maximum: number | null
  vatBasisPoints: number
  netted: boolean
}

const tenThousandths = (amount: bigint, rate: number): bigint => {
  const product = amount * BigInt(rate)
  const whole = product / 10_000n
  return product % 10_000n >= 5_000n ? whole + 1n : whole
}

export const providerFeeOf = (tariff: Tariff, amount: number): number => {
  let fee = tenThousandths(BigInt(amount), tariff.basisPoints) + BigInt(tariff.fixed)
  if (tariff.minimum !== null && fee < BigInt(tariff.minimum)) fee = BigInt(tariff.minimum)
  if (tariff.maximum !== null && fee > BigInt(tariff.maximum)) fee = BigInt(tariff.maximum)
  return Number(fee + tenThousandths(fee, tariff.vatBasisPoints))
}

/** As a merchant account stores it. */
export const storedTariff = ({ basisPoints, fixed, minimum, maximum, vatBasisPoints, netted }: Tariff) => ({
  basis_points: basisPoints,
  fixed,
  minimum,
  maximum,
  vat_basis_points: vatBasisPoints,
  netted,
})

/** Rates as providers' contracts have them: plain, with a smallest and a largest fee, a fixed sum, nothing at all. */
export const tariffs: readonly Omit<Tariff, 'netted'>[] = [
  { basisPoints: 110, fixed: 0, minimum: null, maximum: null, vatBasisPoints: 1000 },
  { basisPoints: 55, fixed: 0, minimum: 1100, maximum: 22_000, vatBasisPoints: 800 },
  { basisPoints: 0, fixed: 1650, minimum: null, maximum: null, vatBasisPoints: 1000 },
  { basisPoints: 125, fixed: 500, minimum: 2000, maximum: null, vatBasisPoints: 1000 },
  { basisPoints: 0, fixed: 0, minimum: null, maximum: null, vatBasisPoints: 0 },
  { basisPoints: 85, fixed: 0, minimum: null, maximum: 50_000, vatBasisPoints: 0 },
]
