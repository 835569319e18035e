/** The codes that an order names, held against the catalogues of its day. */
import { type CatalogueName, type CodesHeld, type NamedCode, procedureKey } from './catalogue.ts'
import type { OrderLine } from './order-facts.ts'
import { Refusal } from './refusal.ts'

/** What of an order names codes. */
export type NamingOrder = {
  procedureCode: string | null
  procedureName: string | null
  lines: readonly Pick<OrderLine, 'budgetItem' | 'exemption'>[]
}

/** Each code once. */
export const codesOf = (order: NamingOrder): NamedCode[] => {
  const named = placesOf(order).map(({ catalogue, code }) => ({ catalogue, code }))
  return [...new Map(named.map((each) => [`${each.catalogue} ${each.code}`, each])).values()]
}

/**
 * What the order's agency has said of prices that differ (`fee_check`) goes for codes too, so that an import stops no payments of an agency that has not asked for it. With
 * `enforce` a budget item or a relief that is in none of the entries of that day throws Refusal `code_not_in_catalogue`: the money would be booked under it, or not be asked for
 * because of it. A procedure only gets a warning, for its codes are abolished and given out anew faster than any copy of the list follows, and no citizen should be unable
 * to pay for that. `procedureName` is the order's own, else the catalogue's.
 */
export const checkCodes = (
  order: NamingOrder,
  { codesHeld, day, check }: { codesHeld: CodesHeld; day: string; check: 'off' | 'warn' | 'enforce' },
): { warnings: { code: string; message: string }[]; procedureName: string | null } => {
  const nameOf = ({ catalogue, code }: NamedCode) =>
    codesHeld.entries.find((entry) => entry.catalogue === catalogue && entry.code === code)?.name ?? null
  const missing = placesOf(order).filter(
    (place) => codesHeld.catalogues.includes(place.catalogue) && nameOf(place) === null,
  )
  const wrong = missing.map(({ catalogue, pointer, written }) => ({
    ...{ isProcedure: catalogue === 'procedures', pointer },
    message: `${written} is no ${words[catalogue]} of the catalogue on ${day}`,
  }))
  const errors = wrong.flatMap(({ isProcedure, ...error }) => (isProcedure ? [] : [error]))
  if (check === 'enforce' && errors.length > 0)
    throw new Refusal('code_not_in_catalogue', 'A code is not in its catalogue on this day.', { errors })
  const { procedureCode, procedureName } = order
  return {
    warnings: (check === 'off' ? [] : wrong).map(({ isProcedure, pointer, message }) => ({
      code: isProcedure ? 'procedure_not_in_catalogue' : 'code_not_in_catalogue',
      message: `${pointer}: ${message}`,
    })),
    procedureName:
      procedureName ??
      (procedureCode === null ? null : nameOf({ catalogue: 'procedures', code: procedureKey(procedureCode) })),
  }
}

const words: Readonly<Record<CatalogueName, string>> = {
  budget_items: 'budget item',
  procedures: 'procedure',
  reliefs: 'relief',
  banks: 'bank',
}

const placesOf = ({ procedureCode, lines }: NamingOrder): (NamedCode & { pointer: string; written: string })[] => [
  ...(procedureCode === null
    ? []
    : [
        {
          catalogue: 'procedures' as const,
          code: procedureKey(procedureCode),
          written: procedureCode,
          pointer: '/procedure_code',
        },
      ]),
  ...lines.flatMap(({ budgetItem, exemption }, index) => [
    ...(budgetItem === null
      ? []
      : [
          {
            catalogue: 'budget_items' as const,
            code: budgetItem,
            written: budgetItem,
            pointer: `/lines/${index}/budget_item`,
          },
        ]),
    ...(exemption === null
      ? []
      : [
          {
            catalogue: 'reliefs' as const,
            code: exemption.rule,
            written: exemption.rule,
            pointer: `/lines/${index}/exemption/rule`,
          },
        ]),
  ]),
]
