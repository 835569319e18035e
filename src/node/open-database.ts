// The database that an entry works on: a PostgreSQL of somebody's own, or an embedded one; checked, migrated, and opened as the gateway's role.
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Database, databaseError, everyAgency, openDatabase, queryInScope } from '../store/database.ts'
import { excessOfRights, rightsOfLogin, whatWasDropped } from '../store/gateway-rights.ts'
import { MigrationError, migrate } from '../store/migrate.ts'
import { readMigrationStanding } from '../store/migration-standing.ts'
import { isMarkedCopy } from '../store/rehearsal.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { readMigrations } from './migrations.ts'
import { UnreachableError } from './unreachable-error.ts'

export type OpenedDatabase = {
  /** For requests and commands. */
  database: Database
  /** For background work: its own connections, and more time for a statement. */
  background: Database
  /** The standby that reads reports; null: there is none. Whether it is one is looked at whenever it is asked. */
  replica: Database | null
  /** The migrations that were applied just now. */
  applied: readonly string[]
  /** Closes the pools, then stops an embedded server that nobody else uses. Safe to call twice. */
  close: () => Promise<void>
}

type DatabaseConfig = Pick<
  Config,
  | 'databaseUrl'
  | 'databasePooler'
  | 'migrationsUrl'
  | 'replicaUrl'
  | 'requestConnections'
  | 'jobConnections'
  | 'dataDir'
>

/** The role that row-level security and missing grants bind, made by the migrations. */
export const gatewayRole = 'lephi_app'

export const serverVersionMin = 15

/**
 * Somebody waits for the answer: what takes longer than this has lost its reader, and a report says itself that it may take its time. More may wait than can come back from
 * a provider at one moment (lib/admission.ts), for what that answered must not be lost. A server that says nothing for longer than a statement may take hangs.
 */
const forRequests = {
  statementTimeoutMs: 15_000,
  idleInTransactionMs: 15_000,
  waitMs: 10_000,
  waitersMax: 1_000,
  silenceMs: 16_000,
}
/** A report may take its time; a few at once are enough for a server that has nothing else to do. What it does not give in time the primary is asked. */
const forReports = {
  statementTimeoutMs: 30_000,
  idleInTransactionMs: 30_000,
  waitMs: 3_000,
  waitersMax: 100,
  silenceMs: 31_000,
  max: 4,
}
/** Nobody waits: a statement over a day's rows may take its time. */
const forJobs = { statementTimeoutMs: 120_000, idleInTransactionMs: 60_000, waitMs: 60_000, waitersMax: 500 }

/** With `isCommand` one pool has all connections, and time. Throws an Error that says what to do when the database cannot be had, is too old or disagrees about its history. */
export async function openMigratedDatabase(
  config: DatabaseConfig,
  log: (line: string) => void,
  { isCommand = false }: { isCommand?: boolean } = {},
): Promise<OpenedDatabase> {
  const server = await serverOf(config, log)
  try {
    const owner = { ...config, databaseUrl: server.url }
    const applied = await asOwner(owner, isCommand, async ({ sql }) => migrate(sql, await readMigrations(), { log }))
    const common = { url: server.url, role: gatewayRole, pooler: config.databasePooler }
    const { requestConnections, jobConnections } = config
    const database = isCommand
      ? openDatabase({ ...common, ...forJobs, max: requestConnections + jobConnections })
      : openDatabase({ ...common, ...forRequests, max: requestConnections })
    const background = isCommand ? database : openDatabase({ ...common, ...forJobs, max: jobConnections })
    const replica = config.replicaUrl
      ? openDatabase({ url: config.replicaUrl, role: gatewayRole, ...forReports })
      : null
    const closePools = () => Promise.all([database.close(), background.close(), replica?.close()])
    const problem = (await whatWasDropped(database)) ?? (await excessOfRights(database))
    if (problem) {
      await closePools()
      throw new Error(problem)
    }
    // The embedded server has one login, and nobody else reaches it.
    const more = config.databaseUrl ? await rightsOfLogin(database) : null
    if (more) log(more)
    let closing: Promise<void> | undefined
    const close = () => {
      closing ??= closePools().then(() => server.stop())
      return closing
    }
    return { database, background, replica, applied, close }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/**
 * Applies the migrations up to the one of that name, and says which are left. Whether this version could work on the database is not asked, as it may not before all are
 * applied. Throws like openMigratedDatabase.
 */
export async function migrateUntil(
  config: DatabaseConfig,
  until: string,
): Promise<{ applied: readonly string[]; left: readonly string[] }> {
  const log = () => undefined
  const server = await serverOf(config, log)
  try {
    return await asOwner({ ...config, databaseUrl: server.url }, false, async (owner) => {
      const migrations = await readMigrations()
      const applied = await migrate(owner.sql, migrations, { log, until })
      return { applied, left: (await readMigrationStanding(owner, migrations)).behind }
    })
  } finally {
    await server.stop()
  }
}

const serverOf = async (config: DatabaseConfig, log: (line: string) => void) =>
  config.databaseUrl
    ? { url: config.databaseUrl, stop: async () => {} }
    : startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), durable: true, log })

/** The address names the owner of the tables, or somebody who finds that nothing is to be done; the gateway then works as a role that owns nothing. */
async function asOwner<Result>(
  { databaseUrl, migrationsUrl }: { databaseUrl: string; migrationsUrl: string | null },
  isCommand: boolean,
  work: (owner: Database) => Promise<Result>,
): Promise<Result> {
  // One to hold the turn, one for what is done outside of a transaction.
  const variable = migrationsUrl === null ? 'DATABASE_URL' : 'DATABASE_MIGRATIONS_URL'
  const owner = openDatabase({ url: migrationsUrl ?? databaseUrl, role: null, max: 2 })
  try {
    await checkVersion(owner, variable)
    if (!isCommand && (await isMarkedCopy(owner.sql)))
      throw new Error(
        'DATABASE_URL names a copy that a rehearsal has written to (npx lephi rehearse). Start the gateway on the database itself.',
      )
    return await work(owner)
  } catch (error) {
    if (!isRightMissing(error)) throw error
    const message = `${variable}: its login may not bring the database up to date (${reasonOf(error)}). Do so as the owner of the tables (npx lephi migrate), then start again.`
    throw new Error(message, { cause: error })
  } finally {
    await owner.close()
  }
}

async function checkVersion(owner: Database, variable: string): Promise<void> {
  const rows = await queryInScope(
    owner,
    everyAgency,
    (sql) =>
      sql`select current_setting('server_version') as name, current_setting('server_version_num')::int / 10000 as major`,
  ).catch((cause: unknown) => {
    // Not the address itself: it holds a password.
    throw new UnreachableError(`${variable}: the database cannot be reached: ${reasonOf(cause)}`, { cause })
  })
  const [row] = rows
  if (Number(row?.major) < serverVersionMin)
    throw new Error(
      `PostgreSQL ${serverVersionMin} or newer is needed, this one is ${row?.name}. Give ${variable} a newer one.`,
    )
}

/** SQLSTATE insufficient_privilege, of a statement of a migration or before one. */
const isRightMissing = (error: unknown): boolean =>
  databaseError(error instanceof MigrationError ? error.cause : error)?.code === '42501'

/** What an error of the database says, without the address, which holds a password. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  // What PgBouncer says to whoever asks it for more than it hands on.
  if (error.message.startsWith('unsupported startup parameter'))
    return `${error.message}; a pooler is named in LEPHI_DATABASE_POOLER, and migrations go past it`
  return error.message || ('code' in error ? String(error.code) : error.name)
}
