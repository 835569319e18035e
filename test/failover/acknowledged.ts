// When orders are acknowledged: what a portal sees of a failover.
import type { Caller } from '../crash/persistent-caller.ts'

export type Acknowledged = {
  caller: Caller
  /** The longest time in which no order was acknowledged, within that span of `performance.now()`; milliseconds. */
  longestGap: (from: number, to: number) => number
  /** Resolves with the instant of the first acknowledgement of an order from now on; throws when none comes. */
  next: (timeoutMs: number) => Promise<number>
}

/** The same caller, listened to. */
export const listenTo = (caller: Caller): Acknowledged => {
  const at: number[] = []
  const waiting = new Set<(instant: number) => void>()
  return {
    caller: {
      ...caller,
      call: async (client, call) => {
        const answer = await caller.call(client, call)
        if (call.path === '/v1/orders' && answer.status === 201) {
          const instant = performance.now()
          at.push(instant)
          for (const resolve of waiting) resolve(instant)
          waiting.clear()
        }
        return answer
      },
    },
    longestGap: (from, to) => longestGapOf(at, from, to),
    next: (timeoutMs) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      waiting.add(resolve)
      const timer = setTimeout(
        () => reject(new Error(`no order was acknowledged for ${timeoutMs / 1_000} s`)),
        timeoutMs,
      )
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(resolve)
      })
    },
  }
}

export const longestGapOf = (instants: readonly number[], from: number, to: number): number => {
  const within = [from, ...instants.filter((instant) => instant > from && instant < to), to]
  return Math.max(...within.slice(1).map((instant, index) => instant - (within[index] ?? instant)))
}
