// Owns the settlement statement: what the provider lists for a merchant's business days, at its price, with the faults
// that were ordered for it. The columns are those of the canonical provider file.
import Papa from 'papaparse'
import type { Fault, Payment } from './records.ts'
import type { Tariff } from './side.ts'
import { addDays, businessDay, nextWorkingDay, rfc3339 } from './vietnam-time.ts'
import type { World } from './world.ts'

export const statementColumns = [
  'line_type',
  'occurred_at',
  'merchant_reference',
  'provider_reference',
  'amount',
  'provider_fee',
  'net_amount',
  'status',
  'payout_reference',
  'value_date',
] as const

export interface StatementLine {
  line_type: 'capture' | 'refund'
  occurred_at: string
  merchant_reference: string
  provider_reference: string
  amount: bigint
  provider_fee: bigint
  net_amount: bigint
  status: 'success' | 'failed'
  payout_reference: string
  value_date: string
}

/** The days are inclusive `yyyy-MM-dd` at UTC+7; `account` carries the price of its contract. */
export interface StatementRequest {
  provider: string
  account: { id: string; tariff: Tariff }
  from: string
  to: string
}

/** Every line of the days asked for, in order of time. One payout per day, paid the next working day. */
export const statementLines = (world: World, request: StatementRequest): StatementLine[] => {
  const faults = new Map<string, Fault[]>()
  for (const fault of world.faults)
    if (
      fault.provider === request.provider &&
      fault.fault.startsWith('statement_') &&
      fault.merchant_reference !== null
    )
      faults.set(fault.merchant_reference, [...(faults.get(fault.merchant_reference) ?? []), fault])
  return [...world.payments.values()]
    .filter((payment) => payment.provider === request.provider && payment.account === request.account.id)
    .flatMap(movements)
    .flatMap((movement) => listed(movement, request, faults.get(movement.merchant_reference) ?? []))
    .sort((a, b) => compare(a.occurred_at, b.occurred_at) || compare(a.provider_reference, b.provider_reference))
}

/** The lines as UTF-8 CSV with a header row. */
export const statementCsv = (world: World, request: StatementRequest): string => {
  const rows = statementLines(world, request).map((line) => statementColumns.map((column) => String(line[column])))
  return `${Papa.unparse({ fields: [...statementColumns], data: rows }, { newline: '\r\n' })}\r\n`
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Price of a capture: basis points half up, plus the fixed part, within minimum and maximum, then VAT half up. */
export const providerFee = (amount: bigint, tariff: Tariff): bigint => {
  const share = (of: bigint, basisPoints: number | undefined) => (of * BigInt(basisPoints ?? 0) + 5_000n) / 10_000n
  const [minimum, maximum] = [BigInt(tariff.minimum ?? 0), BigInt(tariff.maximum ?? 0)]
  const plain = share(amount, tariff.basis_points) + BigInt(tariff.fixed ?? 0)
  const raised = plain < minimum ? minimum : plain
  const fee = maximum > 0n && raised > maximum ? maximum : raised
  return fee + share(fee, tariff.vat_basis_points)
}

interface Movement {
  line_type: 'capture' | 'refund'
  at: Date
  merchant_reference: string
  /** The reference as the provider's books have it. */
  listed_reference: string
  provider_reference: string
  amount: bigint
}

/** What moved money: the capture, and the refunds that were paid back. */
const movements = (payment: Payment): Movement[] => {
  const refunds = payment.refunds.flatMap((refund) =>
    refund.status === 'success' && refund.done_at !== null
      ? [
          {
            ...refund,
            listed_reference: refund.merchant_reference,
            line_type: 'refund' as const,
            at: new Date(refund.done_at),
          },
        ]
      : [],
  )
  if (payment.status !== 'success' || payment.occurred_at === null) return refunds
  // A bank lists what stood in the transfer's text, which need not be what the merchant asked for.
  const listed_reference = payment.details.listed_reference ?? payment.merchant_reference
  const capture = { ...payment, listed_reference, line_type: 'capture' as const, at: new Date(payment.occurred_at) }
  return [capture, ...refunds]
}

const listed = (movement: Movement, request: StatementRequest, faults: Fault[]): StatementLine[] => {
  const fault = (name: string) => faults.find((one) => one.fault === name)
  if (fault('statement_missing')) return []
  const shift = fault('statement_shifted')
  const at = addDays(movement.at, shift ? (shift.count ?? 1) : 0)
  const day = businessDay(at)
  if (day < request.from || day > request.to) return []
  const wrongAmount = fault('statement_wrong_amount')
  const wrongFee = fault('statement_wrong_fee')
  const capture = movement.line_type === 'capture'
  const success = !fault('statement_wrong_status')
  const amount = wrongAmount ? (wrongAmount.amount ?? movement.amount + 1n) : movement.amount
  // A refund and a line that is no success cost the merchant nothing.
  const fee = capture && success ? providerFee(amount, request.account.tariff) : 0n
  const listedFee = wrongFee && capture ? (wrongFee.amount ?? fee + 1n) : fee
  const line: StatementLine = {
    line_type: movement.line_type,
    occurred_at: rfc3339(at),
    merchant_reference: movement.listed_reference,
    provider_reference: movement.provider_reference,
    amount,
    provider_fee: listedFee,
    net_amount: success ? (capture ? amount - listedFee : -amount) : 0n,
    status: success ? 'success' : 'failed',
    payout_reference: `${request.provider.toUpperCase()}-${request.account.id}-${day.replaceAll('-', '')}`,
    value_date: nextWorkingDay(day),
  }
  const doubled = fault('statement_doubled')
  return Array.from({ length: doubled ? (doubled.count ?? 2) : 1 }, () => line)
}
