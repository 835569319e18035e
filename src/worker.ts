/** The gateway's front on Cloudflare Workers: payers, providers and portals. Whatever else is asked for it hands to the office (office-worker.ts), by a binding. */
import { buildFrontApp } from './front-app.ts'
import { registry } from './providers/registry.ts'
import { askOffice, noFiles } from './worker/ask-office.ts'
import { createWorker } from './worker/create-worker.ts'

const { fetch } = createWorker({
  providers: registry,
  now: () => new Date(),
  buildApp: buildFrontApp,
  elsewhere: askOffice,
  ...noFiles,
})

export default { fetch }
