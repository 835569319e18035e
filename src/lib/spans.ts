/**
 * Spans by OpenTelemetry's own SDK, the same wherever the gateway runs; who takes those that ended, and sends them, is the entry's business (node/open-tracing.ts, worker/collect-spans.ts). Nothing
 * is registered for a whole process: two gateways in one, as tests have them, have spans of their own each. The SDK was chosen over a writer of our own, for sampling and the protocol are theirs to
 * get right; `@hono/otel` was not, for it knows routes and no orders.
 */
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { parseTraceParent } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { type SpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import type { OpenSpan, SpanBegin, Tracing } from './tracing.ts'

/** Where spans go. */
export type Collector = {
  /** Where it takes them. */
  url: string
  /** Which share of traces is collected, 0 to 1. It is decided by the trace's id alone, so that every process decides alike, and nobody who calls us decides for us. */
  share: number
  /** What it asks for besides, such as a key. */
  headers: Readonly<Record<string, string>>
}

export type Spans = {
  /** A tracing whose ended spans the processor is handed. What is under way is known across all of them. */
  to: (processor: SpanProcessor) => Tracing
  current: Tracing['current']
}

/** All that a span may hold; an id is shorter. */
const limits = { attributeValueLengthLimit: 200, attributeCountLimit: 16, linkCountLimit: 4, eventCountLimit: 0 }

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
} as const

export const openSpans = ({ share }: Pick<Collector, 'share'>): Spans => {
  const contexts = new AsyncLocalStorageContextManager().enable()
  const common = {
    resource: resourceFromAttributes({ 'service.name': 'lephi' }),
    sampler: new TraceIdRatioBasedSampler(share),
    spanLimits: limits,
  }
  const current = () => writeTraceParent(trace.getSpanContext(contexts.active()))
  const to: Spans['to'] = (processor) => {
    const tracer = new TracerProvider({ ...common, spanProcessors: [processor] }).getTracer('lephi')
    return { within: withinSpans(tracer, contexts), current }
  }
  return { to, current }
}

const withinSpans =
  (tracer: Tracer, contexts: AsyncLocalStorageContextManager): Tracing['within'] =>
  async (begin, work) => {
    const { parent, links } = placeOf(begin, contexts.active())
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
