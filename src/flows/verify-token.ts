/**
 * Verifies a bearer token: ours by our own keys, another issuer's by its published ones. No database is asked, so a client that was revoked keeps its last
 * token until that expires: 15 minutes at most.
 */
import { createRemoteJWKSet, customFetch, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import { type Caller, isScope } from '../domain/access.ts'
import { covers, systemScope } from '../domain/agency-scope.ts'
import type { Deps } from './deps.ts'
import { findSigningKey, isRevoked, signingAlgorithm } from './signing-keys.ts'
import { verifyAccessToken } from './verify-access-token.ts'

/** An issuer whose tokens are accepted for the part of the tree that `agency` names. */
export type TrustedIssuer = { issuer: string; jwksUrl: string; audience: string; agency: string }

export type VerifyToken = (token: string) => Promise<Caller | null>

type Verified = { caller: Caller; expiresAt: number }

const verifiedMax = 2_000
const verifiedMs = 60_000

/** A verifier that remembers what it verified for a minute at most. Null for every token that does not hold. */
export const createTokenVerifier = (deps: Deps, issuers: readonly TrustedIssuer[]): VerifyToken => {
  const verified = new Map<string, Verified>()
  const others = new Map(issuers.map((issuer) => [issuer.issuer, verifierFor(deps, issuer)]))
  return async (token) => {
    const now = deps.now().getTime()
    const known = verified.get(token)
    if (known && known.expiresAt > now) return known.caller
    const issuer = issuerOf(token)
    const found = issuer === deps.publicUrl ? await verifyOwn(deps, token) : await others.get(issuer ?? '')?.(token)
    if (!found) return null
    if (verified.size >= verifiedMax) verified.clear()
    verified.set(token, { ...found, expiresAt: Math.min(found.expiresAt, now + verifiedMs) })
    return found.caller
  }
}

const verifyOwn = async (deps: Deps, token: string): Promise<Verified | null> => {
  const payload = await payloadOf(deps, () =>
    jwtVerify(
      token,
      async ({ kid }) => {
        const key = await findSigningKey(deps, kid ?? '')
        // Nothing is signed with a retired key any more; what it signed last has expired by then.
        // And of a key in other hands nobody knows who signed, whatever time the token claims.
        const isUsable =
          key &&
          !isRevoked(key, deps.now()) &&
          (key.retiredAt === null || key.retiredAt.getTime() + tokenSeconds * 1000 > deps.now().getTime())
        if (!isUsable) throw new errors.JWKSNoMatchingKey()
        return key.publicKey
      },
      {
        issuer: deps.publicUrl,
        audience: deps.publicUrl,
        algorithms: [signingAlgorithm],
        typ: 'at+jwt',
        requiredClaims: ['sub', 'exp', 'jti', 'agency'],
        currentDate: deps.now(),
      },
    ),
  )
  return payload && verifiedOf(payload, { clientId: payload.sub ?? '', within: '*' })
}

const verifierFor = (deps: Deps, trusted: TrustedIssuer): ((token: string) => Promise<Verified | null>) => {
  const keys = createRemoteJWKSet(new URL(trusted.jwksUrl), {
    [customFetch]: (url, init) => deps.fetchIssuer(url, init),
    timeoutDuration: 5_000,
    cooldownDuration: 5_000,
  })
  return async (token) => {
    const payload = await payloadOf(deps, () =>
      verifyAccessToken(token, keys, {
        issuer: trusted.issuer,
        audience: trusted.audience,
        algorithms: ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'PS256', 'PS384', 'RS256', 'RS384', 'RS512'],
        requiredClaims: ['sub', 'exp', 'agency'],
        currentDate: deps.now(),
        clockTolerance: 10,
      }),
    )
    // Only we speak for the whole system. And what was issued tomorrow was issued by a clock, or somebody, that cannot be believed about its end either.
    if (!payload || payload.agency === systemScope || isOfTomorrow(payload, deps.now())) return null
    return verifiedOf(payload, { clientId: `${trusted.issuer}#${payload.sub}`, within: trusted.agency })
  }
}

/** Whether a token says that it was issued after now, by more than clocks differ. */
export const isOfTomorrow = ({ iat }: JWTPayload, now: Date): boolean =>
  iat !== undefined && iat * 1000 > now.getTime() + clockToleranceMs
const clockToleranceMs = 60_000

/** Tokens live 15 minutes (RFC 9700, section 2.2 asks for short ones). */
export const tokenSeconds = 900

const payloadOf = async (deps: Deps, verify: () => Promise<{ payload: JWTPayload }>): Promise<JWTPayload | null> => {
  try {
    return (await verify()).payload
  } catch (error) {
    const isTokenAtFault = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
    if (!isTokenAtFault) deps.log.warn({ error }, 'the keys to verify a token could not be read')
    return null
  }
}

/** What the claims say, as far as they may say it: another issuer can neither speak for the whole system nor for agencies beyond its own. */
const verifiedOf = (
  payload: JWTPayload,
  { clientId, within }: { clientId: string; within: string },
): Verified | null => {
  const { agency, scope, exp = 0, jti = '' } = payload
  if (typeof agency !== 'string' || agency === '' || agency.length > 50 || !covers(within, agency)) return null
  const scopes = typeof scope === 'string' ? scope.split(' ').filter(isScope) : []
  return {
    caller: { clientId: clientId.slice(0, 200), agency, scopes, tokenId: jti.slice(0, 200) },
    expiresAt: exp * 1000,
  }
}

const issuerOf = (token: string): string | null => {
  try {
    return decodeJwt(token).iss ?? null
  } catch {
    return null
  }
}
