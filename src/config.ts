/** The one schema of the environment: every variable, its default, and what production refuses. Values are never part of an error. */
import { z } from 'zod'
import { systemScope } from './domain/agency-scope.ts'
import { type CallBudgets, defaultBudgetsMs } from './domain/call-budget.ts'
import type { OpenIdSettings } from './domain/openid.ts'
import { hostsMax, readHostPattern } from './domain/outgoing-hosts.ts'
import { readHeaderList } from './lib/header-list.ts'
import type { SealingKey } from './lib/sealed-box.ts'
import { isCollector, isIssuer, isOrigin } from './lib/setting-addresses.ts'
import type { Collector } from './lib/spans.ts'

/**
 * Requests per minute, and as many at once: of one client, or of one network where nobody says who calls (`token`; `checkout`, the presses of citizens who pay; `verify`,
 * receipts looked up in our records; `sign_in`, the steps of signing in to the console).
 */
export type RateLimits = {
  read: number
  write: number
  token: number
  checkout: number
  verify: number
  sign_in: number
}

/** An issuer of tokens that we accept besides our own. */
export type TrustedIssuer = {
  issuer: string
  jwksUrl: string
  audience: string
  /** The part of the tree that its tokens may speak for; `*` is any agency, each token naming one. */
  agency: string
}

export type Config = {
  port: number
  host: string
  /** How others reach us, without a slash at the end. */
  publicUrl: string
  /** Null: the entry starts an embedded database. */
  databaseUrl: string | null
  /** What stands between us and the database that `databaseUrl` names; null: nothing. */
  databasePooler: 'transaction' | null
  /** Where migrations are applied; null: at `databaseUrl`. */
  migrationsUrl: string | null
  /** A standby of the same database, which reads reports. */
  replicaUrl: string | null
  /** Connections at most that requests use, and those that only background work uses. */
  requestConnections: number
  jobConnections: number
  dataDir: string
  mode: 'demo' | 'production'
  /** The first one seals. Empty in demo mode when none is given: the entry then keeps a generated key in the data directory. */
  masterKeys: readonly SealingKey[]
  trustedIssuers: readonly TrustedIssuer[]
  /** Who vouches for the people of the console. Null: nobody, unless the demo brings an issuer of its own. */
  openId: OpenIdSettings | null
  /** By way of which service a code's page offers to open a bank's app; null: it does not. */
  bankAppLinks: string | null
  rateLimits: RateLimits
  uploadBytesMax: number
  callBudgetsMs: CallBudgets
  keyQuietMs: number
  /** Hosts of private networks that merchant accounts and webhook endpoints may name all the same. */
  privateHosts: readonly string[]
  /** How many proxies in front of us append to x-forwarded-for; 0: nobody does, the header is a stranger's word. */
  trustedProxies: number
  /** How long a process that is told to end still answers after it has said that it is not ready; milliseconds. */
  drainMs: number
  /** What /metrics asks for as a bearer token. Null: open in demo mode, absent in production. */
  metricsToken: string | null
  logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Where spans are sent, and of which share of traces. Null: nowhere. */
  traces: Collector | null
}

/** The environment does not describe a gateway that may start. The message has one line per variable. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the environment; an empty variable counts as absent. Throws ConfigError naming each wrong variable and what it should be. Production refuses
 * a plain-http PUBLIC_URL, a missing master key, and keys that are published, generated for the demo or obviously not random.
 */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in environment.shape && value))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`).join('\n'))
  }
  const values = parsed.data
  const mode = values.LEPHI_MODE ?? (values.DATABASE_URL ? 'production' : 'demo')
  const masterKeys = values.LEPHI_MASTER_KEY ?? []
  refuseHalfADatabase(values)
  if (mode === 'production') refuseUnsafe(values, masterKeys)
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl:
      values.PUBLIC_URL ?? `http://${values.HOST.includes(':') ? `[${values.HOST}]` : values.HOST}:${values.PORT}`,
    databaseUrl: values.DATABASE_URL ?? null,
    databasePooler: values.LEPHI_DATABASE_POOLER ?? null,
    migrationsUrl: values.DATABASE_MIGRATIONS_URL ?? null,
    replicaUrl: values.DATABASE_REPLICA_URL ?? null,
    ...connectionsOf(values.LEPHI_DATABASE_CONNECTIONS),
    dataDir: values.LEPHI_DATA_DIR,
    mode,
    masterKeys,
    trustedIssuers: values.LEPHI_TRUSTED_ISSUERS,
    openId: openIdOf(values),
    rateLimits: {
      read: values.LEPHI_RATE_READ,
      write: values.LEPHI_RATE_WRITE,
      token: values.LEPHI_RATE_TOKEN,
      checkout: values.LEPHI_RATE_CHECKOUT,
      verify: values.LEPHI_RATE_VERIFY,
      sign_in: values.LEPHI_RATE_SIGN_IN,
    },
    uploadBytesMax: values.LEPHI_UPLOAD_BYTES_MAX,
    callBudgetsMs: {
      start: values.LEPHI_SECONDS_START * 1_000,
      query: values.LEPHI_SECONDS_QUERY * 1_000,
      refund: values.LEPHI_SECONDS_REFUND * 1_000,
      refund_query: values.LEPHI_SECONDS_QUERY * 1_000,
    },
    keyQuietMs: values.LEPHI_KEY_QUIET_HOURS * 3_600_000,
    bankAppLinks: values.LEPHI_BANK_APP_LINKS ?? null,
    privateHosts: values.LEPHI_PRIVATE_HOSTS,
    trustedProxies: values.LEPHI_TRUSTED_PROXIES,
    drainMs: (values.LEPHI_DRAIN_SECONDS ?? (mode === 'production' ? 10 : 0)) * 1_000,
    metricsToken: values.LEPHI_METRICS_TOKEN ?? null,
    logLevel: values.LEPHI_LOG_LEVEL,
    traces: values.OTEL_EXPORTER_OTLP_ENDPOINT
      ? {
          url: `${values.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`,
          share: values.OTEL_TRACES_SAMPLER_ARG,
          headers: values.OTEL_EXPORTER_OTLP_HEADERS,
        }
      : null,
  }
}

/** Two at least for background work: an import holds one, and reads its file over another. */
const connectionsOf = (all: number): Pick<Config, 'requestConnections' | 'jobConnections'> => {
  const jobConnections = Math.max(2, Math.min(3, Math.floor(all / 2)), Math.floor(all / 3))
  return { requestConnections: all - jobConnections, jobConnections }
}

const wholeNumber = (minimum: number, maximum: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .default(fallback)

/** Scheme, host and port only: paths are ours to give. */
const origin = z
  .string()
  .refine((text) => isOrigin(text), 'must be an address such as https://fees.example.vn, without path, query or user')
  .transform((text) => text.replace(/\/$/, ''))

const masterKeyList = z.string().transform((text, context): SealingKey[] => {
  const keys = text.split(',').map((part) => readMasterKey(part.trim()))
  const ids = keys.map((key) => key?.id)
  if (keys.includes(null) || new Set(ids).size !== ids.length) {
    context.addIssue(
      'must be 32 bytes in base64, or several as id:base64,id:base64 with ids of a-z, 0-9, _ and -, the sealing one first',
    )
    return z.NEVER
  }
  return keys.filter((key) => key !== null)
})

const hostList = z.string().transform((text, context): string[] => {
  const hosts = text.split(',').map((part) => readHostPattern(part.trim()))
  if (hosts.length <= hostsMax && !hosts.includes(null)) return hosts.filter((host) => host !== null)
  context.addIssue(
    `must be at most ${hostsMax} hosts such as pay.bank.lan, *.tslcd.vn or 10.1.2.3, without ports, with commas in between`,
  )
  return z.NEVER
})

const issuerList = z.string().transform((text, context): TrustedIssuer[] => {
  const parsed = issuers.safeParse(parseJsonOrNull(text))
  if (parsed.success) return parsed.data
  context.addIssue('must be a JSON list of {"issuer", "jwks_url", "audience", "agency"}')
  return z.NEVER
})

const issuers = z
  .array(
    z
      .strictObject({
        issuer: z.string().min(1).max(500),
        jwks_url: z.url({ protocol: /^https?$/ }),
        audience: z.string().min(1).max(500),
        agency: z.string().min(1).max(50),
      })
      .transform(({ jwks_url, ...rest }) => ({ ...rest, jwksUrl: jwks_url })),
  )
  .max(20)

/** An issuer as it writes itself in its tokens: compared letter by letter, so nothing is normalised. */
const issuerUrl = z
  .string()
  .max(150)
  .refine(isIssuer, 'must be an address without query, such as https://id.example.vn')

/** No space, quote or backslash: RFC 6749, section 3.3. */
const scopeList = z
  .string()
  .max(500)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'must be scopes with one space in between')

const claimName = (fallback: string) => z.string().max(200).default(fallback)

const databaseAddress = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must be an address such as postgres://user:password@host:5432/lephi')

const headerList = z
  .string()
  .max(4_000)
  .transform((text, context): Record<string, string> => {
    const headers = readHeaderList(text)
    if (headers) return headers
    context.addIssue(
      'must be at most 16 headers as name=value,name2=value2, with commas, semicolons and per cent signs in a value written as %2C, %3B and %25',
    )
    return z.NEVER
  })

const environment = z.object({
  PORT: wholeNumber(0, 65_535, 8787),
  HOST: z.string().max(255).default('127.0.0.1'),
  PUBLIC_URL: origin.optional(),
  DATABASE_URL: databaseAddress.optional(),
  // PgBouncer in transaction mode, or another pooler that lends a connection for one transaction.
  LEPHI_DATABASE_POOLER: z.enum(['transaction'], 'must be transaction').optional(),
  // The owner of the tables, or a login that finds nothing to do; straight to the database, since an index is built outside of a transaction.
  DATABASE_MIGRATIONS_URL: databaseAddress.optional(),
  DATABASE_REPLICA_URL: databaseAddress.optional(),
  // A third of them is for background work, so that neither keeps the other waiting; 6 and more give it the three that it needs beside a long import.
  LEPHI_DATABASE_CONNECTIONS: wholeNumber(3, 200, 15),
  LEPHI_DATA_DIR: z.string().max(1_000).default('.lephi'),
  LEPHI_MODE: z.enum(['demo', 'production'], 'must be demo or production').optional(),
  LEPHI_MASTER_KEY: masterKeyList.optional(),
  LEPHI_TRUSTED_ISSUERS: issuerList.default([]),
  // Who vouches for the people of the console; the redirect URI to register there is PUBLIC_URL/console/signed-in.
  LEPHI_OIDC_ISSUER: issuerUrl.optional(),
  LEPHI_OIDC_CLIENT_ID: z.string().max(300).optional(),
  // Absent: a public client, which PKCE alone protects.
  LEPHI_OIDC_CLIENT_SECRET: z.string().max(1_000).optional(),
  // How the secret is sent. Absent: as the issuer says it may be.
  LEPHI_OIDC_CLIENT_AUTH: z.enum(['basic', 'post'], 'must be basic or post').optional(),
  LEPHI_OIDC_ROLE_CLAIM: claimName('lephi_role'),
  LEPHI_OIDC_AGENCY_CLAIM: claimName('lephi_agency'),
  // The part of the tree that the issuer may speak for.
  LEPHI_OIDC_AGENCY: z
    .string()
    .max(50)
    .refine((agency) => agency !== systemScope, 'must be the code of an agency: no issuer speaks for all of them')
    .optional(),
  // Asked for besides openid and profile.
  LEPHI_OIDC_SCOPE: scopeList.optional(),
  // How people must have signed in there: what the issuer calls its ways with two factors, as its tokens say it in `acr`.
  LEPHI_OIDC_ACR: scopeList.optional(),
  // About twice what one machine serves: the limits stop a client that runs away, they do not ration.
  LEPHI_RATE_READ: wholeNumber(1, 10_000_000, 240_000),
  LEPHI_RATE_WRITE: wholeNumber(1, 10_000_000, 120_000),
  LEPHI_RATE_TOKEN: wholeNumber(1, 10_000_000, 600),
  // Thousands of phones come from one address of a mobile network.
  LEPHI_RATE_CHECKOUT: wholeNumber(1, 10_000_000, 6_000),
  LEPHI_RATE_VERIFY: wholeNumber(1, 10_000_000, 600),
  // Many people of one office come from one address; each of them takes two steps.
  LEPHI_RATE_SIGN_IN: wholeNumber(1, 10_000_000, 60),
  LEPHI_UPLOAD_BYTES_MAX: wholeNumber(1_024, 4_294_967_296, 536_870_912),
  // How long a provider may take to start, to tell, to refund; one whose protocol asks for more patience gets it.
  LEPHI_SECONDS_START: wholeNumber(1, 60, defaultBudgetsMs.start / 1_000),
  LEPHI_SECONDS_QUERY: wholeNumber(1, 60, defaultBudgetsMs.query / 1_000),
  LEPHI_SECONDS_REFUND: wholeNumber(1, 60, defaultBudgetsMs.refund / 1_000),
  // How long a provider must not have signed with a former key before that key may end.
  LEPHI_KEY_QUIET_HOURS: wholeNumber(1, 720, 24),
  // https://dl.vietqr.io/pay, where the operator agrees that this service learns which account gets how much, and with which text.
  LEPHI_BANK_APP_LINKS: z
    .string()
    .max(200)
    .regex(/^https:\/\/[^\s?#@]+$/, 'must be an https address without query')
    .optional(),
  // What is reached over a private line, such as a bank's gateway or a portal in the same data centre: else nothing in a private network is called.
  LEPHI_PRIVATE_HOSTS: hostList.default([]),
  LEPHI_TRUSTED_PROXIES: wholeNumber(0, 10, 0),
  // Longer than a load balancer takes to see /readyz fail: 10 in production, 0 in the demo unless given.
  LEPHI_DRAIN_SECONDS: wholeNumber(0, 300, 0).removeDefault().optional(),
  LEPHI_METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').max(200).optional(),
  // Under the names that OpenTelemetry gives them (its specification, OTLP Exporter Configuration and SDK environment variables).
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .max(500)
    .refine((text) => isCollector(text), 'must be an address such as http://otel-collector:4318')
    .optional(),
  // A collector on the internet asks for a key.
  OTEL_EXPORTER_OTLP_HEADERS: headerList.default({}),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a share from 0 to 1, such as 0.1')
    .transform(Number)
    .default(1),
  LEPHI_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
})

/** Whether a variable of that name is read. */
export const isVariable = (name: string): boolean => Object.hasOwn(environment.shape, name)

/** Throws ConfigError where something is said about a database that is not named. */
const refuseHalfADatabase = (values: z.output<typeof environment>): void => {
  const { DATABASE_URL: url, DATABASE_MIGRATIONS_URL: direct, LEPHI_DATABASE_POOLER: pooler } = values
  const besides = {
    DATABASE_MIGRATIONS_URL: direct,
    LEPHI_DATABASE_POOLER: pooler,
    DATABASE_REPLICA_URL: values.DATABASE_REPLICA_URL,
  }
  const [alone] = Object.entries(besides).flatMap(([name, value]) => (value && !url ? [name] : []))
  if (alone) throw new ConfigError(`${alone}: means something beside DATABASE_URL only`)
  if (pooler && !direct)
    throw new ConfigError(
      'DATABASE_MIGRATIONS_URL: behind a pooler migrations need an address that goes past it, straight to the database',
    )
}

const refuseUnsafe = (values: z.output<typeof environment>, masterKeys: readonly SealingKey[]): void => {
  const problems = [
    ...(values.DATABASE_URL ? [] : ['DATABASE_URL: production needs a PostgreSQL of its own']),
    ...(values.PUBLIC_URL?.startsWith('https://') ? [] : ['PUBLIC_URL: production needs an https address']),
    ...(masterKeys.length > 0
      ? []
      : ['LEPHI_MASTER_KEY: production needs a key; make one with: openssl rand -base64 32']),
    ...(masterKeys.some(isDemoKey)
      ? ['LEPHI_MASTER_KEY: a demo key, or one that is not random, is refused in production']
      : []),
    ...(values.LEPHI_TRUSTED_ISSUERS.every(({ jwksUrl }) => jwksUrl.startsWith('https://'))
      ? []
      : ['LEPHI_TRUSTED_ISSUERS: production needs https in every jwks_url']),
    ...(values.LEPHI_OIDC_ISSUER?.startsWith('http:') ? ['LEPHI_OIDC_ISSUER: production needs an https address'] : []),
  ]
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
}

/** Throws ConfigError where an issuer is half described. */
const openIdOf = (values: z.output<typeof environment>): OpenIdSettings | null => {
  const { LEPHI_OIDC_ISSUER: issuer, LEPHI_OIDC_CLIENT_ID: clientId, LEPHI_OIDC_AGENCY: agency } = values
  if (issuer === undefined && clientId === undefined && agency === undefined) return null
  if (issuer === undefined || clientId === undefined || agency === undefined) {
    const named = { LEPHI_OIDC_ISSUER: issuer, LEPHI_OIDC_CLIENT_ID: clientId, LEPHI_OIDC_AGENCY: agency }
    const absent = Object.entries(named).filter(([, value]) => value === undefined)
    throw new ConfigError(
      absent.map(([name]) => `${name}: sign-in to the console needs it beside the others`).join('\n'),
    )
  }
  return {
    issuer,
    clientId,
    clientSecret: values.LEPHI_OIDC_CLIENT_SECRET ?? null,
    clientAuth: values.LEPHI_OIDC_CLIENT_AUTH ?? null,
    roleClaim: values.LEPHI_OIDC_ROLE_CLAIM,
    agencyClaim: values.LEPHI_OIDC_AGENCY_CLAIM,
    agency,
    scope: values.LEPHI_OIDC_SCOPE ?? null,
    ...(values.LEPHI_OIDC_ACR ? { acr: values.LEPHI_OIDC_ACR.split(' ') } : {}),
  }
}

/** Generated demo keys are named `demo…`; a random key of 32 bytes has fewer than 16 distinct ones with a chance below 10^-12. */
const isDemoKey = ({ id, key }: SealingKey): boolean => id.startsWith('demo') || new Set(key).size < 16

const readMasterKey = (text: string): SealingKey | null => {
  const [, id = 'main', base64 = ''] = /^(?:([a-z0-9_-]{1,32}):)?([A-Za-z0-9+/_-]{43}=?)$/.exec(text) ?? []
  if (base64 === '') return null
  const bytes = Uint8Array.from(atob(base64.replaceAll('-', '+').replaceAll('_', '/')), (byte) => byte.charCodeAt(0))
  return bytes.length === 32 ? { id, key: bytes } : null
}

const parseJsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
