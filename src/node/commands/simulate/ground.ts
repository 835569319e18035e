// What a simulation stands on: scratch databases on an embedded server of its own, without fsync, each copied from one migrated template. The
// operator's database is never touched, and not even opened.
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import type { Ground, Scratch } from '../../../simulation/town.ts'
import { openDatabase } from '../../../store/database.ts'
import { type Migration, migrate } from '../../../store/migrate.ts'
import { startEmbeddedPostgres } from '../../embedded-postgres.ts'
import { readMigrations } from '../../migrations.ts'
import { gatewayRole } from '../../open-database.ts'

/** A server and the name of a migrated template on it. */
export type TemplateServer = { url: string; template: string }

/** The town's clock lies years beside the server's, so the server's own holds nobody back. */
const serverClock = `create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select 'infinity'::timestamptz $$`

const copyAttemptsMax = 40

/** On a server that stands already: for each town a database of its own, dropped when it is left. */
export const groundOn = ({ url, template }: TemplateServer): Ground => ({
  turn: untilStill,
  open: async () => {
    const name = `lephi_town_${process.pid}_${randomBytes(4).toString('hex')}`
    await copyTemplate(url, { name, template })
    return openScratch(url, name)
  },
})

/** Starts the server in `<dataDir>/simulation`, or joins the one that runs there, and makes the template once. */
export const openServer = async (dataDir: string): Promise<{ server: TemplateServer; stop: () => Promise<void> }> => {
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'simulation'), durable: false })
  try {
    const migrations = await readMigrations()
    const template = `lephi_town_template_${digestOf(migrations)}`
    await makeTemplate(server.url, template, migrations)
    return { server: { url: server.url, template }, stop: server.stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Whoever gives way, or reads a body by pieces, asks for one turn of the event loop after the other: none of them may fall into what the schedule begins next. */
export const untilStill = async (): Promise<void> => {
  do await new Promise((resolve) => setImmediate(resolve))
  while (process.getActiveResourcesInfo().includes('Immediate'))
}

const openScratch = (url: string, name: string): Scratch => {
  const address = databaseUrl(url, name)
  const main = openDatabase({ url: address, role: gatewayRole, max: 1 })
  const aside = openDatabase({ url: address, role: gatewayRole, max: 1 })
  const owner = openDatabase({ url: address, role: null, max: 1 })
  return {
    main,
    aside,
    owner,
    leave: async () => {
      await Promise.all([main, aside, owner].map((pool) => pool.close()))
      await withConnection(url, (admin) => admin`drop database if exists ${admin(name)} with (force)`)
    },
  }
}

const copyTemplate = async (url: string, { name, template }: { name: string; template: string }): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await withConnection(url, (admin) => admin`create database ${admin(name)} template ${admin(template)}`)
      return
    } catch (error) {
      // Another copy may be inside the template for a moment: object_in_use.
      const isBusy = error instanceof postgres.PostgresError && error.code === '55006'
      if (!isBusy || attempt === copyAttemptsMax) throw error
      await pause(25)
    }
  }
}

const makeTemplate = async (url: string, template: string, migrations: Migration[]): Promise<void> => {
  await withConnection(url, async (admin) => {
    // A session's lock, since CREATE DATABASE is refused in a transaction; two commands may start at the same moment.
    await admin`select pg_advisory_lock(hashtext('lephi_town_template'))`
    const [made] = await admin`select from pg_database where datname = ${template}`
    if (made) return
    // Statistics that are gathered at some moment or other would let the same questions be answered in another way.
    await admin`alter system set autovacuum = off`
    await admin`select pg_reload_conf()`
    const unfinished = `${template}_unfinished`
    await admin`drop database if exists ${admin(unfinished)} with (force)`
    await admin`create database ${admin(unfinished)}`
    await withConnections(databaseUrl(url, unfinished), migratorConnections, async (sql) => {
      await migrate(sql, migrations, { log: () => undefined })
      await sql.unsafe(serverClock)
    })
    await admin`alter database ${admin(unfinished)} allow_connections false`
    await admin`alter database ${admin(unfinished)} rename to ${admin(template)}`
  })
}

/** One holds the turn; what is done outside of a transaction goes over the other. */
const migratorConnections = 2

const withConnection = <Value>(url: string, work: (sql: postgres.Sql) => Promise<Value>): Promise<Value> =>
  withConnections(url, 1, work)

const withConnections = async <Value>(
  url: string,
  max: number,
  work: (sql: postgres.Sql) => Promise<Value>,
): Promise<Value> => {
  const sql = postgres(url, { max, onnotice: () => undefined })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

const databaseUrl = (url: string, name: string): string => {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

const digestOf = (migrations: Migration[]): string =>
  createHash('sha256')
    .update(JSON.stringify([migrations, serverClock]))
    .digest('hex')
    .slice(0, 16)
