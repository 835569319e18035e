// Which hosts an agency may call: set by its administrators, bound by those above, checked where an address is entered and where it is called.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectProvider } from '../../src/flows/connect-provider.ts'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { placeTestOrder } from '../kit/orders.ts'
import { paymentOf } from '../providers/conformance/subject.ts'
import { kit } from '../providers/momo.kit.ts'

let gateway: TestApp
let called: string[]
let isReached = false
const admins: Record<string, string> = {}

beforeAll(async () => {
  called = []
  gateway = await startTestApp({
    fetch: async (url) => {
      called.push(url)
      if (isReached) return new Response(null, { status: 204 })
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
    },
  })
  for (const agency of ['H56', 'H56.12', 'H56.14'])
    admins[agency] = await gateway.token(['admin', 'webhooks:write'], agency)
})
afterAll(() => gateway.close())

const call = async (path: string, by: string, json?: object, method?: string) => {
  gateway.clock.advance(1)
  const answer = await gateway.request(path, {
    token: admins[by] ?? '',
    ...(json ? { json } : {}),
    ...(method ? { method } : {}),
  })
  return { status: answer.status, body: await answer.json() }
}
const setList = (agency: string, hosts: string[] | null, by = 'H56') =>
  call(`/v1/agencies/${agency}/outgoing_hosts`, by, { hosts }, 'PUT')
const endpoint = (url: string, agency_code: string, by = 'H56') =>
  call('/v1/webhook_endpoints', by, { url, agency_code })
const { partner_code, access_key, secret_key, ...settings } = kit.account
const account = (api_url: string, agency_code: string) =>
  call('/v1/merchant_accounts', 'H56', {
    agency_code,
    provider: 'momo',
    title: 'MoMo',
    payee_account: { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC' },
    settings: { ...settings, api_url },
    credentials: { partner_code, access_key, secret_key },
  })

describe('a list', () => {
  it('is set, read with what binds the agency, kept as history, and taken away', async () => {
    expect((await call('/v1/agencies/H56.12/outgoing_hosts', 'H56')).body).toEqual({
      agency_code: 'H56.12',
      hosts: null,
      binding: [],
      history: [],
    })
    const first = await setList('H56', ['*.Example.VN', 'pay.bank.vn', '*.example.vn.'])
    expect([first.status, first.body.hosts]).toEqual([200, ['*.example.vn', 'pay.bank.vn']])
    await setList('H56.12', ['hooks.example.vn'], 'H56.12')
    const { body } = await call('/v1/agencies/H56.12/outgoing_hosts', 'H56.12')
    expect(body).toMatchObject({
      hosts: ['hooks.example.vn'],
      binding: [
        { agency_code: 'H56', hosts: ['*.example.vn', 'pay.bank.vn'] },
        { agency_code: 'H56.12', hosts: ['hooks.example.vn'] },
      ],
      history: [{ hosts: ['hooks.example.vn'], set_by: expect.stringMatching(/^cli_/) }],
    })
    // The same again is no new version.
    expect((await setList('H56.12', ['hooks.example.vn'])).body.history).toHaveLength(1)
    const gone = await setList('H56.12', null)
    expect(gone.body).toMatchObject({ hosts: null, binding: [{ agency_code: 'H56' }], history: [{ hosts: null }, {}] })
  })

  it('is refused by field, and is none of others’ business', async () => {
    const wrong = await setList('H56', ['a.vn', 'https://b.vn', '*.vn'])
    expect([wrong.status, wrong.body.errors]).toMatchObject([422, [{ pointer: '/hosts/1' }, { pointer: '/hosts/2' }]])
    const many = await setList(
      'H56',
      Array.from({ length: 101 }, (_, n) => `a${n}.vn`),
    )
    expect([many.status, many.body.errors[0].pointer]).toEqual([422, '/hosts'])
    for (const by of ['H56.12', 'H56.14']) expect((await setList('H56', ['evil.vn'], by)).status, by).toBe(404)
    expect((await setList('H56.12', ['evil.vn'], 'H56.14')).status).toBe(404)
  })

  it('cannot be changed once it is written', async () => {
    for (const change of [
      'update outgoing_hosts set hosts = null',
      'delete from outgoing_hosts',
      'truncate outgoing_hosts',
    ])
      await expect(gateway.sql.unsafe(change), change).rejects.toThrow('append-only')
  })
})

describe('an address', () => {
  it('of a webhook endpoint must be allowed by every list above, and the problem names field and list', async () => {
    await setList('H56', ['*.example.vn'])
    await setList('H56.12', ['hooks.example.vn', 'anywhere.vn'])
    expect((await endpoint('https://hooks.example.vn/a', 'H56.12')).status).toBe(201)
    expect((await endpoint('https://portal.example.vn/a', 'H56.14')).status).toBe(201)
    const widened = await endpoint('https://anywhere.vn/', 'H56.12', 'H56.12')
    expect([widened.status, widened.body]).toMatchObject([
      422,
      {
        code: 'host_not_allowed',
        errors: [{ pointer: '/url', message: 'is not among the hosts that agency H56 allows: *.example.vn' }],
      },
    ])
    const narrowed = await endpoint('https://portal.example.vn/', 'H56.12')
    expect(narrowed.body.errors[0].message).toContain('agency H56.12 allows: anywhere.vn, hooks.example.vn')
  })

  it('of a merchant account must be allowed when it is entered and when it is changed, and a key can be changed all the same', async () => {
    await setList('H56', ['*.example.vn'])
    await setList('H56.12', null)
    const refused = await account('https://pay.elsewhere.vn', 'H56.12')
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'host_not_allowed', errors: [{ pointer: '/settings/api_url' }] },
    ])
    const added = await account('https://pay.example.vn', 'H56.12')
    expect([added.status, added.body]).toMatchObject([201, {}])
    const path = `/v1/merchant_accounts/${added.body.id}`
    const changed = await call(path, 'H56', { settings: { ...settings, api_url: 'https://pay.elsewhere.vn' } }, 'PATCH')
    expect([changed.status, changed.body.errors]).toMatchObject([422, [{ pointer: '/settings/api_url' }]])
    await setList('H56', ['other.vn'])
    const other = { partner_code, access_key, secret_key: kit.accountWithOtherSecrets.secret_key }
    expect((await call(`${path}/rotate_key`, 'H56', { credentials: other })).status).toBe(200)
  })

  it('that a list does not allow any more is not called, and nothing counts as sent', async () => {
    await setList('H56', ['*.example.vn'])
    const added = await account('https://pay.example.vn', 'H56.12')
    const start = async () => {
      gateway.clock.advance(11)
      const { client } = await connectProvider(gateway.deps, String(added.body.id))
      const { momo: provider } = gateway.deps.providers
      if (!provider) throw new Error('momo is not registered')
      return client.startPayment(paymentOf({ name: 'momo', provider, kit })).catch((error: unknown) => error)
    }
    expect(await start()).toMatchObject({ code: null })
    expect(called).toEqual([expect.stringMatching(/^https:\/\/pay\.example\.vn\//)])
    await setList('H56', [])
    expect(await start()).toMatchObject({ kind: 'unreachable', code: 'host_not_allowed' })
    expect(called).toHaveLength(1)
  })

  it('of an endpoint is called until a list says no, and gets what it is owed once the list allows it again', async () => {
    isReached = true
    called = []
    await setList('H56', ['*.example.vn'])
    await setList('H56.14', null)
    const { body: made } = await endpoint('https://owed.example.vn/', 'H56.14')
    const tries = async () => {
      await deliverWebhooks(gateway.deps, { limit: 100 })
      const rows = await gateway.sql`
        select status, attempts from webhook_deliveries where webhook_endpoint_id = ${made.id} order by id`
      return rows.map(({ status, attempts }) => [status, attempts.map(({ error }: { error: string | null }) => error)])
    }
    const place = () => placeTestOrder(gateway.deps, { agencyCode: 'H56.14' })
    await place()
    expect(await tries()).toEqual([['delivered', [null]]])
    await setList('H56.14', ['other.example.vn'])
    await place()
    expect(await tries()).toEqual([
      ['delivered', [null]],
      ['pending', ['host_not_allowed']],
    ])
    expect(called.filter((url) => url.includes('owed'))).toHaveLength(1)
    await setList('H56.14', ['owed.example.vn'])
    gateway.clock.advance(6)
    expect(await tries()).toEqual([
      ['delivered', [null]],
      ['delivered', ['host_not_allowed', null]],
    ])
  })
})
