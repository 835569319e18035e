// What the generator makes: a province-month as it happened, as the files tell it, and what the contract demands of each line, attempt, refund and payout.
import type { ItemClass } from '../../src/domain/reconciliation-classes.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { type Chance, createChance } from './random.ts'
import type { Tariff } from './tariff.ts'

export type Period = { from: string; to: string }

export type Account = {
  id: string
  agencyCode: string
  title: string
  tariff: Tariff
  cutoffMinute: number
  settlementDays: number
  /** Settlement batches on one day. */
  batches: number
  /** Days that one settlement file covers. */
  fileDays: number
  payoutStyle: PayoutStyle
  bankStyle: BankStyle
  dialect: Dialect
}

export type PayoutStyle = 'dated' | 'compact' | 'accented' | 'counted' | 'dotted'
export type BankStyle = 'mbvcb' | 'dashed' | 'spelled' | 'remit' | 'plain'
/** How a canonical file is written: all of it is allowed. */
export type Dialect = {
  delimiter: ',' | ';'
  lineEnd: '\n' | '\r\n'
  mark: boolean
  isLocalTime: boolean
  quotes: boolean
}

export type AttemptStatus = 'created' | 'pending' | 'unknown' | 'failed' | 'captured'

/** One attempt to pay one order. `again` is a second attempt of the same order, which was captured as well. */
export type Payment = {
  account: Account
  orderId: string
  attemptId: string
  dossier: string
  merchantReference: string
  providerReference: string
  amount: number
  at: number
  status: AttemptStatus
  again: boolean
  /** Told first without the provider's reference, and then with it. */
  toldTwice: boolean
  refund: Refund | null
}

export type Refund = { id: string; merchantReference: string; providerReference: string; amount: number; at: number }

/** What the contract demands: the class, and the one attempt, refund or payouts that the item links. */
export type Label = {
  class: ItemClass
  /** The case in a few words, for whoever looks for the fault. */
  story: string
  attempt: string | null
  refund: string | null
  payouts: readonly string[]
  candidates: readonly string[] | null
}

/** A line of a settlement file. Lines of one `twins` name are alike to the letter: which of them is the second one does not matter. */
export type ProviderLine = {
  type: 'capture' | 'refund'
  at: number
  merchantReference: string
  providerReference: string
  amount: number
  fee: number
  net: number
  status: 'success' | 'failed' | 'pending'
  /** Which lines are paid out together: the day they are settled for and the batch, or a name of its own. */
  batch: string
  /** The day whose file has it. */
  fileDay: string
  twins: string | null
  label: Label
}

export type BankLine = {
  valueDate: string
  amount: number
  bankReference: string
  description: string
  counterparty: string
  twins: string | null
  label: Label
}

/** What a provider pays out at once. `total` is what the bank must show: the net, or the gross where provider fees come apart. */
export type Payout = { reference: string; batch: string; valueDate: string; total: number; fees: number }

export type AccountMonth = {
  account: Account
  payments: Payment[]
  payouts: ReadonlyMap<string, Payout>
  providerLines: ProviderLine[]
  bankLines: BankLine[]
  /** Labels of what has no line: by `attempt:…`, `refund:…`, `payout:…`. */
  unlisted: Map<string, Label>
  /** What the contract lets be said either way: not scored. */
  either: Set<string>
}

export type World = { seed: number; period: Period; months: AccountMonth[] }

/** What the makers of the parts are handed. */
export type Maker = {
  chance: Chance
  period: Period
  newId: (prefix: string) => string
  /** A name that was not given before. */
  fresh: (make: () => string) => string
  /** Cases that are not made. */
  without: readonly string[]
  /** As many cases with an error or a trap as without, so that a small month has all of them. */
  isDense: boolean
}

export type Choice = Pick<Maker, 'without' | 'isDense'>

export const createMaker = (seed: number, period: Period, choice: Choice): Maker => {
  const chance = createChance(seed)
  const clock = new Date(`${period.from}T00:00:00Z`)
  const given = new Set<string>()
  return {
    chance,
    period,
    ...choice,
    newId: createIdSource({ now: () => clock, random: (count) => chance.bytes(count) }),
    fresh: (make) => {
      for (;;) {
        const name = make()
        if (given.has(name)) continue
        given.add(name)
        return name
      }
    },
  }
}

export const label = (name: ItemClass, story: string, more: Partial<Label> = {}): Label => ({
  class: name,
  story,
  attempt: null,
  refund: null,
  payouts: [],
  candidates: null,
  ...more,
})

export const isWithin = ({ from, to }: Period, day: string): boolean => day >= from && day <= to
