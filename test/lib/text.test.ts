import { describe, expect, it } from 'vitest'
import { asciiOnly, clip, maskTail, nfc, withoutDiacritics } from '../../src/lib/text.ts'

const pangram = 'Đặng Thị Ngọc Uyên – Lệ phí đăng ký, ỷ Ự ẵ Ổ'

describe('Vietnamese text', () => {
  it('is composed', () => expect(nfc('e\u0323\u0302')).toBe('ệ'))

  it('loses its marks, composed or not', () => {
    expect(withoutDiacritics(pangram)).toBe('Dang Thi Ngoc Uyen – Le phi dang ky, y U a O')
    expect(withoutDiacritics(pangram.normalize('NFD'))).toBe(withoutDiacritics(pangram))
  })

  it('keeps to the characters that a channel allows', () => {
    expect(asciiOnly(pangram, /[A-Za-z0-9 ]/)).toBe('Dang Thi Ngoc Uyen Le phi dang ky y U a O')
    expect(asciiOnly('H56.14-261122-0001', /[A-Z0-9]/)).toBe('H56142611220001')
    expect(asciiOnly('a\u0000b\nc💰d', /[a-z ]/)).toBe('a b c d')
    expect(asciiOnly('漢字', /./)).toBe('')
  })
})

describe('clip', () => {
  it('counts code points and cuts none in half', () => {
    expect(clip('💰💰💰', 2)).toBe('💰💰')
    expect(clip('Phí', 3)).toBe('Phí')
    expect(clip('Phí', 2)).toBe('Ph')
    expect(clip('Phí', 0)).toBe('')
    expect(clip('💰', 1)).toBe('💰')
  })
})

describe('maskTail', () => {
  it.each([
    ['0912345678', 3, '•••••••678'],
    ['1234', 4, '••34'],
    ['1', 4, '•'],
    ['', 4, ''],
    ['12345678', 0, '••••••••'],
    ['12345678', -1, '••••••••'],
  ])('shows of %s at most %i and at most half: %s', (text, visible, masked) => {
    expect(maskTail(text, visible)).toBe(masked)
  })
})
