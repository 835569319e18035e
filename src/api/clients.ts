/** Administration of API clients. A secret is in exactly one answer: the one that made it. */
import { z } from '@hono/zod-openapi'
import { scopes } from '../domain/access.ts'
import { presentClient } from '../domain/present-administration.ts'
import { Refusal } from '../domain/refusal.ts'
import { addClient } from '../flows/add-client.ts'
import { revokeClient } from '../flows/revoke-client.ts'
import { findOwnClient, listClients } from '../store/clients.ts'
import { agencyCodeField, idField, instant, instantOut, text } from './fields.ts'
import { firstAnswer } from './first-answer.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const scopeList = z
  .array(z.enum(scopes))
  .min(1)
  .max(scopes.length)
  .refine((given) => new Set(given).size === given.length, 'names a scope twice')

/** Public members only: a private key that reaches us is no longer private, so it is refused and not stored. */
const publicKey = z.union([
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: base64url(100), ...commonMembers() }),
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: base64url(100),
    y: base64url(100),
    ...commonMembers(),
  }),
  z.strictObject({ kty: z.literal('RSA'), n: base64url(1_500), e: base64url(10), ...commonMembers() }),
])

export const clientInput = z
  .strictObject({
    name: text(150),
    agency_code: agencyCodeField,
    scopes: scopeList,
    expires_at: instant.nullish(),
    jwks: z
      .strictObject({ keys: z.array(publicKey).min(1).max(5) })
      .nullish()
      .openapi({ description: 'Public keys for private_key_jwt; the client then has no secret.' }),
  })
  .openapi('ClientInput')

const clientShape = {
  client_id: z.string(),
  agency_code: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  authentication: z.enum(['client_secret', 'private_key_jwt']),
  created_at: instantOut,
  expires_at: instantOut.nullable(),
  revoked_at: instantOut.nullable(),
}

const clientObject = z.strictObject(clientShape).openapi('Client')
const newClient = z.strictObject({ ...clientShape, client_secret: z.string().nullable() }).openapi('NewClient')

const params = z.strictObject({ client_id: idField('cli') })

export const clientRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/clients',
    operationId: 'addClient',
    summary: 'Add a client',
    description:
      'The secret is shown once, and again only to the same Idempotency-Key and body. With `jwks` the client signs assertions instead and `client_secret` is null. Whoever holds `admin` may give a client of their agencies any scope, also one that they do not hold; people of the console give none that approves, reconciles or administers, since with two clients one person could decide for two.',
    tag: 'Administration',
    scopes: ['admin'],
    idempotencyKey: 'accepted',
    audit: { read: 'client.added', everybody: true },
    request: { json: clientInput },
    responses: { 201: { description: 'The client and its secret.', schema: newClient } },
    errors: ['not_found'],
    handle: async ({ deps, caller, json, idempotencyKey }) => {
      const answer = await addClient(deps, caller, {
        name: json.name,
        agencyCode: json.agency_code,
        scopes: json.scopes,
        expiresAt: json.expires_at ?? null,
        jwks: json.jwks ? { keys: json.jwks.keys.map(membersOf) } : null,
        key: idempotencyKey,
        body: json,
      })
      return firstAnswer(answer)
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/clients',
    operationId: 'listClients',
    summary: 'List clients',
    description: 'In the order in which they were added, revoked ones included.',
    tag: 'Administration',
    scopes: ['admin'],
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page of clients.', schema: pageOf(clientObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('clients', query)
      const rows = await listClients(deps.db, caller, { after, limit: limit + 1 })
      return {
        status: 200,
        json: pageAnswer(rows, { list: 'clients', limit, keyOf: ({ id }) => id, present: presentClient }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/clients/{client_id}',
    operationId: 'readClient',
    summary: 'Read a client',
    tag: 'Administration',
    scopes: ['admin'],
    objects: { client_id: 'client' },
    request: { params },
    responses: { 200: { description: 'The client.', schema: clientObject } },
    handle: async ({ deps, caller, params: { client_id } }) => {
      const client = await findOwnClient(deps.db, caller, client_id)
      if (!client) throw new Refusal('not_found', 'There is no such client.')
      return { status: 200, json: presentClient(client) }
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/v1/clients/{client_id}',
    operationId: 'revokeClient',
    summary: 'Revoke a client',
    description: 'It gets no further token; those that it has expire within 15 minutes.',
    tag: 'Administration',
    scopes: ['admin'],
    objects: { client_id: 'client' },
    request: { params },
    responses: { 204: { description: 'Revoked, now or before.' } },
    handle: async ({ deps, caller, params: { client_id } }) => {
      await revokeClient(deps, caller, client_id)
      return { status: 204 }
    },
  }),
]

function membersOf(key: z.output<typeof publicKey>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(key).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function base64url(max: number) {
  return z.string().regex(new RegExp(`^[A-Za-z0-9_-]{1,${max}}$`), 'must be base64url')
}

function commonMembers() {
  return {
    kid: z.string().min(1).max(100).optional(),
    alg: z.enum(['EdDSA', 'Ed25519', 'ES256', 'PS256', 'RS256']).optional(),
    use: z.literal('sig').optional(),
  }
}
