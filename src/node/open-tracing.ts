/** Spans on Node, sent in batches by OTLP over HTTP as JSON, by OpenTelemetry's own processor and exporter: batches and retries are theirs to get right. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace'
import { type Collector, openSpans } from '../lib/spans.ts'
import type { Tracing } from '../lib/tracing.ts'

/** A collector that is away must not fill the memory: what is more than this is lost. */
const queueMax = 2_048
const batchMax = 256
const exportTimeoutMs = 10_000

/** `stop` sends what is left. What nobody takes is lost, and is no fault of whoever is ending. */
export const openTracing = ({ url, share, headers }: Collector): { tracing: Tracing; stop: () => Promise<void> } => {
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: exportTimeoutMs }),
    maxQueueSize: queueMax,
    maxExportBatchSize: batchMax,
    exportTimeoutMillis: exportTimeoutMs,
  })
  return { tracing: openSpans({ share }).to(processor), stop: () => processor.shutdown().catch(() => undefined) }
}
