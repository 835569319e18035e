/** Proves that a journal entry is in the ledger that was sealed: with the day's signed root, anybody can check it without our books. */
import { canonicalEntry, recordLeaf } from '../domain/ledger-canonical.ts'
import type { SignedSeal } from '../domain/ledger-seal.ts'
import { createMerkleTree, type InclusionProof, type LeafRange, pathRanges } from '../domain/merkle.ts'
import { Refusal } from '../domain/refusal.ts'
import { toHex } from '../lib/hex.ts'
import { eachLeaf, findPlace, readPlaces, seesEntry } from '../store/ledger-chain.ts'
import { sealOfPlace } from '../store/ledger-seals.ts'
import type { Deps } from './deps.ts'

export type EntryProof = {
  entryId: string
  place: bigint
  /** What the leaf is the hash of. */
  canonical: string
  leaf: Uint8Array
  inclusion: InclusionProof
  seal: SignedSeal
}

/** Throws Refusal `not_found` for an entry that the scope does not hold, and `entry_not_sealed` until its day is sealed: some time after the end of that day. */
export const proveEntry = async (deps: Pick<Deps, 'db'>, scope: string, entryId: string): Promise<EntryProof> => {
  if (!(await seesEntry(deps.db, scope, entryId))) throw new Refusal('not_found', 'There is no such entry.')
  const at = await findPlace(deps.db, entryId)
  const seal = at && (await sealOfPlace(deps.db, at))
  if (!at || !seal) throw new Refusal('entry_not_sealed', 'The day in which the entry was chained is not sealed yet.')
  const [found] = await readPlaces(deps.db, { agencyCode: at.agencyCode, after: at.place - 1n, limit: 1 })
  if (found?.record?.kind !== 'entry') throw new Error(`the entry ${entryId} is not at its place ${at.place}`)
  const canonical = canonicalEntry(found.record.entry)
  const inclusion = await inclusionOf(deps, seal, Number(at.place - seal.firstPlace))
  return { entryId, place: at.place, canonical, leaf: recordLeaf(canonical), inclusion, seal }
}

/** The way from a leaf to the root: within its block leaves are read, beyond it the roots of blocks are known. */
const inclusionOf = async (deps: Pick<Deps, 'db'>, seal: SignedSeal, index: number): Promise<InclusionProof> => {
  const size = Number(seal.lastPlace - seal.firstPlace) + 1
  const blocks = await blocksOf(deps, seal)
  const begin = index - (index % blockLeaves)
  const leaves = await leavesOf(deps, seal, { from: begin, to: Math.min(begin + blockLeaves, size) })
  const path = pathRanges(index, size).map(({ from, to }) =>
    from >= begin && to <= begin + leaves.length
      ? rootOver(leaves.slice(from - begin, to - begin))
      : rootOver(blocks.slice(from / blockLeaves, Math.ceil(to / blockLeaves))),
  )
  return { index, size, path }
}

/** Subtrees of so many leaves are whole parts of any tree of RFC 6962, the last one excepted, which is a part as it is. */
const blockLeaves = 1_024
/** Days whose blocks are remembered: a sealed day never changes, and one of a million records takes 32 KB. */
const daysMax = 64

const remembered = new WeakMap<Deps['db'], Map<string, Promise<readonly Uint8Array[]>>>()

/** The roots of the day's blocks, in order: read once, however many of its entries are proven. Throws when they do not make up the root that was signed. */
const blocksOf = (deps: Pick<Deps, 'db'>, seal: SignedSeal): Promise<readonly Uint8Array[]> => {
  const days = remembered.get(deps.db) ?? new Map<string, Promise<readonly Uint8Array[]>>()
  remembered.set(deps.db, days)
  const name = `${seal.agencyCode} ${seal.day} ${seal.root}`
  const known = days.get(name) ?? readBlocks(deps, seal)
  // What was asked for last stays longest.
  days.delete(name)
  days.set(name, known)
  const [oldest] = days.keys()
  if (days.size > daysMax && oldest !== undefined) days.delete(oldest)
  known.catch(() => days.delete(name))
  return known
}

const readBlocks = async (deps: Pick<Deps, 'db'>, seal: SignedSeal): Promise<readonly Uint8Array[]> => {
  const blocks: Uint8Array[] = []
  let block = createMerkleTree()
  await eachLeaf(deps.db, { ...seal, first: seal.firstPlace, last: seal.lastPlace }, (leaf) => {
    block.add(leaf)
    if (block.size() < blockLeaves) return
    blocks.push(block.root())
    block = createMerkleTree()
  })
  if (block.size() > 0) blocks.push(block.root())
  if (toHex(rootOver(blocks)) !== seal.root) throw new Error(`the leaves of ${seal.day} are not those that were sealed`)
  return blocks
}

const leavesOf = async (
  deps: Pick<Deps, 'db'>,
  { agencyCode, firstPlace }: SignedSeal,
  { from, to }: LeafRange,
): Promise<readonly Uint8Array[]> => {
  const leaves: Uint8Array[] = []
  const places = { agencyCode, first: firstPlace + BigInt(from), last: firstPlace + BigInt(to) - 1n }
  await eachLeaf(deps.db, places, (leaf) => leaves.push(leaf))
  return leaves
}

const rootOver = (hashes: readonly Uint8Array[]): Uint8Array => {
  const tree = createMerkleTree()
  for (const hash of hashes) tree.add(hash)
  return tree.root()
}
