// What a provider keeps by its contract, and what a settlement line is worth after that.
import { basisPointsOf } from './money.ts'

/** A contract's tariff. Amounts in đồng; rates in basis points, hundredths of a percent. */
export type ProviderTariff = {
  basisPoints: number
  fixed: bigint
  minimum: bigint | null
  maximum: bigint | null
  vatBasisPoints: number
  /** Whether the provider keeps its fee from the payout; otherwise it is debited by itself. */
  netted: boolean
  /** By so much the provider fee of one payment may differ before a person is asked, as roundings do; 0 where it is absent. It makes no match. */
  tolerance?: bigint
}

/**
 * The provider fee expected for one capture, VAT included: the rate on the line's own amount, half up, plus the fixed
 * part; then raised to the minimum and cut to the maximum; then VAT on that, half up, added.
 */
export function expectedProviderFee(tariff: ProviderTariff, amount: bigint): bigint {
  const charged = basisPointsOf(amount, tariff.basisPoints) + tariff.fixed
  const raised = tariff.minimum !== null && charged < tariff.minimum ? tariff.minimum : charged
  const fee = tariff.maximum !== null && raised > tariff.maximum ? tariff.maximum : raised
  return fee + basisPointsOf(fee, tariff.vatBasisPoints)
}

/** What of a provider fee is the fee and what the VAT on it: known where the fee is what the tariff gives, else all of it counts as the fee. */
export function feeSplit(tariff: ProviderTariff | null, amount: bigint, charged: bigint): { fee: bigint; vat: bigint } {
  if (!tariff || charged !== expectedProviderFee(tariff, amount)) return { fee: charged, vat: 0n }
  const fee = expectedProviderFee({ ...tariff, vatBasisPoints: 0 }, amount)
  return { fee, vat: charged - fee }
}

/** A line of a provider's file as far as its worth goes. Amounts are positive for captures and refunds alike. */
export type SettledLine = {
  lineType: 'capture' | 'refund'
  status: 'success' | 'failed' | 'pending'
  amount: bigint
}

/** The provider fee expected for a line of any kind: refunds, and lines that are not `success`, carry none. */
export function expectedLineFee(tariff: ProviderTariff, line: SettledLine): bigint {
  const isCharged = line.lineType === 'capture' && line.status === 'success'
  return isCharged ? expectedProviderFee(tariff, line.amount) : 0n
}

/**
 * What a line adds to its payout: a capture its amount, less the provider fee where fees are netted; a refund its
 * amount taken away; a line that is not `success` nothing.
 */
export function expectedLineNet(tariff: ProviderTariff, line: SettledLine): bigint {
  if (line.status !== 'success') return 0n
  if (line.lineType === 'refund') return -line.amount
  return tariff.netted ? line.amount - expectedProviderFee(tariff, line.amount) : line.amount
}
