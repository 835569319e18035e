/** The reference among a payer's and a bank's words: found however they spoil the text, never another payment's. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findReference, isReference, referenceOf as made } from '../../src/providers/vietqr/reference.ts'
import { referenceOf } from './vietqr.kit.ts'

describe('a reference', () => {
  const references = fc.integer({ min: 0, max: 999_999_999_999_999 }).map(referenceOf)

  test('fits the tightest text, and its digits check themselves', () => {
    for (let n = 0; n < 500; n++) {
      const reference = made(`ref_${n}`)
      expect(reference).toMatch(/^LP[0-9]{17}$/)
      expect(referenceOf(Number(reference.slice(2, 17)))).toBe(reference)
    }
  })

  test('is not mistaken for another by one wrong digit, nor by two that changed places', () => {
    fc.assert(
      fc.property(references, fc.integer({ min: 2, max: 17 }), fc.integer({ min: 1, max: 9 }), (reference, at, by) => {
        const digit = String((Number(reference[at]) + by) % 10)
        expect(findReference([reference.slice(0, at) + digit + reference.slice(at + 1)])).toBeNull()
        const swapped = reference.slice(0, at) + reference[at + 1] + reference[at] + reference.slice(at + 2)
        if (swapped !== reference) expect(isReference(swapped)).toBe(false)
      }),
      { seed: 20261122, numRuns: 2_000 },
    )
  })

  const spaced = (text: string, places: readonly number[]): string =>
    [...text].map((letter, n) => (places.includes(n) ? `${letter}${['  ', '\n', '-', '.'][n % 4]}` : letter)).join('')
  const spoilers: readonly ((reference: string, places: number[]) => string)[] = [
    (reference) => reference.toLowerCase(),
    (reference) => `MBVCB.1234567890.${reference}.CT tu 1017595600 NGUYEN VAN A toi 113366668888 KHO BAC`,
    (reference) => `FT26326123456789 ${reference}`,
    (reference) => `${reference}1017595600`,
    (reference) => `nopphi${reference}chohoso`,
    (reference) => `${reference} ${reference}`,
    (reference) => `${reference}${reference}`,
    (reference) => `${reference}; lệ phí đất đai`,
    (reference) => `Nộp lệ phí: ${reference}`.slice(0, 12 + reference.length),
    (reference, places) => spaced(reference, places),
    (reference, places) => `MBVCB.99.${spaced(reference.toLowerCase(), places)}.CT tu NGUYEN THI LAN`,
    (reference, places) => spaced(`IBFT ${reference} nop le phi`, places),
  ]

  test('is found however banks and payers spoil the text around it', () => {
    fc.assert(
      fc.property(
        references,
        fc.array(fc.nat({ max: 30 }), { maxLength: 8 }),
        fc.constantFrom(...spoilers),
        (reference, places, spoil) => {
          expect(findReference([spoil(reference, places)])).toBe(reference)
        },
      ),
      { seed: 20261122, numRuns: 3_000 },
    )
  })

  test('is not chosen between two', () => {
    fc.assert(
      fc.property(references, references, fc.constantFrom(' ', '', '.', ' va '), (one, other, between) => {
        fc.pre(one !== other)
        expect(findReference([`${one}${between}${other}`])).toBeNull()
      }),
      { seed: 20261122 },
    )
  })

  test('is not chosen for standing clearer in the text than another', () => {
    const [mine, other] = [referenceOf(1), referenceOf(2)]
    const broken = `${other.slice(0, 9)}\n${other.slice(9)}`
    for (const text of [`${mine} x${other}`, `${mine} ${broken}`, `${broken} ${mine} nop ho 2 ho so`])
      expect(findReference([text]), text).toBeNull()
  })

  test.each([
    ['', 'nothing'],
    ['LP2611220001', 'too short'],
    [referenceOf(5).slice(0, -1), 'cut within'],
    [referenceOf(5).replace('LP', 'IP'), 'another prefix'],
    [referenceOf(5).replace('LP', ''), 'no prefix'],
    [`LP${'٠'.repeat(17)}`, 'digits of another script'],
  ])('is not seen in %s: %s', (text) => expect(findReference([text])).toBeNull())

  test('is searched in a text of any length without trouble', () => {
    const long = 'LP0'.repeat(20_000)
    expect(findReference([long, `${long} ${referenceOf(9)}`])).toBe(referenceOf(9))
  })
})
