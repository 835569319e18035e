import { describe, expect, it } from 'vitest'
import { equalInConstantTime, hmacBase64, hmacHex, md5Hex, randomToken, sha256Hex } from '../../src/lib/hmac.ts'

describe('hmac', () => {
  it('gives the vectors of RFC 4231, test cases 1 and 2', () => {
    const key = new Uint8Array(20).fill(0x0b)
    expect(hmacHex('sha256', key, 'Hi There')).toBe('b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7')
    expect(hmacHex('sha512', 'Jefe', 'what do ya want for nothing?')).toBe(
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    )
  })

  it('gives the vector of RFC 2202, test case 2, for SHA-1', () => {
    expect(hmacHex('sha1', 'Jefe', 'what do ya want for nothing?')).toBe('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79')
  })

  it('signs Vietnamese text as its UTF-8 bytes', () => {
    const text = 'Lệ phí đăng ký'
    expect(hmacHex('sha256', 'khóa', text)).toBe(
      hmacHex('sha256', new TextEncoder().encode('khóa'), new TextEncoder().encode(text)),
    )
    expect(hmacBase64('sha256', 'khóa', text)).toBe(
      Buffer.from(hmacHex('sha256', 'khóa', text), 'hex').toString('base64'),
    )
  })

  it('hashes with SHA-256 and MD5 as their specifications say', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(md5Hex('abc')).toBe('900150983cd24fb0d6963f7d28e17f72')
  })
})

describe('equalInConstantTime', () => {
  it('tells equal from unequal texts of the same and of other lengths', () => {
    expect(equalInConstantTime('abc', 'abc')).toBe(true)
    expect(equalInConstantTime('', '')).toBe(true)
    expect(equalInConstantTime('abc', 'abd')).toBe(false)
    expect(equalInConstantTime('abc', 'ABC')).toBe(false)
    expect(equalInConstantTime('abc', 'abcd')).toBe(false)
    expect(equalInConstantTime('', 'a')).toBe(false)
  })

  it('compares bytes, so one accented letter never equals two plain ones', () => {
    expect(equalInConstantTime('é', 'ee')).toBe(false)
    expect(equalInConstantTime('đ', 'đ')).toBe(true)
  })
})

describe('randomToken', () => {
  it('gives base64url of the asked length, other each time', () => {
    expect(randomToken(32)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(randomToken(32)).not.toBe(randomToken(32))
  })

  it.each([0, -1, 1.5, 1025, Number.NaN])('refuses %s bytes', (bytes) => {
    expect(() => randomToken(bytes)).toThrow(RangeError)
  })
})
