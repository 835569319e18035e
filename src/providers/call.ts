/**
 * Outgoing calls to a provider: one deadline, one size limit, no redirects, and one table that says whether a failed
 * call can have reached the provider. That difference decides whether a payment or a refund may be sent again.
 */
import { BodyTooLarge, decodeUtf8, readLimited } from '../lib/body.ts'
import { parseJson } from '../lib/json.ts'
import { type FetchPort, ProviderError } from './contract.ts'

export type CallInit = {
  method?: string
  headers?: Record<string, string>
  body?: string
  /**
   * From the first byte sent to the last byte read; the default is 30 s, the longest wait that a provider of ours asks
   * for.
   */
  timeoutMs?: number
}
export type CallAnswer = { status: number; text: string }
export type JsonAnswer = { status: number; json: Record<string, unknown> }

const timeoutDefaultMs = 30_000
const answerBytesMax = 256 * 1024

/**
 * Failures that happen before the first byte of the request leaves: names, refused or unanswered connections, certificates
 * (Node and undici codes).
 */
const connectCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  // Our own, for an address of a private network.
  'ERR_PRIVATE_ADDRESS',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
/**
 * Linux gives these to a connection that cannot be made, and also to one that stood, had the request sent over it and then
 * lost its way (tcp(7), "Error Handling"). Only the call that failed tells which.
 */
const routeCodes: ReadonlySet<string> = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'])
/**
 * OpenSSL's other certificate verdicts (`X509_V_ERR_*` as Node names them), all given before the request is written.
 */
const certificateCode = /^CERT_[A-Z_]+$/

/**
 * One call; any status is returned, 4xx, 429 and 5xx included, because only the adapter knows what they mean. A
 * redirect is not followed: its 3xx is returned. Throws ProviderError `unreachable` when nothing can have been sent,
 * `malformed` when a 2xx answer is longer than 256 KB or not UTF-8, and `unknown` for all else: timeouts, aborts,
 * resets, and errors that say nothing of when they happened.
 */
export const callProvider = async (fetch: FetchPort, url: string, init: CallInit = {}): Promise<CallAnswer> => {
  const { timeoutMs = timeoutDefaultMs, ...request } = init
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    return { status: response.status, text: await readAnswer(response) }
  } catch (error) {
    if (error instanceof ProviderError) throw error
    if (happenedBeforeSending(error)) {
      throw new ProviderError('unreachable', 'the provider could not be reached', { cause: error })
    }
    throw new ProviderError('unknown', 'the provider did not answer', { cause: error })
  }
}

/**
 * Posts a form, percent-encoded once. 2xx and 4xx answers are returned, as with `postJson`; throws as `callProvider`, and `unknown` for 3xx, 408, 429 and
 * 5xx (code `http_<status>`).
 */
export const postForm = async (
  fetch: FetchPort,
  url: string,
  fields: Readonly<Record<string, string>>,
  init: Omit<CallInit, 'method' | 'body'> = {},
): Promise<CallAnswer> => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...init.headers }
  const body = new URLSearchParams(fields).toString()
  return resultOf(await callProvider(fetch, url, { ...init, headers, method: 'POST', body }))
}

/**
 * Posts JSON and reads a JSON object. 2xx and 4xx answers are returned parsed, for some providers word a refusal as
 * 4xx with their own code inside. Throws as `callProvider`, and: `unknown` for 3xx, 408, 429 and 5xx (code
 * `http_<status>`), `malformed` for a 2xx without a JSON object, `rejected` for any other 4xx without one.
 */
export const postJson = async (
  fetch: FetchPort,
  url: string,
  body: Record<string, unknown>,
  init: Omit<CallInit, 'method' | 'body'> = {},
): Promise<JsonAnswer> => {
  const headers = { 'content-type': 'application/json; charset=UTF-8', accept: 'application/json', ...init.headers }
  return jsonAnswer(
    resultOf(await callProvider(fetch, url, { ...init, headers, method: 'POST', body: JSON.stringify(body) })),
  )
}

/** Asks by GET and reads a JSON object. Returns and throws as `postJson`. */
export const getJson = async (
  fetch: FetchPort,
  url: string,
  init: Omit<CallInit, 'method' | 'body'> = {},
): Promise<JsonAnswer> => {
  const headers = { accept: 'application/json', ...init.headers }
  return jsonAnswer(resultOf(await callProvider(fetch, url, { ...init, headers, method: 'GET' })))
}

/** The JSON object of an answer. Throws `malformed` for a 2xx without one, `rejected` for any other status without one. */
export const jsonAnswer = ({ status, text }: CallAnswer): JsonAnswer => {
  const json = jsonObject(text)
  if (json) return { status, json }
  const code = `http_${status}`
  if (isGood(status)) throw new ProviderError('malformed', 'the answer of the provider is not a JSON object', { code })
  throw new ProviderError('rejected', 'the provider refused the call', { code })
}

/** Whether a status is 2xx: the call was carried out, whatever its answer says. */
export const isGood = (status: number): boolean => status >= 200 && status < 300

/** An answer that may hold a result. Throws `unknown` for every other one. */
const resultOf = (answer: CallAnswer): CallAnswer => {
  const { status } = answer
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429
  if (isGood(status) || isRefusal) return answer
  throw new ProviderError('unknown', 'the provider answered without a result', { code: `http_${status}` })
}

/**
 * The object that a JSON text holds; null for any other text, arrays, bare values and numbers that would lose digits
 * included.
 */
export const jsonObject = (text: string): Record<string, unknown> | null => {
  const parsed = parseJson(text)
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value))
    return null
  return { ...parsed.value }
}

/**
 * Text of a good answer must be sound; of an error page only the status counts, so nothing about its text can hide
 * that.
 */
const readAnswer = async (response: Response): Promise<string> => {
  try {
    const text = decodeUtf8(await readLimited(response, answerBytesMax))
    if (text !== null) return text.replace(/^\uFEFF/, '')
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error
  }
  if (!response.ok) return ''
  throw new ProviderError('malformed', 'the answer of the provider is too long or not UTF-8')
}

/**
 * Walks the causes of a failed fetch; a group of failed connection tries counts only when every one of them failed
 * before sending.
 */
const happenedBeforeSending = (error: unknown, depth = 0): boolean => {
  if (!(error instanceof Error) || depth > 5) return false
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((each) => happenedBeforeSending(each, depth + 1))
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const syscall = 'syscall' in error ? error.syscall : null
  // The connection stood, whatever the code: a firewall that rejects it later ends it as ECONNREFUSED.
  if (syscall === 'read' || syscall === 'write') return false
  if (connectCodes.has(code) || certificateCode.test(code)) return true
  if (routeCodes.has(code)) return syscall === 'connect'
  return happenedBeforeSending(error.cause, depth + 1)
}
