// A PostgreSQL of its own for long runs outside the test runner: started as the tests start theirs, with a fresh migrated database for whoever asks.
import { join } from 'node:path'
import postgres from 'postgres'
import { startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { packageRoot, readMigrations } from '../../src/node/migrations.ts'
import { type Database, openDatabase, type Sql } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'

export type ScoreDatabase = { url: string; database: Database; sql: Sql; drop: () => Promise<void> }
export type ScoreServer = { open: (name: string) => Promise<ScoreDatabase>; stop: () => Promise<void> }

export const startScoreServer = async (): Promise<ScoreServer> => {
  const server = await startEmbeddedPostgres({ dataDir: join(packageRoot(), '.tmp', 'score-postgres'), durable: false })
  const migrations = await readMigrations()
  const asAdmin = async (work: (admin: postgres.Sql) => Promise<unknown>) => {
    const admin = postgres(server.url, { max: 1, onnotice: () => undefined })
    try {
      await work(admin)
    } finally {
      await admin.end({ timeout: 5 })
    }
  }
  return {
    open: async (name) => {
      await asAdmin(async (admin) => {
        await admin`drop database if exists ${admin(name)} with (force)`
        await admin`create database ${admin(name)}`
      })
      const address = new URL(server.url)
      address.pathname = `/${name}`
      const url = address.href
      const owner = openDatabase({ url, role: null, max: 2, statementTimeoutMs: 3_600_000 })
      const migrator = postgres(url, { max: 2, onnotice: () => undefined })
      await migrate(migrator, migrations, { log: () => undefined })
      await migrator.end({ timeout: 5 })
      const database = openDatabase({ url, role: 'lephi_app', max: 5 })
      return {
        url,
        database,
        sql: owner.sql,
        drop: async () => {
          await Promise.all([owner.close(), database.close()])
          await asAdmin((admin) => admin`drop database if exists ${admin(name)} with (force)`)
        },
      }
    },
    stop: () => server.stop(),
  }
}
