// deploy/postgres/roles.sh: the owner that it makes, who is no superuser, can apply every migration; the gateway's login, which owns nothing, can work after that.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { packageRoot, readMigrations } from '../../src/node/migrations.ts'
import { openMigratedDatabase } from '../../src/node/open-database.ts'
import { createEmptyDatabase } from '../kit/database.ts'

test('what a new server begins with is enough for migrations and gateway', { timeout: 120_000 }, async () => {
  const db = await createEmptyDatabase()
  const mark = `test_${randomBytes(4).toString('hex')}`
  const [owner, gateway] = [`lephi_owner_${mark}`, `lephi_gateway_${mark}`]
  const [, script = ''] =
    /<<'SQL'\n([\s\S]*)\nSQL\n/.exec(readFileSync(join(packageRoot(), 'deploy/postgres/roles.sh'), 'utf8')) ?? []
  const statements = script
    // It belongs to the server, on which the tests have it already.
    .replace(/^create role lephi_app .*$/m, '')
    .replaceAll('lephi_owner', owner)
    .replaceAll('lephi_gateway', gateway)
    .replace('database lephi ', `database ${new URL(db.url).pathname.slice(1)} `)
    .replaceAll(/:'\w+'/g, "'secret'")
  const as = (username: string) => Object.assign(new URL(db.url), { username, password: 'secret' }).href
  const said: string[] = []
  const open = (DATABASE_URL: string) =>
    openMigratedDatabase(readConfig({ DATABASE_URL, LEPHI_MODE: 'demo' }), (line) => said.push(line))
  try {
    await db.sql.unsafe(statements)
    await expect(open(as(gateway))).rejects.toThrow(/owner of the tables/)
    const migrated = await open(as(owner))
    await migrated.close()
    expect(migrated.applied).toHaveLength((await readMigrations()).length)
    said.length = 0
    await (await open(as(gateway))).close()
    // Nothing is left to warn of.
    expect(said).toEqual([])
  } finally {
    await db.sql.unsafe(
      `reassign owned by ${owner} to current_user; drop owned by ${owner}, ${gateway}; drop role ${owner}, ${gateway}`,
    )
    await db.drop()
  }
})
