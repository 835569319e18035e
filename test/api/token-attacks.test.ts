// Bearer tokens and client assertions as an attacker makes them: each is genuine but for the one thing that its name says, and the genuine one holds.
import { createHmac } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { currentSigningKey } from '../../src/flows/signing-keys.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

const issuer = 'https://sso.example.vn/realms/h56'
const jwksUrl = 'https://sso.example.vn/jwks'
const audience = 'http://gateway.test'
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let gateway: TestApp
let client: string
/** Of the gateway, of the other issuer, of a client that signs for itself, and of the attacker. */
let keys: Record<'own' | 'issuer' | 'client' | 'attacker', CryptoKey>
let publicOf: Record<'own' | 'issuer' | 'client' | 'attacker', object>
let ownKid: string
/** Where the gateway has gone to look for keys. */
const asked: string[] = []

beforeAll(async () => {
  const [theirs, clients, attackers] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true }),
  ])
  const published = { ...(await exportJWK(theirs.publicKey)), kid: 'sso-1', alg: 'RS256' }
  gateway = await startTestApp({
    fetch: async (url) => {
      asked.push(url)
      return Response.json({ keys: [published] })
    },
    config: { trustedIssuers: [{ issuer, jwksUrl, audience: 'lephi', agency: 'H56.12' }] },
  })
  const admin = await gateway.token(['admin'])
  const own = await currentSigningKey(gateway.deps)
  ownKid = own.kid
  const jwk = { ...(await exportJWK(clients.publicKey)), kid: 'c1' }
  const made = await gateway.request('/v1/clients', {
    token: admin,
    json: { name: 'Signs', agency_code: 'H56.12', scopes: ['admin'], jwks: { keys: [jwk] } },
  })
  client = ((await made.json()) as { client_id: string }).client_id
  keys = {
    own: await own.openPrivateKey(),
    issuer: theirs.privateKey,
    client: clients.privateKey,
    attacker: attackers.privateKey,
  }
  publicOf = { own: own.publicJwk, issuer: published, client: jwk, attacker: await exportJWK(attackers.publicKey) }
})
afterAll(() => gateway.close())

const now = () => Math.floor(gateway.clock.now().getTime() / 1000)
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
let count = 0

/** What each kind of token says when it is genuine. */
const genuine = {
  own: () => ({
    header: { alg: 'EdDSA', kid: ownKid, typ: 'at+jwt' },
    claims: {
      iss: audience,
      aud: audience,
      sub: client,
      client_id: client,
      agency: 'H56.12',
      scope: 'admin',
      jti: `tok_${count}`,
      iat: now(),
      exp: now() + 600,
    },
  }),
  issuer: () => ({
    header: { alg: 'RS256', kid: 'sso-1' },
    claims: {
      iss: issuer,
      aud: 'lephi',
      sub: `lan${count}`,
      agency: 'H56.12',
      scope: 'admin',
      iat: now(),
      exp: now() + 300,
    },
  }),
  client: () => ({
    header: { alg: 'RS256', kid: 'c1' },
    claims: {
      iss: client,
      sub: client,
      aud: `${audience}/oauth/token`,
      jti: `as${count}`,
      iat: now(),
      exp: now() + 60,
    },
  }),
}
type Kind = keyof typeof genuine
type Twist = { header?: Record<string, unknown>; claims?: JWTPayload; key?: keyof typeof keys }

const token = async (kind: Kind, { header, claims, key = kind }: Twist = {}): Promise<string> => {
  count += 1
  const usual = genuine[kind]()
  return new SignJWT({ ...usual.claims, ...claims })
    .setProtectedHeader({ ...usual.header, ...header } as JWTHeaderParameters)
    .sign(keys[key], { crit: { nobody: true } })
}
/** Written by hand, where a library refuses to. */
const written = (
  kind: Kind,
  header: object,
  signature: string | ((signed: string) => string),
  payload?: string,
): string => {
  count += 1
  const usual = genuine[kind]()
  const signed = `${encode({ ...usual.header, ...header })}.${encode(payload ?? usual.claims)}`
  return `${signed}.${typeof signature === 'string' ? signature : signature(signed)}`
}
const hmac = (key: string) => (signed: string) => createHmac('sha256', key).update(signed).digest('base64url')

/** The status that it gets: as a bearer, or at the token endpoint. */
const use = async (kind: Kind, text: string): Promise<number> => {
  if (kind !== 'client') return (await gateway.request('/v1/clients', { token: text })).status
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion: text,
  })
  return (await gateway.request('/oauth/token', { method: 'POST', body })).status
}

const kinds = ['own', 'issuer', 'client'] as const
const attacks: Record<string, (kind: Kind) => Promise<string> | string> = {
  'without a signature (alg none)': (kind) => written(kind, { alg: 'none' }, ''),
  'without a signature, in other letters (alg NoNe)': (kind) => written(kind, { alg: 'NoNe' }, ''),
  'without a signature under its own algorithm': (kind) => written(kind, {}, ''),
  'signed with the public key as a secret (HS for RS)': (kind) =>
    written(kind, { alg: 'HS256' }, hmac(JSON.stringify(publicOf[kind]))),
  'signed with nothing as a secret': (kind) => written(kind, { alg: 'HS256' }, hmac('')),
  'signed by another key': (kind) => token(kind, { key: 'attacker', header: { alg: 'EdDSA' } }),
  'that brings its own key (jwk)': (kind) =>
    token(kind, { key: 'attacker', header: { alg: 'EdDSA', jwk: publicOf.attacker } }),
  'that says where its key is (jku)': (kind) =>
    token(kind, { key: 'attacker', header: { alg: 'EdDSA', jku: 'https://evil.example/jwks' } }),
  'that says where its certificate is (x5u)': (kind) =>
    token(kind, { key: 'attacker', header: { alg: 'EdDSA', x5u: 'https://evil.example/x5u' } }),
  'of no key id that there is': (kind) => token(kind, { header: { kid: 'nobody' } }),
  'whose key id is a path': (kind) =>
    token(kind, { key: 'attacker', header: { alg: 'EdDSA', kid: '../../../dev/null' } }),
  'whose key id is SQL': (kind) => token(kind, { key: 'attacker', header: { alg: 'EdDSA', kid: `x' or '1'='1` } }),
  'whose key id is an address': (kind) =>
    token(kind, { key: 'attacker', header: { alg: 'EdDSA', kid: 'https://evil.example/key' } }),
  'whose key id is a zero byte': (kind) => token(kind, { key: 'attacker', header: { alg: 'EdDSA', kid: '\u0000' } }),
  'whose key id is every object’s': (kind) =>
    token(kind, { key: 'attacker', header: { alg: 'EdDSA', kid: '__proto__' } }),
  'with a critical header that nobody knows': (kind) => token(kind, { header: { crit: ['nobody'], nobody: 1 } }),
  'of another issuer': (kind) => token(kind, { claims: { iss: 'https://evil.example' } }),
  'for another audience': (kind) => token(kind, { claims: { aud: 'https://elsewhere.example' } }),
  'for no audience': (kind) => token(kind, { claims: { aud: undefined } as never }),
  'that has ended': (kind) => token(kind, { claims: { exp: now() - 60 } }),
  'without an end': (kind) => token(kind, { claims: { exp: undefined } as never }),
  'whose end is no number': (kind) => token(kind, { claims: { exp: 'never' } as never }),
  'that begins later (nbf)': (kind) => token(kind, { claims: { nbf: now() + 120 } }),
  'that was issued tomorrow (iat)': (kind) => token(kind, { claims: { iat: now() + 86_400, exp: now() + 86_500 } }),
  'in which a claim is altered': async (kind) => {
    const [header, , signature] = (await token(kind)).split('.')
    return `${header}.${encode({ ...genuine[kind]().claims, agency: '*', sub: 'cli_other' })}.${signature}`
  },
  'in which a claim stands twice': async (kind) => {
    const [header, payload = '', signature] = (await token(kind)).split('.')
    const text = Buffer.from(payload, 'base64url').toString()
    return `${header}.${encode(`${text.slice(0, -1)},"agency":"*","exp":9999999999}`)}.${signature}`
  },
  'whose payload is no object': (kind) => written(kind, {}, 'AAAA', '[]'),
  'with a fourth part': async (kind) => `${await token(kind)}.AAAA`,
  'of a hundred thousand characters': (kind) => token(kind, { claims: { more: 'x'.repeat(100_000) } }),
  'of ten thousand levels': (kind) => written(kind, {}, 'AAAA', `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
}

/** Where only somebody with our own key could do it, who needs no such thing. */
const notOwn = ['that was issued tomorrow (iat)']

describe.each(kinds)('a token of the kind "%s"', (kind) => {
  it('holds when it is genuine', async () => {
    expect(await use(kind, await token(kind))).toBe(200)
  })
  it.each(Object.keys(attacks).filter((name) => kind !== 'own' || !notOwn.includes(name)))(
    'does not hold %s',
    async (name) => {
      const before = asked.length
      const text = (await attacks[name]?.(kind)) ?? ''
      expect([400, 401]).toContain(await use(kind, text))
      // Nothing in a token tells where to look for keys.
      expect(asked.slice(before).filter((url) => url !== jwksUrl)).toEqual([])
    },
  )
})

describe('a token of ours', () => {
  it('is no other thing that the same key signed, and no other kind of token', async () => {
    expect(await use('own', await token('own', { header: { typ: 'JWT' } }))).toBe(401)
    expect(await use('own', await token('own', { header: { typ: undefined } }))).toBe(401)
    expect(await use('own', await token('client'))).toBe(401)
    expect(await use('client', await token('own'))).toBe(401)
    expect(await use('client', await token('issuer'))).toBe(401)
  })

  it('says for which agency, whom and under which number, or holds for nothing', async () => {
    for (const claims of [
      { sub: undefined },
      { jti: undefined },
      { agency: undefined },
      { agency: '' },
      { agency: ['H56.12'] },
      { agency: 7 },
    ])
      expect([claims, await use('own', await token('own', { claims: claims as never }))]).toEqual([claims, 401])
    for (const scope of [undefined, '', 'ADMIN', 'admin,orders:read', ['admin'], 'admin\u0000'])
      expect([scope, await use('own', await token('own', { claims: { scope } as never }))]).toEqual([scope, 403])
  })

  it('is asked for in the header alone, where no log and no other site sees it', async () => {
    const text = await token('own')
    const open = async (path: string, headers: Record<string, string> = {}) =>
      (await gateway.request(path, { headers })).status
    expect(await open(`/v1/clients?access_token=${text}`)).toBe(401)
    expect(await open('/v1/clients', { cookie: `access_token=${text}; lephi_console=${text}` })).toBe(401)
    expect(await open('/v1/clients', { authorization: `Basic ${btoa(`x:${text}`)}` })).toBe(401)
    expect(await open('/v1/clients', { authorization: `Bearer ${text}, Bearer ${text}` })).toBe(401)
  })

  it('comes with nothing to renew it by: there is no refresh token to steal, and no grant that takes one', async () => {
    const { clientId, secret } = await gateway.client(['admin'])
    const ask = async (members: Record<string, string>) => {
      const body = new URLSearchParams({ client_id: clientId, client_secret: secret, ...members })
      const answer = await gateway.request('/oauth/token', { method: 'POST', body })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    }
    const issued = await ask({ grant_type: 'client_credentials', scope: 'admin' })
    expect(Object.keys(issued.body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
    expect(await ask({ grant_type: 'refresh_token', refresh_token: String(issued.body.access_token) })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    })
  })
})
