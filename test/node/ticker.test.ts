import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startTicker } from '../../src/node/ticker.ts'

const calm = { isMore: false, isFailed: false }

describe('a ticker', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => vi.useRealTimers())

  test('begins later where that is said, and not at all when it is stopped before', async () => {
    let rounds = 0
    const round = async () => {
      rounds += 1
      return calm
    }
    const ticker = startTicker({ round, everyMs: 1_000, afterMs: 400, backoffMaxMs: 30_000 })
    await vi.advanceTimersByTimeAsync(399)
    expect(rounds).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(rounds).toBe(1)
    await ticker.stop()
    const never = startTicker({ round, everyMs: 1_000, afterMs: 400, backoffMaxMs: 30_000 })
    await never.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(rounds).toBe(1)
  })

  test('never overlaps itself, and its end waits for the round under way', async () => {
    const rounds: ((result: typeof calm) => void)[] = []
    const ticker = startTicker({
      round: () => new Promise((resolve) => rounds.push(resolve)),
      everyMs: 1_000,
      backoffMaxMs: 30_000,
    })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(rounds).toHaveLength(1)
    rounds[0]?.(calm)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(rounds).toHaveLength(2)
    let isOver = false
    const stopped = ticker.stop().then(() => {
      isOver = true
    })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(isOver).toBe(false)
    rounds[1]?.(calm)
    await stopped
    await vi.advanceTimersByTimeAsync(10_000)
    expect(rounds).toHaveLength(2)
  })

  test('waits longer and longer while rounds fail, and is quick again after a good one', async () => {
    const at: number[] = []
    const begun = Date.now()
    vi.setSystemTime(begun)
    let elapsed = 0
    const ticker = startTicker({
      round: async () => {
        at.push(elapsed)
        if (at.length <= 4) throw new Error('the database is away')
        return calm
      },
      everyMs: 1_000,
      backoffMaxMs: 5_000,
    })
    for (; elapsed < 20_000; elapsed += 500) await vi.advanceTimersByTimeAsync(500)
    expect(at.slice(0, 7)).toEqual([0, 1_500, 5_500, 10_500, 15_500, 16_500, 17_500])
    await ticker.stop()
  })

  test('begins again at once while there is more to do', async () => {
    let rounds = 0
    const ticker = startTicker({
      round: async () => {
        rounds += 1
        return { isMore: rounds < 5, isFailed: false }
      },
      everyMs: 1_000_000,
      backoffMaxMs: 1_000_000,
    })
    await vi.waitFor(() => expect(rounds).toBe(5))
    await ticker.stop()
  })
})
