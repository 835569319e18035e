// Everything that a crash test needs, built once: a durable PostgreSQL, the gateways before it, and around them all that survives every kill.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { type DemoFile, readDemoFile } from '../../src/node/demo-file.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { openReader, type Reader } from './books-here.ts'
import { type DatabaseServer, startDatabaseServer } from './database-server.ts'
import { type Front, openFront } from './front.ts'
import { type Gateways, startGateways } from './gateways.ts'
import { createMoments, type Moments } from './moments.ts'
import { type Caller, createCaller } from './persistent-caller.ts'
import { openProviderSide, type ProviderSide } from './provider-side.ts'
import { openWebhookInbox, type WebhookInbox } from './webhook-inbox.ts'

/** A town on any kind of database. */
export type Town<Server extends TownDatabase> = {
  database: Server
  gateways: Gateways
  /** The environment of a gateway, and of a command beside it. */
  env: Readonly<Record<string, string>>
  moments: Moments
  front: Front
  providers: ProviderSide
  inbox: WebhookInbox
  caller: Caller
  /** The database as its superuser sees it. */
  sql: Reader
  /** Events of before the portal had its webhook endpoint. */
  known: ReadonlySet<string>
  folder: string
  close: (options: { keep: boolean }) => Promise<void>
}

/** What a town needs of its database. */
export type TownDatabase = { url: string; stop: () => Promise<void> }

export type CrashTown = Town<DatabaseServer>

export const gatewayCount = 2

/** The database is killed with the gateways. */
export const openCrashTown = (): Promise<CrashTown> =>
  openTown('lephi-crash-', (folder) => startDatabaseServer(join(folder, 'postgres')))

/** A place with nothing yet in it, in a new folder of that name; the first gateway migrates and makes the agencies, clients and merchant accounts. */
export const openTown = async <Server extends TownDatabase>(
  name: string,
  startDatabase: (folder: string) => Promise<Server>,
): Promise<Town<Server>> => {
  const folder = await mkdtemp(join(tmpdir(), name))
  // As root the database runs under another account, which must be able to pass.
  await chmod(folder, 0o711)
  const closing: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    return await build(folder, startDatabase, closing)
  } catch (error) {
    for (const close of closing.toReversed()) await close()
    throw error
  }
}

const build = async <Server extends TownDatabase>(
  folder: string,
  startDatabase: (folder: string) => Promise<Server>,
  closing: (() => unknown)[],
): Promise<Town<Server>> => {
  const [database, entry] = await Promise.all([startDatabase(folder), bundleOf('src/node.ts')])
  closing.push(database.stop)
  const moments = createMoments()
  const front = await openFront(moments)
  closing.push(front.close)
  const env = gatewayEnv(folder, { database: database.url, front: front.url })
  const demo = await foundTown({ entry, env, folder })
  const gateways = startGateways({ entry, count: gatewayCount, env, folder })
  closing.push(gateways.stop)
  const providers = openProviderSide({ publicUrl: front.url, demo, moments })
  closing.push(providers.freeze)
  const inbox = openWebhookInbox(moments)
  front.lead({ gateways: gateways.serving, own: { simulators: providers.handle, 'portal-webhooks': inbox.handle } })
  const caller = createCaller(front.url, demo)
  await gateways.allServe()
  const known = await subscribe(caller, { front, inbox })
  const sql = openReader(database.url)
  closing.push(() => sql.end({ timeout: 5 }))
  const close = async ({ keep }: { keep: boolean }) => {
    for (const end of closing.slice(keep ? 1 : 0).toReversed()) await end()
  }
  return { database, gateways, env, moments, front, providers, inbox, caller, sql, known, folder, close }
}

const bundleOf = async (entry: string): Promise<string> => {
  const script = pathToFileURL(join(packageRoot(), 'scripts', 'bundle.mjs')).href
  const { bundle }: { bundle: (entry: string) => Promise<string> } = await import(script)
  return bundle(entry)
}

/** What an operator would set. Simulated providers and webhooks on this machine need the demo's mode; the database is one of our own all the same. */
const gatewayEnv = (
  folder: string,
  { database, front }: { database: string; front: string },
): Record<string, string> => {
  const { PATH = '', HOME = '', TZ = '' } = process.env
  return {
    ...{ PATH, HOME, TZ },
    DATABASE_URL: database,
    PUBLIC_URL: front,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: join(folder, 'data'),
    LEPHI_LOG_LEVEL: 'warn',
    // Named, so that no process makes an issuer of its own: nobody signs in here.
    LEPHI_OIDC_ISSUER: `${front}/no-issuer`,
    LEPHI_OIDC_CLIENT_ID: 'nobody',
    LEPHI_OIDC_AGENCY: 'H56',
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  }
}

/** The first start makes everything, and its orderly end leaves the compiled code behind, so that later starts are short. */
const foundTown = async ({
  entry,
  env,
  folder,
}: {
  entry: string
  env: Record<string, string>
  folder: string
}): Promise<DemoFile> => {
  const first = startGateways({ entry, count: 1, env, folder })
  await first.allServe()
  await first.stop()
  const demo = await readDemoFile(env.LEPHI_DATA_DIR ?? '')
  if (!demo) throw new Error('the first gateway has left no demo.json')
  return demo
}

const made = z.looseObject({ secret: z.string() })

const subscribe = async (
  caller: Caller,
  { front, inbox }: { front: Front; inbox: WebhookInbox },
): Promise<ReadonlySet<string>> => {
  const before = new Set(await readFeed(caller))
  const json = { url: `${front.url}/portal-webhooks` }
  inbox.trust(made.parse((await caller.call('portal', { path: '/v1/webhook_endpoints', json })).json).secret)
  return before
}

const page = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() })

/** The ids of all events that the portal may see, in the order of the feed. */
export const readFeed = async (caller: Caller): Promise<string[]> => {
  const ids: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const path: string = `/v1/events?limit=100${after ? `&after=${encodeURIComponent(after)}` : ''}`
    const read: z.output<typeof page> = page.parse((await caller.call('portal', { path })).json)
    ids.push(...read.data.map(({ id }) => id))
    after = read.data.length > 0 ? read.next_cursor : null
  }
  return ids
}
