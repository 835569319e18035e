/** Everything that the page at /pay/{token} shows, gathered before a line of it is written. */
import type { Extension } from '../domain/order-deadline.ts'
import type { OrderFacts } from '../domain/order-facts.ts'
import type { StartProblem } from './copy.ts'
import type { Language } from './language.ts'
import type { Live } from './layout.tsx'
import type { Offer } from './methods.ts'
import type { Standing } from './standing.ts'

export type Checkout = {
  facts: OrderFacts
  standing: Standing
  agency: { name: string; phone: string | null }
  receipts: readonly { kind: string; token: string }[]
  offers: readonly Offer[]
  unreached: readonly string[]
  titleOf: (provider: string) => string
  /** True when the unfinished payment can be gone on with at its provider. */
  canGoOn: boolean
  problem: StartProblem | null
  checked: 'now' | 'wait' | null
  /** By when what is wrong with the money must be dealt with, where something is. */
  dueOn: string | null
  /** What the open page hears of news by; null when nothing is to be waited for, or the reader has stopped it. */
  live: Live | null
  extension: Extension
  /** The deadline has just been moved. */
  isExtended: boolean
  /** The provider that was chosen before the page was loaded again. */
  choice: string | null
  /** How often the page has reloaded itself; null when the reader has stopped it. */
  reloads: number | null
  /** Addresses of this page; `language` is kept in them where it is not the order's own. */
  links: {
    self: string
    check: string
    extend: string
    goOn: string
    still: string
    next: string
    otherLanguage: string
  }
  returnUrl: string | null
  host: string
  now: Date
  language: Language
}
