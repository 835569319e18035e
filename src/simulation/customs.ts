/** What people of a town are in the habit of, drawn for each town: a small one has a part of it, a large one all. */
import type { Random } from './random.ts'
import type { TownSize } from './script.ts'

/** The fewest people: what they do is soon told, so that many of them can be lived through. A city has all providers, and all customs. */
export type TownKind = 'hamlet' | 'town' | 'city'

/** A hamlet has at most so many orders, on one day. */
export const hamletOrdersMax = 3
/** A town with more providers is a city. */
const townProvidersMax = 3

export const kindOf = ({ orders, days }: TownSize, providers: number): TownKind => {
  if (providers > townProvidersMax) return 'city'
  return orders <= hamletOrdersMax && days === 1 ? 'hamlet' : 'town'
}

/** How often a small town has it. */
const shares = {
  /** Accountants close days, sign closes too, and open days again. */
  closesDays: 0.4,
  /** Somebody pays out the refunds that no provider returns. */
  paysByHand: 0.6,
  /** Payments are disputed. */
  disputes: 0.35,
  /** Citizens type a bank transfer themselves, and mistype its text. */
  mistypes: 0.7,
  /** Some citizens pay on our own pages and not by way of the portal's. */
  usesPages: 0.5,
  /** Every match is verified from the stored files at the end. */
  verifiesMatches: 0.2,
} as const

/** How many hamlets in a hundred reconcile whatever the providers' sums are; every other one does so where they differ from ours. */
const hamletsReconcile = 0.3

export type Custom = keyof typeof shares | 'reconciles'
export type Customs = Readonly<Record<Custom, boolean>>

export const customNames = [...Object.keys(shares), 'reconciles'] as readonly Custom[]

export const drawCustoms = (random: Random, kind: TownKind): Customs => {
  const has = (name: keyof typeof shares) => random.fork(name).chance(shares[name]) || kind === 'city'
  const reconciles = kind !== 'hamlet' || random.fork('reconciles').chance(hamletsReconcile)
  return {
    reconciles,
    // Nobody signs for a day that was compared with nothing.
    closesDays: reconciles && has('closesDays'),
    paysByHand: has('paysByHand'),
    disputes: has('disputes'),
    mistypes: has('mistypes'),
    usesPages: has('usesPages'),
    verifiesMatches: has('verifiesMatches'),
  }
}
