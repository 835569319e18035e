// Keeps background work going: each kind in rounds of its own, so that one that waits for a silent provider holds up none of the others.
import type { Deps } from '../flows/deps.ts'
import { type Job, runJobs } from '../flows/run-jobs.ts'
import { startTicker, type Ticker } from './ticker.ts'

const everyMs = 1_000
const backoffMaxMs = 30_000
const perRound = 500

/** Starts them one after another within a second, so that their rounds do not all ask the database in the same moment. */
export const startBackgroundWork = (deps: Deps, kinds: Readonly<Record<string, Job>>): Ticker => {
  const tickers = Object.entries(kinds).map(([name, job], index, all) =>
    startTicker({
      round: () => round(deps, name, job),
      everyMs,
      afterMs: (everyMs * index) / all.length,
      backoffMaxMs,
    }),
  )
  return { stop: async () => void (await Promise.all(tickers.map((ticker) => ticker.stop()))) }
}

const round = async (deps: Deps, name: string, job: Job): Promise<{ isMore: boolean; isFailed: boolean }> => {
  const { counts, failed } = await runJobs(deps, { limit: perRound, run: { [name]: job } })
  return { isMore: (counts[name] ?? 0) >= perRound, isFailed: failed.length > 0 }
}
