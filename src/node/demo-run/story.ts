// Who pays what in the demonstration, at which provider, and what goes wrong on the way.
import { type FeeFacts, feeAmount } from '../../domain/fee-formula.ts'
import { kindOf, type SampleProcedure } from '../demo-fees.ts'

export type PlannedLine = {
  fee_code: string
  kind: string
  description: string
  unit_amount: number
  quantity: number
  budget_item: string | null
}

export type PlannedPayment = {
  agencyCode: string
  payer: string
  procedureCode: string | null
  procedureName: string
  lines: readonly PlannedLine[]
  amount: bigint
  /** As demo.json calls it. */
  provider: string
  fault: 'callback_doubled' | 'callback_lost' | 'wrong_amount' | null
}

type Case = Pick<PlannedPayment, 'agencyCode' | 'fault'> & {
  procedure: string
  /** Fee lines that this case owes, with the facts that their amount follows from. */
  owes: Readonly<Record<string, FeeFacts>>
}

const cases: readonly Case[] = [
  {
    procedure: 'lltp',
    agencyCode: 'H56.12.03',
    owes: { 'PHI-LLTP': {}, 'PHI-LLTP-BS': { quantity: 5 } },
    fault: null,
  },
  {
    procedure: 'ct-ban-sao',
    agencyCode: 'H56.242',
    owes: { 'PHI-CT-BS': { pages: 5, quantity: 3 } },
    fault: 'callback_doubled',
  },
  {
    procedure: 'dd-bien-dong',
    agencyCode: 'H56.14.05',
    owes: { 'LP-BD': {}, 'LPTB-ND': { base: 823_456_789n } },
    fault: 'callback_lost',
  },
  {
    procedure: 'dk-doanh-nghiep',
    agencyCode: 'H56.12',
    owes: { 'LP-DKDN': {}, 'PHI-CBDN': {} },
    fault: null,
  },
  {
    procedure: 'ct-hop-dong',
    agencyCode: 'H56.243',
    owes: { 'PHI-CT-HD': { quantity: 1 } },
    fault: 'wrong_amount',
  },
]

const payers = [
  ...['Nguyễn Thị Lan', 'Trần Văn Hùng', 'Lê Thị Hoa', 'Phạm Quốc Bảo', 'Vũ Thị Mai', 'Hoàng Văn Nam', 'Đỗ Thị Hạnh'],
  ...['Bùi Đức Thắng', 'Ngô Thị Yến', 'Đặng Minh Khôi', 'Lý Thị Sương', 'Trịnh Công Phúc', 'Cao Thị Nhung'],
  ...['Mai Xuân Trường', 'Phan Thị Thủy', 'Đinh Gia Huy'],
]

/**
 * At least one payment by each of these providers, in turn the five procedures, with amounts computed by the fees' own rules. Throws when demo/fees.json has no
 * such procedure or fee.
 */
export const planPayments = (procedures: readonly SampleProcedure[], providers: readonly string[]): PlannedPayment[] =>
  Array.from({ length: Math.max(cases.length, providers.length) }, (_, index) => {
    const { procedure: id, owes, ...rest } = pick(cases, index)
    const procedure = procedures.find((each) => each.id === id)
    if (!procedure) throw new Error(`demo/fees.json has no procedure ${id}`)
    const lines = Object.entries(owes).map(([code, facts]) => lineOf(procedure, code, facts))
    return {
      ...rest,
      payer: pick(payers, index),
      provider: pick(providers, index),
      procedureCode: procedure.local_code,
      procedureName: procedure.procedure_name_vi,
      lines,
      amount: lines.reduce((sum, line) => sum + BigInt(line.unit_amount) * BigInt(line.quantity), 0n),
    }
  })

const pick = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('demo.json names no merchant account')
  return item
}

/** A fee with one price a unit is listed so, since the schedule compares unit prices; any other as one unit of what its rule gives. */
const lineOf = (procedure: SampleProcedure, code: string, facts: FeeFacts): PlannedLine => {
  const fee = procedure.fee_lines.find((each) => each.line_code === code)
  if (!fee) throw new Error(`demo/fees.json has no fee ${code} at ${procedure.id}`)
  const total = feeAmount(fee.calc, facts)
  const unit = fee.calc.kind === 'per_unit' || fee.calc.kind === 'per_unit_from' ? fee.calc.unit_amount_vnd : total
  return {
    fee_code: code,
    kind: kindOf[fee.type],
    description: fee.name_vi,
    unit_amount: Number(unit),
    quantity: unit > 0n ? Number(total / unit) : 1,
    budget_item: fee.tieu_muc,
  }
}
