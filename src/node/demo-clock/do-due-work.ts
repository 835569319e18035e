// Does at once what has become due, of the gateway and of the simulated providers, and says what it was. It runs beside the background work: each piece is taken by one of them.
import type { Deps } from '../../flows/deps.ts'
import { type Job, runJobs } from '../../flows/run-jobs.ts'

export type DueWork = {
  /** How many pieces of each kind of work, as the background work has them. */
  done: Record<string, number>
  /** Kinds that failed, of which the log says more. */
  failed: string[]
  /** False when it was not over in time: the background work goes on with the rest. */
  isComplete: boolean
}

const roundsMax = 20
const lastsMsMax = 60_000
const perRound = 500

/** What one piece of work makes due, such as a callback or a webhook, is done as well. */
export async function doDueWork(
  deps: Deps,
  { tick, jobs }: { tick: () => Promise<void>; jobs: Readonly<Record<string, Job>> },
): Promise<DueWork> {
  const began = performance.now()
  const done: Record<string, number> = {}
  const failed = new Set<string>()
  for (let round = 0; round < roundsMax && performance.now() - began < lastsMsMax; round += 1) {
    await tick()
    const passed = await runJobs(deps, { limit: perRound, run: jobs })
    for (const name of passed.failed) failed.add(name)
    const counts = Object.entries(passed.counts).filter(([, count]) => count > 0)
    if (counts.length === 0) return { done, failed: [...failed], isComplete: true }
    for (const [name, count] of counts) done[name] = (done[name] ?? 0) + count
  }
  return { done, failed: [...failed], isComplete: false }
}
