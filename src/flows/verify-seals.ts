/**
 * Verifies the chain over the ledger and the signed roots of its days, place by place, from what the ledger holds now. Nothing that was stored as a hash is
 * believed: each record is hashed anew. Memory stays flat however long the chain is.
 */
import { type ChainedRecord, canonicalRecord, chainHash, chainStart, recordLeaf } from '../domain/ledger-canonical.ts'
import { type ClaimedSeal, sealDifference, sealFormat } from '../domain/ledger-seal.ts'
import { createMerkleTree } from '../domain/merkle.ts'
import { toHex } from '../lib/hex.ts'
import { addDays, businessDayRange } from '../lib/time.ts'
import {
  chainTenants,
  findPlace,
  findUnchained,
  type Place,
  readPlaces,
  type Unchained,
} from '../store/ledger-chain.ts'
import { listSeals } from '../store/ledger-seals.ts'
import type { Deps } from './deps.ts'
import { createSealReader, type ReadSeal } from './read-seal.ts'

/** What does not agree: a record, place or seal by its name, and in which way. */
export type SealFault = { what: 'entry' | 'fact' | 'event' | 'chain' | 'seal'; id: string; problem: string }

/** Entries and events that got their places long after they say that they were written: how many, and the first. */
export type LateRecords = { count: number; first: string }

/** How far one tenant's ledger is sealed. */
export type SealedTenant = {
  agencyCode: string
  /** Places that were read. */
  places: bigint
  /** The last day with a seal; null before the first. */
  sealedTo: string | null
  /** The first day whose seal covers timelines too; null before that. Of days before it only entries and facts were sealed. */
  timelinesFrom: string | null
  /** Records that no root covers yet, so that nothing can be said of them. */
  unsealed: number
  /** What a person may want to know, though nothing of it was altered; null where nothing is late. */
  late: LateRecords | null
}

export type SealCheck = { tenants: readonly SealedTenant[]; fault: SealFault | null }

export type SealCheckInput = {
  /** Seals as somebody else has kept them, one compact JWS each: they count for more than what is stored here. */
  copies?: readonly string[]
  onProgress?: (done: { agencyCode: string; places: bigint }) => void
}

const pageSize = 2_000
/**
 * What is chained behind a record that was posted later is late. A slow commit, a sweep that was down and a clock that is hours behind make an entry late, which is
 * told; a day is none of these: such an entry was put in afterwards. A record was posted at the latest when it got its place, so a clock that was ahead makes
 * nobody else's entries late.
 */
const lateMs = 3_600_000
const lateMaxMs = 86_400_000

/** Reads every place of every tenant, up to the first that does not agree. */
export const verifySeals = async (
  deps: Pick<Deps, 'db' | 'box' | 'now'>,
  input: SealCheckInput,
): Promise<SealCheck> => {
  const read = createSealReader(deps)
  const copies = await readCopies(read, input.copies ?? [])
  if ('fault' in copies) return { tenants: [], fault: copies.fault }
  const unchained = await findUnchained(deps.db)
  const known = await chainTenants(deps.db)
  const tenants: SealedTenant[] = []
  for (const agencyCode of [...new Set([...known, ...copies.byTenant.keys(), ...unchained.keys()])].toSorted()) {
    const seals = await sealsToCheck(deps, read, { agencyCode, copies: copies.byTenant.get(agencyCode) ?? new Map() })
    const waiting = unchained.get(agencyCode) ?? { count: 0, oldest: null }
    const { tenant, fault } = await checkTenant(deps, { agencyCode, seals, waiting, ...input })
    tenants.push(tenant)
    if (fault) return { tenants, fault }
  }
  return { tenants, fault: null }
}

type Copies = ReadonlyMap<string, ClaimedSeal>

const readCopies = async (
  read: ReadSeal,
  texts: readonly string[],
): Promise<{ byTenant: ReadonlyMap<string, Map<string, ClaimedSeal>> } | { fault: SealFault }> => {
  const byTenant = new Map<string, Map<string, ClaimedSeal>>()
  for (const [index, text] of texts.entries()) {
    const { seal, problem } = await read(text)
    const id = seal ? `${seal.agencyCode} ${seal.day}` : `copy ${index + 1}`
    if (!seal || problem) return { fault: { what: 'seal', id, problem: `as it was kept elsewhere ${problem}` } }
    const days = byTenant.get(seal.agencyCode) ?? new Map<string, ClaimedSeal>()
    const other = days.get(seal.day)
    const differing = other && sealDifference(seal, other)
    if (differing) return { fault: { what: 'seal', id, problem: `was signed twice, with another ${differing}` } }
    byTenant.set(seal.agencyCode, days.set(seal.day, seal))
  }
  return { byTenant }
}

/** A seal that the chain must agree with; `problem` where the seal itself is not in order. */
type SealToCheck = { seal: ClaimedSeal; problem: string | null }

const sealsToCheck = async (
  deps: Pick<Deps, 'db'>,
  read: ReadSeal,
  { agencyCode, copies }: { agencyCode: string; copies: Copies },
): Promise<SealToCheck[]> => {
  const found = new Map<string, SealToCheck>()
  for (let after: { day: string; agencyCode: string } | null = null; ; ) {
    const page = await listSeals(deps.db, { agencyCode, from: null, to: null, after, limit: 500 })
    for (const stored of page) {
      const { seal, kid, problem } = await read(stored.jws)
      const altered = seal && (sealDifference(stored, seal) ?? (stored.kid === kid ? null : 'kid'))
      found.set(stored.day, {
        seal: stored,
        problem: problem ?? (altered ? `has another ${altered} than was signed` : null),
      })
    }
    const last = page.at(-1)
    if (!last) break
    after = { day: last.day, agencyCode }
  }
  for (const [day, seal] of copies) {
    const stored = found.get(day)
    const differing = stored && sealDifference(stored.seal, seal)
    if (!stored) found.set(day, { seal, problem: 'is gone, but somebody else has kept it' })
    else if (differing)
      found.set(day, { seal, problem: `has another ${differing} than the one that somebody else has kept` })
  }
  return [...found.values()].toSorted((a, b) => (a.seal.day < b.seal.day ? -1 : 1))
}

type Tenant = { agencyCode: string; seals: readonly SealToCheck[]; waiting: Unchained } & SealCheckInput

const checkTenant = async (
  deps: Pick<Deps, 'db'>,
  { agencyCode, seals, waiting, onProgress }: Tenant,
): Promise<{ tenant: SealedTenant; fault: SealFault | null }> => {
  const checker = createChecker(agencyCode, seals)
  const answer = (fault: SealFault | null) => {
    const { place, sealedPlaces, sealedTo, timelinesFrom, late } = checker.state()
    const unsealed = Number(place - sealedPlaces) + waiting.count
    return { tenant: { agencyCode, places: place, sealedTo, timelinesFrom, unsealed, late }, fault }
  }
  for (;;) {
    const { place } = checker.state()
    const page = await readPlaces(deps.db, { agencyCode, after: place, limit: pageSize })
    for (const each of page) {
      const fault = checker.take(each)
      if (fault) return answer(fault)
    }
    if (page.length === 0) break
    onProgress?.({ agencyCode, places: checker.state().place })
  }
  const fault = checker.end() ?? backdated(agencyCode, waiting, checker.state().latestAt)
  // While the chain was being read it may have got its place.
  return answer(fault && fault.what === 'entry' && (await findPlace(deps.db, fault.id)) ? null : fault)
}

/** An entry that claims a time long before records that have places: it was not there when they got them. */
const backdated = (agencyCode: string, { oldest }: Unchained, latestAt: number): SealFault | null =>
  oldest && oldest.postedAt.getTime() < latestAt - lateMaxMs
    ? {
        what: 'entry',
        id: oldest.id,
        problem: `has no place in the chain of ${agencyCode}, though it claims to be older than records that have one`,
      }
    : null

/** Walks along one chain; every answer is the first fault or null. */
const createChecker = (agencyCode: string, seals: readonly SealToCheck[]) => {
  let [place, hash, tree] = [0n, chainStart(agencyCode), createMerkleTree()]
  let [sealIndex, chainedAt] = [0, 0]
  /** Each kind by itself: events of before they had places got theirs behind entries that are younger. */
  const latest: Record<Place['kind'], number> = { entry: 0, fact: 0, event: 0 }
  let sealed = { to: null as string | null, places: 0n, root: null as string | null }
  /** When the places of the day that is being read were given. */
  let given: { first: number; last: number } | null = null
  let late: LateRecords | null = null
  let timelinesFrom: string | null = null

  const closeDays = (): SealFault | null => {
    for (let next = seals[sealIndex]; next && next.seal.lastPlace <= place; next = seals[++sealIndex]) {
      const fault = checkSeal(next, { place, root: toHex(tree.root()), chainHash: toHex(hash), former: sealed, given })
      if (fault) return fault
      sealed = { to: next.seal.day, places: place, root: next.seal.root }
      if (next.seal.format > 1) timelinesFrom ??= next.seal.day
      tree = createMerkleTree()
      given = null
    }
    return null
  }

  return {
    state: () => ({
      place,
      latestAt: latest.entry,
      late,
      timelinesFrom,
      sealedTo: sealed.to,
      sealedPlaces: sealed.places,
    }),
    take: (next: Place): SealFault | null => {
      const early = place === 0n ? closeDays() : null
      if (early) return early
      const checked = checkPlace(next, {
        agencyCode,
        place: place + 1n,
        former: hash,
        latestAt: latest[next.kind],
        chainedAt,
      })
      if (checked.fault) return checked.fault
      place = next.place
      hash = chainHash(hash, checked.leaf)
      chainedAt = next.chainedAt.getTime()
      given = { first: given?.first ?? chainedAt, last: chainedAt }
      if (checked.writtenAt < latest[next.kind] - lateMs)
        late = { count: (late?.count ?? 0) + 1, first: late?.first ?? next.recordId }
      latest[next.kind] = Math.max(latest[next.kind], Math.min(checked.writtenAt, chainedAt))
      tree.add(checked.leaf)
      return closeDays()
    },
    /** After the last place: what is sealed must have been there. */
    end: (): SealFault | null => {
      const fault = closeDays()
      const rest = seals[sealIndex]
      if (fault || !rest) return fault
      const missing = `${agencyCode}#${place + 1n}`
      return {
        what: 'chain',
        id: missing,
        problem: `is gone: places up to ${rest.seal.lastPlace} were sealed on ${rest.seal.day}`,
      }
    },
  }
}

type Expected = { agencyCode: string; place: bigint; former: Uint8Array; latestAt: number; chainedAt: number }
type Checked = { fault: SealFault | null; leaf: Uint8Array; writtenAt: number }

const checkPlace = (found: Place, { agencyCode, place, former, latestAt, chainedAt }: Expected): Checked => {
  const at = `at place ${place} of ${agencyCode}`
  const wrong = (what: SealFault['what'], id: string, problem: string): Checked => ({
    fault: { what, id, problem },
    leaf: former,
    writtenAt: 0,
  })
  if (found.place !== place)
    return wrong('chain', `${agencyCode}#${place}`, `is gone: the next place is ${found.place}`)
  const { record, kind, recordId } = found
  if (!record) return wrong(kind, recordId, `${at} is gone`)
  const leaf = recordLeaf(canonicalRecord(record))
  if (toHex(leaf) !== toHex(found.leaf)) return wrong(kind, recordId, `${at} is not what was chained`)
  if (toHex(chainHash(former, leaf)) !== toHex(found.hash))
    return wrong('chain', `${agencyCode}#${place}`, `(${recordId}) does not follow from the place before it`)
  if (found.chainedAt.getTime() < chainedAt)
    return wrong('chain', `${agencyCode}#${place}`, `(${recordId}) was given before the place before it`)
  const writtenAt = writtenAtOf(record).getTime()
  if (writtenAt < latestAt - lateMaxMs)
    return wrong(kind, recordId, `${at} claims to be older than places before it: it was put in later`)
  return { fault: null, leaf, writtenAt }
}

const writtenAtOf = (record: ChainedRecord): Date => {
  if (record.kind === 'entry') return record.entry.postedAt
  return record.kind === 'fact' ? record.fact.receivedAt : record.event.createdAt
}

type Walked = {
  place: bigint
  root: string
  chainHash: string
  former: { to: string | null; places: bigint; root: string | null }
  given: { first: number; last: number } | null
}

const checkSeal = (
  { seal, problem }: SealToCheck,
  { place, root, chainHash: hash, former, given }: Walked,
): SealFault | null => {
  const wrong = (text: string): SealFault => ({ what: 'seal', id: `${seal.agencyCode} ${seal.day}`, problem: text })
  if (problem) return wrong(problem)
  if (seal.format > sealFormat) return wrong(`is of format ${seal.format}, which this version does not know`)
  if (former.to !== null && seal.day !== addDays(former.to, 1))
    return wrong(`does not follow the day before it: ${former.to} was the last`)
  if (seal.firstPlace !== former.places + 1n || seal.lastPlace !== place)
    return wrong('does not follow the seal before it')
  if (seal.previousRoot !== former.root) return wrong('names another root of the day before')
  const range = seal.lastPlace >= seal.firstPlace ? `places ${seal.firstPlace} to ${seal.lastPlace}` : 'no places'
  if (seal.root !== root || seal.chainHash !== hash)
    return wrong(`is not that of the ledger: ${range} were altered together with their chain`)
  const { from, to } = businessDayRange(seal.day)
  if (given && (given.first < from.getTime() || given.last >= to.getTime()))
    return wrong('says that its places were given on another day')
  return null
}
