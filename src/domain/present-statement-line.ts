/** How a line of a statement looks on the wire: whole đồng, and its time with the offset of Vietnam. */
import { toRfc3339 } from '../lib/time.ts'

type Line = {
  line: number
  lineType: string | null
  occurredAt: Date | null
  businessDay: string | null
  merchantReference: string | null
  providerReference: string | null
  amount: bigint
  providerFee: bigint | null
  netAmount: bigint | null
  status: string | null
  payoutReference: string | null
  valueDate: string | null
  bankReference: string | null
  description: string | null
  counterparty: string | null
}

export const presentLine = (line: Line) => ({
  line: line.line,
  line_type: line.lineType,
  occurred_at: line.occurredAt ? toRfc3339(line.occurredAt) : null,
  business_day: line.businessDay,
  merchant_reference: line.merchantReference,
  provider_reference: line.providerReference,
  amount: line.amount,
  provider_fee: line.providerFee,
  net_amount: line.netAmount,
  status: line.status,
  payout_reference: line.payoutReference,
  value_date: line.valueDate,
  bank_reference: line.bankReference,
  description: line.description,
  counterparty: line.counterparty,
})
