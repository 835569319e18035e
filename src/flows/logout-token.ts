/**
 * What the issuer sends when somebody's account is closed, their role is taken away or they are signed out there: a logout token (OpenID Connect Back-Channel Logout
 * 1.0). It is believed for its signature alone, since whoever knows our address can send one.
 */
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose'
import type { OpenIdSettings } from '../domain/openid.ts'
import type { Deps } from './deps.ts'
import { SignInRefused } from './sign-in-refused.ts'

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
const clockToleranceSeconds = 30
/** Section 2.4 wants it short-lived, so that one that was kept ends no session of another day. */
const ageSecondsMax = 300

/** The `issuer#subject` whose sessions end. Throws SignInRefused `not_believed`, or `unreachable` where the issuer's keys cannot be had. */
export type ReadLogoutToken = (token: string, jwksUri: string | undefined) => Promise<string>

export const createLogoutReader = (deps: Deps, settings: OpenIdSettings): ReadLogoutToken => {
  let keys: { uri: string; set: ReturnType<typeof createRemoteJWKSet> } | null = null
  return async (token, jwksUri) => {
    if (jwksUri === undefined) throw new SignInRefused('misconfigured', 'the issuer publishes no keys')
    if (keys?.uri !== jwksUri) {
      const options = { [customFetch]: deps.fetch, timeoutDuration: 5_000, cooldownDuration: 5_000 }
      keys = { uri: jwksUri, set: createRemoteJWKSet(new URL(jwksUri), options) }
    }
    return `${settings.issuer}#${subjectOf(await claimsOf(deps, settings, { token, keys: keys.set }))}`
  }
}

const claimsOf = async (
  deps: Deps,
  { issuer, clientId }: OpenIdSettings,
  { token, keys }: { token: string; keys: ReturnType<typeof createRemoteJWKSet> },
): Promise<JWTPayload> => {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: clientId,
      algorithms: ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'PS256', 'PS384', 'RS256', 'RS384', 'RS512'],
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: ageSecondsMax,
      currentDate: deps.now(),
      clockTolerance: clockToleranceSeconds,
    })
    return payload
  } catch (cause) {
    if (isAboutKeys(cause))
      throw new SignInRefused('unreachable', 'the keys of the issuer could not be read', { cause })
    throw new SignInRefused('not_believed', codeOf(cause), { cause })
  }
}

/** Whether the issuer's keys could not be had, or were none: that says nothing of the token. The general error of the library is what it makes of any answer but 200. */
const isAboutKeys = (cause: unknown): boolean =>
  !(cause instanceof errors.JOSEError) ||
  [errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code].includes(cause.code)

const codeOf = (cause: unknown): string => (cause instanceof errors.JOSEError ? cause.code : '')

/** Section 2.6: it is about a logout, it is no ID token (a nonce says that it is one), and it names a person. One that names only a session of the issuer's, we cannot place. */
const subjectOf = ({ events, nonce, sub }: JWTPayload): string => {
  const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, logoutEvent)
  if (!isLogout || nonce !== undefined) throw new SignInRefused('not_believed', 'it is no logout token')
  if (typeof sub !== 'string' || sub === '') throw new SignInRefused('not_believed', 'it names nobody')
  return sub
}
