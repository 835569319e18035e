/** A client proves who it is and gets a short-lived token (RFC 6749, section 4.4; RFC 7523, section 2.2 for signed assertions). */
import { createLocalJWKSet, decodeJwt, errors, jwtVerify, SignJWT } from 'jose'
import { isScope, type Scope } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import { equalInConstantTime, sha256Hex } from '../lib/hmac.ts'
import { isId } from '../lib/id.ts'
import { type Client, findClient, useAssertion } from '../store/clients.ts'
import type { Deps } from './deps.ts'
import { currentSigningKey, signingAlgorithm } from './signing-keys.ts'
import { isOfTomorrow, tokenSeconds } from './verify-token.ts'

/** How the client proves itself. */
export type ClientProof =
  | { kind: 'secret'; clientId: string; secret: string }
  /** `clientId` is the parameter of that name, which is optional and must then agree. */
  | { kind: 'assertion'; assertion: string; clientId: string | null }

export type IssuedToken = { access_token: string; token_type: 'Bearer'; expires_in: number; scope: string }

const idShape = /^[\w-]{1,100}$/
/** An assertion may live this long at most, so that the memory of used ones is bounded. */
const assertionSecondsMax = 300

/**
 * Issues a token with the wanted scopes, or all of the client's. Throws Refusal `invalid_client` without saying why (unknown, revoked, expired, wrong
 * secret), and `invalid_scope` for a scope that the client does not hold.
 */
export const issueToken = async (
  deps: Deps,
  input: { proof: ClientProof; scope: string | null; from?: { requestId: string; network: string | null } },
): Promise<IssuedToken> => {
  const client =
    input.proof.kind === 'secret' ? await bySecret(deps, input.proof) : await byAssertion(deps, input.proof)
  if (!client || client.revokedAt || (client.expiresAt && client.expiresAt <= deps.now())) {
    throw new Refusal('invalid_client', 'The client is unknown or did not prove itself.', {
      about: claimedId(input.proof),
    })
  }
  const scope = grantedScopes(client, input.scope).join(' ')
  const key = await currentSigningKey(deps)
  const now = deps.now()
  const tokenId = deps.newId('tok')
  const token = await new SignJWT({ scope, agency: client.agencyCode, client_id: client.id })
    .setProtectedHeader({ alg: signingAlgorithm, kid: key.kid, typ: 'at+jwt' })
    .setIssuer(deps.publicUrl)
    .setAudience(deps.publicUrl)
    .setSubject(client.id)
    .setJti(tokenId)
    .setIssuedAt(now)
    .setExpirationTime(new Date(now.getTime() + tokenSeconds * 1000))
    .sign(await key.openPrivateKey())
  const where = { request_id: input.from?.requestId ?? null, network: input.from?.network ?? null }
  deps.log.info(
    { ...where, client: client.id, token_id: tokenId, proof: input.proof.kind, scope },
    'a token was issued',
  )
  return { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, scope }
}

/** Who somebody said to be, where that can be one of our clients: a secret that was sent in the wrong place must not get into the log. */
const claimedId = (proof: ClientProof): string | null => {
  const claimed = proof.kind === 'secret' ? proof.clientId : claimedClient(proof.assertion)
  return claimed !== null && isId('cli', claimed) ? claimed : null
}

const bySecret = async (
  deps: Deps,
  { clientId, secret }: { clientId: string; secret: string },
): Promise<Client | null> => {
  const client = idShape.test(clientId) ? await findClient(deps.db, clientId) : null
  // An unknown client is compared too, so that the time of the answer tells nothing.
  const holds = equalInConstantTime(sha256Hex(secret), client?.secretHash ?? sha256Hex(''))
  return client?.secretHash && holds ? client : null
}

const byAssertion = async (
  deps: Deps,
  { assertion, clientId }: { assertion: string; clientId: string | null },
): Promise<Client | null> => {
  const claimed = claimedClient(assertion)
  if (!claimed || (clientId !== null && clientId !== claimed)) return null
  const client = await findClient(deps.db, claimed)
  if (!client?.jwks) return null
  const jti = await verifiedJti(deps, client, assertion)
  return jti !== null && (await useAssertion(deps.db, client, { jti, at: deps.now() })) ? client : null
}

/** The id of an assertion that holds; null for any other. */
const verifiedJti = async (deps: Deps, client: Client, assertion: string): Promise<string | null> => {
  try {
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks ?? { keys: [] }), {
      issuer: client.id,
      subject: client.id,
      audience: [deps.publicUrl, `${deps.publicUrl}/oauth/token`],
      algorithms: ['EdDSA', 'Ed25519', 'ES256', 'PS256', 'RS256'],
      requiredClaims: ['exp', 'jti'],
      currentDate: deps.now(),
      clockTolerance: 10,
    })
    if (isOfTomorrow(payload, deps.now())) return null
    const { jti = '', exp = 0 } = payload
    const isShort = exp * 1000 <= deps.now().getTime() + (assertionSecondsMax + 10) * 1000
    return isShort && jti !== '' && jti.length <= 200 && !jti.includes('\u0000') ? jti : null
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null
    throw error
  }
}

const claimedClient = (assertion: string): string | null => {
  try {
    const { sub = '' } = decodeJwt(assertion)
    return idShape.test(sub) ? sub : null
  } catch {
    return null
  }
}

const grantedScopes = (client: Client, wanted: string | null): readonly Scope[] => {
  const names = (wanted ?? '').split(' ').filter((name) => name !== '')
  if (names.length === 0) return client.scopes
  const granted = names.filter(isScope).filter((scope) => client.scopes.includes(scope))
  if (granted.length < names.length)
    throw new Refusal('invalid_scope', 'A scope that was asked for is not granted to this client.')
  return [...new Set(granted)]
}
