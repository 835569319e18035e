/** What people of a town are in the habit of, drawn for each town: a small one has a part of it, a large one all. */
import type { Random } from './random.ts'

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

export type Custom = keyof typeof shares
export type Customs = Readonly<Record<Custom, boolean>>

export const drawCustoms = (random: Random, isLarge: boolean): Customs => {
  const has = (name: Custom) => random.fork(name).chance(shares[name]) || isLarge
  return {
    closesDays: has('closesDays'),
    paysByHand: has('paysByHand'),
    disputes: has('disputes'),
    mistypes: has('mistypes'),
    usesPages: has('usesPages'),
    verifiesMatches: has('verifiesMatches'),
  }
}
