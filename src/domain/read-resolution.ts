/** What a person's resolution is: one that the policy names, however it is written, or own words, which never do alone what the policy gives to two persons. */
import { type DiscrepancySource, policyOf } from './discrepancy-policy.ts'
import { type ResolutionCode, resolutions } from './resolutions.ts'

type About = { source: DiscrepancySource; class: string; amount: bigint; difference: bigint }

export type ReadResolution =
  | {
      kind: 'taken'
      /** The code where one is meant, else the words as they were written. */
      resolution: string
      needsApproval: boolean
      suspense: 'taken_back' | 'stays'
    }
  /** A resolution that there is, and that the class does not have. */
  | { kind: 'refused'; allowed: readonly ResolutionCode[] }

/**
 * Case, spaces, signs and diacritics make no other resolution. Own words are final at once only where there is no amount, or the class knows no resolution that takes
 * two persons: whatever they mean, one person ends no claim by them.
 */
export const readResolution = (about: About, said: string): ReadResolution => {
  const allowed = policyOf(about)?.resolutions ?? []
  const code = codesByName.get(folded(said))
  if (code)
    return allowed.includes(code)
      ? { kind: 'taken', resolution: code, ...resolutions[code] }
      : { kind: 'refused', allowed }
  const hasMoney = about.amount !== 0n || about.difference !== 0n
  const isGrave = allowed.length === 0 || allowed.some((each) => resolutions[each].needsApproval)
  return { kind: 'taken', resolution: said, needsApproval: hasMoney && isGrave, suspense: 'taken_back' }
}

/** Letters and digits alone, without marks, whatever their case and width. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')

const codesByName: ReadonlyMap<string, ResolutionCode> = new Map(
  (Object.keys(resolutions) as ResolutionCode[]).flatMap((code) => [
    [folded(code), code] as const,
    [folded(resolutions[code].vietnamese), code] as const,
  ]),
)
