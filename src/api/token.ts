/** The token endpoint, which speaks OAuth (RFC 6749) and not problem+json, and the keys that its tokens are verified with. */
import { z } from '@hono/zod-openapi'
import { maskAddress } from '../domain/audit.ts'
import { Refusal } from '../domain/refusal.ts'
import { revocationReasons } from '../domain/revocation.ts'
import { type ClientProof, issueToken } from '../flows/issue-token.ts'
import { publicKeySet } from '../flows/signing-keys.ts'
import { type Answer, definePublicRoute } from './route.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Not strict: RFC 6749, section 3.2 has unknown parameters ignored. */
const tokenForm = z
  .object({
    grant_type: z.string().max(100),
    scope: z.string().max(500).optional(),
    client_id: z.string().max(100).optional(),
    client_secret: z.string().max(500).optional(),
    client_assertion_type: z.string().max(200).optional(),
    client_assertion: z.string().max(8_000).optional(),
  })
  .openapi('TokenRequest')

const issued = z
  .strictObject({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.int(), scope: z.string() })
  .openapi('Token')

const refused = z.strictObject({ error: z.string(), error_description: z.string() }).openapi('TokenError')

const publicKeys = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.string(),
      crv: z.string(),
      x: z.string(),
      kid: z.string(),
      alg: z.string(),
      use: z.string(),
      revoked: z
        .strictObject({ revoked_at: z.int(), reason: z.enum(revocationReasons) })
        .optional()
        .openapi({ description: 'Nothing that says it was signed from then on, in seconds since 1970, is ours.' }),
    }),
  ),
})

export const tokenRoutes = [
  definePublicRoute({
    method: 'post',
    path: '/oauth/token',
    operationId: 'issueToken',
    summary: 'A token for a client',
    description:
      'Client credentials by client_secret_basic, client_secret_post or private_key_jwt; an assertion lives 5 minutes at most and is accepted once. `scope` narrows what is granted. A token lives 15 minutes; revoking a client ends its tokens within that time.',
    tag: 'Authentication',
    limit: 'token',
    request: { form: tokenForm },
    responses: {
      200: { description: 'The token.', schema: issued },
      400: { description: '`invalid_request`, `invalid_scope` or `unsupported_grant_type`.', schema: refused },
      401: { description: '`invalid_client`.', schema: refused },
    },
    wordRefusal: (refusal) => oauthRefusal(refusal),
    handle: async ({ deps, form, request, requestId, clientAddress }) => {
      if (form.grant_type !== 'client_credentials') {
        throw new Refusal('unsupported_grant_type', 'Only client_credentials is supported.')
      }
      const proof = proofOf(request.headers.get('authorization'), form)
      const from = { requestId, network: maskAddress(clientAddress) }
      const json = await issueToken(deps, { proof, scope: form.scope || null, from })
      return { status: 200, json, headers: { pragma: 'no-cache' } }
    },
  }),
  definePublicRoute({
    method: 'get',
    path: '/.well-known/jwks.json',
    operationId: 'getPublicKeys',
    summary: 'The public keys of our tokens, receipts and closes',
    tag: 'Authentication',
    consistency: 'eventual',
    limit: 'none',
    responses: { 200: { description: 'A JWK set, retired and revoked keys included.', schema: publicKeys } },
    handle: async ({ deps }) => ({
      status: 200,
      json: await publicKeySet(deps),
      headers: { 'cache-control': 'public, max-age=60' },
    }),
  }),
]

/** RFC 6749, section 2.3: a client uses one method and no other beside it. An empty parameter counts as absent (section 3.2). */
const proofOf = (authorization: string | null, form: z.output<typeof tokenForm>): ClientProof => {
  const basic = authorization === null ? null : readBasic(authorization)
  const methods = [authorization, form.client_secret || null, form.client_assertion || null].filter(
    (method) => method !== null,
  )
  if (methods.length > 1) throw new Refusal('invalid_request', 'Use one way of client authentication.')
  if (form.client_assertion) {
    if (form.client_assertion_type !== assertionType)
      throw new Refusal('invalid_request', `client_assertion_type must be ${assertionType}.`)
    return { kind: 'assertion', assertion: form.client_assertion, clientId: form.client_id || null }
  }
  if (basic && (!form.client_id || form.client_id === basic.clientId)) return basic
  if (authorization === null && form.client_id && form.client_secret) {
    return { kind: 'secret', clientId: form.client_id, secret: form.client_secret }
  }
  throw new Refusal('invalid_client', 'The client did not authenticate.')
}

/** `Basic` with both parts form-encoded first (section 2.3.1). */
const readBasic = (authorization: string): Extract<ClientProof, { kind: 'secret' }> | null => {
  const [, base64] = /^Basic +([A-Za-z0-9+/]{1,1500}={0,2})$/i.exec(authorization) ?? []
  if (!base64) return null
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)),
    )
    const [clientId = '', ...rest] = text.split(':')
    if (rest.length === 0) return null
    return { kind: 'secret', clientId: formDecoded(clientId), secret: formDecoded(rest.join(':')) }
  } catch {
    return null
  }
}

const formDecoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

/** Section 5.2. Too many requests, of one or of all, stay a problem, since OAuth has no word for it. */
const oauthRefusal = ({ code, message }: Refusal): Answer | null => {
  if (code === 'too_many_requests' || code === 'overloaded') return null
  const isOauthCode = code === 'invalid_client' || code === 'invalid_scope' || code === 'unsupported_grant_type'
  const json = {
    error: isOauthCode ? code : 'invalid_request',
    error_description: message.replace(/[^\x20-\x7e]|["\\]/g, "'"),
  }
  if (code !== 'invalid_client') return { status: 400, json }
  return { status: 401, json, headers: { 'www-authenticate': 'Basic realm="lephi"' } }
}
