import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

const key = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeHg='
const random = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const production = {
  LEPHI_MODE: 'production',
  DATABASE_URL: 'postgres://lephi:pw@db/lephi',
  PUBLIC_URL: 'https://lephi.example.vn',
  LEPHI_MASTER_KEY: random,
}

const refusal = (env: Record<string, string>): string => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

it('starts a demo with nothing set', () => {
  expect(readConfig({})).toMatchObject({
    port: 8787,
    host: '127.0.0.1',
    publicUrl: 'http://127.0.0.1:8787',
    mode: 'demo',
    databaseUrl: null,
    dataDir: '.lephi',
    masterKeys: [],
    trustedIssuers: [],
  })
})

it('takes an empty variable for an absent one, and follows host and port', () => {
  expect(readConfig({ PORT: '', HOST: '::1', LEPHI_MODE: '' }).publicUrl).toBe('http://[::1]:8787')
  expect(readConfig({ PUBLIC_URL: 'https://lephi.example.vn/' }).publicUrl).toBe('https://lephi.example.vn')
})

it('is production where a database is given and no mode', () => {
  const { LEPHI_MODE: _mode, ...rest } = production
  expect(readConfig(rest).mode).toBe('production')
  expect(readConfig({ ...rest, LEPHI_MODE: 'demo' }).mode).toBe('demo')
})

it('wants a way past the pooler where there is one, and a database behind either', () => {
  const direct = 'postgres://owner:pw@db/lephi'
  const pooled = { ...production, LEPHI_DATABASE_POOLER: 'transaction', DATABASE_MIGRATIONS_URL: direct }
  expect(readConfig(production)).toMatchObject({ databasePooler: null, migrationsUrl: null })
  expect(readConfig(pooled)).toMatchObject({ databasePooler: 'transaction', migrationsUrl: direct })
  expect(refusal({ ...pooled, DATABASE_MIGRATIONS_URL: '' })).toMatch(/^DATABASE_MIGRATIONS_URL: .*past it/)
  expect(refusal({ LEPHI_DATABASE_POOLER: 'transaction' })).toMatch(/^LEPHI_DATABASE_POOLER: .*DATABASE_URL/)
  expect(refusal({ DATABASE_MIGRATIONS_URL: direct })).toMatch(/^DATABASE_MIGRATIONS_URL: .*DATABASE_URL/)
  expect(readConfig({ ...production, DATABASE_REPLICA_URL: direct })).toMatchObject({ replicaUrl: direct })
  expect(refusal({ DATABASE_REPLICA_URL: direct })).toMatch(/^DATABASE_REPLICA_URL: .*DATABASE_URL/)
  expect(refusal({ ...pooled, LEPHI_DATABASE_POOLER: 'session' })).toBe('LEPHI_DATABASE_POOLER: must be transaction')
  expect(refusal({ ...pooled, DATABASE_MIGRATIONS_URL: 'db:5432' })).toMatch(/^DATABASE_MIGRATIONS_URL: must be/)
})

it('reads several master keys, the sealing one first', () => {
  const { masterKeys } = readConfig({
    ...production,
    LEPHI_MASTER_KEY: `k2:${random}, k1:${random.replace('AAEC', 'ZZEC')}`,
  })
  expect(masterKeys.map(({ id, key: bytes }) => [id, bytes.length])).toEqual([
    ['k2', 32],
    ['k1', 32],
  ])
})

it('reads where spans go and of how many traces, and takes no secret in the address', () => {
  const traces = (more: object) => readConfig({ ...production, ...more }).traces
  expect([readConfig(production).traces, traces({ OTEL_TRACES_SAMPLER_ARG: '0.1' })]).toEqual([null, null])
  const given = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector:4318' }
  expect(traces(given)).toEqual({ url: 'http://otel-collector:4318/v1/traces', share: 1, headers: {} })
  const below = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example/otlp/', OTEL_TRACES_SAMPLER_ARG: '0.05' }
  expect(traces(below)).toEqual({ url: 'https://c.example/otlp/v1/traces', share: 0.05, headers: {} })
  for (const wrong of ['otel-collector:4318', 'https://user:pw@c.example', 'https://c.example/?key=1', 'x'])
    expect(refusal({ ...production, OTEL_EXPORTER_OTLP_ENDPOINT: wrong })).toContain(
      'OTEL_EXPORTER_OTLP_ENDPOINT: must be',
    )
  for (const wrong of ['2', '-1', '1e3', 'all'])
    expect(refusal({ ...production, ...given, OTEL_TRACES_SAMPLER_ARG: wrong })).toContain(
      'OTEL_TRACES_SAMPLER_ARG: must be',
    )
})

it('reads what a collector asks for, and repeats none of it where it is wrong', () => {
  const given = { ...production, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example' }
  const headers = (OTEL_EXPORTER_OTLP_HEADERS: string) =>
    readConfig({ ...given, OTEL_EXPORTER_OTLP_HEADERS }).traces?.headers
  expect(headers('Authorization=Bearer%20abc, x-key=a=b')).toEqual({ authorization: 'Bearer abc', 'x-key': 'a=b' })
  for (const wrong of ['hush', 'x-key=hush,', 'x-key=%zz hush', 'host=hush', `x=${'h'.repeat(4_000)}`]) {
    const problem = refusal({ ...given, OTEL_EXPORTER_OTLP_HEADERS: wrong })
    expect(problem).toMatch(/^OTEL_EXPORTER_OTLP_HEADERS: /)
    expect(problem).not.toMatch(/hush|hhh/)
  }
})

it('reads the hosts of private networks that may be called, as they are compared', () => {
  const hosts = (LEPHI_PRIVATE_HOSTS: string) => readConfig({ ...production, LEPHI_PRIVATE_HOSTS }).privateHosts
  expect(readConfig(production).privateHosts).toEqual([])
  expect(hosts('Pay.bank.lan, *.tslcd.vn,10.1.2.3')).toEqual(['pay.bank.lan', '*.tslcd.vn', '10.1.2.3'])
  for (const wrong of ['*', 'pay.bank.lan:8443', 'https://pay.bank.lan', 'a,,b', '10.0.0.0/8'])
    expect([wrong, refusal({ ...production, LEPHI_PRIVATE_HOSTS: wrong })]).toEqual([
      wrong,
      expect.stringContaining('LEPHI_PRIVATE_HOSTS: must be at most 100 hosts'),
    ])
})

it('reads trusted issuers', () => {
  const list = JSON.stringify([
    { issuer: 'https://sso', jwks_url: 'https://sso/jwks', audience: 'lephi', agency: 'H56' },
  ])
  expect(readConfig({ LEPHI_TRUSTED_ISSUERS: list }).trustedIssuers).toEqual([
    { issuer: 'https://sso', jwksUrl: 'https://sso/jwks', audience: 'lephi', agency: 'H56' },
  ])
})

const openId = {
  LEPHI_OIDC_ISSUER: 'https://id.example.vn/realms/h56',
  LEPHI_OIDC_CLIENT_ID: 'lephi',
  LEPHI_OIDC_AGENCY: 'H56',
}

it('reads who vouches for the people of the console, and nobody where nothing is said', () => {
  expect(readConfig({}).openId).toBeNull()
  expect(readConfig({ ...production, ...openId }).openId).toEqual({
    issuer: 'https://id.example.vn/realms/h56',
    clientId: 'lephi',
    clientSecret: null,
    clientAuth: null,
    roleClaim: 'lephi_role',
    agencyClaim: 'lephi_agency',
    agency: 'H56',
    scope: null,
  })
  const more = {
    LEPHI_OIDC_CLIENT_SECRET: 'secret',
    LEPHI_OIDC_CLIENT_AUTH: 'post',
    LEPHI_OIDC_ROLE_CLAIM: 'https://lephi.vn/role',
    LEPHI_OIDC_SCOPE: 'roles groups',
    LEPHI_OIDC_ACR: 'urn:card urn:key',
  }
  expect(readConfig({ ...openId, ...more }).openId).toMatchObject({
    clientSecret: 'secret',
    clientAuth: 'post',
    roleClaim: 'https://lephi.vn/role',
    scope: 'roles groups',
    acr: ['urn:card', 'urn:key'],
  })
})

describe('refuses', () => {
  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'lephi.example.vn'],
    ['PUBLIC_URL', 'https://lephi.example.vn/path'],
    ['PUBLIC_URL', 'https://user:pw@lephi.example.vn'],
    ['DATABASE_URL', 'mysql://db'],
    ['LEPHI_MODE', 'prod'],
    ['LEPHI_MASTER_KEY', 'short'],
    ['LEPHI_MASTER_KEY', `${key},${key}`],
    ['LEPHI_TRUSTED_ISSUERS', 'nonsense'],
    ['LEPHI_TRUSTED_ISSUERS', '[{"issuer":"x"}]'],
    ['LEPHI_TRUSTED_ISSUERS', '[{"issuer":"https://sso","jwks_url":"https://sso/jwks","audience":"lephi"}]'],
    ['LEPHI_OIDC_ISSUER', 'sso.example.vn'],
    ['LEPHI_OIDC_ISSUER', 'https://id.example.vn/?tenant=1'],
    ['LEPHI_OIDC_ISSUER', 'https://user@id.example.vn/'],
    ['LEPHI_OIDC_ISSUER', 'https://id.example.vn/.well-known/openid-configuration'],
    ['LEPHI_OIDC_AGENCY', '*'],
    ['LEPHI_OIDC_CLIENT_AUTH', 'private'],
    ['LEPHI_OIDC_SCOPE', 'roles  groups'],
    ['LEPHI_UPLOAD_BYTES_MAX', '1'],
    ['LEPHI_RATE_READ', '0'],
  ])('%s=%s, naming the variable and not its value', (name, value) => {
    const message = refusal({ [name]: value })
    expect(message).toMatch(new RegExp(`^${name}: must be`))
    if (value.length > 10) expect(message).not.toContain(value)
  })

  it('an issuer that is half described, or not safe in production', () => {
    for (const absent of Object.keys(openId)) {
      expect(refusal({ ...openId, [absent]: '' })).toMatch(new RegExp(`^${absent}: sign-in`))
    }
    const plain = { ...openId, LEPHI_OIDC_ISSUER: 'http://id.example.vn' }
    expect(readConfig(plain).openId?.issuer).toBe('http://id.example.vn')
    expect(refusal({ ...production, ...plain })).toMatch(/^LEPHI_OIDC_ISSUER: production needs an https/)
  })

  it('an unsafe production', () => {
    expect(refusal(production)).toBe('')
    expect(refusal({ ...production, PUBLIC_URL: 'http://lephi.example.vn' })).toMatch(/^PUBLIC_URL: /)
    expect(refusal({ ...production, LEPHI_MASTER_KEY: '' })).toMatch(/^LEPHI_MASTER_KEY: /)
    expect(refusal({ ...production, LEPHI_MASTER_KEY: `demo1:${random}` })).toMatch(/^LEPHI_MASTER_KEY: /)
    expect(refusal({ ...production, LEPHI_MASTER_KEY: `${'A'.repeat(43)}=` })).toMatch(/^LEPHI_MASTER_KEY: /)
    expect(refusal({ ...production, DATABASE_URL: '' })).toMatch(/^DATABASE_URL: /)
    const plain = JSON.stringify([
      { issuer: 'https://sso', jwks_url: 'http://sso/jwks', audience: 'lephi', agency: 'H56' },
    ])
    expect(refusal({ ...production, LEPHI_TRUSTED_ISSUERS: plain })).toMatch(/^LEPHI_TRUSTED_ISSUERS: /)
  })
})
