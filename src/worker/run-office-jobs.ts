/** One round of the background work, by the cron trigger: status queries, expiries, refunds, receipts, webhooks; and one piece of each kind that takes long. */
import type { Deps } from '../flows/deps.ts'
import { longJobs, runJobs } from '../flows/run-jobs.ts'

const jobsPerRun = 200

/** Throws when a job failed, so that the run is seen as failed; what it held is due again later. */
export const runOfficeJobs = async (deps: Deps): Promise<void> => {
  const rounds = [runJobs(deps, { limit: jobsPerRun }), runJobs(deps, { limit: 1, run: longJobs })]
  const failed = (await Promise.all(rounds)).flatMap((round) => round.failed)
  if (failed.length > 0) throw new Error(`jobs failed: ${failed.join(', ')}`)
}
