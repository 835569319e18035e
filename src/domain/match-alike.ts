/** Whether a match that rests on day and amount alone could have been about something else. */
import { businessDay } from '../lib/time.ts'
import { captureStates, type KnownFact } from './match-evidence.ts'
import { isDamaged } from './row-texts.ts'

type DayAmount = { day: string; amount: bigint }
type Payment = DayAmount & {
  attemptId: string
  attemptReference: string
  attemptAmount: bigint
  reference: string
  facts: readonly KnownFact[]
}

/** What was found of all days and amounts that were asked for: rows that name nothing, payments that no row names, and rows whose reference is damaged. */
export type Found = {
  rows: readonly (DayAmount & { count: number })[]
  payments: readonly Payment[]
  damaged: readonly (DayAmount & { said: string })[]
}

export const alikeOf = (
  { rows, payments, damaged }: Found,
  { day, amount }: DayAmount,
): { rows: number; hasOther: boolean } => {
  const isSo = (each: DayAmount) => each.day === day && each.amount === amount
  const said = damaged.filter(isSo).map((each) => each.said)
  const hasOther = payments.some((each) => {
    const isSaid = (text: string) => isDamaged(text, each.attemptReference) || isDamaged(text, each.reference)
    if (!isSo(each) || said.some(isSaid)) return false
    const state = captureStates(each).at(-1)
    return state?.amount === amount && businessDay(state.occurredAt) === day
  })
  return { rows: rows.find(isSo)?.count ?? 0, hasOther }
}
