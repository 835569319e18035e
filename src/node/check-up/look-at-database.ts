// Whether the database can be worked with as the gateway works with it, without changing anything in it.
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { broken, doubtful, type Finding, fine } from '../../domain/finding.ts'
import { pingServer, readServer, type ServerFacts } from '../../store/check-up.ts'
import { type Database, openDatabase } from '../../store/database.ts'
import { excessOfRights, rightsOfLogin, whatWasDropped } from '../../store/gateway-rights.ts'
import { readLeftBounds, readMigrationStanding } from '../../store/migration-standing.ts'
import { placeOf, type ReplicaStanding, standingOf } from '../../store/replica.ts'
import { isOpenLine } from '../database-line.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { readMigrations } from '../migrations.ts'
import { gatewayRole, reasonOf, serverVersionMin } from '../open-database.ts'
import type { Shutdown } from '../shutdown.ts'

/** `database` is open as the gateway's role where everything else can be asked; null where something is missing that it rests on. */
export type DatabaseSeen = { findings: Finding[]; database: Database | null }

const latencyTries = 5
/** An order costs a few ways there and back, and a citizen waits for each. */
const latencyMaxMs = 20

export const lookAtDatabase = async (config: Config, shutdown: Shutdown): Promise<DatabaseSeen> => {
  const server = config.databaseUrl
    ? null
    : await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), durable: true })
  const url = config.databaseUrl ?? server?.url ?? ''
  const login = openDatabase({
    url,
    role: null,
    max: 1,
    pooler: config.databasePooler,
    waitMs: 10_000,
    silenceMs: 35_000,
  })
  let database: Database | null = null
  shutdown.add('database', async () => {
    await Promise.all([login.close(), database?.close()])
    await server?.stop()
  })
  const told = await readServer(login, gatewayRole).catch((error: unknown) => {
    return broken('database', {
      found: `DATABASE_URL: the database cannot be reached: ${reasonOf(error)}`,
      todo: 'Is the server up, does the name resolve, is the port open, are user and password right? Try: psql "$DATABASE_URL"',
    })
  })
  if ('check' in told) return { findings: [told], database: null }
  const findings = [...serverFindings(told, config), await latency(login), ...(await migrationsLine(config))]
  if (told.major < serverVersionMin) return { findings, database: null }
  const migrations = await migrationFindings(login)
  findings.push(...migrations, ...(await boundFindings(login)))
  if (!told.mayWork || migrations.some(({ standing }) => standing === 'failure')) return { findings, database: null }
  const common = { url, role: gatewayRole, pooler: config.databasePooler, statementTimeoutMs: 30_000 }
  database = openDatabase({ ...common, max: 2, waitMs: 30_000, silenceMs: 35_000 })
  findings.push(...(await rightsFindings(database, config)), ...(await replicaFindings(database, common, config)))
  return { findings, database }
}

const serverFindings = ({ version, major, login, tls, mayWork }: ServerFacts, config: Config): Finding[] => {
  const line = tls === null ? 'over an open line' : `over ${tls}`
  const addresses = Object.entries({
    DATABASE_URL: config.databaseUrl,
    DATABASE_MIGRATIONS_URL: config.migrationsUrl,
    DATABASE_REPLICA_URL: config.replicaUrl,
  })
  const open = addresses.flatMap(([name, address]) => (address && isOpenLine(address) ? [name] : []))
  return [
    major < serverVersionMin
      ? broken('database', {
          found: `PostgreSQL ${version} is too old`,
          todo: `Give DATABASE_URL a PostgreSQL ${serverVersionMin} or newer`,
        })
      : fine('database', `PostgreSQL ${version}, as ${login} ${line}`),
    ...(open.length > 0
      ? [
          doubtful('database', {
            found: `the line to the database can be read or altered on the way: ${open.join(' and ')} has no sslmode=verify-full`,
            todo: 'Add ?sslmode=verify-full to it, and the root certificate to NODE_EXTRA_CA_CERTS',
          }),
        ]
      : []),
    ...(mayWork
      ? []
      : [
          broken('rights', {
            found: `the login ${login} may not work as ${gatewayRole}`,
            todo: `As a superuser: create role ${gatewayRole} nologin; grant ${gatewayRole} to "${login}" (docs/deploy-node.md); or npx lephi migrate as the owner`,
          }),
        ]),
  ]
}

/** No process starts that cannot look there whether the tables are up to date. */
const migrationsLine = async ({ migrationsUrl }: Config): Promise<Finding[]> => {
  if (migrationsUrl === null) return []
  const owner = openDatabase({ url: migrationsUrl, role: null, max: 1, waitMs: 10_000, silenceMs: 35_000 })
  try {
    await pingServer(owner)
    return [fine('database', 'DATABASE_MIGRATIONS_URL is reached too')]
  } catch (error) {
    return [
      broken('database', {
        found: `DATABASE_MIGRATIONS_URL: the database cannot be reached: ${reasonOf(error)}`,
        todo: 'It leads past a pooler, straight to the server: is that port open, are user and password right?',
      }),
    ]
  } finally {
    await owner.close()
  }
}

/** The middle one of a few. */
const latency = async (login: Database): Promise<Finding> => {
  const took: number[] = []
  for (let tries = 0; tries < latencyTries; tries += 1) {
    const began = performance.now()
    await pingServer(login)
    took.push(performance.now() - began)
  }
  const ms = took.toSorted((a, b) => a - b)[Math.floor(latencyTries / 2)] ?? 0
  const found = `a way there and back takes ${ms.toFixed(1)} ms`
  if (ms <= latencyMaxMs) return fine('database', found)
  return doubtful('database', {
    found,
    todo: 'Put gateway and database into one network: an order takes several of them',
  })
}

const migrationFindings = async (login: Database): Promise<Finding[]> => {
  const { applied, behind, ahead, changed } = await readMigrationStanding(login, await readMigrations())
  const [last, next] = [ahead.at(-1), behind[0]]
  if (last)
    return [
      broken('migrations', {
        found: `the database is ahead of this version: it has ${last}`,
        todo: 'Start the newer version that has run on it',
      }),
    ]
  if (changed.length > 0)
    return [
      broken('migrations', {
        found: `${changed[0]} was changed after it had been applied`,
        todo: 'Restore the file as it was; a change goes into a new one',
      }),
    ]
  if (next)
    return [
      broken('migrations', {
        found: `${behind.length} are not applied, ${next} first`,
        todo: 'As the owner of the tables: npx lephi migrate',
      }),
    ]
  return [fine('migrations', `all ${applied} are applied`)]
}

/** Said beside the migrations that are missing: those can wait for a quiet night, and this tells that they cannot wait for ever. */
const boundFindings = async (login: Database): Promise<Finding[]> =>
  (await readLeftBounds(login)).map(({ table, check }) =>
    doubtful('migrations', {
      found: `${table} has been bounded and is not held by month yet: within a year of that its writes fail (${check})`,
      todo: 'End what holds the table (pg_stat_activity), then as its owner: npx lephi migrate',
    }),
  )

const replicaWords: Readonly<Record<Exclude<ReplicaStanding, 'caught_up'>, string>> = {
  behind: 'is more than two seconds behind',
  no_standby: 'is no standby of this database',
  unavailable: 'does not answer',
}

/** Reports are read by the primary where the standby is none, so that this is no failure. */
const replicaFindings = async (
  database: Database,
  common: { role: string; statementTimeoutMs: number },
  { replicaUrl }: Config,
): Promise<Finding[]> => {
  if (replicaUrl === null) return []
  const replica = openDatabase({ ...common, url: replicaUrl, max: 1, waitMs: 10_000, silenceMs: 35_000 })
  try {
    const from = await placeOf(database)
    // One that lets nobody in keeps nobody from looking at all the rest.
    const standing = from ? await standingOf(replica, from, 2_000).catch(() => 'unavailable' as const) : 'no_standby'
    if (standing === 'caught_up') return [fine('database', 'the standby for reports has everything')]
    return [
      doubtful('database', {
        found: `what DATABASE_REPLICA_URL names ${replicaWords[standing]}: the primary reads reports itself`,
        todo: 'Look at its replication (pg_stat_replication on the primary), or take the variable away',
      }),
    ]
  } finally {
    await replica.close()
  }
}

const rightsFindings = async (database: Database, config: Config): Promise<Finding[]> => {
  const dropped = await whatWasDropped(database)
  const excess = await excessOfRights(database)
  const more = config.databaseUrl ? await rightsOfLogin(database) : null
  const todo = 'Make the roles of docs/deploy-node.md: an owner who migrates, and a login that owns nothing'
  return [
    ...(dropped ? [broken('rights', { found: dropped, todo: 'Name the pooler in LEPHI_DATABASE_POOLER' })] : []),
    ...(excess ? [broken('rights', { found: excess, todo })] : []),
    ...(more ? [doubtful('rights', { found: more, todo })] : []),
    ...(dropped || excess || more ? [] : [fine('rights', `works as ${gatewayRole}, whom row-level security binds`)]),
  ]
}
