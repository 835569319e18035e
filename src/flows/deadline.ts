/** How long callers wait. A flow is told by `deps.deadline`, and every call to a provider that it makes ends by then. */
import type { Deps } from './deps.ts'

/** How long each kind of caller is kept waiting for a provider at most. */
export const patienceMs = {
  /** A citizen's browser, or a portal's call to start a payment. */
  visitor: 35_000,
  /** A provider that waits for the answer to its callback; the shortest documented wait is 15 s. */
  callback: 10_000,
} as const

/** The same flow, which must be over at that instant; an earlier deadline stays. */
export const endingAt = (deps: Deps, at: Date): Deps => ({
  ...deps,
  deadline: deps.deadline && deps.deadline < at ? deps.deadline : at,
})

export const endingWithin = (deps: Deps, ms: number): Deps => endingAt(deps, new Date(deps.now().getTime() + ms))

/** For work that goes on after the answer: nobody waits for it, but a runtime may end it. */
export const afterAnswer = (deps: Deps): Deps => ({
  ...deps,
  deadline: deps.deferredMs === undefined ? null : new Date(deps.now().getTime() + deps.deferredMs),
})
