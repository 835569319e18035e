import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearest } from '../../src/lib/nearest.ts'

const words = ['migrate', 'reconcile', 'report', 'retention', 'rehearse', 'doctor', 'setup']

describe('the nearest word', () => {
  test.for([
    ['migrat', 'migrate'],
    ['doctro', 'doctor'],
    ['reconsile', 'reconcile'],
    ['reprot', 'report'],
    ['set-up', 'setup'],
    ['xyz', null],
    ['toString', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ] as const)('for %s is %s', ([typed, word]) => expect(nearest(typed, words)).toBe(word))

  test('finds every word again, whatever one letter of it became', () => {
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.nat(), fc.constantFrom(...'aeiou'), (word, at, letter) => {
        const place = at % word.length
        expect(nearest(`${word.slice(0, place)}${letter}${word.slice(place + 1)}`, words)).toBe(word)
      }),
    )
  })
})
