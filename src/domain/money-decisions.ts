/**
 * What the door decides about money that arrives, as a table that can be read aloud: the first row that fits. It describes and does not decide: the state of an
 * order is a projection of its facts (projection.ts), and a test holds that the two agree in every cell, whichever source tells it and however the attempt stood.
 */
import { doorPolicies } from './discrepancy-policy.ts'
import type { DoorClass } from './order-facts.ts'
import type { OrderStatus } from './states.ts'

export const orderStandings = [
  'open',
  'paid',
  'expired',
  'cancelled',
  'waived',
] as const satisfies readonly OrderStatus[]
/** Compared with what the order is due. Nothing is due of a waived order, so whatever comes is over. */
export const amountRelations = ['equal', 'short', 'over'] as const
/**
 * `rejected`: the authority refused the dossier. The door is not told, since money that arrives is the order's all the same; what is returned then is asked for with
 * the reason `dossier_rejected`, and a fee line is returned as the price of its day says (`refundable_when_rejected`).
 */
export const dossierStandings = ['awaiting', 'late_money_refused', 'paid_by_other_order', 'rejected'] as const
/** `taken`: another attempt was captured under the provider's same number. */
export const referenceStandings = ['own', 'taken'] as const

export type MoneyCell = {
  order: (typeof orderStandings)[number]
  amount: (typeof amountRelations)[number]
  dossier: (typeof dossierStandings)[number]
  reference: (typeof referenceStandings)[number]
}

export type MoneyDecision = {
  booked: 'collected' | 'suspense'
  class: DoorClass | null
  /** What the gateway proposes by itself; a person decides it. */
  proposal: 'refund' | null
}

const pays: MoneyDecision = { booked: 'collected', class: null, proposal: null }
const held = (name: DoorClass): MoneyDecision => ({
  booked: 'suspense',
  class: name,
  proposal: doorPolicies[name].policy === 'refund_proposed' ? 'refund' : null,
})

type Rule = { [Name in keyof MoneyCell]?: readonly MoneyCell[Name][] } & { decision: MoneyDecision }

/** In this order. A member that is absent fits everything. */
export const moneyRules: readonly Rule[] = [
  { reference: ['taken'], decision: held('reference_reused') },
  { order: ['waived'], decision: held('amount_mismatch') },
  { amount: ['short', 'over'], decision: held('amount_mismatch') },
  { order: ['open'], decision: pays },
  { order: ['paid'], decision: held('paid_twice') },
  // Money after the end still pays while the dossier waits for it.
  { dossier: ['awaiting', 'rejected'], decision: pays },
  { decision: held('late_payment') },
]

export const decisionOn = (cell: MoneyCell): MoneyDecision => {
  const rule = moneyRules.find((each) => fits(each, cell))
  if (!rule) throw new Error('the last row fits everything')
  return rule.decision
}

const fits = (rule: Rule, cell: MoneyCell): boolean =>
  (rule.order?.includes(cell.order) ?? true) &&
  (rule.amount?.includes(cell.amount) ?? true) &&
  (rule.dossier?.includes(cell.dossier) ?? true) &&
  (rule.reference?.includes(cell.reference) ?? true)

/** Every cell that can come about. */
export const moneyCells: readonly MoneyCell[] = orderStandings.flatMap((order) =>
  amountRelations
    .filter((amount) => order !== 'waived' || amount === 'over')
    .flatMap((amount) =>
      dossierStandings.flatMap((dossier) =>
        referenceStandings.map((reference) => ({ order, amount, dossier, reference })),
      ),
    ),
)
