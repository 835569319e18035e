/**
 * Spans on Node, by OpenTelemetry's own SDK, sent by OTLP over HTTP as JSON. Nothing is registered for the whole process: two gateways in one process, as tests have them, have a tracing each.
 * The SDK and its exporter were chosen over a writer of our own, for sampling, batches and the protocol are theirs to get right; `@hono/otel` was not, for it knows routes and no orders.
 */
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { parseTraceParent } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import type { OpenSpan, SpanBegin, Tracing } from '../lib/tracing.ts'

export type TracingOptions = {
  /** Where the collector takes spans. */
  url: string
  /** Which share of traces is collected, 0 to 1. It is decided by the trace's id alone, so that every process decides alike, and nobody who calls us decides for us. */
  share: number
}

/** A collector that is away must not fill the memory: what is more than this is lost. */
const queueMax = 2_048
const batchMax = 256
const exportTimeoutMs = 10_000
/** All that a span may hold; an id is shorter. */
const limits = { attributeValueLengthLimit: 200, attributeCountLimit: 16, linkCountLimit: 4, eventCountLimit: 0 }

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
} as const

/** `stop` sends what is left. What nobody takes is lost, and is no fault of whoever is ending. */
export const openTracing = ({ url, share }: TracingOptions): { tracing: Tracing; stop: () => Promise<void> } => {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'lephi' }),
    sampler: new TraceIdRatioBasedSampler(share),
    spanLimits: limits,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: exportTimeoutMs }),
        maxQueueSize: queueMax,
        maxExportBatchSize: batchMax,
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  })
  const tracer = provider.getTracer('lephi')
  const contexts = new AsyncLocalStorageContextManager().enable()
  const within: Tracing['within'] = async (begin, work) => {
    const underWay = contexts.active()
    const { parent, links } = placeOf(begin, underWay)
    const options = { kind: kinds[begin.kind ?? 'internal'], attributes: begin.facts ?? {}, links }
    const span = tracer.startSpan(begin.name, options, parent)
    const open: OpenSpan = {
      rename: (name) => void span.updateName(name),
      add: (facts) => void span.setAttributes(facts),
      fail: () => void span.setStatus({ code: SpanStatusCode.ERROR }),
    }
    try {
      return await contexts.with(trace.setSpan(parent, span), () => work(open))
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
      throw error
    } finally {
      span.end()
    }
  }
  const current = () => writeTraceParent(trace.getSpanContext(contexts.active()))
  return { tracing: { within, current }, stop: () => provider.shutdown().catch(() => undefined) }
}

type Link = { context: SpanContext }

/** What is under way goes on where it is of the trace that is named, or where none is; else the trace that is named goes on, and remembers by a link from where it was taken up. */
const placeOf = ({ parent }: SpanBegin, underWay: Context): { parent: Context; links: Link[] } => {
  const named = parent ? parseTraceParent(parent) : null
  const here = trace.getSpanContext(underWay)
  if (!named || !isSpanContextValid(named) || named.traceId === here?.traceId) return { parent: underWay, links: [] }
  return {
    parent: trace.setSpanContext(ROOT_CONTEXT, { ...named, isRemote: true }),
    links: here ? [{ context: here }] : [],
  }
}

const writeTraceParent = (context: SpanContext | undefined): string | null =>
  context && isSpanContextValid(context)
    ? `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, '0')}`
    : null
