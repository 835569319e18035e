import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentialsContext, findConnection } from '../../src/flows/connect-provider.ts'
import { registry } from '../../src/providers/registry.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp
let admin: string
const lines: string[] = []

beforeAll(async () => {
  const keep = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }))
  gateway = await startTestApp({ log: { debug: keep, info: keep, warn: keep, error: keep } })
  admin = await gateway.token(['admin'])
})
afterAll(() => gateway.close())

const secretOf = (letter: string) => letter.repeat(32)
const input = (more: object = {}) => ({
  agency_code: 'H56.12',
  provider: 'vnpay',
  title: 'VNPAY của Sở Tư pháp',
  credentials: { tmn_code: 'LEPHI001', hash_secret: secretOf('A') },
  settings: { payment_url: 'https://pay.example.vn/pay', api_url: 'https://pay.example.vn/api' },
  payee_account: { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC NHA NUOC' },
  ...more,
})

type Account = {
  id: string
  keys: { id: string; retires_at: string | null }[]
  status: string
  errors?: { pointer: string }[]
}

const add = async (more: object = {}, token = admin): Promise<{ status: number; body: Account; text: string }> => {
  const answer = await gateway.request('/v1/merchant_accounts', { token, json: input(more) })
  const text = await answer.text()
  return { status: answer.status, text, body: JSON.parse(text) }
}

const rotate = (id: string, json: object) =>
  gateway.request(`/v1/merchant_accounts/${id}/rotate_key`, { token: admin, json })

it('adds an account that the gateway can then talk to the provider with', async () => {
  const { status, body, text } = await add({ provider_fee: { basis_points: 80, minimum: 1_000 }, cutoff: '22:30' })
  expect(status).toBe(201)
  expect(body).toMatchObject({
    status: 'active',
    settings: { api_url: 'https://pay.example.vn/api' },
    provider_fee: { basis_points: 80, fixed: 0, minimum: 1_000, maximum: null, vat_basis_points: 0, netted: true },
    cutoff: '22:30',
    settlement_days: 1,
    statement_profile: null,
  })
  expect(text).not.toContain(secretOf('A'))
  const connection = await findConnection(gateway.deps, body.id)
  expect(connection?.clients).toHaveLength(1)
})

it('takes a tolerance for roundings of the provider fee, and none that hides money', async () => {
  const { status, body } = await add({ provider_fee: { basis_points: 80, tolerance: 2 } })
  expect([status, body]).toMatchObject([201, { provider_fee: { basis_points: 80, tolerance: 2 } }])
  const refused = await add({ provider_fee: { basis_points: 80, tolerance: 11 } })
  expect([refused.status, refused.body]).toMatchObject([422, { errors: [{ pointer: '/provider_fee/tolerance' }] }])
})

it('refuses settings with control characters, which a parser of addresses would pass over', async () => {
  for (const api_url of ['https://pay.exa\tmple.vn/api', 'ht\ntps://pay.example.vn/api']) {
    const { status, body } = await add({ settings: { payment_url: 'https://pay.example.vn/pay', api_url } })
    expect([status, body]).toMatchObject([422, { errors: [{ pointer: '/settings/api_url' }] }])
  }
})

it.each([
  ['vnpay', {}, { minimum: 1, maximum: 9_999_999_999 }],
  ['vnpay', { amount_minimum: 10_000, amount_maximum: 20_000_000 }, { minimum: 10_000, maximum: 20_000_000 }],
  ['momo', { request_type: 'payWithCC' }, { minimum: 1_000, maximum: 10_000_000 }],
  ['momo', { amount_maximum: 5_000_000 }, { minimum: 1_000, maximum: 5_000_000 }],
])('shows citizens and portals what an account of %s with %j takes', async (provider, settings, limits) => {
  const momo = {
    credentials: { partner_code: 'LEPHI', access_key: 'accesskey1', secret_key: secretOf('s') },
    settings: { api_url: 'https://pay.example.vn', ...settings },
  }
  const vnpay = { settings: { ...input().settings, ...settings } }
  await gateway.sql`update merchant_accounts set status = 'disabled' where agency_code = 'H56.14'`
  const { body } = await add({ agency_code: 'H56.14', provider, ...(provider === 'momo' ? momo : vnpay) })
  const portal = await gateway.token(['orders:read'])
  const listed = await gateway.request('/v1/providers?agency_code=H56.14', { token: portal })
  const { data } = (await listed.json()) as { data: { merchant_account: string; limits: object }[] }
  expect(data.find(({ merchant_account }) => merchant_account === body.id)?.limits).toEqual(limits)
})

it('lists the accounts of an agency and of those below it', async () => {
  const own = (await add({ agency_code: 'H56.12.04' })).body.id
  const listed = async (agency: string) => {
    const answer = await gateway.request(`/v1/merchant_accounts?limit=200&agency_code=${agency}`, { token: admin })
    return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  }
  for (const agency of ['H56', 'H56.12', 'H56.12.04'])
    expect([agency, await listed(agency)]).toEqual([agency, expect.arrayContaining([own])])
  for (const agency of ['H56.12.03', 'H56.1', 'H56.14']) expect(await listed(agency)).not.toContain(own)
})

it('keeps credentials encrypted, bound to their account', async () => {
  const { body } = await add()
  const rows = await gateway.sql`select sealed from merchant_account_keys where merchant_account_id = ${body.id}`
  const sealed = rows[0]?.sealed as Uint8Array
  expect(new TextDecoder().decode(sealed)).not.toContain(secretOf('A'))
  await expect(gateway.deps.box.open(sealed, credentialsContext('mac_other'))).rejects.toThrow()
})

it('never tells a secret: not when it is read, listed, changed, refused or logged', async () => {
  const { body } = await add({ credentials: { tmn_code: 'LEPHI001', hash_secret: secretOf('S') } })
  const answers = await Promise.all([
    gateway.request(`/v1/merchant_accounts/${body.id}`, { token: admin }),
    gateway.request('/v1/merchant_accounts?limit=200', { token: admin }),
    gateway.request(`/v1/merchant_accounts/${body.id}`, { token: admin, method: 'PATCH', json: { title: 'x' } }),
    rotate(body.id, { credentials: { tmn_code: 'bad', hash_secret: secretOf('S') } }),
    rotate(body.id, { credentials: { tmn_code: 'LEPHI001', hash_secret: `${secretOf('S')} with spaces` } }),
    gateway.request('/v1/merchant_accounts', { token: admin, json: input({ [secretOf('S')]: 1 }) }),
    gateway.request('/v1/merchant_accounts', {
      token: admin,
      json: input({ settings: { hash_secret: secretOf('S') } }),
    }),
  ])
  // An unknown name that somebody made of a secret is repeated as a name; nothing else may hold it.
  const texts = await Promise.all(answers.filter((_answer, index) => index !== 5).map((answer) => answer.text()))
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 422, 422, 422, 422])
  for (const text of [...texts, ...lines]) expect(text).not.toContain(secretOf('S'))
})

it('names a wrong credential or setting where the caller put it', async () => {
  const wrong = await add({ credentials: { tmn_code: 'no' }, settings: { api_url: 'ftp://x', surprise: 'y' } })
  expect(wrong.status).toBe(422)
  const pointers = (wrong.body.errors ?? []).map(({ pointer }) => pointer)
  expect(pointers.toSorted()).toEqual([
    '/credentials/hash_secret',
    '/credentials/tmn_code',
    '/settings/api_url',
    '/settings/payment_url',
    '/settings/surprise',
  ])
})

it('rotates a key with an overlap, and not again within it unless it must end at once', async () => {
  const { body } = await add()
  const second = { credentials: { tmn_code: 'LEPHI001', hash_secret: secretOf('B') }, overlap_hours: 2 }
  const rotated = (await (await rotate(body.id, second)).json()) as Account
  expect(rotated.keys.map(({ retires_at }) => retires_at)).toEqual([null, '2026-11-23T11:00:00+07:00'])
  expect((await findConnection(gateway.deps, body.id, { fresh: true }))?.clients).toHaveLength(2)
  const third = { credentials: { tmn_code: 'LEPHI001', hash_secret: secretOf('C') } }
  const early = await rotate(body.id, third)
  expect([early.status, await early.json()]).toMatchObject([409, { code: 'secret_in_use' }])
  const leaked = (await (await rotate(body.id, { ...third, overlap_hours: 0 })).json()) as Account
  expect(leaked.keys.map(({ retires_at }) => retires_at)).toEqual([
    null,
    '2026-11-23T09:00:00+07:00',
    '2026-11-23T09:00:00+07:00',
  ])
  expect((await findConnection(gateway.deps, body.id, { fresh: true }))?.clients).toHaveLength(1)
})

it('keeps one current key when two rotate at once', async () => {
  const { body } = await add()
  const both = await Promise.all(
    ['D', 'E'].map((letter) =>
      rotate(body.id, { credentials: { tmn_code: 'LEPHI001', hash_secret: secretOf(letter) }, overlap_hours: 1 }),
    ),
  )
  const statuses = both.map((answer) => answer.status).toSorted()
  expect(statuses).toEqual([200, 409])
  const [row] =
    await gateway.sql`select count(*)::int as current from merchant_account_keys where merchant_account_id = ${body.id} and retires_at is null`
  expect(row?.current).toBe(1)
})

it('changes what may change, and checks new settings with the credentials that it has', async () => {
  const { body } = await add()
  const path = `/v1/merchant_accounts/${body.id}`
  const changed = await gateway.request(path, {
    token: admin,
    method: 'PATCH',
    json: {
      status: 'disabled',
      provider_fee: null,
      cutoff: '17:00',
      settlement_days: 2,
      statement_profile: {
        date_format: 'dd/MM/yyyy',
        columns: { amount: 'Số tiền', value_date: 'Ngày' },
      },
      settings: { payment_url: 'https://new.example.vn/pay', api_url: 'https://new.example.vn/api' },
    },
  })
  expect([changed.status, await changed.json()]).toMatchObject([
    200,
    {
      status: 'disabled',
      provider_fee: null,
      cutoff: '17:00',
      settlement_days: 2,
      statement_profile: { encoding: 'utf-8', columns: { amount: 'Số tiền', value_date: 'Ngày' } },
      settings: { api_url: 'https://new.example.vn/api' },
    },
  ])
  const wrong = await gateway.request(path, { token: admin, method: 'PATCH', json: { settings: { api_url: 'x' } } })
  expect(wrong.status).toBe(422)
})

describe('refuses', () => {
  it('another agency’s account in every way', async () => {
    const { body } = await add({ agency_code: 'H56.14' })
    const token = await gateway.token(['admin'], 'H56.12')
    const path = `/v1/merchant_accounts/${body.id}`
    const answers = await Promise.all([
      gateway.request(path, { token }),
      gateway.request(path, { token, method: 'PATCH', json: { title: 'mine' } }),
      gateway.request(`${path}/rotate_key`, { token, json: { credentials: { hash_secret: secretOf('Z') } } }),
      gateway.request('/v1/merchant_accounts', { token, json: input({ agency_code: 'H56.14' }) }),
      gateway.request('/v1/merchant_accounts', { token, json: input({ agency_code: 'H56.12.77' }) }),
    ])
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 404])
    const listed = (await (await gateway.request('/v1/merchant_accounts?limit=200', { token })).json()) as {
      data: Account[]
    }
    expect(listed.data.map(({ id }) => id)).not.toContain(body.id)
  })

  it('a provider that nobody registered, inherited names included', async () => {
    for (const provider of ['nobody', 'constructor', '__proto__', 'toString']) {
      const { status, body } = await add({ provider })
      expect([provider, status, body]).toMatchObject([provider, 422, { errors: [{ pointer: '/provider' }] }])
    }
  })

  it('published test credentials and plain http in production', async () => {
    const production = await startTestApp({ mode: 'production' })
    const token = await production.token(['admin'])
    const published = registry.momo?.publicTestCredentials ?? []
    const [partner_code, access_key, secret_key] = published
    const momo = {
      provider: 'momo',
      credentials: { partner_code, access_key, secret_key },
      settings: { api_url: 'https://payment.momo.vn' },
    }
    const refused = await production.request('/v1/merchant_accounts', { token, json: input(momo) })
    expect(refused.status).toBe(422)
    const plain = await production.request('/v1/merchant_accounts', {
      token,
      json: input({ settings: { payment_url: 'http://pay.example.vn', api_url: 'https://pay.example.vn' } }),
    })
    expect([plain.status, await plain.json()]).toMatchObject([
      422,
      { code: 'insecure_url', errors: [{ pointer: '/settings/payment_url' }] },
    ])
    for (const api_url of [
      'https://10.0.0.1/api',
      'https://169.254.169.254/latest',
      'https://2130706433/api',
      'https://[::1]/api',
      'https://vault.internal/api',
      'HTTPS:10.0.0.1',
    ]) {
      const answer = await production.request('/v1/merchant_accounts', {
        token,
        json: input({ settings: { payment_url: 'https://pay.example.vn', api_url } }),
      })
      expect([api_url, answer.status, await answer.json()]).toMatchObject([
        api_url,
        422,
        { errors: [{ pointer: '/settings/api_url' }] },
      ])
    }
    const good = { payment_url: 'https://pay.example.vn', api_url: 'https://pay.example.vn/api' }
    expect((await production.request('/v1/merchant_accounts', { token, json: input({ settings: good }) })).status).toBe(
      201,
    )
    await production.close()
  })
})
