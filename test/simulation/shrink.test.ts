// A failing script is made short: what does not matter goes, what matters together stays together, and there is an end to trying.
import { describe, expect, test } from 'vitest'
import { readKinds, readScript, type Script, writeScript } from '../../src/simulation/script.ts'
import { shrinkScript } from '../../src/simulation/shrink.ts'

const script: Script = Array.from({ length: 40 }, (_, index) => ({ kind: 'crash', at: index + 1, value: 0 }))
const needs =
  (...places: number[]) =>
  async (candidate: Script) =>
    places.every((place) => candidate.some(({ at }) => at === place))
const shrink = (fails: (candidate: Script) => Promise<boolean>, triesMax = 500) =>
  shrinkScript(script, { fails, triesMax, progress: () => undefined })

describe('the shortest script that still fails', () => {
  test('is one fault where one is enough', async () => {
    expect(await shrink(needs(17))).toMatchObject({ script: [{ at: 17 }], isShortest: true })
  })
  test('keeps faults that are needed together, in their order', async () => {
    const { script: found, isShortest } = await shrink(needs(3, 21, 40))
    expect(found.map(({ at }) => at)).toEqual([3, 21, 40])
    expect(isShortest).toBe(true)
  })
  test('is none where the town fails by itself', async () => {
    expect(await shrink(async () => true)).toEqual({ script: [], tries: 1, isShortest: true })
  })
  test('is not looked for without end, and says so', async () => {
    const { script: found, tries, isShortest } = await shrink(needs(1, 9, 22, 39), 12)
    expect(tries).toBeLessThanOrEqual(12)
    expect(isShortest).toBe(false)
    expect(await needs(1, 9, 22, 39)(found)).toBe(true)
  })
})

describe('a script as text', () => {
  test('is read as it was written', () => {
    const written = 'callback_lost@71,crash@120:2,clock_skew@1:-40'
    const read = readScript(written)
    expect(typeof read === 'string' ? read : writeScript(read)).toBe(written)
    expect(readScript('')).toEqual([])
  })
  test.for(['callback_lost', 'earthquake@1', 'crash@-1', 'crash@1:x', 'crash@1:2:3'])('refuses %s', (text) => {
    expect(readScript(`callback_lost@11, ${text}`)).toContain(text)
  })
  test('kinds of faults are all, none, or named', () => {
    expect(readKinds('none')).toEqual([])
    expect(readKinds('crash,callback_lost')).toEqual(['crash', 'callback_lost'])
    expect(readKinds('all').length).toBeGreaterThan(25)
    expect(readKinds('crash,flood')).toContain('"flood"')
  })
})
