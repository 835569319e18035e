// What is going on at the gateways, told at the moment at which it begins, so that it can be cut off in its midst.

/** A request that has just been handed to a gateway, or one of a gateway's own that has just come in. */
export type Moment =
  | 'order'
  | 'attempt'
  | 'cancel'
  | 'refund'
  | 'approval'
  | 'callback'
  | 'return'
  | 'statement'
  | 'reconciliation'
  | 'provider call'
  | 'webhook'

/** `gateway` is null where nobody can tell which one it is. */
export type Told = { gateway: number | null }

export type Moments = {
  tell: (moment: Moment, told: Told) => void
  /** The next time; null when it has not come within `timeoutMs`. */
  next: (moment: Moment, timeoutMs: number) => Promise<Told | null>
}

export const createMoments = (): Moments => {
  const waiting = new Map<Moment, Set<(told: Told | null) => void>>()
  return {
    tell: (moment, told) => {
      for (const resolve of waiting.get(moment) ?? []) resolve(told)
      waiting.delete(moment)
    },
    next: (moment, timeoutMs) => {
      const { promise, resolve } = Promise.withResolvers<Told | null>()
      const waiters = waiting.get(moment) ?? new Set()
      waiting.set(moment, waiters.add(resolve))
      const timer = setTimeout(() => {
        waiters.delete(resolve)
        resolve(null)
      }, timeoutMs)
      return promise.finally(() => clearTimeout(timer))
    },
  }
}

const paths: readonly (readonly [RegExp, Moment])[] = [
  [/^POST \/v1\/orders$/, 'order'],
  [/^POST \/v1\/orders\/[^/]+\/attempts$/, 'attempt'],
  [/^POST \/v1\/orders\/[^/]+\/cancel$/, 'cancel'],
  [/^POST \/v1\/orders\/[^/]+\/refunds$/, 'refund'],
  [/^POST \/v1\/refunds\/[^/]+\/approve$/, 'approval'],
  [/^(GET|POST) \/callbacks\//, 'callback'],
  [/^(GET|POST) \/returns\//, 'return'],
  [/^POST \/v1\/statements$/, 'statement'],
  [/^POST \/v1\/reconciliations$/, 'reconciliation'],
]

/** What a request begins; null for one that is of no interest here. */
export const momentOf = (method: string, path: string): Moment | null =>
  paths.find(([form]) => form.test(`${method} ${path}`))?.[1] ?? null
