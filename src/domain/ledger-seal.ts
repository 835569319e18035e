/** The seal of one business day over a tenant's ledger: what is signed, sent to auditors, printed, and compared when the ledger is verified. */
import { parseRfc3339, toRfc3339 } from '../lib/time.ts'

/**
 * Whose chain a record belongs to: the agency at the top of the tree. A province answers for its books as a whole: its merchant accounts take the money of all
 * its agencies, its auditor sees all of it, and a record that is taken out of one office's books leaves a gap in the one sequence that the others continue.
 */
export const tenantOf = (agencyCode: string): string => agencyCode.split('.')[0] ?? agencyCode

export type LedgerSeal = {
  agencyCode: string
  /** The business day in which the records were given their places; who commits after its end is in the next day's tree, so a root is final. */
  day: string
  firstPlace: bigint
  /** One less than the first place on a day without records, whose root is that of the empty tree. */
  lastPlace: bigint
  /** Merkle root over the leaves of these places, lowercase hex. */
  root: string
  /** The chain's hash at the last place: it covers every record since the first. */
  chainHash: string
  /** The root of the day before; null for the first. */
  previousRoot: string | null
  /** What has places in the chain: see `sealFormat`. */
  format: number
  sealedAt: Date
}

/** Since format 2 events have places as well as entries and facts: timelines, and with them what an order and its refunds were made of. */
export const sealFormat = 2

/** A seal with its signature: one compact JWS over `sealClaims`. */
export type SignedSeal = LedgerSeal & { kid: string; jws: string }

export const sealTyp = 'ledger-seal+jws'

/** What is signed. */
export const sealClaims = (seal: LedgerSeal, issuer: string) => ({
  iss: issuer,
  agency_code: seal.agencyCode,
  day: seal.day,
  first_place: seal.firstPlace,
  last_place: seal.lastPlace,
  count: seal.lastPlace - seal.firstPlace + 1n,
  root: seal.root,
  chain_hash: seal.chainHash,
  previous_root: seal.previousRoot,
  sealed_at: toRfc3339(seal.sealedAt),
  // Seals of the first format were signed without.
  ...(seal.format > 1 ? { format: seal.format } : {}),
})

/** A seal on the wire and in `ledger.sealed`. */
export const presentSeal = (seal: SignedSeal) => {
  const { iss: _, ...claims } = sealClaims(seal, '')
  return { ...claims, format: seal.format, kid: seal.kid, jws: seal.jws }
}

/** The members of a signed text that decide; null where it is none of ours. */
export type ClaimedSeal = Pick<
  LedgerSeal,
  'agencyCode' | 'day' | 'firstPlace' | 'lastPlace' | 'root' | 'chainHash' | 'previousRoot' | 'format' | 'sealedAt'
>

export const readSealClaims = (text: string): ClaimedSeal | null => {
  const value = parsed(text)
  const {
    agency_code,
    day,
    first_place,
    last_place,
    count,
    root,
    chain_hash,
    previous_root,
    sealed_at,
    format = 1,
  } = value ?? {}
  const sealedAt = typeof sealed_at === 'string' ? parseRfc3339(sealed_at) : null
  if (typeof agency_code !== 'string' || typeof day !== 'string' || typeof root !== 'string') return null
  if (typeof chain_hash !== 'string' || !(previous_root === null || typeof previous_root === 'string')) return null
  if (!Number.isSafeInteger(first_place) || !Number.isSafeInteger(last_place) || !sealedAt) return null
  if (typeof format !== 'number' || !Number.isSafeInteger(format)) return null
  if (count !== Number(last_place) - Number(first_place) + 1) return null
  const places = { firstPlace: BigInt(Number(first_place)), lastPlace: BigInt(Number(last_place)) }
  const hashes = { root, chainHash: chain_hash, previousRoot: previous_root }
  return { agencyCode: agency_code, day, ...places, ...hashes, format, sealedAt }
}

/** The member in which two seals of one day differ; null when they say the same. */
export const sealDifference = (a: ClaimedSeal, b: ClaimedSeal): string | null => {
  const names = ['agencyCode', 'day', 'firstPlace', 'lastPlace', 'root', 'chainHash', 'previousRoot', 'format'] as const
  const isLater = a.sealedAt.getTime() !== b.sealedAt.getTime()
  const differing = names.find((name) => a[name] !== b[name]) ?? (isLater ? 'sealedAt' : null)
  return differing ? differing.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : null
}

const parsed = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
