// One PostgreSQL for the whole run, with a migrated template that each test copies. DATABASE_URL names another server.
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { packageRoot, readMigrations } from '../../src/node/migrations.ts'
import { type Migration, migrate } from '../../src/store/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to copy databases: the server's address and the name of the template. */
    testServer: { url: string; template: string }
  }
}

/** Time in tests is the clock that each of them moves: the server's own lies behind every instant of it. */
export const serverClock = `create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select 'infinity'::timestamptz $$`

/** Marks databases that only tests use, so that leftovers of a killed run can be told and dropped. */
const templatePrefix = 'lephi_template_'
const testPrefix = 'lephi_test_'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const migrations = await readMigrations()
  const given = process.env.DATABASE_URL
  if (given) {
    // Somebody's own server: nothing of ours may stay on it, and another run may use it at this moment.
    const template = `${templatePrefix}${process.pid}_${digestOf(migrations)}`
    await makeTemplate(given, template, migrations)
    project.provide('testServer', { url: given, template })
    return () => dropDatabases(given, (name) => name === template)
  }
  const embedded = await startTestServer()
  const template = `${templatePrefix}${digestOf(migrations)}`
  if (!embedded.attached) {
    await dropDatabases(embedded.url, (name) => name.startsWith(testPrefix) || isOtherTemplate(name, template))
  }
  await stillServer(embedded.url)
  await makeTemplate(embedded.url, template, migrations)
  project.provide('testServer', { url: embedded.url, template })
  return () => embedded.stop()
}

/** The data stays between runs, which saves initdb and migrations; runs at the same moment share the server. */
async function startTestServer(): Promise<EmbeddedPostgres> {
  const dataDir = join(packageRoot(), '.tmp', 'test-postgres')
  try {
    return await startEmbeddedPostgres({ dataDir, durable: false })
  } catch (error) {
    // Without fsync a crash of the machine may have spoilt the data, and they are worth nothing. Any other failure stands.
    if (!String(error).includes('did not start')) throw error
    console.warn(`the test database is made anew: ${String(error)}`)
    await rm(dataDir, { recursive: true, force: true })
    return startEmbeddedPostgres({ dataDir, durable: false })
  }
}

/** Statistics that are gathered at some moment or other would let the same question be answered in another way, and what is dropped at the end of its test needs no cleaning. */
async function stillServer(url: string): Promise<void> {
  await withConnection(url, async (admin) => {
    await admin`alter system set autovacuum = off`
    await admin`select pg_reload_conf()`
    // Nobody else sweeps up behind the databases of former runs any more.
    await admin.unsafe('vacuum pg_database, pg_shdepend')
  })
}

async function makeTemplate(url: string, template: string, migrations: Migration[]): Promise<void> {
  await withConnection(url, async (admin) => {
    // Two runs may start at the same moment. A session's lock, since CREATE DATABASE is refused in a transaction.
    await admin`select pg_advisory_lock(hashtext(${templatePrefix}))`
    const [made] = await admin`select from pg_database where datname = ${template}`
    if (made) return
    const unfinished = `${template}_unfinished`
    await admin`drop database if exists ${admin(unfinished)} with (force)`
    await admin`create database ${admin(unfinished)}`
    await withConnections(databaseUrl(url, unfinished), migratorConnections, async (sql) => {
      await migrate(sql, migrations, { log: () => {} })
      await sql.unsafe(serverClock)
    })
    // Copying fails while anybody is connected to the source, so nobody may be.
    await admin`alter database ${admin(unfinished)} allow_connections false`
    await admin`alter database ${admin(unfinished)} rename to ${admin(template)}`
  })
}

async function dropDatabases(url: string, isDropped: (name: string) => boolean): Promise<void> {
  await withConnection(url, async (admin) => {
    for (const row of await admin`select datname as name from pg_database`) {
      if (isDropped(String(row.name))) await admin`drop database if exists ${admin(String(row.name))} with (force)`
    }
  })
}

/** One holds the turn; what is done outside of a transaction goes over the other. */
const migratorConnections = 2

const withConnection = <T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> =>
  withConnections(url, 1, work)

async function withConnections<T>(url: string, max: number, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

function isOtherTemplate(name: string, template: string): boolean {
  return name.startsWith(templatePrefix) && name !== template
}

function databaseUrl(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

function digestOf(migrations: Migration[]): string {
  return createHash('sha256')
    .update(JSON.stringify([migrations, serverClock]))
    .digest('hex')
    .slice(0, 16)
}
