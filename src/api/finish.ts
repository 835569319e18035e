/** What every response carries: its request id, and headers that keep browsers from guessing, framing and leaking. */
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './env.ts'

/**
 * Gives each request an id, its own when that is sane (letters, digits, `-`, `_`, `.`, at most 100) so that one id runs through the portal's logs and
 * ours. Pages set their own Content-Security-Policy; what has none gets the strictest.
 */
export const finishResponses = (options: {
  newId: (prefix: string) => string
  isHttps: boolean
}): MiddlewareHandler<ApiEnv> => {
  const headers = guardingHeaders(options.isHttps)
  return async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && /^[\w.-]{1,100}$/.test(given) ? given : options.newId('req')
    c.set('requestId', requestId)
    await next()
    // A Response that came out of fetch is read-only.
    if (!isWritable(c.res.headers)) c.res = new Response(c.res.body, c.res)
    c.res.headers.set('x-request-id', requestId)
    for (const [name, value] of headers) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  }
}

/** What keeps browsers from guessing, framing and leaking. */
export const guardingHeaders = (isHttps: boolean): readonly [string, string][] => [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['content-security-policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"],
  ['x-frame-options', 'DENY'],
  ...(isHttps ? [['strict-transport-security', 'max-age=31536000; includeSubDomains'] as [string, string]] : []),
]

const isWritable = (headers: Headers): boolean => {
  try {
    headers.delete('x-request-id')
    return true
  } catch {
    return false
  }
}
