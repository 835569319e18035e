// A gateway for one demonstration: on a free port, over a folder that is gone afterwards.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../config.ts'
import { type LedgerFault, verifyLedger } from '../../flows/verify-ledger.ts'
import type { Log } from '../../lib/log.ts'
import type { DemoFile } from '../demo-file.ts'
import { startGateway } from '../start-gateway.ts'

export type Demonstration = {
  demo: DemoFile
  /** Checks the books from inside: the first fault, or null. */
  audit: () => Promise<LedgerFault | null>
  stop: () => Promise<void>
}

export async function startDemonstration(log: Log): Promise<Demonstration> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lephi-demo-run-'))
  // As root the database runs under another account, which must be able to pass.
  await chmod(dataDir, 0o711)
  const remove = () => rm(dataDir, { recursive: true, force: true })
  try {
    const gateway = await startGateway(readConfig({ PORT: '0', LEPHI_DATA_DIR: dataDir, LEPHI_MODE: 'demo' }), log)
    if (!gateway.demo) throw new Error('the gateway is no demo')
    const stop = () => gateway.stop().then(remove)
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit(130)))
    return { demo: gateway.demo.contents, audit: async () => (await verifyLedger(gateway.deps)).fault, stop }
  } catch (error) {
    await remove()
    throw error
  }
}
