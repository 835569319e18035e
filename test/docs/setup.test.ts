// The page about setting up is done as it stands: every block in one shell, on an empty database.
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { printedOn, runInBash, typedOn } from '../kit/blocks.ts'
import { createEmptyDatabase, type TestDatabase } from '../kit/database.ts'
import { isProgress } from '../kit/doctors-patient.ts'

let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await createEmptyDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lephi-setup-page-'))
  // As npm makes it for the packages of a folder.
  await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true })
  await symlink(join(packageRoot(), 'scripts', 'lephi.mjs'), join(folder, 'node_modules', '.bin', 'lephi'))
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('the page about setting up', () => {
  it('comes to what it says, block by block', { timeout: 240_000 }, async () => {
    const env = { DATABASE_URL: database.url, PUBLIC_URL: 'https://fees.example.vn' }
    const ran = await runInBash(typedOn('docs/setup.md'), { cwd: folder, env, timeoutMs: 230_000 })
    expect(ran.error.split('\n').filter((line) => line !== '' && !isProgress(line))).toEqual([])
    expect(ran).toMatchObject({ code: 0, out: printedOn('docs/setup.md') })
  })
})
