// What flows are handed on Node, built once: by the gateway for as long as it runs, by a command for as long as it takes.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Deps } from '../flows/deps.ts'
import { currentSigningKey, ForeignSigningKeyError } from '../flows/signing-keys.ts'
import { createFingerprint } from '../lib/fingerprint.ts'
import { createIdSource } from '../lib/id.ts'
import { type Log, withTraceId } from '../lib/log.ts'
import { createMetrics } from '../lib/metrics.ts'
import { createSealedBox, type SealingKey } from '../lib/sealed-box.ts'
import { type Tracing, traceIdOf } from '../lib/tracing.ts'
import { registry } from '../providers/registry.ts'
import type { Database } from '../store/database.ts'
import { isOpenLine } from './database-line.ts'
import { trackDeferredWork } from './deferred-work.ts'
import { type DemoClock, openDemoClock } from './demo-clock/demo-clock.ts'
import { keepDemoMasterKey } from './demo-keys.ts'
import { openOutgoingHttp } from './fetch-port.ts'
import { outliveLostTypes } from './lost-types.ts'
import { openMigratedDatabase } from './open-database.ts'
import { openTracing } from './open-tracing.ts'
import { readPdfFonts } from './pdf-fonts.ts'
import type { Shutdown } from './shutdown.ts'
import { readWebFont } from './web-font.ts'

/** `background` is for work that no request waits for; `clock` is what a demo goes by, and null in production. */
export type OpenedDeps = { deps: Deps; background: Deps; masterKeys: readonly SealingKey[]; clock: DemoClock | null }

/** Opens database, network and keys, and adds their ends to `shutdown`. Throws an Error that says what to do. */
export async function openDeps(
  config: Config,
  { log: plainLog, shutdown, isCommand = false }: { log: Log; shutdown: Shutdown; isCommand?: boolean },
): Promise<OpenedDeps> {
  const traces = config.traces ? openTracing(config.traces) : null
  if (traces) shutdown.add('traces', traces.stop)
  const log = traces ? withTraceId(plainLog, () => traceIdOf(traces.tracing.current())) : plainLog
  const hearAgain = outliveLostTypes(log)
  const { database, background, replica, close } = await openMigratedDatabase(
    config,
    (line) => log.info({ line }, 'database'),
    {
      isCommand,
    },
  )
  shutdown.add('database', () => close().finally(hearAgain))
  const addresses = {
    DATABASE_URL: config.databaseUrl,
    DATABASE_MIGRATIONS_URL: config.migrationsUrl,
    DATABASE_REPLICA_URL: config.replicaUrl,
  }
  for (const [name, address] of Object.entries(addresses))
    if (config.mode === 'production' && address && isOpenLine(address))
      log.warn({}, `the line to the database can be read or altered on the way: ${name} has no sslmode=verify-full`)
  const opened = await depsOn(database, config, {
    log,
    shutdown,
    replica,
    ...(traces ? { tracing: traces.tracing } : {}),
  })
  await checkMasterKey(opened.deps, config)
  return { ...opened, background: { ...opened.deps, db: background } }
}

type Around = { log: Log; shutdown: Shutdown; tracing?: Tracing; replica?: Database | null }

/** The same on a database that is open, with nothing looked at or written. */
export async function depsOn(
  db: Database,
  config: Config,
  { log, shutdown, tracing, replica = null }: Around,
): Promise<Omit<OpenedDeps, 'background'>> {
  const http = openOutgoingHttp({ privateHosts: config.privateHosts })
  shutdown.add('outgoing calls', http.destroy)
  const deferred = trackDeferredWork(log)
  shutdown.add('deferred work', deferred.settled)
  const masterKeys =
    config.masterKeys.length > 0 || config.mode === 'production'
      ? config.masterKeys
      : [await keepDemoMasterKey(config.dataDir)]
  const clock = config.mode === 'demo' ? await openDemoClock(config.dataDir) : null
  const now = clock?.now ?? (() => new Date())
  const deps: Deps = {
    db,
    ...(replica ? { replica } : {}),
    now,
    newId: createIdSource({ now }),
    newToken: (bytes) => randomBytes(bytes).toString('base64url'),
    // The demo's providers and its webhooks are on this very machine.
    fetch: config.mode === 'production' ? http.fetchPublic : http.fetch,
    fetchPublic: config.mode === 'production' ? http.fetchPublic : http.fetch,
    fetchIssuer: http.fetch,
    privateHosts: config.privateHosts,
    box: createSealedBox(masterKeys),
    fingerprint: createFingerprint(masterKeys),
    log,
    metrics: createMetrics(),
    ...(tracing ? { tracing } : {}),
    callBudgetsMs: config.callBudgetsMs,
    keyQuietMs: config.keyQuietMs,
    providers: registry,
    publicUrl: config.publicUrl,
    pdfFonts: readPdfFonts,
    webFont: readWebFont,
    uploadBytesMax: config.uploadBytesMax,
    mode: config.mode,
    defer: deferred.defer,
  }
  return { deps, masterKeys, clock }
}

/** Found out now and not by the first citizen: with another key no token can be signed and no callback be verified. */
const checkMasterKey = async (deps: Deps, config: Config): Promise<void> => {
  await currentSigningKey(deps).catch((cause: unknown) => {
    if (!(cause instanceof ForeignSigningKeyError)) throw cause
    const where = config.masterKeys.length > 0 ? 'LEPHI_MASTER_KEY' : join(config.dataDir, 'master-key')
    const message = `${where} does not open what this database holds: it was sealed with another key. Bring that key back.`
    throw new Error(message, { cause })
  })
}
