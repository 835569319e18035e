/** What a request carries through the pages: its id, given by the app around them, and the pattern that matched, for logs and metrics. */
export type PageEnv = { Variables: { requestId?: string; route?: string } }
