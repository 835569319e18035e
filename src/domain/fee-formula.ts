// How a fee's amount follows from its rule: the formulas that fee circulars and resolutions use, as data.
// Rules are read from the shape of demo/fees.json (`calc`); every example of that file is a test.
import { z } from 'zod'
import { shareHalfUp, sumDong } from './money.ts'

const dong = z.int().min(0).max(999_999_999_999).transform(BigInt)
const count = z.int().min(0).max(1_000_000)
/** A percentage of at most two decimals, kept as basis points, so that 0.5 % is 50. */
const percent = z
  .number()
  .min(0)
  .max(1_000)
  .transform((value, context) => {
    const points = Math.round(value * 100)
    if (Math.abs(points - value * 100) < 1e-6) return points
    context.addIssue({ code: 'custom', message: 'a percentage has at most two decimals' })
    return z.NEVER
  })

/** A fee's rule. Amounts in đồng. Pages, units and steps count from 1; an open end is null. */
export const feeFormula = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fixed'), amount_vnd: dong }),
  z.object({ kind: z.literal('per_unit'), unit_amount_vnd: dong }),
  z.object({ kind: z.literal('per_unit_from'), from_unit: count.min(1), unit_amount_vnd: dong }),
  z.object({
    kind: z.literal('tiered_per_page'),
    tiers: z
      .array(z.object({ from_page: count.min(1), to_page: count.nullable(), vnd: dong }))
      .min(1)
      .max(50),
    cap_per_copy_vnd: dong.nullable().default(null),
  }),
  z.object({ kind: z.literal('by_channel'), counter_vnd: dong, online_vnd: dong }),
  z.object({ kind: z.literal('area_rate'), base_vnd: dong, other_area_pct: percent }),
  z.object({
    kind: z.literal('step_table'),
    steps: z
      .array(z.object({ lt: count.optional(), gte: count.optional(), lte: count.optional(), vnd: dong }))
      .max(100),
  }),
  z.object({ kind: z.literal('percent'), pct: percent }),
  z.object({ kind: z.literal('percent_of_line'), line: z.string().min(1).max(50), pct: percent }),
  z.object({ kind: z.literal('percent_of_notice'), pct: percent, due_days: count }),
  z.object({ kind: z.literal('remainder_of_notice'), due_days: count }),
  z.object({ kind: z.literal('external_notice') }),
])

/** A fee's rule, read. Reading refuses unknown kinds, and amounts and percentages out of range. */
export type FeeFormula = z.infer<typeof feeFormula>

/** What a case brings to a rule. Absent facts that the rule needs are refused, never guessed. */
export type FeeFacts = {
  /** Copies, cases, persons, permits, business points; 1 if absent. */
  quantity?: number
  pages?: number
  channel?: 'counter' | 'online'
  area?: 'city' | 'other'
  /** What a table of steps counts, such as services. */
  counted?: number
  /** The value that a percentage is taken of, as the tax office set it. */
  base?: bigint
  /** The amount of a notice or decision from outside. */
  notice?: bigint
  /** Earlier instalments of that notice, for the last one. */
  instalments?: readonly bigint[]
  /** The full amounts of lines that another line is a percentage of, by line code. */
  lines?: Readonly<Record<string, bigint>>
}

/**
 * The amount of one fee line, before any relief; shares are half up to 1 đồng. Throws RangeError when a fact is missing,
 * negative or not whole, and when the rule has no price for it (a count beyond the table).
 */
export function feeAmount(formula: FeeFormula, facts: FeeFacts): bigint {
  const quantity = BigInt(whole(facts.quantity ?? 1, 'quantity'))
  switch (formula.kind) {
    case 'fixed':
      return formula.amount_vnd
    case 'per_unit':
      return formula.unit_amount_vnd * quantity
    case 'per_unit_from': {
      const before = BigInt(formula.from_unit - 1)
      return quantity > before ? formula.unit_amount_vnd * (quantity - before) : 0n
    }
    case 'tiered_per_page':
      return pagesAmount(formula, whole(facts.pages, 'pages')) * quantity
    case 'by_channel':
      return needed(facts.channel, 'channel') === 'online' ? formula.online_vnd : formula.counter_vnd
    case 'area_rate': {
      const isCity = needed(facts.area, 'area') === 'city'
      return (isCity ? formula.base_vnd : shareOf(formula.base_vnd, formula.other_area_pct)) * quantity
    }
    case 'step_table':
      return stepAmount(formula, whole(facts.counted, 'counted'))
    case 'percent':
      return shareOf(needed(facts.base, 'base'), formula.pct)
    case 'percent_of_line':
      return shareOf(needed(facts.lines?.[formula.line], `lines.${formula.line}`), formula.pct) * quantity
    case 'percent_of_notice':
      return shareOf(needed(facts.notice, 'notice'), formula.pct)
    case 'remainder_of_notice':
      return remainder(needed(facts.notice, 'notice'), needed(facts.instalments, 'instalments'))
    case 'external_notice':
      return positive(needed(facts.notice, 'notice'), 'notice')
  }
}

/** The amount for so many pages of one copy, tier by tier, up to the cap. */
function pagesAmount(formula: FeeFormula & { kind: 'tiered_per_page' }, pages: number): bigint {
  const charged = formula.tiers.map(({ from_page, to_page, vnd }) => {
    const last = Math.min(pages, to_page ?? pages)
    return BigInt(Math.max(0, last - from_page + 1)) * vnd
  })
  const amount = sumDong(charged)
  const cap = formula.cap_per_copy_vnd
  return cap !== null && amount > cap ? cap : amount
}

function stepAmount(formula: FeeFormula & { kind: 'step_table' }, counted: number): bigint {
  const step = formula.steps.find(
    ({ lt = Infinity, gte = 0, lte = Infinity }) => counted >= gte && counted <= lte && counted < lt,
  )
  return needed(step, `a step for ${counted}`).vnd
}

function remainder(notice: bigint, instalments: readonly bigint[]): bigint {
  return positive(notice - sumDong(instalments), 'notice less its instalments')
}

function shareOf(amount: bigint, basisPoints: number): bigint {
  return shareHalfUp(positive(amount, 'base'), BigInt(basisPoints), 10_000n)
}

function needed<Fact>(fact: Fact | undefined, name: string): Fact {
  if (fact === undefined) throw new RangeError(`the fee cannot be computed without ${name}`)
  return fact
}

function whole(fact: number | undefined, name: string): number {
  const value = needed(fact, name)
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} is a whole number from 0`)
  return value
}

function positive(amount: bigint, name: string): bigint {
  if (amount < 0n) throw new RangeError(`${name} is negative`)
  return amount
}
