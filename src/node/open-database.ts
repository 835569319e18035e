// The database that an entry works on: a PostgreSQL of somebody's own, or an embedded one; checked, migrated, and opened as the gateway's role.
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Database, everyAgency, openDatabase, queryInScope } from '../store/database.ts'
import { excessOfRights } from '../store/gateway-rights.ts'
import { migrate } from '../store/migrate.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { readMigrations } from './migrations.ts'

export type OpenedDatabase = {
  database: Database
  /** The migrations that were applied just now. */
  applied: readonly string[]
  /** Closes the pool, then stops an embedded server that nobody else uses. Safe to call twice. */
  close: () => Promise<void>
}

type DatabaseConfig = Pick<Config, 'databaseUrl' | 'databaseConnectionsMax' | 'dataDir'>

/** The role that row-level security and missing grants bind, made by the migrations. */
export const gatewayRole = 'lephi_app'

const serverVersionMin = 15

/** Throws an Error that says what to do when the database cannot be had, is too old or disagrees about its history. */
export async function openMigratedDatabase(
  config: DatabaseConfig,
  log: (line: string) => void,
): Promise<OpenedDatabase> {
  const server = config.databaseUrl
    ? { url: config.databaseUrl, stop: async () => {} }
    : await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), durable: true, log })
  try {
    const applied = await migrateAsOwner(server.url, log)
    const database = openDatabase({ url: server.url, role: gatewayRole, max: config.databaseConnectionsMax })
    const excess = await excessOfRights(database)
    if (excess) {
      await database.close()
      throw new Error(excess)
    }
    let closing: Promise<void> | undefined
    const close = () => {
      closing ??= database.close().then(() => server.stop())
      return closing
    }
    return { database, applied, close }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** The address itself names the owner of the tables; the gateway then works as a role that owns nothing. */
async function migrateAsOwner(url: string, log: (line: string) => void): Promise<string[]> {
  const owner = openDatabase({ url, role: null, max: 1 })
  try {
    await checkVersion(owner)
    return await migrate(owner.sql, await readMigrations(), { log })
  } finally {
    await owner.close()
  }
}

async function checkVersion(owner: Database): Promise<void> {
  const rows = await queryInScope(
    owner,
    everyAgency,
    (sql) =>
      sql`select current_setting('server_version') as name, current_setting('server_version_num')::int / 10000 as major`,
  ).catch((cause: unknown) => {
    // Not the address itself: it holds a password.
    throw new Error(`DATABASE_URL: the database cannot be reached: ${reasonOf(cause)}`, { cause })
  })
  const [row] = rows
  if (Number(row?.major) < serverVersionMin)
    throw new Error(
      `PostgreSQL ${serverVersionMin} or newer is needed, this one is ${row?.name}. Give DATABASE_URL a newer one.`,
    )
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.message || ('code' in error ? String(error.code) : error.name)
}
