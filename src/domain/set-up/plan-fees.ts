/** Prices of a file laid beside those that hold. */
import type { FeeKind } from '../order-facts.ts'
import { type CoursesPlan, planCourses } from './plan-courses.ts'
import type { Placed } from './step.ts'

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

export const planFees = (
  file: string,
  rows: readonly Placed<Price>[],
  stored: readonly (Price & { id: string })[],
): CoursesPlan<Price> =>
  planCourses(
    {
      file,
      keyOf: ({ agencyCode, feeCode }) => `${agencyCode} ${feeCode}`,
      said: ['name', 'kind', 'unitAmount', 'budgetItem', 'legalBasis', 'refundableWhenRejected'],
      columnOf,
      words: { a: 'a price', one: 'price', of: 'fee' },
    },
    rows,
    stored,
  )

const columnOf: Readonly<Record<string, string>> = {
  unitAmount: 'unit_amount',
  budgetItem: 'budget_item',
  legalBasis: 'legal_basis',
  refundableWhenRejected: 'refundable_when_rejected',
}
