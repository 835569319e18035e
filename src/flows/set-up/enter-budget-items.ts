/** The catalogue of budget items as a file has it, once every price that is entered with it can be collected under its item. */
import { lackingItems } from '../../domain/set-up/check-budget-items.ts'
import { type Price, planFees } from '../../domain/set-up/plan-fees.ts'
import type { Placed, Step } from '../../domain/set-up/step.ts'
import { businessDay } from '../../lib/time.ts'
import { listFeeSchedules } from '../../store/fee-schedules.ts'
import type { Deps } from '../deps.ts'
import { type CatalogueCheck, type CatalogueFile, enterCatalogue } from './enter-catalogue.ts'
import { entriesMax, operator } from './operator.ts'

type BudgetItemsFile = Omit<CatalogueFile, 'catalogue' | 'codeColumn'> & {
  /** The prices of the same folder; null where there are none, or where something is wrong with them. */
  fees: { file: string; rows: readonly Placed<Price>[] } | null
}

/**
 * A price of the same folder without its item is a fault: the two files contradict each other, and who has them both can mend either. One that was entered before, and that no
 * file has any more, is only told of: nobody may ask for it any longer, and an agency decides itself what an order with such a code comes to (`fee_check`).
 */
export const enterBudgetItems = async (deps: Deps, { fees, ...given }: BudgetItemsFile): Promise<Step> => {
  const stored = await listFeeSchedules(deps.db, operator, { after: null, limit: entriesMax })
  const { file: feesFile, rows } = fees ?? { file: 'fees.csv', rows: [] }
  const plan = planFees(feesFile, rows, stored)
  const endOf = new Map(plan.ended.map(({ id, validTo }) => [id, validTo]))
  // Entered already, or about to be where nothing is applied.
  const prices: Price[] = [
    ...stored.map((price) => ({ ...price, validTo: endOf.get(price.id) ?? price.validTo })),
    ...plan.added,
  ]
  const lines = new Map(rows.map(({ line, value }) => [keyOf(value), line]))
  const check: CatalogueCheck = (entries) => {
    const lacking = lackingItems(prices, entries, businessDay(deps.now())).map((each) => ({
      ...each,
      line: lines.get(keyOf(each.price)) ?? null,
    }))
    const before = lacking.filter(({ line }) => line === null)
    const named = before.slice(0, namedMax).map(({ budgetItem, price }) => `${budgetItem} (${keyOf(price)})`)
    const more = before.length > namedMax ? ` and ${before.length - namedMax} more` : ''
    return {
      faults: lacking.flatMap(({ line, budgetItem, day }) =>
        line === null
          ? []
          : [
              {
                ...{ file: feesFile, line, column: 'budget_item' },
                reason: `${budgetItem} would hold in no entry of ${given.file} on ${day}`,
              },
            ],
      ),
      notes: before.length === 0 ? [] : [`prices entered before have items that it lacks: ${named.join(', ')}${more}`],
    }
  }
  return enterCatalogue(deps, { ...given, check, catalogue: 'budget_items', codeColumn: 'budget_item' })
}

const namedMax = 5
const keyOf = ({ agencyCode, feeCode, validFrom }: Price): string => `${agencyCode} ${feeCode} from ${validFrom}`
