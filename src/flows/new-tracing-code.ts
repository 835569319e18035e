/** A new tracing code (mã tra soát): for a case, and for an order. */
import { tracingCode } from '../domain/tracing.ts'
import { decodeBase64 } from '../lib/base64.ts'
import type { Deps } from './deps.ts'

export const newTracingCode = (deps: Pick<Deps, 'newToken'>): string => {
  // A token is base64url of so many random bytes; six need no padding.
  const bytes = decodeBase64(deps.newToken(6).replaceAll('-', '+').replaceAll('_', '/'))
  if (bytes?.length !== 6) throw new Error('a token of six bytes was expected')
  return tracingCode(bytes)
}
