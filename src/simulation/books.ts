/** What is compared: our books, the providers' own, and what people saw and did. */
import type { BookedOrder } from '../store/town-books.ts'
import type { BookedDeeds } from '../store/town-deeds.ts'
import type { Truth } from './truth.ts'
import type { Seen } from './world.ts'

/** `end`: every query had its chance and every file is imported, so that nothing may be under way any more. */
export type Moment = 'day' | 'end'

export type Books = {
  moment: Moment
  orders: readonly BookedOrder[]
  deeds: BookedDeeds
  truth: Truth
  seen: Pick<Seen, 'webhooks' | 'transfers' | 'pressed' | 'granted'>
}

export type Broken = { invariant: string; what: string; rows: readonly unknown[] }

/** Each thing that is not as it must be, with the rows that show it. */
export type Findings = readonly Pick<Broken, 'what' | 'rows'>[]
export type Invariant = (books: Books) => Findings
