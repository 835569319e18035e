/**
 * What flows tell of their doing to whoever follows one payment through several systems: spans of W3C Trace Context. Who collects them is the entry's business (node/open-tracing.ts); where
 * nobody does, work is simply done. Ids and names only: what may be said is listed here, so that no name of a payer and no secret can be said by mistake.
 */

export type Tracing = {
  /** Does the work within a span, which ends with it. What the work throws is thrown on; of it the span has the name and no message, for messages hold data. */
  within: <Result>(begin: SpanBegin, work: (span: OpenSpan) => Promise<Result>) => Promise<Result>
  /** The `traceparent` (W3C Trace Context, 3.2) of what is under way; null outside of any span. */
  current: () => string | null
}

export type SpanKind = 'internal' | 'server' | 'client' | 'producer'

export type SpanBegin = {
  name: string
  kind?: SpanKind
  facts?: SpanFacts
  /** The `traceparent` of what it belongs to, where that is not what is under way: of another trace, which is then linked with this one. One that is not valid counts as none. */
  parent?: string | null
}

/** Everything that a span may say. */
export type SpanFacts = Partial<
  Record<
    | 'lephi.order'
    | 'lephi.attempt'
    | 'lephi.provider'
    | 'lephi.merchant_account'
    | 'lephi.operation'
    | 'lephi.answer'
    | 'lephi.source'
    | 'lephi.event_type'
    | 'lephi.delivery'
    | 'lephi.webhook_endpoint'
    | 'http.request.method'
    | 'http.route',
    string
  > &
    Record<'http.response.status_code', number>
>

export type OpenSpan = { rename: (name: string) => void; add: (facts: SpanFacts) => void; fail: () => void }

const deafSpan: OpenSpan = { rename: () => undefined, add: () => undefined, fail: () => undefined }

/** Tells nobody. */
export const noTracing: Tracing = { within: (_, work) => work(deafSpan), current: () => null }

const traceParent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/

/** The trace of a `traceparent` that we made; null where there is none. */
export const traceIdOf = (text: string | null): string | null => (text && traceParent.exec(text)?.[1]) || null

/** The same for one whose spans are collected, so that whoever looks for it finds it. */
export const collectedTraceOf = (text: string | null): string | null => {
  const [, traceId = null, flags = '0'] = (text && traceParent.exec(text)) || []
  return Number.parseInt(flags, 16) % 2 === 1 ? traceId : null
}
