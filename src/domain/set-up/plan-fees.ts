/** Prices of a file laid beside those that hold: what is added, which ends when another begins, and what cannot be. A price is never rewritten. */
import { addDays } from '../../lib/time.ts'
import type { FeeKind } from '../order-facts.ts'
import { differing, type Fault, type Placed, repeated } from './step.ts'

export type Price = {
  agencyCode: string
  feeCode: string
  name: string
  kind: FeeKind
  unitAmount: bigint | null
  budgetItem: string | null
  legalBasis: string | null
  refundableWhenRejected: boolean | null
  validFrom: string
  /** Null in a file says nothing of the end; stored, that there is none. */
  validTo: string | null
}

export type FeePlan = {
  added: readonly Price[]
  /** Stored prices that get another last day. */
  ended: readonly { id: string; price: Price; validTo: string | null }[]
  unchanged: number
  faults: readonly Fault[]
}

type Stored = Price & { id: string }
/** One price in the course of a fee; `line` where the file has it, `stored` where it holds already. */
type Entry = { line: number | null; price: Price; stored: Stored | null; validTo: string | null }

const said = ['name', 'kind', 'unitAmount', 'budgetItem', 'legalBasis', 'refundableWhenRejected'] as const

export const planFees = (file: string, rows: readonly Placed<Price>[], stored: readonly Stored[]): FeePlan => {
  const keyOf = ({ agencyCode, feeCode }: Price) => `${agencyCode} ${feeCode}`
  const doubled = repeated(rows, (price) => `${keyOf(price)} ${price.validFrom}`)
  const faults: Fault[] = doubled.map(({ line, before }) => ({
    ...{ file, line, column: 'valid_from' },
    reason: `the fee has a price from that day on in line ${before} already`,
  }))
  const once = rows.filter(({ line }) => !doubled.some((each) => each.line === line))
  const byFee = Map.groupBy(once, ({ value }) => keyOf(value))
  const [added, ended]: [Price[], FeePlan['ended'][number][]] = [[], []]
  let unchanged = 0
  for (const [fee, placed] of byFee) {
    const course = courseOf(
      placed,
      stored.filter((price) => keyOf(price) === fee),
    )
    faults.push(...course.flatMap((entry, at) => problemsOf(file, entry, course[at + 1])))
    for (const { line, price, stored: known, validTo } of course) {
      if (!known) added.push({ ...price, validTo })
      else if (known.validTo !== validTo) ended.push({ id: known.id, price: known, validTo })
      else if (line !== null) unchanged += 1
    }
  }
  return { added, ended, unchanged, faults }
}

/** All prices of one fee by their first day, each ending before the next begins where nothing else is said of its end. */
const courseOf = (placed: readonly Placed<Price>[], stored: readonly Stored[]): Entry[] => {
  const known = (day: string) => stored.find(({ validFrom }) => validFrom === day) ?? null
  const entries: Entry[] = [
    ...placed.map(({ line, value }) => {
      const own = known(value.validFrom)
      return { line, price: value, stored: own, validTo: value.validTo ?? own?.validTo ?? null }
    }),
    ...stored
      .filter(({ validFrom }) => !placed.some(({ value }) => value.validFrom === validFrom))
      .map((price) => ({ line: null, price, stored: price, validTo: price.validTo })),
  ].toSorted((a, b) => (a.price.validFrom < b.price.validFrom ? -1 : 1))
  return entries.map((entry, at) => {
    const next = entries[at + 1]
    return entry.validTo === null && next ? { ...entry, validTo: addDays(next.price.validFrom, -1) } : entry
  })
}

const problemsOf = (file: string, { line, price, stored, validTo }: Entry, next: Entry | undefined): Fault[] => {
  const fault = (at: number | null, column: string, reason: string): Fault => ({ file, line: at, column, reason })
  const [changed] = stored && line !== null ? differing<Price>(stored, price, said) : []
  return [
    ...(changed
      ? [
          fault(
            line,
            columnOf[changed] ?? changed,
            `differs from what holds since ${price.validFrom}, and a price is never rewritten: let another begin on a later day`,
          ),
        ]
      : []),
    ...(validTo !== null && validTo < price.validFrom
      ? [fault(line ?? next?.line ?? null, 'valid_to', 'lies before valid_from')]
      : []),
    ...(validTo !== null && next && validTo >= next.price.validFrom
      ? [
          next.line === null
            ? fault(line, 'valid_to', `reaches into the price that holds from ${next.price.validFrom} on`)
            : fault(
                next.line,
                'valid_from',
                `lies within another price of this fee, which holds from ${price.validFrom} to ${validTo}${line === null ? '' : ` (line ${line})`}`,
              ),
        ]
      : []),
  ]
}

const columnOf: Readonly<Record<string, string>> = {
  unitAmount: 'unit_amount',
  budgetItem: 'budget_item',
  legalBasis: 'legal_basis',
  refundableWhenRejected: 'refundable_when_rejected',
}
