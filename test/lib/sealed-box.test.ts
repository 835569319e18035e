import { describe, expect, it } from 'vitest'
import { createSealedBox, SealedBoxError } from '../../src/lib/sealed-box.ts'

const keyOf = (fill: number) => new Uint8Array(32).fill(fill)
const old = { id: 'k-2025', key: keyOf(1) }
const current = { id: 'k-2026', key: keyOf(2) }
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('a sealed box', () => {
  it('opens what it sealed, text and bytes, empty too', async () => {
    const box = createSealedBox([current])
    expect(textOf(await box.open(await box.seal('mật khẩu', 'a'), 'a'))).toBe('mật khẩu')
    expect(await box.open(await box.seal(Uint8Array.of(0, 255), 'a'), 'a')).toEqual(Uint8Array.of(0, 255))
    expect(await box.open(await box.seal('', 'a'), 'a')).toHaveLength(0)
  })

  it('seals the same text otherwise each time and shows none of it', async () => {
    const box = createSealedBox([current])
    const [one, two] = [await box.seal('hash_secret', 'a'), await box.seal('hash_secret', 'a')]
    expect(one).not.toEqual(two)
    expect(textOf(one)).not.toContain('hash_secret')
  })

  it('opens what an older key sealed and seals with the first', async () => {
    const sealed = await createSealedBox([old]).seal('x', 'a')
    const rotated = createSealedBox([current, old])
    expect(textOf(await rotated.open(sealed, 'a'))).toBe('x')
    const fresh = await rotated.seal('x', 'a')
    expect(textOf(await createSealedBox([current]).open(fresh, 'a'))).toBe('x')
  })

  it('makes and opens the envelope that is described, whoever made it', async () => {
    const box = createSealedBox([current])
    const header = Uint8Array.from([1, 6, ...new TextEncoder().encode('k-2026')])
    const additionalData = Uint8Array.from([...header, ...new TextEncoder().encode('a')])
    const key = await crypto.subtle.importKey('raw', current.key, 'AES-GCM', false, ['encrypt', 'decrypt'])
    const iv = new Uint8Array(12).fill(9)
    const parameters = { name: 'AES-GCM', additionalData, tagLength: 128 }
    const secret = await crypto.subtle.encrypt({ ...parameters, iv }, key, new TextEncoder().encode('mật khẩu'))
    const envelope = Uint8Array.from([...header, ...iv, ...new Uint8Array(secret)])
    expect(textOf(await box.open(envelope, 'a'))).toBe('mật khẩu')
    const sealed = await box.seal('mật khẩu', 'a')
    expect(sealed.subarray(0, 8)).toEqual(header)
    const opened = await crypto.subtle.decrypt({ ...parameters, iv: sealed.slice(8, 20) }, key, sealed.slice(20))
    expect(textOf(new Uint8Array(opened))).toBe('mật khẩu')
  })

  it('reads an envelope wherever it lies in a larger buffer', async () => {
    const box = createSealedBox([current])
    const sealed = await box.seal('x', 'a')
    const larger = new Uint8Array(sealed.length + 20)
    larger.set(sealed, 7)
    expect(textOf(await box.open(larger.subarray(7, 7 + sealed.length), 'a'))).toBe('x')
  })
})

describe('a sealed box refuses', () => {
  const reasonOf = async (opening: Promise<unknown>) => {
    const error = await opening.then(
      () => null,
      (e: unknown) => e,
    )
    return error instanceof SealedBoxError ? error.reason : error
  }

  it('every envelope with one bit changed', async () => {
    const box = createSealedBox([current])
    const sealed = await box.seal('x', 'a')
    for (let at = 0; at < sealed.length; at++) {
      const altered = Uint8Array.from(sealed)
      altered[at] = (altered[at] ?? 0) ^ 1
      expect(['malformed', 'unknown_key', 'altered']).toContain(await reasonOf(box.open(altered, 'a')))
    }
  })

  it('another context', async () => {
    const box = createSealedBox([current])
    expect(await reasonOf(box.open(await box.seal('x', 'row 1'), 'row 2'))).toBe('altered')
  })

  it('a key that it does not have, by name', async () => {
    const sealed = await createSealedBox([old]).seal('x', 'a')
    const opening = createSealedBox([current]).open(sealed, 'a')
    await expect(opening).rejects.toThrow('k-2025')
  })

  it('another key of the same name', async () => {
    const sealed = await createSealedBox([{ id: 'k', key: keyOf(1) }]).seal('x', 'a')
    expect(await reasonOf(createSealedBox([{ id: 'k', key: keyOf(2) }]).open(sealed, 'a'))).toBe('altered')
  })

  it('every envelope that was cut short', async () => {
    const box = createSealedBox([current])
    const sealed = await box.seal('x', 'a')
    for (let length = 0; length < sealed.length; length++) {
      expect(['malformed', 'altered']).toContain(await reasonOf(box.open(sealed.slice(0, length), 'a')))
    }
  })

  it.each([
    ['no key', []],
    ['a short key', [{ id: 'k', key: new Uint8Array(16) }]],
    ['an id twice', [current, current]],
    ['an empty id', [{ id: '', key: keyOf(1) }]],
    ['an id that could not be read back', [{ id: 'khóa', key: keyOf(1) }]],
  ])('%s', (_name, keys) => expect(() => createSealedBox(keys)).toThrow(RangeError))
})
