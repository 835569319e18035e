// Front and office as src/worker.ts and src/office-worker.ts have them, but for one provider that the test plays.
import type { ExecutionContext } from '@cloudflare/workers-types'
import { buildApp } from '../../../src/app.ts'
import { buildFrontApp } from '../../../src/front-app.ts'
import { noFiles } from '../../../src/worker/ask-office.ts'
import { createWorker, type Env } from '../../../src/worker/create-worker.ts'
import { pdfFonts, webFont } from '../../../src/worker/fonts.ts'
import { runOfficeJobs } from '../../../src/worker/run-office-jobs.ts'
import { credulousProvider } from '../../kit/credulous-provider.ts'

const parts = { providers: { test: credulousProvider }, now: () => new Date() }

export const tracedFront = { fetch: createWorker({ ...parts, buildApp: buildFrontApp, ...noFiles }).fetch }

const { fetch, within } = createWorker({ ...parts, buildApp, pdfFonts, webFont })

export const tracedOffice = {
  fetch,
  scheduled: (_event: unknown, env: Env, context: ExecutionContext): Promise<void> =>
    within(env, context, runOfficeJobs),
}
