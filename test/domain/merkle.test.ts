// Trees and proofs against the published vectors of certificate transparency, and against a tree that is built by the recursive definition.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMerkleTree, leafHash, pathRanges, provesInclusion } from '../../src/domain/merkle.ts'
import { fromHex, toHex } from '../../src/lib/hex.ts'
import { sha256 } from '../../src/lib/hmac.ts'

/** The reference inputs of google/certificate-transparency (merkletree/merkle_tree_test.cc), and the root after each of them. */
const vectors = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
] as const

/** RFC 6962, section 2.1, read aloud. */
const rootOf = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [only] = leaves
  if (!only) return sha256('')
  if (leaves.length === 1) return only
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return sha256(new Uint8Array([1]), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}
const treeOf = (leaves: readonly Uint8Array[]) => {
  const tree = createMerkleTree()
  for (const leaf of leaves) tree.add(leaf)
  return tree.root()
}
const leavesOf = (size: number) => Array.from({ length: size }, (_, index) => leafHash(`leaf ${index}`))

describe('a Merkle tree', () => {
  test('has the roots of the published vectors', () => {
    const tree = createMerkleTree()
    expect(toHex(tree.root())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    for (const [input, root] of vectors) {
      tree.add(leafHash(fromHex(input) ?? ''))
      expect(toHex(tree.root())).toBe(root)
    }
  })

  test('has the root of the recursive definition, and proves each of its leaves and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, one, other) => {
        const leaves = leavesOf(size)
        const [index, wrong] = [one % size, other % size]
        const root = treeOf(leaves)
        expect(root).toEqual(rootOf(leaves))
        const path = pathRanges(index, size).map(({ from, to }) => treeOf(leaves.slice(from, to)))
        const [leaf = root, foreign = root] = [leaves[index], leaves[wrong]]
        expect(provesInclusion({ index, size, path }, { leaf, root })).toBe(true)
        if (wrong !== index) {
          expect(provesInclusion({ index, size, path }, { leaf: foreign, root })).toBe(false)
          expect(provesInclusion({ index: wrong, size, path }, { leaf, root })).toBe(false)
        }
        expect(provesInclusion({ index, size, path: [...path, leaf] }, { leaf, root })).toBe(false)
        if (path.length > 0) expect(provesInclusion({ index, size, path: path.slice(1) }, { leaf, root })).toBe(false)
        expect(provesInclusion({ index, size, path }, { leaf, root: leafHash('another') })).toBe(false)
      }),
    )
  })

  test.each([
    [-1, 3],
    [3, 3],
    [0.5, 3],
    [0, 0],
  ])('refuses leaf %d of %d', (index, size) => {
    expect(() => pathRanges(index, size)).toThrow(RangeError)
    expect(provesInclusion({ index, size, path: [] }, { leaf: leafHash(''), root: leafHash('') })).toBe(false)
  })
})
