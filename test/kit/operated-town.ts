// A town whose gateway works on a server that somebody operates: with the roles of docs/deploy-node.md, and a master key that commands are given too.
import { randomBytes } from 'node:crypto'
import { readConfig } from '../../src/config.ts'
import { createFingerprint } from '../../src/lib/fingerprint.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { digestTables, type TableDigest } from '../../src/store/table-digests.ts'
import { pageBlock } from './blocks.ts'
import type { SystemPostgres } from './system-postgres.ts'
import { startTown, type Town } from './town.ts'

export type OperatedTown = Town & { masterKey: string }

/** Makes the roles and an empty database `lephi`. */
export const makeRoles = (server: SystemPostgres): Promise<string> => {
  const typed = pageBlock('docs/deploy-node.md', 'create role lephi_owner')
  return server.succeed(`psql --quiet --set ON_ERROR_STOP=1 <<'SQL'\n${typed}\nSQL`)
}

/** Everything from the roles on. Its clock begins two days ago, so that what is done in it is over by any clock. */
export const startOperatedTown = async (server: SystemPostgres): Promise<OperatedTown> => {
  await makeRoles(server)
  const tables = openDatabase({ url: server.url('lephi', 'lephi_owner'), role: null, max: 2 })
  await migrate(tables.sql, await readMigrations(), { log: () => undefined })
  await tables.close()
  const url = server.url('lephi')
  const owner = openDatabase({ url, role: null, max: 4 })
  const database = openDatabase({ url: server.url('lephi', 'lephi_gateway'), role: 'lephi_app', max: 5 })
  const drop = async () => void (await Promise.all([owner.close(), database.close()]))
  const masterKey = randomBytes(32).toString('base64')
  const { masterKeys } = readConfig({ LEPHI_MASTER_KEY: masterKey })
  const town = await startTown(new Date(Date.now() - 2 * dayMs).toISOString(), {
    database: { url, database, appSql: database.sql, sql: owner.sql, drop },
    box: createSealedBox(masterKeys),
    fingerprint: createFingerprint(masterKeys),
  })
  return { ...town, masterKey }
}

const dayMs = 86_400_000

/** What stands in every table, for whoever compares. */
export const booksOf = async (url: string): Promise<readonly TableDigest[]> => {
  const database = openDatabase({ url, role: null, max: 1 })
  try {
    return await digestTables(database)
  } finally {
    await database.close()
  }
}
