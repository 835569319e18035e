/** Prices beside the catalogue of budget items as it will be: an item that a price is collected under and that the catalogue lacks while the price holds. */

import { addDays } from '../../lib/time.ts'
import { codesAbove, covers } from '../agency-scope.ts'
import type { CatalogueEntry } from '../catalogue.ts'
import type { Price } from './plan-fees.ts'

type Entry = Pick<CatalogueEntry, 'agencyCode' | 'code' | 'validFrom' | 'validTo'>
export type Lacking = { price: Price; budgetItem: string; day: string }

/** Each price whose item is missing on a day from today on, with the first such day; as its own agency is bound, or one below it that has entries of its own. */
export const lackingItems = (prices: readonly Price[], entries: readonly Entry[], today: string): Lacking[] => {
  const owners = [...new Set(entries.map(({ agencyCode }) => agencyCode))]
  const ofCode = Map.groupBy(entries, ({ code }) => code)
  // Of a catalogue of thousands nearly all entries have the same days.
  const spans = [...new Map(entries.map((entry) => [spanKey(entry), entry])).values()]
  return prices.flatMap((price) => {
    const { agencyCode, budgetItem } = price
    if (budgetItem === null || (price.validTo !== null && price.validTo < today)) return []
    const agencies = [agencyCode, ...owners.filter((owner) => owner !== agencyCode && covers(agencyCode, owner))]
    const days = agencies.flatMap((agency) => {
      const isBinding = bindingOn(agency)
      const named = (ofCode.get(budgetItem) ?? []).filter(isBinding)
      return firstLacking(price, { named, whole: spans.filter(isBinding), today }) ?? []
    })
    const [day] = days.toSorted()
    return day === undefined ? [] : [{ price, budgetItem, day }]
  })
}

const spanKey = ({ agencyCode, validFrom, validTo }: Entry): string => `${agencyCode} ${validFrom} ${validTo}`

const bindingOn = (agency: string) => {
  const binding = new Set([agency, ...codesAbove(agency)])
  return ({ agencyCode }: Entry): boolean => binding.has(agencyCode)
}

/** What holds changes only where an entry begins, and where one has ended. */
const firstLacking = (
  { validFrom, validTo }: Price,
  { named, whole, today }: { named: readonly Entry[]; whole: readonly Entry[]; today: string },
): string | null => {
  const first = validFrom > today ? validFrom : today
  const days = [
    first,
    ...whole.map((entry) => entry.validFrom),
    ...named.flatMap((entry) => (entry.validTo === null ? [] : [addDays(entry.validTo, 1)])),
  ].filter((day) => day >= first && (validTo === null || day <= validTo))
  const holdsOn = (day: string) => (entry: Entry) =>
    entry.validFrom <= day && (entry.validTo === null || entry.validTo >= day)
  return [...new Set(days)].toSorted().find((day) => whole.some(holdsOn(day)) && !named.some(holdsOn(day))) ?? null
}
