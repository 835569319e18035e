import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rotateSigningKey } from '../../src/flows/signing-keys.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

const issuer = 'https://sso.example.vn/realms/h56'
const jwksUrl = 'https://sso.example.vn/jwks'
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let gateway: TestApp
let issuerKeys: CryptoKeyPair
let jwksFetches = 0

beforeAll(async () => {
  issuerKeys = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(issuerKeys.publicKey)), kid: 'sso-1', alg: 'ES256' }
  gateway = await startTestApp({
    fetch: async (url) => {
      if (url !== jwksUrl) throw new TypeError('fetch failed')
      jwksFetches += 1
      return Response.json({ keys: [jwk] })
    },
    config: { trustedIssuers: [{ issuer, jwksUrl, audience: 'lephi', agency: 'H56.12' }] },
  })
})
afterAll(() => gateway.close())

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  gateway.request('/oauth/token', {
    method: 'POST',
    headers,
    body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
  })

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`,
})

const read = (token: string, path = '/v1/clients') => gateway.request(path, { token })
type Token = { access_token: string; scope: string; expires_in: number; token_type: string }

describe('a secret', () => {
  it('gets a token in the header and in the body', async () => {
    const { clientId, secret } = await gateway.client(['admin', 'orders:read'])
    const answers = [
      await form({}, basic(clientId, secret)),
      await form({ client_id: clientId, client_secret: secret }),
      await form({ client_id: clientId, extension: 'ignored' }, basic(clientId, secret)),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
      const token = (await answer.json()) as Token
      expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'admin orders:read' })
      expect((await read(token.access_token)).status).toBe(200)
    }
  })

  it('gets what it asks for and no more', async () => {
    const { clientId, secret } = await gateway.client(['admin', 'orders:read'])
    const narrowed = (await (await form({ scope: 'orders:read' }, basic(clientId, secret))).json()) as Token
    expect(narrowed.scope).toBe('orders:read')
    expect((await read(narrowed.access_token)).status).toBe(403)
    for (const scope of ['orders:write', 'admin orders:write', 'nonsense']) {
      const refused = await form({ scope }, basic(clientId, secret))
      expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'invalid_scope' }])
    }
  })
})

describe('a token', () => {
  it('carries the claims of the contract and dies after 15 minutes', async () => {
    const { clientId, secret } = await gateway.client(['admin'], 'H56.12')
    const { access_token } = (await (await form({}, basic(clientId, secret))).json()) as Token
    const [, payload = ''] = access_token.split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: 'http://gateway.test',
      aud: 'http://gateway.test',
      sub: clientId,
      scope: 'admin',
      agency: 'H56.12',
      jti: expect.stringMatching(/^tok_/),
    })
    gateway.clock.advance(899)
    expect((await read(access_token)).status).toBe(200)
    gateway.clock.advance(2)
    const late = await read(access_token)
    expect([late.status, late.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="lephi", error="invalid_token"',
    ])
  })

  it('is verified without the database', async () => {
    const token = await gateway.token(['admin'])
    const other = await startTestApp({ db: gateway.deps.db, box: gateway.deps.box, clock: gateway.clock })
    const reserve = gateway.deps.db.sql.reserve
    let reserved = 0
    gateway.deps.db.sql.reserve = () => {
      reserved += 1
      return reserve()
    }
    // A scope that this route does not take: the refusal comes after the token held, and before any reading.
    expect((await other.request('/v1/orders', { token })).status).toBe(403)
    gateway.deps.db.sql.reserve = reserve
    expect(reserved).toBe(0)
    await other.close()
  })

  it('outlives the rotation of our key, and new ones are signed with the new key', async () => {
    const before = await gateway.token(['admin'])
    const key = await rotateSigningKey(gateway.deps)
    const after = await gateway.token(['admin'])
    const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
    expect(kidOf(after)).toBe(key.kid)
    expect(kidOf(before)).not.toBe(key.kid)
    expect((await read(before)).status).toBe(200)
    expect((await read(after)).status).toBe(200)
    const jwks = (await (await gateway.request('/.well-known/jwks.json')).json()) as { keys: { kid: string }[] }
    expect(jwks.keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining([kidOf(before), key.kid]))
  })

  it('is signed by one key, however many processes make their first at once', async () => {
    const fresh = await startTestApp()
    const raw = crypto.getRandomValues(new Uint8Array(32))
    // Each sealed box has a memory of keys of its own, as each process has.
    const processes = Array.from({ length: 5 }, () =>
      startTestApp({ db: fresh.deps.db, box: createSealedBox([{ id: 'test', key: raw }]) }),
    )
    const apps = await Promise.all(processes)
    const sets = await Promise.all(apps.map(async (app) => (await app.request('/.well-known/jwks.json')).text()))
    expect(new Set(sets).size).toBe(1)
    const [row] = await fresh.sql`select count(*)::int as keys from signing_keys`
    expect(row?.keys).toBe(1)
    await Promise.all([...apps, fresh].map((app) => app.close()))
  })
})

describe('a signed assertion', () => {
  let keys: CryptoKeyPair
  let clientId: string
  let jti = 0

  beforeAll(async () => {
    keys = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const made = await gateway.request('/v1/clients', {
      token: await gateway.token(['admin']),
      json: {
        name: 'Signs for itself',
        agency_code: 'H56.12',
        scopes: ['admin'],
        jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'c1' }] },
      },
    })
    const body = (await made.json()) as { client_id: string; client_secret: null }
    expect(body.client_secret).toBeNull()
    clientId = body.client_id
  })

  const assert = (more: Record<string, unknown> = {}, key: CryptoKey = keys.privateKey) => {
    jti += 1
    const now = Math.floor(gateway.clock.now().getTime() / 1000)
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: 'http://gateway.test/oauth/token',
      exp: now + 60,
      jti: `a${jti}`,
      ...more,
    }
    return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: 'c1' }).sign(key)
  }
  const send = async (assertion: string, more: Record<string, string> = {}) =>
    form({ client_assertion_type: assertionType, client_assertion: assertion, ...more })

  it('gets a token once', async () => {
    const assertion = await assert()
    const first = await send(assertion)
    expect(first.status).toBe(200)
    expect((await read(((await first.json()) as Token).access_token)).status).toBe(200)
    const replayed = await send(assertion)
    expect([replayed.status, await replayed.json()]).toMatchObject([401, { error: 'invalid_client' }])
  })

  it('gets one token when 10 copies arrive at once', async () => {
    const assertion = await assert()
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(assertion)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  })

  it('refuses one that is expired, long-lived, for somebody else, by another key or by another name', async () => {
    const now = Math.floor(gateway.clock.now().getTime() / 1000)
    const stranger = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const refused = [
      await send(await assert({ exp: now - 60 })),
      await send(await assert({ exp: now + 3_600 })),
      await send(await assert({ exp: undefined })),
      await send(await assert({ jti: undefined })),
      await send(await assert({ aud: 'https://elsewhere.vn' })),
      await send(await assert({ iss: 'cli_other' })),
      await send(await assert({}, stranger.privateKey)),
      await send(await assert(), { client_id: 'cli_other' }),
      await send('not.a.jwt'),
      await form({ client_id: clientId, client_secret: '' }),
    ]
    for (const answer of refused) {
      expect([answer.status, await answer.json()]).toMatchObject([401, { error: 'invalid_client' }])
    }
  })
})

describe('another issuer', () => {
  const sign = (claims: Record<string, unknown>, key: CryptoKey = issuerKeys.privateKey, typ?: string) => {
    const now = Math.floor(gateway.clock.now().getTime() / 1000)
    return new SignJWT({
      iss: issuer,
      aud: 'lephi',
      sub: 'lan',
      exp: now + 300,
      agency: 'H56.12.03',
      scope: 'openid admin',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'sso-1', ...(typ ? { typ } : {}) })
      .sign(key)
  }

  it('is believed for its part of the tree, its keys fetched once', async () => {
    const answer = await read(await sign({}), '/v1/agencies')
    expect(answer.status).toBe(200)
    const { data } = (await answer.json()) as { data: { agency_code: string }[] }
    expect(data.map(({ agency_code }) => agency_code)).toEqual(['H56.12.03'])
    await read(await sign({ sub: 'minh' }))
    expect(jwksFetches).toBe(1)
  })

  it('is not believed beyond it, nor for what its token lacks', async () => {
    const stranger = await generateKeyPair('ES256')
    const tokens = [
      await sign({ agency: 'H56' }),
      await sign({ agency: '*' }),
      await sign({ agency: 'H56.123' }),
      await sign({ agency: undefined }),
      await sign({ agency: ['H56.12'] }),
      await sign({ aud: 'another' }),
      await sign({ iss: 'https://other.example.vn' }),
      await sign({ iss: 'http://gateway.test', aud: 'http://gateway.test' }),
      await sign({ exp: 1 }),
      await sign({}, stranger.privateKey),
    ]
    for (const token of tokens) expect((await read(token)).status).toBe(401)
    expect((await read(await sign({ scope: 'openid profile' }))).status).toBe(403)
  })

  it('is not believed for a token of another kind', async () => {
    const typed = (typ: string) => sign({}, issuerKeys.privateKey, typ)
    for (const typ of ['JWT', 'at+jwt', 'application/at+jwt', 'AT+JWT'])
      expect((await read(await typed(typ))).status).toBe(200)
    for (const typ of ['id+jwt', 'logout+jwt', 'dpop+jwt', 'rt+jwt'])
      expect((await read(await typed(typ))).status).toBe(401)
    expect((await read(await sign({ typ: 'Bearer', token_use: 'access' }))).status).toBe(200)
    const others = [
      ...[{ nonce: 'n' }, { at_hash: 'h' }, { c_hash: 'h' }, { typ: 'ID' }, { typ: 'Refresh' }, { token_use: 'id' }],
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    ]
    for (const claims of others) expect([claims, (await read(await sign(claims))).status]).toEqual([claims, 401])
  })
})

it('never takes another issuer’s word for the whole system, though it may speak for any agency', async () => {
  const jwk = { ...(await exportJWK(issuerKeys.publicKey)), kid: 'sso-1', alg: 'ES256' }
  const app = await startTestApp({
    clock: gateway.clock,
    fetch: async () => Response.json({ keys: [jwk] }),
    config: { trustedIssuers: [{ issuer, jwksUrl, audience: 'lephi', agency: '*' }] },
  })
  const status = async (agency: string) => {
    const exp = Math.floor(gateway.clock.now().getTime() / 1000) + 300
    const token = await new SignJWT({ iss: issuer, aud: 'lephi', sub: 'lan', exp, agency, scope: 'admin' })
      .setProtectedHeader({ alg: 'ES256', kid: 'sso-1' })
      .sign(issuerKeys.privateKey)
    return (await app.request('/v1/agencies', { token })).status
  }
  expect([await status('H56'), await status('*')]).toEqual([200, 401])
  await app.close()
})

describe('refuses', () => {
  it('wrong, unknown, expired and revoked clients alike, in OAuth’s own words', async () => {
    const { clientId, secret } = await gateway.client(['admin'])
    const revoked = await gateway.client(['admin'])
    await gateway.sql`update clients set revoked_at = ${gateway.clock.now()} where id = ${revoked.clientId}`
    const answers = [
      await form({}, basic(clientId, `${secret}x`)),
      await form({}, basic('cli_nobody', secret)),
      await form({}, basic('cli_nobody', '')),
      await form({}, basic(revoked.clientId, revoked.secret)),
      await form({}, basic(`${clientId}\u0000`, secret)),
      await form({}, { authorization: 'Basic !!!' }),
      await form({}),
    ]
    const bodies = await Promise.all(answers.map((answer) => answer.json()))
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 401))
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Basic realm="lephi"')
    for (const body of bodies) expect(body).toEqual({ error: 'invalid_client', error_description: expect.any(String) })
    expect(bodies[0]).toEqual(bodies[1])
    expect(bodies[0]).toEqual(bodies[3])
  })

  it('two ways of authentication at once, another grant, a doubled parameter and another content type', async () => {
    const { clientId, secret } = await gateway.client(['admin'])
    const both = await form({ client_secret: secret, client_id: clientId }, basic(clientId, secret))
    expect([both.status, await both.json()]).toMatchObject([400, { error: 'invalid_request' }])
    const grant = await form({ grant_type: 'password' }, basic(clientId, secret))
    expect([grant.status, await grant.json()]).toMatchObject([400, { error: 'unsupported_grant_type' }])
    const post = (body: string, type: string) =>
      gateway.request('/oauth/token', { method: 'POST', headers: { 'content-type': type }, body })
    const doubled = await post('grant_type=a&grant_type=b', 'application/x-www-form-urlencoded')
    expect([doubled.status, await doubled.json()]).toMatchObject([400, { error: 'invalid_request' }])
    const json = await post('{}', 'application/json')
    expect([json.status, await json.json()]).toMatchObject([400, { error: 'invalid_request' }])
    const large = await post('a='.padEnd(100_000, 'x'), 'application/x-www-form-urlencoded')
    expect([large.status, await large.json()]).toMatchObject([400, { error: 'invalid_request' }])
  })

  it('a token that was altered, unsigned, or is none', async () => {
    const token = await gateway.token(['admin'])
    const [header = '', payload = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const forged = [
      `${header}.${encode({ ...claims, agency: '*' })}.${signature}`,
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'x' })}.${payload}.${signature}`,
      `${header}.${payload}`,
      'x',
    ]
    for (const each of forged) expect((await read(each)).status).toBe(401)
    const missing = await gateway.request('/v1/agencies')
    expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="lephi"'])
  })
})
