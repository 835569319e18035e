/** Every error that leaves a handler becomes a problem here: refusals as the table words them, what the database refused, and bugs as a bare 500. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { BodyTooLarge } from '../lib/body.ts'
import { databaseError, isConflict } from '../store/database.ts'
import { isUnavailable } from '../store/database-errors.ts'
import type { ApiEnv } from './env.ts'
import { type Problem, type ProblemCode, preferredLanguage, problemResponse, problems } from './problem.ts'

/** The response for an error of any kind. Server errors are logged with the request id; no body and no value ever is. */
export const errorResponse = (deps: Deps, error: unknown, c: Context<ApiEnv>): Response => {
  const problem = problemOf(error)
  const status = problems[problem.code].status
  const requestId = c.get('requestId') ?? ''
  const about = { request_id: requestId, route: c.get('route') ?? 'unmatched', code: problem.code }
  // Who is told to come again is counted, and said in the log once for many: see admit.ts.
  if (status >= 500 && problem.code !== 'overloaded')
    deps.log.error({ ...about, error: error instanceof Error ? withoutValues(error) : typeof error }, 'request failed')
  else if (databaseError(error)) deps.log.warn({ ...about, database: databaseError(error) }, 'refused by the database')
  return problemResponse(problem, {
    requestId,
    language: preferredLanguage(c.req.header('accept-language')),
    publicUrl: deps.publicUrl,
    headers: extraHeaders(error, problem.code, c),
  })
}

const problemOf = (error: unknown): Problem => {
  if (error instanceof Refusal) return { code: error.code, detail: error.message, errors: error.errors }
  if (error instanceof BodyTooLarge) {
    return { code: 'body_too_large', detail: `The body may have at most ${error.maxBytes} bytes.` }
  }
  if (error instanceof HTTPException) return { code: httpCodes[error.status] ?? 'internal_error' }
  const refused = databaseError(error)
  // insufficient_privilege is a row of somebody else's agency, or else a missing grant, which is a bug of ours.
  if (refused?.code === '42501' && String(error).includes('row-level security')) return { code: 'not_found' }
  if (isUnavailable(error)) return { code: 'service_unavailable', detail: unavailable }
  if (refused) return databaseProblem(refused)
  return { code: 'internal_error' }
}

const unavailable =
  'The database does not serve this now. Send the same request again, under the same key where it has one.'

const httpCodes: Partial<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
}

/** SQLSTATEs (PostgreSQL manual, appendix A) that a caller can bring about; the flows name most of them before the database has to. */
const databaseCodes: Readonly<Record<string, ProblemCode>> = {
  '40001': 'conflict', // serialization_failure, and our own lephi_expect
  '40P01': 'conflict', // deadlock_detected
  '23505': 'already_exists', // unique_violation
  '23503': 'conflict', // foreign_key_violation
  '23514': 'conflict', // check_violation
  '22001': 'invalid_input', // string_data_right_truncation
  '22003': 'invalid_input', // numeric_value_out_of_range
  '22007': 'invalid_input', // invalid_datetime_format
  '22008': 'invalid_input', // datetime_field_overflow
  '22021': 'invalid_input', // character_not_in_repertoire
  '22P05': 'invalid_input', // untranslatable_character
}

/** A constraint's name says which rule it was; the database's own message may quote the row, so it never leaves the house. */
const databaseProblem = ({ code, constraint }: { code: string; constraint: string | null }): Problem => {
  const found = databaseCodes[code]
  if (!found) return { code: 'internal_error' }
  return { code: found, ...(constraint ? { detail: `The rule ${constraint} does not allow it.` } : {}) }
}

/** A database error's message can quote a value that was sent; its code and place are enough to find the bug. */
const withoutValues = (error: Error): unknown =>
  databaseError(error)
    ? { name: error.name, ...databaseError(error), stack: error.stack?.split('\n').slice(1, 6).join('\n') }
    : error

const extraHeaders = (error: unknown, code: ProblemCode, c: Context<ApiEnv>): Record<string, string> => {
  const seconds = error instanceof Refusal ? error.retryAfterSeconds : null
  const retryAfter = seconds ?? (isConflict(error) || code === 'service_unavailable' ? 1 : null)
  return {
    ...(c.get('rateLimitHeaders') ?? {}),
    ...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
    ...(c.get('challenge') ? { 'www-authenticate': c.get('challenge') ?? '' } : {}),
  }
}
