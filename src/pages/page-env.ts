/** What a request carries through the pages: its id, given by the app around them, and the pattern that matched, for logs and metrics. */
export type PageEnv = {
  Variables: {
    requestId?: string
    route?: string
    /** Takes the request's place: called once its body was read. Throws Refusal `overloaded`. */
    begin?: () => Promise<void>
  }
}
