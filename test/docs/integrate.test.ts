// The page for integrators is done by a newcomer who types what stands there: every block, in its order, in one shell, beside a demo of its own.
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { blocksOf, pageBlock, printedOn, runInBash, typedOn } from '../kit/blocks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'

let database: TestDatabase
let gateway: StartedGateway
let folder: string
beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lephi-integrate-'))
  await mkdir(join(folder, '.lephi'))
  await symlink(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'))
  gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: join(folder, '.lephi'),
  })
}, 120_000)
afterAll(async () => {
  await gateway?.end('SIGTERM')
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('the hour of an integrator', () => {
  it('goes as the page says, block by block, to the last line that it prints', { timeout: 240_000 }, async () => {
    const ran = await runInBash(typedOn('docs/integrate.md'), { cwd: folder, timeoutMs: 220_000 })
    expect(ran).toEqual({ code: 0, out: printedOn('docs/integrate.md'), error: '' })
  })

  it('leaves a paid order and no webhook endpoint behind', async () => {
    const { json: orders } = await gateway.call('portal', '/v1/orders?dossier_code=H56.12.03-261122-0007')
    expect(orders.data).toMatchObject([{ status: 'paid', amount_paid: 8_000, paid_by: { provider: 'vnpay' } }])
    const { json: endpoints } = await gateway.call('portal', '/v1/webhook_endpoints')
    expect(endpoints.data).toMatchObject([{ disabled_at: expect.any(String) }])
  })

  it.each([
    ['en', pageBlock('docs/errors.md', 'invalid_input')],
    ['vi', pageBlock('docs/vi/errors.md', 'invalid_input')],
  ])('is refused in %s as the page of errors shows', async (language, block) => {
    const shown = JSON.parse(block)
    const line = { kind: 'le_phi', description: 'Lệ phí', unit_amount: 8_000, price: 8_000 }
    const order = {
      dossier_code: 'H56.12.03-261122-0008',
      agency_code: 'H56.12.03',
      payer: { name: 'Nguyễn Thị Lan' },
      lines: [line],
      return_url: 'https://portal.example.vn/dossiers/8',
    }
    const headers = { 'idempotency-key': `refused-${language}`, 'accept-language': language }
    const { status, json } = await gateway.call('portal', '/v1/orders', order, headers)
    const type = String(json.type).replace(gateway.url, new URL(shown.type).origin)
    expect({ ...json, type, request_id: shown.request_id }).toEqual(shown)
    expect(status).toBe(shown.status)
  })

  it('has the very same blocks in Vietnamese', () => {
    const [english, vietnamese] = ['docs/integrate.md', 'docs/vi/integrate.md'].map((page) =>
      blocksOf(page).map(({ language, text }) => ({ language, text })),
    )
    expect(english?.length).toBeGreaterThan(10)
    expect(vietnamese).toEqual(english)
  })
})
