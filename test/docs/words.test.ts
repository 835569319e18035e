// One Vietnamese word for one thing: guides, answers of the API and what the demo plays have the console's.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { trackedFiles } from '../tidy/source.ts'

/** What is not said, and what is. Fees and charges as such are "khoản phí, lệ phí". */
const instead: readonly [RegExp, string][] = [
  [/khoản phí(?!, lệ phí)/gi, 'đơn phí'],
  [/(?:đơn vị thanh toán|nhà cung cấp)/gi, 'đối tác'],
]
/** What a simulated provider says itself is its own. */
const isHeld = (path: string) =>
  /^(?:[A-Z]+\.md|docs\/.*\.md|src\/(?:api|node|pages\/console|simulators\/portal)\/.*\.tsx?|src\/simulators\/[^/]+\.tsx?|scripts\/.*\.mjs)$/.test(
    path,
  )

const faultsOf = (path: string, text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, at) =>
      instead.flatMap(([not, but]) => [...line.matchAll(not)].map(([found]) => `${path}:${at + 1} ${found}: ${but}`)),
    )

it('has the words of the console', () => {
  const held = trackedFiles().filter(isHeld)
  expect(held.length).toBeGreaterThan(300)
  expect(held.flatMap((path) => faultsOf(path, readFileSync(join(packageRoot(), path), 'utf8')))).toEqual([])
})

it('would be seen not to have them', () => {
  const text = 'Khoản phí, lệ phí của khoản phí\nĐơn vị thanh toán'
  expect(faultsOf('a', text)).toEqual(['a:1 khoản phí: đơn phí', 'a:2 Đơn vị thanh toán: đối tác'])
})
