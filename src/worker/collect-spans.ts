/**
 * Spans on Workers: one invocation's own, sent when its work is over. OpenTelemetry's batches wait for a timer and its exporter keeps connections, and workerd lets neither outlive the request that
 * began it; so the SDK and the serializer are OpenTelemetry's, and what is between them is here.
 */

import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Deps } from '../flows/deps.ts'
import type { Collector, Spans } from '../lib/spans.ts'
import type { Tracing } from '../lib/tracing.ts'

export type CollectedSpans = {
  tracing: Tracing
  /** Sends what has ended. What nobody takes is lost, as is what ends later. Never rejects. */
  send: () => Promise<void>
}

/** One run of the jobs does a few hundred things at most; what is more than this is lost. About half a megabyte. */
const spansMax = 1_024
/** Workers end what goes on 30 s after the answer, and deferred work has 25 of them. */
const exportTimeoutMs = 4_000

/** `fetchIssuer` reaches whatever the operator names, as it does for issuers of tokens. */
export const collectSpans = (
  spans: Spans,
  { url, headers }: Pick<Collector, 'url' | 'headers'>,
  { fetchIssuer, log }: Pick<Deps, 'fetchIssuer' | 'log'>,
): CollectedSpans => {
  let ended: ReadableSpan[] | null = []
  const tracing = spans.to({
    onStart: () => undefined,
    onEnd: (span) => {
      if (ended && ended.length < spansMax) ended.push(span)
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  })
  const send = async () => {
    const sent = ended ?? []
    ended = null
    if (sent.length === 0) return
    const lose = (why: object) => log.debug({ spans: sent.length, ...why }, 'spans are lost')
    try {
      const response = await fetchIssuer(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: new Uint8Array(JsonTraceSerializer.serializeRequest(sent) ?? []),
        signal: AbortSignal.timeout(exportTimeoutMs),
      })
      await response.body?.cancel()
      if (!response.ok) lose({ status: response.status })
    } catch (error) {
      lose({ error })
    }
  }
  return { tracing, send }
}
