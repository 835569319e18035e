/** The gateway's office on Cloudflare Workers: the whole gateway, for people who have signed in and for whatever is printed, exported or imported; and its background work. */
import type { ExecutionContext } from '@cloudflare/workers-types'
import { buildApp } from './app.ts'
import { registry } from './providers/registry.ts'
import { createWorker, type Env } from './worker/create-worker.ts'
import { pdfFonts, webFont } from './worker/fonts.ts'
import { runOfficeJobs } from './worker/run-office-jobs.ts'

/**
 * Of a statement. An import is one transaction, all of a file or nothing of it, and its reader stands somewhere in a quoted field, a sheet or an element: it cannot be cut off
 * after some seconds and go on in another run. Workers give a run 30 s of processor time and 128 MB.
 */
const readBytesMax = 16 * 1024 * 1024

const { fetch, within } = createWorker({
  providers: registry,
  now: () => new Date(),
  buildApp,
  pdfFonts,
  webFont,
  readBytesMax,
})

export default {
  fetch,
  /** The cron trigger. */
  scheduled: (_event: unknown, env: Env, context: ExecutionContext): Promise<void> =>
    within(env, context, runOfficeJobs),
}
