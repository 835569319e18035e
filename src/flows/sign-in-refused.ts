/** Why a sign-in ends without a session, and the one table from what the OpenID client throws to that. */
import * as openid from 'openid-client'
import type { StaffProblem } from '../domain/openid.ts'

export type SignInProblem =
  /** The issuer does not answer, or only with its own failure. */
  | 'unreachable'
  /** The issuer and we do not agree on who we are to it: for an administrator. */
  | 'misconfigured'
  /** The issuer, or the person there, said no. */
  | 'denied'
  /** This sign-in was finished, left alone for too long, or never begun in this browser. */
  | 'over'
  /** What came back does not prove who signed in. */
  | 'not_believed'
  /** The clocks of the issuer and this machine are too far apart. */
  | 'clock'
  | StaffProblem

/** `reason` is for the log: it quotes nothing that a stranger wrote. `subject` is `issuer#subject` of somebody whom the issuer knows and we do not let in. */
export class SignInRefused extends Error {
  override name = 'SignInRefused'
  readonly subject: string | null
  constructor(
    readonly problem: SignInProblem,
    readonly reason: string,
    { subject = null, ...options }: ErrorOptions & { subject?: string | null } = {},
  ) {
    super(`${problem}: ${reason}`, options)
    this.subject = subject
  }
}

/** No whole answer came from the issuer. */
export class IssuerUnreachable extends Error {
  override name = 'IssuerUnreachable'
}

/** The refusal that an error of the OpenID client means while that step was under way. Throws on what is a bug of ours. */
export const signInRefusal = (error: unknown, step: 'discovery' | 'exchange'): SignInRefused => {
  if (error instanceof SignInRefused) return error
  const unreachable = causeOf(error, IssuerUnreachable)
  if (unreachable) return new SignInRefused('unreachable', unreachable.message, { cause: error })
  if (error instanceof openid.AuthorizationResponseError) {
    // What a browser brings may be anybody's words: only known ones are repeated.
    const problem = authorizationErrors[error.error] ?? 'misconfigured'
    return new SignInRefused(problem, problem === 'misconfigured' ? 'the issuer refused the request' : error.error)
  }
  if (error instanceof openid.ResponseBodyError) {
    const isOver = error.error === 'invalid_grant'
    return new SignInRefused(isOver ? 'over' : 'misconfigured', `token endpoint: ${shortCode(error.error)}`)
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!isOfTheClient(error, code)) throw error
  const problem = codes[code] ?? (step === 'discovery' ? 'misconfigured' : 'not_believed')
  return new SignInRefused(problem, shortCode(code || 'unusable answer'), { cause: error })
}

/** OpenID Connect Core 1.0, section 3.1.2.6, and RFC 6749, section 4.1.2.1. All others say that we are not known or ask for too much. */
const authorizationErrors: Readonly<Record<string, SignInProblem>> = {
  access_denied: 'denied',
  login_required: 'denied',
  interaction_required: 'denied',
  consent_required: 'denied',
  account_selection_required: 'denied',
  server_error: 'unreachable',
  temporarily_unavailable: 'unreachable',
}

/** Codes of openid-client 6. */
const codes: Readonly<Record<string, SignInProblem>> = {
  OAUTH_TIMEOUT: 'unreachable',
  OAUTH_ABORT: 'unreachable',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'clock',
  OAUTH_MISSING_SERVER_METADATA: 'misconfigured',
  OAUTH_INVALID_SERVER_METADATA: 'misconfigured',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'misconfigured',
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: 'misconfigured',
  OAUTH_WWW_AUTHENTICATE_CHALLENGE: 'misconfigured',
}

const isOfTheClient = (error: unknown, code: string): boolean =>
  code.startsWith('OAUTH_') ||
  error instanceof openid.ClientError ||
  error instanceof openid.WWWAuthenticateChallengeError ||
  (error instanceof Error && error.name === 'BodyTooLarge')

const shortCode = (text: string): string => text.replaceAll(/[^\w .:-]/g, '').slice(0, 80)

const causeOf = <E extends Error>(error: unknown, type: new (...given: never[]) => E): E | null => {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if (at instanceof type) return at
  return null
}
