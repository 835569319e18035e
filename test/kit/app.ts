// The whole gateway over a fresh database, as its callers see it: requests in, responses out, no port.
import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import type { ApiEnv } from '../../src/api/env.ts'
import { buildApp, type Extras } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { type Scope, scopes } from '../../src/domain/access.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { issueToken } from '../../src/flows/issue-token.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import type { Sql } from '../../src/store/database.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { type Clock, createTestDeps, type TestDeps } from './deps.ts'
import { describeCalls } from './described-calls.ts'
import { seedAgencies } from './orders.ts'

export type TestApp = {
  app: Hono<ApiEnv>
  deps: TestDeps
  clock: Clock
  /** The owner, who sees every row. */
  sql: Sql
  databaseUrl: string
  /** A bearer token with these scopes (all of them if empty) for an agency: `H56` unless given. Each pair has one client. */
  token: (scopes?: readonly Scope[], agency?: string) => Promise<string>
  /** A client with a secret, for tests of the token endpoint. */
  client: (scopes: readonly Scope[], agency?: string) => Promise<{ clientId: string; secret: string }>
  /** One request; a `json` body and a bearer `token` are the usual case. */
  request: (path: string, init?: RequestInit & { json?: unknown; token?: string }) => Promise<Response>
  close: () => Promise<void>
}

export type TestAppOptions = Partial<Deps> & {
  clock?: Clock
  config?: Partial<Config>
  extras?: Extras
  /** Where not a copy of the run's template. */
  database?: TestDatabase
}

/** Starts it with the agencies H56, H56.12, H56.12.03, H56.12.04 and H56.14. Every answer is compared with what its route declares, and every call with openapi.yaml. */
export const startTestApp = async ({
  config,
  extras,
  database: given,
  ...more
}: TestAppOptions = {}): Promise<TestApp> => {
  const database = given ?? (await createTestDatabase())
  await seedAgencies(database.sql)
  // A box of its own, since signing keys are remembered by box and belong to one database.
  const box = createSealedBox([{ id: 'test', key: randomBytes(32) }])
  const deps = createTestDeps(database.database, { box, ...more })
  const settings = { ...readConfig({ PUBLIC_URL: deps.publicUrl }), ...config }
  const app = buildApp(deps, settings, { checkAnswers: true, ...extras })
  describeCalls(app)
  const client = (wanted: readonly Scope[], agency = 'H56') => addClient(database.sql, deps, { scopes: wanted, agency })
  return {
    app,
    deps,
    clock: deps.clock,
    sql: database.sql,
    databaseUrl: database.url,
    client,
    token: async (wanted = scopes, agency) => {
      const { clientId, secret } = await client(wanted.length > 0 ? wanted : scopes, agency)
      const issued = await issueToken(deps, { proof: { kind: 'secret', clientId, secret }, scope: null })
      return issued.access_token
    },
    request: async (path, init = {}) => app.request(path, requestInit(init)),
    close: async () => {
      await deps.settled()
      await database.drop()
    },
  }
}

const requestInit = ({ json, token, ...init }: RequestInit & { json?: unknown; token?: string }): RequestInit => {
  const headers = new Headers(init.headers)
  if (token) headers.set('authorization', `Bearer ${token}`)
  if (json === undefined) return { ...init, headers }
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return { method: 'POST', ...init, headers, body: JSON.stringify(json) }
}

const addClient = async (
  sql: Sql,
  deps: Deps,
  { scopes: wanted, agency }: { scopes: readonly Scope[]; agency: string },
): Promise<{ clientId: string; secret: string }> => {
  const clientId = deps.newId('cli')
  const secret = deps.newToken(32)
  await sql`insert into clients ${sql({ id: clientId, agencyCode: agency, name: 'test', scopes: [...wanted], secretHash: sha256Hex(secret), createdAt: deps.now() })}`
  return { clientId, secret }
}
