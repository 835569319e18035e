/** The issuer that the console trusts: what it publishes of itself, read over a limited network and remembered for an hour. */
import * as openid from 'openid-client'
import type { OpenIdSettings } from '../domain/openid.ts'
import { BodyTooLarge, readLimited } from '../lib/body.ts'
import type { Deps } from './deps.ts'
import { IssuerUnreachable, SignInRefused, signInRefusal } from './sign-in-refused.ts'

/** Answers the issuer as it described itself lately. Throws SignInRefused `unreachable` or `misconfigured`. */
export type OpenIssuer = () => Promise<openid.Configuration>

const callSeconds = 5
const answerBytesMax = 256 * 1024
/** How far the issuer's clock and this machine's may be apart. */
const clockToleranceSeconds = 30
const knownMs = 60 * 60_000
/** What was read is better than nothing while the issuer does not answer; its keys are asked for anew anyway. */
const knownAtMostMs = 24 * 60 * 60_000
/** So that people who press again and again do not each wait for an issuer that is away. */
const restAfterFailureMs = 2_000

type Known = { issuer: openid.Configuration; readAt: number }
type Failure = { error: SignInRefused; at: number }

/** Only results are kept, never a promise: on Workers no request may wait for the network of another. */
export const createIssuer = (deps: Deps, settings: OpenIdSettings): OpenIssuer => {
  let known: Known | null = null
  let failure: Failure | null = null
  return async () => {
    const now = deps.now().getTime()
    if (known && now - known.readAt < knownMs) return known.issuer
    const usable = known && now - known.readAt < knownAtMostMs ? known.issuer : null
    if (failure && now - failure.at < restAfterFailureMs && now >= failure.at) {
      if (usable) return usable
      throw failure.error
    }
    try {
      known = { issuer: await discover(deps, settings), readAt: now }
      failure = null
      return known.issuer
    } catch (error) {
      const refused = signInRefusal(error, 'discovery')
      failure = { error: refused, at: now }
      if (!usable) throw refused
      deps.log.warn({ problem: refused.problem, reason: refused.reason }, 'the sign-in issuer does not describe itself')
      return usable
    }
  }
}

const discover = async (deps: Deps, settings: OpenIdSettings): Promise<openid.Configuration> => {
  const { issuer, clientId } = settings
  // By default the package would believe an ID token for the connection that it came by; we want the signature too.
  const execute = [openid.enableNonRepudiationChecks]
  // The configuration refuses such an issuer in production.
  if (issuer.startsWith('http:')) execute.push(openid.allowInsecureRequests)
  const options = { timeout: callSeconds, [openid.customFetch]: limitedFetch(deps), execute }
  const metadata = { [openid.clockTolerance]: clockToleranceSeconds }
  const found = await openid.discovery(new URL(issuer), clientId, metadata, authenticate(settings), options)
  // The package compares addresses, and not at all for two large issuers; a subject is kept under the very text.
  if (found.serverMetadata().issuer !== issuer) {
    throw new SignInRefused('misconfigured', 'the issuer calls itself otherwise than LEPHI_OIDC_ISSUER')
  }
  // Throws where it describes no page that people may be sent to, before anybody is.
  openid.buildAuthorizationUrl(found, {})
  return found
}

/** The secret goes as the settings say, or as the issuer says it may; a server that says nothing takes HTTP Basic (OpenID Connect Discovery 1.0, section 3). */
const authenticate = ({ clientSecret, clientAuth }: OpenIdSettings): openid.ClientAuth => {
  if (clientSecret === null) return openid.None()
  const ways = { basic: openid.ClientSecretBasic(clientSecret), post: openid.ClientSecretPost(clientSecret) }
  return (server, ...rest) => {
    const allowed = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    return ways[clientAuth ?? (allowed.includes('client_secret_basic') ? 'basic' : 'post')](server, ...rest)
  }
}

/** The gateway's network with a limit on what an answer may weigh; that nobody answered is an error of its own. */
const limitedFetch =
  (deps: Deps): openid.CustomFetch =>
  async (url, { body, ...options }) => {
    const init: RequestInit = { ...options, ...(body instanceof URLSearchParams ? { body: body.toString() } : {}) }
    const answer = await readWhole(deps, url, init)
    if (answer.status >= 500) throw new IssuerUnreachable(`status ${answer.status}`)
    return answer
  }

const readWhole = async (deps: Deps, url: string, init: RequestInit): Promise<Response> => {
  try {
    const answer = await deps.fetchIssuer(url, init)
    const bytes = await readLimited(answer, answerBytesMax)
    return new Response(bytes.length > 0 ? bytes : null, { status: answer.status, headers: answer.headers })
  } catch (cause) {
    if (cause instanceof BodyTooLarge) throw cause
    throw new IssuerUnreachable('no answer', { cause })
  }
}
