/** What a request carries through the API besides itself. */
import type { Caller } from '../domain/access.ts'

export type ApiEnv = {
  Variables: {
    requestId: string
    /** The pattern that matched, for logs and metrics. */
    route?: string
    caller?: Caller
    /** What WWW-Authenticate says should the answer be a refusal. */
    challenge?: string
    rateLimitHeaders?: Record<string, string>
    /** Takes the request's place: called once its body was read, where it may have one. Throws Refusal `overloaded`. */
    begin?: () => Promise<void>
  }
}
