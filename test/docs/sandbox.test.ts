// The page about the sandbox is done as it stands, beside a demo: a payment is left without its news, the clock is moved, the events come to this machine, and none is missing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageBlock, runInBash } from '../kit/blocks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { listenOn, type Served } from '../kit/served-app.ts'
import { makeShellFolder, type ShellFolder } from '../kit/shell-folder.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'

let database: TestDatabase
let gateway: StartedGateway
let folder: ShellFolder
let receiver: Served
let isHeard: (heard: { headers: Record<string, string>; body: string }) => void

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await makeShellFolder('demo')
  gateway = await startGatewayProcess({ DATABASE_URL: database.url, LEPHI_MODE: 'demo', LEPHI_DATA_DIR: dataDir() })
  receiver = await listenOn(async ({ headers }, body) => {
    isHeard?.({ headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}`])), body })
    return { status: 204 }
  })
}, 120_000)
afterAll(async () => {
  await gateway?.end('SIGTERM')
  receiver?.close()
  await database.drop()
  await folder.drop()
})

const dataDir = () => join(folder.path, '.lephi')

/** Here, in place of the addresses that a page shows. */
const here = (typed: string): string =>
  typed.replaceAll('http://127.0.0.1:8787', gateway.url).replaceAll('http://127.0.0.1:3000', receiver.url)

const type = (typed: string) => runInBash(here(typed), { cwd: folder.path, timeoutMs: 100_000 })
const post = async (path: string, body: object) =>
  (await fetch(`${gateway.url}${path}`, { method: 'POST', body: JSON.stringify(body) })).json()

let dossiers = 0
const place = async (): Promise<string> => {
  dossiers += 1
  const order = {
    dossier_code: `H56.12.03-261122-${7_000 + dossiers}`,
    agency_code: 'H56.12.03',
    payer: { name: 'Nguyễn Thị Lan' },
    lines: [{ kind: 'le_phi', description: 'Lệ phí', unit_amount: 8_000 }],
    return_url: 'https://portal.example.vn/dossiers/7',
  }
  const { json } = await gateway.call('portal', '/v1/orders', order, { 'idempotency-key': `sandbox-${dossiers}` })
  return String(json.id)
}

describe('the sandbox', () => {
  it('loses the callback that it was told to lose, and finds the payment once the clock is moved', {
    timeout: 200_000,
  }, async () => {
    const fault = await type(pageBlock('docs/sandbox.md', 'callback_lost'))
    expect(JSON.parse(fault.out)).toMatchObject({ fault: 'callback_lost' })
    const order = await place()
    const { json: attempt } = await gateway.call('portal', `/v1/orders/${order}/attempts`, { provider: 'vnpay' })
    const { url } = attempt.action as { url: string }
    await post(`/simulators/vnpay/payments/${attempt.merchant_reference}/complete`, { result: 'success', pay_url: url })
    const moved = await type(pageBlock('docs/sandbox.md', '/clock/advance'))
    expect(JSON.parse(moved.out)).toMatchObject({ failed: [], is_complete: true })
    expect(Math.round(JSON.parse(moved.out).ahead_seconds)).toBe(3 * 86_400)
    const { json: paid } = await gateway.call('portal', `/v1/orders/${order}`)
    expect(paid).toMatchObject({ status: 'paid', paid_by: { provider: 'vnpay' } })
    const [{ count } = { count: -1 }] = await database.sql`select count(*)::int as count from callbacks`
    expect(count).toBe(0)
  })

  it('tells a story by the payer’s name, and refuses a key with another body', { timeout: 100_000 }, async () => {
    const helpers = pageBlock('docs/sandbox.md', '# ORDER')
    const typed = [pageBlock('docs/sandbox.md', 'order=$(place'), pageBlock('docs/sandbox.md', 'refused.json')]
    const printed = [pageBlock('docs/sandbox.md', '150001'), pageBlock('docs/sandbox.md', 'idempotency_key_reused')]
    const ran = await type([helpers, ...typed].join(''))
    expect(ran).toEqual({ code: 0, out: printed.join(''), error: '' })
  })

  it('sends each event to this machine, signed, until Ctrl-C', { timeout: 120_000 }, async () => {
    const typed = here(pageBlock('docs/sandbox.md', 'lephi listen'))
    const env = { ...process.env, LEPHI_MODE: 'demo', LEPHI_DATA_DIR: dataDir(), DATABASE_URL: '' }
    // A group of its own, for Ctrl-C reaches every process of the terminal.
    const shell = spawn('bash', ['-c', typed], { cwd: folder.path, env, stdio: 'pipe', detached: true })
    const lines: string[] = []
    const said = Promise.withResolvers<string>()
    for (const stream of [shell.stdout, shell.stderr])
      createInterface(stream).on('line', (line) => {
        lines.push(line)
        const [, secret] = /signed with (whsec_\S+)/.exec(line) ?? []
        if (secret) said.resolve(secret)
      })
    const closed = once(shell, 'close')
    const ended = closed.then(() => Promise.reject(new Error(lines.join('\n'))))
    ended.catch(() => undefined)
    const secret = await Promise.race([said.promise, ended])
    const heard = new Promise<{ headers: Record<string, string>; body: string }>((resolve) => {
      isHeard = resolve
    })
    const order = await place()
    const { headers, body } = await Promise.race([heard, ended])
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'order.created', data: { id: order } })
    process.kill(-Number(shell.pid), 'SIGINT')
    await closed
    expect(lines.join('\n')).toMatch(/1 events were taken, 0 were given up/)
  })

  it('proves that no event is missing', { timeout: 60_000 }, async () => {
    const { portal } = (await gateway.demo()).clients
    const typed = pageBlock('docs/sandbox.md', 'read-feed.ts')
    const { code, out, error } = await type(
      typed.replace('CLIENT_ID', `${portal?.client_id}`).replace('CLIENT_SECRET', `${portal?.client_secret}`),
    )
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toMatch(/^[1-9]\d* events of [1-9]\d* subjects, 0 findings/m)
  })
})
