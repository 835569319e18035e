/** What a payout comes to by the rows of the provider's files, added up while they pass by, and how that differs from what a proof says of it. */
import { createSha256 } from '../lib/hmac.ts'
import type { MatchRow } from './match-evidence.ts'
import type { PayoutProof } from './present-reconciliation.ts'
import { expectedProviderFee, type ProviderTariff } from './provider-fee.ts'
import { type SettlementCalendar, settlementDay, valueDate } from './settlement-due.ts'

export type PayoutTally = {
  /** Takes the next row, by row hash as bytes. */
  add: (row: MatchRow) => void
  /** Why the proof does not hold; null when it does. */
  difference: (proof: PayoutProof) => string | null
  /** What the contract gives for the captures among them, where it keeps its fees apart. */
  contractFees: () => bigint
}

export const tallyPayout = (tariff: ProviderTariff | null, settlement: SettlementCalendar | null): PayoutTally => {
  const hash = createSha256()
  const encoder = new TextEncoder()
  let lines = 0
  let [valueDay, settledFor] = ['', '']
  const sums = { captured: 0n, refunded: 0n, adjusted: 0n, feeLines: 0n, fees: 0n, netted: 0n, contract: 0n }
  return {
    add: (row) => {
      hash.update(encoder.encode(lines === 0 ? row.rowHash : `\n${row.rowHash}`))
      lines += 1
      const { amount, lineType } = row
      valueDay = laterOf(valueDay, row.valueDate)
      if (settlement && row.occurredAt)
        settledFor = laterOf(settledFor, settlementDay(settlement.cutoff, row.occurredAt))
      const fee = feeOf(row, tariff)
      sums.fees += fee
      if (lineType === 'capture') sums.captured += amount
      if (lineType === 'capture' && tariff?.netted === false) sums.contract += expectedProviderFee(tariff, amount)
      if (lineType === 'refund') sums.refunded += amount
      if (lineType === 'adjustment') sums.adjusted += amount
      if (lineType === 'fee') sums.feeLines += amount < 0n ? -amount : amount
      sums.netted += row.netAmount ?? netOf(row, fee)
    },
    difference: (proof) => {
      const gross = sums.captured - sums.refunded + sums.adjusted
      const apart = sums.feeLines === 0n ? sums.fees : sums.feeLines
      const isNetted = tariff?.netted !== false
      const net = proof.part === 'fee' ? -apart : isNetted ? sums.netted : gross
      const shownGross = proof.part === 'fee' ? 0n : gross
      if (proof.lines !== lines) return `has ${lines} rows in the files, ${proof.lines} in the proof`
      if (hash.hex() !== proof.hash) return 'has other rows in the files than in the proof'
      const due = valueDay || (settlement && settledFor && valueDate(settlement, settledFor))
      if (due && proof.expected_on !== due) return `is due on ${due} by the files, on ${proof.expected_on} by the proof`
      if (BigInt(proof.gross) !== shownGross) return `is ${shownGross} gross by the files, ${proof.gross} by the proof`
      if (BigInt(proof.net) !== net) return `is ${net} net by the files, ${proof.net} by the proof`
      return null
    },
    contractFees: () => sums.contract,
  }
}

const laterOf = (a: string, b: string | null): string => (b !== null && b > a ? b : a)

const feeOf = ({ lineType, amount, providerFee }: MatchRow, tariff: ProviderTariff | null): bigint =>
  providerFee ?? (lineType === 'capture' && tariff ? expectedProviderFee(tariff, amount) : 0n)

const netOf = ({ lineType, amount }: MatchRow, fee: bigint): bigint => {
  if (lineType === 'capture') return amount - fee
  if (lineType === 'refund') return -amount - fee
  return lineType === 'fee' && amount > 0n ? -amount : amount
}
