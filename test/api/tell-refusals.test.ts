// What the log tells of those who were kept out: enough to find them, nothing that names a person or opens a door.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { signIn } from '../kit/console.ts'

type Line = { level: string; message: string } & Record<string, unknown>

const lines: Line[] = []
const at = (level: string) => (fields: object, message: string) => void lines.push({ level, message, ...fields })
const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }

let gateway: TestApp
beforeAll(async () => {
  gateway = await startTestApp({ log, extras: { remoteAddress: () => '198.51.100.77' } })
})
afterAll(() => gateway.close())
beforeEach(() => {
  // The allowance of the one before is full again.
  gateway.clock.advance(3_600)
  lines.length = 0
})

const askToken = (clientId: string, secret: string) =>
  gateway.request('/oauth/token', {
    method: 'POST',
    headers: { 'x-request-id': 'portal-1' },
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret }),
  })

describe('the log tells', () => {
  it('of a token that was issued, to whom, by which proof and from which network', async () => {
    const { clientId, secret } = await gateway.client(['orders:read'])
    expect((await askToken(clientId, secret)).status).toBe(200)
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'a token was issued',
        request_id: 'portal-1',
        network: '198.51.100.0',
        client: clientId,
        token_id: expect.stringMatching(/^tok_/),
        proof: 'secret',
        scope: 'orders:read',
      },
    ])
    expect(JSON.stringify(lines)).not.toContain(secret)
  })

  it('of a client that did not prove itself, and repeats nothing that may be a secret', async () => {
    const { clientId } = await gateway.client(['orders:read'])
    await askToken(clientId, 'a-guessed-secret')
    await askToken('a-secret-in-the-wrong-place', 'x')
    expect(lines.map(({ level, code, client, network }) => [level, code, client, network])).toEqual([
      ['warn', 'invalid_client', clientId, '198.51.100.0'],
      ['warn', 'invalid_client', null, '198.51.100.0'],
    ])
    expect(JSON.stringify(lines)).not.toMatch(/a-guessed-secret|a-secret-in/)
  })

  it('of a caller without a token that holds, without the scope, and of one who asks for what is not theirs', async () => {
    await gateway.request('/v1/agencies', { token: 'eyJhbGciOiJub25lIn0.e30.' })
    const token = await gateway.token(['reports:read'], 'H56.14')
    lines.length = 0
    await gateway.request('/v1/orders', { token })
    await gateway.request('/v1/agencies', { token: 'eyJhbGciOiJub25lIn0.e30.' })
    await gateway.request('/v1/ledger/entries/ent_none/proof', { token: await gateway.token(['reports:read']) })
    const refused = lines.filter(({ level }) => level === 'warn')
    expect(refused.map(({ code, route }) => [code, route])).toEqual([
      ['insufficient_scope', '/v1/orders'],
      ['unauthorized', '/v1/agencies'],
      ['not_found', '/v1/ledger/entries/{id}/proof'],
    ])
    expect(refused[0]).toMatchObject({
      client: expect.stringMatching(/^cli_/),
      token_id: expect.stringMatching(/^tok_/),
    })
    expect(refused[1]).toMatchObject({ client: null, token_id: null, network: '198.51.100.0' })
    expect(JSON.stringify(refused)).not.toContain('eyJ')
  })

  it('of a person by their session, whom the record of reading names', async () => {
    const auditor = await signIn(gateway, 'auditor')
    expect((await auditor.open('/clients')).status).toBeGreaterThanOrEqual(403)
    expect((await auditor.send('/orders', { form_token: 'not-this-one' })).status).toBeGreaterThanOrEqual(403)
    const refused = lines.filter(({ level }) => level === 'warn')
    expect(refused.map(({ problem }) => problem)).toEqual(['NotForRole', 'ForeignConsoleForm'])
    for (const line of refused) expect(line.token_id).toMatch(/^ses_/)
    expect(JSON.stringify(refused)).not.toMatch(/auditor|issuer/)
  })

  it('only so often of one caller, while the metric counts each time', async () => {
    const before = counted('unauthorized')
    for (let tries = 0; tries < 30; tries += 1) await gateway.request('/v1/agencies')
    expect(lines.filter(({ code }) => code === 'unauthorized')).toHaveLength(20)
    expect(counted('unauthorized') - before).toBe(30)
  })

  it('nothing of a stranger who asks for what is not there', async () => {
    await gateway.request('/v1/nothing')
    await gateway.request('/callbacks/none/none')
    expect(lines.filter(({ code }) => code === 'not_found')).toEqual([])
  })
})

const counted = (code: string): number =>
  Number(
    new RegExp(`lephi_access_refused_total\\{code="${code}"\\} (\\d+)`).exec(gateway.deps.metrics.text())?.[1] ?? 0,
  )
