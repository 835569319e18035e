import { describe, expect, it } from 'vitest'
import { createIdSource, idFloor, isId } from '../../src/lib/id.ts'

const instant = new Date('2026-11-22T03:00:00.000Z')

describe('createIdSource', () => {
  it('writes the 128 bits of a UUIDv7 in 26 characters of base32 behind the prefix', () => {
    const id = createIdSource({ now: () => instant })('ord')
    expect(id).toMatch(/^ord_[0-9a-hjkmnp-tv-z]{26}$/)
    const bits = [...id.slice(4)].map((c) => '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(c).toString(2).padStart(5, '0'))
    const hex = BigInt(`0b${bits.join('')}`)
      .toString(16)
      .padStart(32, '0')
    expect(Number(`0x${hex.slice(0, 12)}`)).toBe(instant.getTime())
    expect(hex.charAt(12)).toBe('7')
    expect('89ab').toContain(hex.charAt(16))
  })

  it('sorts as text in the order of making, within a millisecond and over a clock that steps back', () => {
    let time = instant.getTime()
    const makeId = createIdSource({ now: () => new Date(time) })
    const made: string[] = []
    for (let i = 0; i < 5_000; i++) {
      if (i % 1_000 === 999) time -= 1_500
      if (i % 700 === 699) time += 3
      made.push(makeId('att'))
    }
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
  })

  it('sorts a later id of another process after an earlier one', () => {
    const early = createIdSource({ now: () => instant })('evt')
    const late = createIdSource({ now: () => new Date(instant.getTime() + 1) })('evt')
    expect(early < late).toBe(true)
  })

  it('gives the same ids from the same clock and the same random bytes', () => {
    const seeded = () => {
      let state = 1
      return createIdSource({
        now: () => instant,
        random: (n) =>
          Uint8Array.from({ length: n }, () => {
            state = (state * 48_271) % 2_147_483_647
            return state & 255
          }),
      })
    }
    const [left, right] = [seeded(), seeded()]
    expect([left('ord'), left('ord')]).toEqual([right('ord'), right('ord')])
  })

  it.each(['', 'ORD', 'o', 'ord_', 'đơn', 'ninechars'])('refuses the prefix "%s"', (prefix) => {
    expect(() => createIdSource({ now: () => instant })(prefix)).toThrow(RangeError)
  })
})

describe('isId', () => {
  const id = createIdSource({ now: () => instant })('ord')

  it('knows its own ids', () => expect(isId('ord', id)).toBe(true))

  it.each([
    ['another prefix', `att${id.slice(3)}`],
    ['a character too few', id.slice(0, -1)],
    ['a character too many', `${id}0`],
    ['upper case', id.toUpperCase()],
    ['a letter outside the alphabet', `${id.slice(0, -1)}u`],
    ['more than 128 bits', `ord_8${id.slice(5)}`],
    ['a line end', `${id.slice(0, -1)}\n`],
    ['nothing', ''],
  ])('refuses %s', (_name, text) => expect(isId('ord', text)).toBe(false))
})

describe('idFloor', () => {
  it('lies between what was made before an instant and what is made at it', () => {
    const at = (ms: number) => createIdSource({ now: () => new Date(ms) })('cbk')
    for (const ms of [1, 31, 32, instant.getTime(), Date.UTC(2999, 11, 31)]) {
      const floor = idFloor('cbk', new Date(ms))
      expect([at(ms - 1) < floor, floor < at(ms), floor.length]).toEqual([true, true, 14])
    }
    expect(idFloor('cbk', new Date(-1))).toBe('cbk_0000000000')
  })
})
