/** Proves that a journal entry is in the ledger that was sealed: with the day's signed root, anybody can check it without our books. */
import { canonicalEntry, recordLeaf } from '../domain/ledger-canonical.ts'
import type { SignedSeal } from '../domain/ledger-seal.ts'
import { createMerkleTree, type InclusionProof, pathRanges } from '../domain/merkle.ts'
import { Refusal } from '../domain/refusal.ts'
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

/** Reads the day's leaves once, in order; of each subtree beside the way only the root is kept. */
const inclusionOf = async (deps: Pick<Deps, 'db'>, seal: SignedSeal, index: number): Promise<InclusionProof> => {
  const { agencyCode, firstPlace: first, lastPlace: last } = seal
  const size = Number(last - first) + 1
  const beside = pathRanges(index, size).map((range) => ({ ...range, tree: createMerkleTree() }))
  const inOrder = beside.toSorted((a, b) => a.from - b.from)
  let [next, current] = [0, 0]
  await eachLeaf(deps.db, { agencyCode, first, last }, (leaf) => {
    while ((inOrder[current]?.to ?? size) <= next) current += 1
    const range = inOrder[current]
    if (range && range.from <= next) range.tree.add(leaf)
    next += 1
  })
  return { index, size, path: beside.map(({ tree }) => tree.root()) }
}
