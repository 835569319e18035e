import { describe, expect, it } from 'vitest'
import { createFingerprint } from '../../src/lib/fingerprint.ts'
import { hmacHex, sha256Hex } from '../../src/lib/hmac.ts'

const keyOf = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) })
const fingerprint = createFingerprint([keyOf('main', 1)])
const identityNumber = '038190001234'

it('is the same for the same text, and another for any other text or key', () => {
  expect(fingerprint.of(identityNumber)).toBe(createFingerprint([keyOf('main', 1)]).of(identityNumber))
  expect(fingerprint.of('038190001235')).not.toBe(fingerprint.of(identityNumber))
  expect(createFingerprint([keyOf('main', 2)]).of(identityNumber)).not.toBe(fingerprint.of(identityNumber))
})

it('is neither a plain hash nor made with the sealing key itself', () => {
  const made = fingerprint.of(identityNumber)
  expect(made).toMatch(/^main:[0-9a-f]{64}$/)
  expect(made).not.toContain(sha256Hex(identityNumber))
  expect(made).not.toContain(hmacHex('sha256', keyOf('main', 1).key, identityNumber))
})

it('is recognised after the keys were rotated, as long as its key is kept', () => {
  const rotated = createFingerprint([keyOf('next', 2), keyOf('main', 1)])
  expect(rotated.of(identityNumber)).toMatch(/^next:/)
  expect(rotated.isOf(identityNumber, fingerprint.of(identityNumber))).toBe(true)
  expect(rotated.isOf('038190001235', fingerprint.of(identityNumber))).toBe(false)
})

describe('refuses', () => {
  it('a fingerprint under a key that is not given, and what is none', () => {
    const other = createFingerprint([keyOf('other', 3)])
    for (const text of [fingerprint.of('a'), 'a', '', ':', 'other:', sha256Hex('a')])
      expect(other.isOf('a', text)).toBe(false)
  })

  it('to work without a key', () => expect(() => createFingerprint([])).toThrow(RangeError))
})
