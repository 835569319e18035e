/**
 * Merkle trees as RFC 6962, section 2.1 has them (RFC 9162, section 2.1 says the same): a leaf is SHA-256 of the byte 0 and its data, a node SHA-256 of the byte 1
 * and both hashes below it, the tree of nothing SHA-256 of nothing. Everything is computed while leaves pass by, so a tree of any size needs a few dozen hashes.
 */
import { sha256 } from '../lib/hmac.ts'

export const leafHash = (data: string | Uint8Array): Uint8Array => sha256(leafMark, data)

export type MerkleTree = {
  /** Takes the next leaf's hash. */
  add: (leaf: Uint8Array) => void
  size: () => number
  /** Of what was taken so far. */
  root: () => Uint8Array
}

/** An empty tree. It keeps one hash for each complete subtree, as an adder keeps its carries. */
export const createMerkleTree = (): MerkleTree => {
  const subtrees: { hash: Uint8Array; size: number }[] = []
  let size = 0
  return {
    add: (leaf) => {
      let [hash, width] = [leaf, 1]
      for (let left = subtrees.at(-1); left?.size === width; left = subtrees.at(-1)) {
        hash = nodeHash(left.hash, hash)
        width *= 2
        subtrees.pop()
      }
      subtrees.push({ hash, size: width })
      size += 1
    },
    size: () => size,
    root: () => {
      const [last, ...higher] = subtrees.toReversed()
      return last ? higher.reduce((right, left) => nodeHash(left.hash, right), last.hash) : sha256('')
    },
  }
}

/** A run of leaves from `from` up to `to`, which does not belong to it. */
export type LeafRange = { from: number; to: number }

/** The subtrees whose roots prove that a leaf is in a tree of that size, from the leaf upwards (RFC 6962, section 2.1.1). Throws RangeError for a leaf outside. */
export const pathRanges = (index: number, size: number): LeafRange[] => {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) throw new RangeError(`no leaf ${index} of ${size}`)
  const ranges: LeafRange[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from)
    if (index < middle) {
      ranges.unshift({ from: middle, to })
      to = middle
    } else {
      ranges.unshift({ from, to: middle })
      from = middle
    }
  }
  return ranges
}

/** What proves that a leaf is in the tree of a root: the hashes beside its way up, the nearest first. */
export type InclusionProof = { index: number; size: number; path: readonly Uint8Array[] }

/** Whether the leaf is in the tree of that root and size at that index (RFC 9162, section 2.1.3.2). */
export const provesInclusion = (
  { index, size, path }: InclusionProof,
  { leaf, root }: { leaf: Uint8Array; root: Uint8Array },
): boolean => {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size)) return false
  let [place, last, hash] = [index, size - 1, leaf]
  for (const beside of path) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(beside, hash)
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)]
    } else hash = nodeHash(hash, beside)
    ;[place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  }
  return last === 0 && hash.length === root.length && hash.every((byte, at) => byte === root[at])
}

const leafMark = new Uint8Array([0])
const nodeMark = new Uint8Array([1])
const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(nodeMark, left, right)

/** The largest power of two that is less than a number of two or more. */
const largestPowerBelow = (size: number): number => 2 ** Math.floor(Math.log2(size - 1))
