// deploy/postgres/roles.sh, and the page that says the same for servers: the owner that they make, who is no superuser, can apply every migration; the gateway's login, which
// owns nothing, can work after that.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { packageRoot, readMigrations } from '../../src/node/migrations.ts'
import { openMigratedDatabase } from '../../src/node/open-database.ts'
import { pageBlock } from '../kit/blocks.ts'
import { createEmptyDatabase } from '../kit/database.ts'

const [, script = ''] =
  /<<'SQL'\n([\s\S]*)\nSQL\n/.exec(readFileSync(join(packageRoot(), 'deploy/postgres/roles.sh'), 'utf8')) ?? []

test.each([
  ['image', script],
  ['page', pageBlock('docs/deploy-node.md', 'create role lephi_owner')],
])(
  'what a new server begins with by the %s is enough for migrations and gateway',
  { timeout: 120_000 },
  async (_, sql) => {
    const db = await createEmptyDatabase()
    const mark = `test_${randomBytes(4).toString('hex')}`
    const [owner, gateway] = [`lephi_owner_${mark}`, `lephi_gateway_${mark}`]
    const statements = sql
      // It belongs to the server, on which the tests have it already; and so has this one its database.
      .replace(/^create role lephi_app .*$/m, '')
      .replace(/^create database lephi owner /m, 'alter database lephi owner to ')
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
  },
)
