/** The gateway on Cloudflare Workers, with every provider of the registry and the clock of the machine. docs/deploy-workers.md leads there. */
import { registry } from './providers/registry.ts'
import { createWorker } from './worker/create-worker.ts'

const { fetch, scheduled } = createWorker({ providers: registry, now: () => new Date() })

export default { fetch, scheduled }
