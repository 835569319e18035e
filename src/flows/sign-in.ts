/**
 * Signing in to the console: the authorization code flow of OpenID Connect Core 1.0 with PKCE (RFC 7636) and the checks of RFC 9700, against the one issuer that
 * the settings name. No state is kept here: what the second step must know of the first, the browser brings back sealed.
 */
import * as openid from 'openid-client'
import { type Claims, type OpenIdSettings, saysRoleAndAgency, staffOf } from '../domain/openid.ts'
import type { Staff } from '../domain/staff.ts'
import type { Deps } from './deps.ts'
import { createLogoutReader } from './logout-token.ts'
import { createIssuer } from './openid-issuer.ts'
import { SignInRefused, signInRefusal } from './sign-in-refused.ts'

/** One sign-in that has begun: what its answer is compared with. */
export type PendingSignIn = { state: string; nonce: string; verifier: string }

export type SignIn = {
  /** Where to send the browser. Throws SignInRefused `unreachable` or `misconfigured`. */
  begin: (language: string) => Promise<{ url: string; pending: PendingSignIn }>
  /** The person whom the issuer's answer proves; `search` is the query that the browser came back with. Throws SignInRefused. */
  finish: (search: string, pending: PendingSignIn) => Promise<Staff>
  /** Where the person ends the issuer's own session, if it says so; null also while it cannot be asked. */
  endSessionUrl: () => Promise<string | null>
  /** Whose sessions a logout token of the issuer ends, as `issuer#subject`. Throws SignInRefused. */
  readLogout: (token: string) => Promise<string>
}

/** Where the issuer sends the browser back to; to be registered there. */
export const redirectPath = '/console/signed-in'
/** Where the issuer sends the browser after signing out; to be registered there. */
export const afterSignOutPath = '/console/sign-in'
/** Where the issuer tells that somebody's session is over; to be registered there. */
export const backChannelPath = '/console/signed-out-elsewhere'

const secretBytes = 32

export const createSignIn = (deps: Deps, settings: OpenIdSettings): SignIn => {
  const openIssuer = createIssuer(deps, settings)
  const readLogoutToken = createLogoutReader(deps, settings)
  const redirectUri = `${deps.publicUrl}${redirectPath}`
  return {
    begin: async (language) => {
      const issuer = await openIssuer()
      const [state, nonce, verifier] = [
        deps.newToken(secretBytes),
        deps.newToken(secretBytes),
        deps.newToken(secretBytes),
      ]
      const asked = {
        redirect_uri: redirectUri,
        scope: ['openid', 'profile', ...(settings.scope === null ? [] : [settings.scope])].join(' '),
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ui_locales: language,
        ...(settings.acr ? { acr_values: settings.acr.join(' ') } : {}),
      }
      return { url: openid.buildAuthorizationUrl(issuer, asked).href, pending: { state, nonce, verifier } }
    },
    finish: async (search, pending) => {
      const issuer = await openIssuer()
      const claims = await proveClaims(issuer, { search, pending, redirectUri, settings }).catch((error: unknown) => {
        throw signInRefusal(error, 'exchange')
      })
      const staff = staffOf(claims, settings)
      if (typeof staff === 'string')
        throw new SignInRefused(staff, 'the claims of the person', { subject: knownAs(settings, claims) })
      return staff
    },
    endSessionUrl: async () => {
      const issuer = await openIssuer().catch((error: unknown) => {
        if (error instanceof SignInRefused) return null
        throw error
      })
      if (!issuer?.serverMetadata().end_session_endpoint) return null
      const back = `${deps.publicUrl}${afterSignOutPath}`
      return openid.buildEndSessionUrl(issuer, { post_logout_redirect_uri: back }).href
    },
    readLogout: async (token) => readLogoutToken(token, (await openIssuer()).serverMetadata().jwks_uri),
  }
}

/** For the record of who was kept out; also one that cannot be used is written in a way that can. */
const knownAs = ({ issuer }: OpenIdSettings, { sub }: Claims): string =>
  `${issuer}#${typeof sub === 'string' ? sub.replaceAll(/[^\x20-\x7e]/g, '?') : '?'}`.slice(0, 200)

type Answer = { search: string; pending: PendingSignIn; redirectUri: string; settings: OpenIdSettings }

/** Redeems the code and answers what the issuer has signed, with what its UserInfo endpoint adds where the ID token is silent about role or agency. */
const proveClaims = async (
  issuer: openid.Configuration,
  { search, pending, redirectUri, settings }: Answer,
): Promise<Claims> => {
  // Not the address that the request came by: behind a proxy that is another, and the issuer compares it letter by letter.
  const url = new URL(redirectUri)
  url.search = search
  const tokens = await openid.authorizationCodeGrant(issuer, url, {
    expectedState: pending.state,
    expectedNonce: pending.nonce,
    pkceCodeVerifier: pending.verifier,
    idTokenExpected: true,
  })
  const signed: Claims = { ...tokens.claims() }
  if (saysRoleAndAgency(signed, settings) || !issuer.serverMetadata().userinfo_endpoint) return signed
  const more = await openid.fetchUserInfo(issuer, tokens.access_token, String(signed.sub))
  // How somebody signed in is said by the ID token of that sign-in, or by nothing.
  return { ...more, acr: undefined, ...signed }
}
