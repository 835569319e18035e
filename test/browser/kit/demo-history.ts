// A demo with a past: a gateway as `npm start` runs it, in a folder of its own, with a day's payments, statements and runs.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../../src/config.ts'
import { createLog } from '../../../src/lib/log.ts'
import { businessDay } from '../../../src/lib/time.ts'
import { readSampleProcedures } from '../../../src/node/demo-fees.ts'
import { connectGateway, type GatewayClient } from '../../../src/node/demo-run/gateway-client.ts'
import { type PlannedPayment, planPayments } from '../../../src/node/demo-run/story.ts'
import { tellStory } from '../../../src/node/demo-run/tell-story.ts'
import { type Gateway, startGateway } from '../../../src/node/start-gateway.ts'

export type OldDemo = { gateway: Gateway; client: GatewayClient; stop: () => Promise<void> }

/** Starts the demo; `print` hears what takes long. */
export const startDemo = async (print: (line: string) => void): Promise<OldDemo> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lephi-screenshots-'))
  // As root the database runs under another account, which must be able to pass.
  await chmod(dataDir, 0o711)
  const log = createLog({ write: print, now: () => new Date(), level: 'error' })
  const gateway = await startGateway(readConfig({ PORT: '0', LEPHI_DATA_DIR: dataDir, LEPHI_MODE: 'demo' }), log)
  if (!gateway.demo) throw new Error('the gateway is no demo')
  return {
    gateway,
    client: connectGateway(gateway.url, gateway.demo.contents),
    stop: async () => {
      await gateway.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A day of the office: citizens pay by every provider, statements are imported and reconciled, and what does not match is in the queue. */
export const makeBooks = async ({ gateway, client }: OldDemo, print: (line: string) => void): Promise<void> => {
  const planned = await plans(client)
  await tellStory({
    url: gateway.url,
    demo: client.demo,
    // Who loses a callback is waited for by the query schedule, which takes longer than anybody looks at pictures.
    planned: planned.filter(({ fault }) => fault !== 'callback_lost'),
    today: businessDay(new Date()),
    print: (line) => /^\d+\. |^\S+ lists/.test(line) && print(line.slice(0, 110)),
    audit: null,
  })
}

/** What the demo's citizens pay for: real procedures with fees by their own rules, a provider for each. */
export const plans = async ({ demo }: GatewayClient): Promise<PlannedPayment[]> =>
  planPayments(await readSampleProcedures(), Object.keys(demo.merchant_accounts))
