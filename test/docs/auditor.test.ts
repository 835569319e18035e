// The auditor's page is done by an auditor: every block in one shell, against a gateway whose books have a sealed and a closed day.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainRecords, sealDays } from '../../src/flows/seal-ledger.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { businessDay, toRfc3339 } from '../../src/lib/time.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { keepDemoMasterKey } from '../../src/node/demo-keys.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { blocksOf, printedOn, runInBash, typedOn } from '../kit/blocks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps } from '../kit/deps.ts'
import { close } from '../kit/periods.ts'
import { capture, reconcile, startPayment } from '../kit/reconciliation.ts'
import { type DemoJson, type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'
import { importFile, providerFile } from '../kit/statements.ts'

const dayMs = 86_400_000

let database: TestDatabase
let gateway: StartedGateway
let folder: string
let env: Record<string, string>

/** Two days ago a payment was made; a day ago it was listed, reconciled, and its day closed. Both days are sealed. */
const writeBooks = async (demo: DemoJson): Promise<void> => {
  const account = demo.merchant_accounts.vnpay?.id ?? ''
  const clock = createClock(new Date(Date.now() - 2 * dayMs).toISOString())
  const box = createSealedBox([await keepDemoMasterKey(String(env.LEPHI_DATA_DIR))])
  const deps = createTestDeps(database.database, { clock, box })
  const paidOn = businessDay(clock.now())
  const attempt = await startPayment(deps, account, { provider: 'vnpay' })
  await capture(deps, attempt)
  await deps.settled()
  const names = { reference: attempt.merchantReference, providerReference: `p-${attempt.merchantReference}` }
  const line = { ...names, amount: attempt.amount, fee: 2_118, at: toRfc3339(clock.now()) }
  for (let day = 0; day < 2; day += 1) {
    await chainRecords(deps, { reach: 'everything' })
    clock.advance(dayMs / 1_000)
    await sealDays(deps)
    if (day > 0) continue
    await importFile(deps, account, providerFile([line]))
    await reconcile(deps, account, { from: paidOn, to: paidOn })
    await close(deps, account, paidOn)
  }
}

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lephi-auditor-'))
  env = { DATABASE_URL: database.url, LEPHI_MODE: 'demo', LEPHI_DATA_DIR: join(folder, '.lephi') }
  // As npm makes it for the packages of a folder.
  await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true })
  await symlink(join(packageRoot(), 'scripts', 'lephi.mjs'), join(folder, 'node_modules', '.bin', 'lephi'))
  expect(await runCommand(['seed-demo'], env, { out: () => undefined, error: () => undefined })).toBe(0)
  await writeBooks(JSON.parse(await readFile(join(folder, '.lephi', 'demo.json'), 'utf8')))
  gateway = await startGatewayProcess(env)
}, 180_000)
afterAll(async () => {
  await gateway?.end('SIGTERM')
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('the audit', () => {
  it('finds what the page says, block by block', { timeout: 240_000 }, async () => {
    const { clients } = await gateway.demo()
    const auditor = `${clients.auditor?.client_id}:${clients.auditor?.client_secret}`
    const ran = await runInBash(typedOn('docs/auditor.md'), {
      cwd: folder,
      env: { ...env, LEPHI_URL: gateway.url, LEPHI_CLIENT: auditor },
      timeoutMs: 220_000,
    })
    // A command that takes long says on the side how far it is.
    expect(ran).toMatchObject({ code: 0, out: printedOn('docs/auditor.md') })
  })

  it('refuses a seal and an entry that were changed', { timeout: 60_000 }, async () => {
    const run = (script: string) => runInBash(script, { cwd: folder, timeoutMs: 30_000 })
    const file = join(folder, 'seals.txt')
    const [first = '', second = ''] = (await readFile(file, 'utf8')).trim().split('\n')
    const [head, body = '', signature] = first.split('.')
    const forged = Buffer.from(body, 'base64url').toString().replace('H56', 'H57')
    await writeFile(file, `${[head, Buffer.from(forged).toString('base64url'), signature].join('.')}\n${second}\n`)
    expect((await run('node seals.mjs')).error).toContain('the signature does not hold')
    await writeFile(file, `${second}\n${first}\n`)
    expect((await run('node seals.mjs')).error).toContain('does not follow')
    expect((await run('node proof.mjs')).out).toBe('true\n')
    expect((await run("sed -i 's/150000/150001/' proof.json && node proof.mjs")).out).toBe('false\n')
  })

  it('has the very same blocks in Vietnamese', () => {
    const [english, vietnamese] = ['docs/auditor.md', 'docs/vi/auditor.md'].map((page) =>
      blocksOf(page).map(({ language, text }) => ({ language, text })),
    )
    expect(english?.length).toBeGreaterThan(10)
    expect(vietnamese).toEqual(english)
  })
})
