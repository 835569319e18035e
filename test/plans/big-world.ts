// The country of the isolation tests with seven months behind it, on a PostgreSQL of its own that explains every statement.
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { buildWorld, type World } from '../isolation/world.ts'
import { serverClock } from '../kit/global-setup.ts'
import { fillDays, small, tablesOf } from './many-rows.ts'
import { explainAll, openPlans, type Scan } from './read-plans.ts'

export type BigWorld = {
  world: World
  /** Tables that grow. */
  grown: readonly string[]
  /** What was read of them since the last call, and how many rows each scan looked at; a partition goes by its table's name. */
  scans: () => Promise<Scan[]>
  close: () => Promise<void>
}

export const openBigWorld = async (): Promise<BigWorld> => {
  const root = await mkdtemp(join(tmpdir(), 'lephi-plans-'))
  await chmod(root, 0o711)
  const dataDir = join(root, 'postgres')
  const server = await startEmbeddedPostgres({ dataDir, durable: false })
  const owner = openDatabase({ url: server.url, role: null, max: 4, statementTimeoutMs: 300_000 })
  await migrate(owner.sql, await readMigrations(), { log: () => {} })
  await owner.sql.unsafe(serverClock)
  const database = openDatabase({ url: server.url, role: 'lephi_app', max: 5 })
  const drop = async () => void (await Promise.all([owner.close(), database.close()]))
  const world = await buildWorld({
    database: { url: server.url, database, appSql: database.sql, sql: owner.sql, drop },
  })
  await fillDays(owner.sql)
  await explainAll(owner.sql)
  // Only who comes from now on explains.
  database.renew(database.sql)
  const folder = (await readdir(dataDir)).includes('elsewhere') ? join(dataDir, 'elsewhere') : dataDir
  const read = await openPlans(join(folder, 'server.log'))
  const grown = (await tablesOf(owner.sql)).filter((name) => !(name in small))
  const tableOf = (relation: string) =>
    grown.find((name) => relation === name) ??
    grown.find((name) => new RegExp(`^${name}_(first|default|[0-9])`).test(relation))
  return {
    world,
    grown,
    scans: async () =>
      (await read()).flatMap((scan) => {
        const relation = tableOf(scan.relation)
        return relation ? [{ ...scan, relation }] : []
      }),
    close: async () => {
      await world.gateway.close()
      await server.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}
