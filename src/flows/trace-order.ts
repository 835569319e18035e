/**
 * One trace for one order, from the portal's call that placed it to the webhook that says that it is paid, whichever process does which part of it minutes or days later. What is done for an
 * order is a child of the call that placed it, and not a link to it: a link would leave each part in a trace of its own, and whoever looks for a payment would find its beginning alone.
 * What led to it (a provider's callback, a citizen's press, a job) has a trace of its own, for the order is not known when it begins; that one is linked.
 */
import type { Order } from '../domain/order-facts.ts'
import type { Example } from '../lib/metrics.ts'
import { collectedTraceOf, noTracing, type SpanBegin, type Tracing } from '../lib/tracing.ts'
import type { Deps } from './deps.ts'

export const tracingOf = ({ tracing }: Pick<Deps, 'tracing'>): Tracing => tracing ?? noTracing

/** Does what is done for an order within its trace. */
export const withinOrder = <Result>(
  deps: Pick<Deps, 'tracing'>,
  { id, traceParent }: Pick<Order, 'id' | 'traceParent'>,
  { name, facts }: Pick<SpanBegin, 'name' | 'facts'>,
  work: () => Promise<Result>,
): Promise<Result> =>
  tracingOf(deps).within({ name, facts: { 'lephi.order': id, ...facts }, parent: traceParent }, work)

/** What an observation is an example of: the trace under way, where it is collected. */
export const exampleOf = ({ tracing, now }: Pick<Deps, 'tracing' | 'now'>): Example | null => {
  const traceId = tracing ? collectedTraceOf(tracing.current()) : null
  return traceId ? { traceId, at: now() } : null
}
