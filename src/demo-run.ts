// `npm run demo-run`: a whole day of a gateway in a minute, over HTTP: a payment by each provider, some of them with a fault, webhooks, statements, and the sums.
import { readConfig } from './config.ts'
import { createLog } from './lib/log.ts'
import { businessDay } from './lib/time.ts'
import { readSampleProcedures } from './node/demo-fees.ts'
import { readDemoFile } from './node/demo-file.ts'
import { startDemonstration } from './node/demo-run/own-gateway.ts'
import { planPayments } from './node/demo-run/story.ts'
import { tellStory } from './node/demo-run/tell-story.ts'

const url = process.env.GATEWAY_URL?.replace(/\/$/, '')
const log = createLog({ write: (line) => console.error(line), now: () => new Date(), level: 'error' })
const own = url === undefined ? await startDemonstration(log) : null
try {
  const demo = own?.demo ?? (await readDemoFile(readConfig(process.env).dataDir))
  if (!demo)
    throw new Error('GATEWAY_URL is set, but there is no demo.json: set LEPHI_DATA_DIR to where that gateway keeps it')
  const isGood = await tellStory({
    url: url ?? demo.base_url,
    demo,
    planned: planPayments(await readSampleProcedures(), Object.keys(demo.merchant_accounts)),
    today: businessDay(new Date()),
    print: (line) => console.log(line),
    audit: own?.audit ?? null,
  })
  process.exitCode = isGood ? 0 : 1
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  console.error(`The demonstration stopped: ${error instanceof Error ? error.message : String(error)}${cause}`)
  process.exitCode = 1
} finally {
  await own?.stop()
}
