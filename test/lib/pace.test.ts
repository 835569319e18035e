// Background work gives way to who is being served, and never for long.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPace } from '../../src/lib/pace.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** When each of so many turns that are asked for at once begins. */
const turnsOf = async (pace: () => Promise<void>, count: number): Promise<number[]> => {
  const beganAt = performance.now()
  const turns: number[] = []
  const all = Array.from({ length: count }, () => pace().then(() => turns.push(performance.now() - beganAt)))
  await vi.advanceTimersByTimeAsync(count * 100)
  await Promise.all(all)
  return turns
}

describe('turns', () => {
  test('begin at once while nobody is served', async () => {
    expect(
      await turnsOf(
        createPace(() => false),
        5,
      ),
    ).toEqual([0, 0, 0, 0, 0])
  })

  test('begin apart while somebody is, however many workers ask for them at once', async () => {
    expect(
      await turnsOf(
        createPace(() => true),
        5,
      ),
    ).toEqual([0, 20, 40, 60, 80])
  })

  test('go on apart for fifty more after the last one was served', async () => {
    let isServing = true
    const pace = createPace(() => isServing)
    await turnsOf(pace, 1)
    isServing = false
    // The first of the fifty was that of before; the three behind them wait for nobody.
    expect(await turnsOf(pace, 52)).toEqual([0, 0, 0, ...Array.from({ length: 49 }, (_, turn) => turn * 20)])
  })

  test('have fifty a second, however long it is busy', async () => {
    expect(
      (
        await turnsOf(
          createPace(() => true),
          500,
        )
      ).at(-1),
    ).toBe(499 * 20)
  })
})
