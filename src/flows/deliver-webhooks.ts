/** Sends what the outbox owes, as Standard Webhooks says: signed, tried again for 30 days, and never more than a few at a time to one endpoint. */

import { hostListProblem } from '../domain/outgoing-hosts.ts'
import { isPrivateAddressError } from '../domain/private-address.ts'
import { webhookBody, webhookHeaders } from '../domain/webhook-signature.ts'
import { webhookUrlProblem } from '../domain/webhook-url.ts'
import { readLimited } from '../lib/body.ts'
import { drain } from '../lib/drain.ts'
import { ladderOf, nextDelay } from '../lib/retry-ladder.ts'
import { SealedBoxError } from '../lib/sealed-box.ts'
import { toRfc3339 } from '../lib/time.ts'
import { everyAgency } from '../store/database.ts'
import { disableEndpoint, finishDelivery, type TakenDelivery, takeDelivery } from '../store/webhooks.ts'
import { endpointContext } from './change-webhook-endpoint.ts'
import type { Deps } from './deps.ts'
import { exampleOf, tracingOf } from './trace-order.ts'

const day = 86_400
/** Seconds between tries: 5 s, 30 s, 2 min, 10 min, 1 h, 3 h, 6 h, 12 h, then daily until 30 days after the first. */
const ladderSeconds = ladderOf([5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200], {
  everySeconds: day,
  untilSeconds: 30 * day,
})
const timeoutMs = 15_000
/** Longer than one try can take, so that a lapsed lease means a crashed holder. */
const leaseMs = 60_000
const answerBytesMax = 4_096
const perEndpointMax = 3

/**
 * Delivers what is due, at most `limit`; answers how many tries were made. An endpoint that does not take what it is sent is left alone for the rest of
 * this pass, so that a dead one costs a few timeouts and not one for each event that it is owed.
 */
export const deliverWebhooks = async (
  deps: Deps,
  { limit, concurrency = 12 }: { limit: number; concurrency?: number },
): Promise<number> => {
  const underWay = new Map<string, number>()
  const refusing = new Set<string>()
  const count = (endpoint: string, by: number) => underWay.set(endpoint, (underWay.get(endpoint) ?? 0) + by)
  const busy = () => [...underWay].filter(([, sending]) => sending >= perEndpointMax).map(([endpoint]) => endpoint)
  const recording = new Map<string, Promise<void>>()
  const takeOne = async () => {
    for (;;) {
      if (deps.isEnding?.()) return null
      const without = [...refusing, ...busy()]
      const taken = await takeDelivery(deps.db, { now: deps.now(), leaseMs, without })
      if (taken) count(taken.endpointId, 1)
      if (taken || recording.size === 0) return taken
      // What is being written down may be due again: somebody asked for it meanwhile.
      await Promise.all(recording.values())
    }
  }
  // One after the other: each must see what the one before it took, or all workers would turn to the same endpoint.
  let taking: Promise<TakenDelivery | null> = Promise.resolve(null)
  const take = () => {
    taking = taking.then(takeOne, takeOne)
    return taking
  }
  const failed = (error: unknown, { id }: TakenDelivery) =>
    deps.log.error({ delivery: id, error }, 'webhook delivery failed on our side')
  const note: NoteTaken = (delivery, written) => {
    const { id } = delivery
    recording.set(
      id,
      written.catch((error: unknown) => failed(error, delivery)).finally(() => recording.delete(id)),
    )
  }
  const send = async (delivery: TakenDelivery) => {
    // Each worker is one record ahead at most.
    if (recording.size >= concurrency) await Promise.race(recording.values())
    try {
      if (!(await deliverOne(deps, delivery, note))) refusing.add(delivery.endpointId)
    } finally {
      count(delivery.endpointId, -1)
    }
  }
  const tries = await drain({ limit, concurrency }, take, send, failed)
  await Promise.all(recording.values())
  return tries
}

/** Is handed what writes down a delivery that was taken, so that the next one can leave meanwhile: should it fail, the lease brings the delivery back, as after a crash. */
type NoteTaken = (delivery: TakenDelivery, written: Promise<void>) => void

type Answer = { status: number | null; error: string | null }

/** Tries one delivery and records it; true when the endpoint took it. What it tells of an order belongs to the trace of that order. */
const deliverOne = (deps: Deps, delivery: TakenDelivery, note: NoteTaken): Promise<boolean> => {
  const { id, endpointId, eventType, traceParent } = delivery
  const facts = { 'lephi.delivery': id, 'lephi.webhook_endpoint': endpointId, 'lephi.event_type': eventType }
  return tracingOf(deps).within(
    { name: 'webhook delivery', kind: 'producer', facts, parent: traceParent },
    async (span) => {
      const isTaken = await tryOnce(deps, delivery, note)
      if (!isTaken) span.fail()
      return isTaken
    },
  )
}

const tryOnce = async (deps: Deps, delivery: TakenDelivery, note: NoteTaken): Promise<boolean> => {
  const at = deps.now()
  if (delivery.disabledAt) {
    await finishDelivery(deps.db, delivery, { status: 'failed', nextAttemptAt: null, tried: null, now: at })
    return false
  }
  if (delivery.isFirstTry)
    deps.metrics.observe(
      'lephi_webhook_first_try_seconds',
      {},
      Math.max(0, at.getTime() - delivery.createdAt.getTime()) / 1_000,
      exampleOf(deps),
    )
  const { status, error } = await post(deps, delivery, at)
  deps.metrics.count('lephi_webhook_tries_total', { taken: error === null ? 'yes' : 'no' })
  const now = deps.now()
  const tried = { at: toRfc3339(at), response_status: status, error }
  if (error === null) {
    note(delivery, finishDelivery(deps.db, delivery, { status: 'delivered', nextAttemptAt: null, tried, now }))
    return true
  }
  const delay = status === gone ? null : nextDelay(delivery.attemptCount + 1, ladderSeconds)
  const nextAttemptAt = delay === null ? null : new Date(now.getTime() + delay * 1_000)
  await finishDelivery(deps.db, delivery, { status: nextAttemptAt ? 'pending' : 'failed', nextAttemptAt, tried, now })
  if (status === gone) {
    await disableEndpoint(deps.db, everyAgency, { id: delivery.endpointId, now })
    deps.log.warn({ webhook_endpoint: delivery.endpointId }, 'webhook endpoint said that it is gone')
  }
  return false
}

/** The receiver's own word that it wants no more: 410 Gone. */
const gone = 410

const post = async (deps: Deps, delivery: TakenDelivery, at: Date): Promise<Answer> => {
  // The mode, or what counts as private, may have changed since the endpoint was made.
  if (webhookUrlProblem(delivery.url, deps)) return { status: null, error: 'url_not_allowed' }
  // A list may have been narrowed since: the event stays in the feed, and is sent after all once the list allows it.
  if (hostListProblem(delivery.url, delivery.hostLists)) return { status: null, error: 'host_not_allowed' }
  const secrets = await openSecrets(deps, delivery, at)
  if (!secrets) return { status: null, error: 'secret_unreadable' }
  deps.metrics.count('lephi_webhook_signatures_total', { secrets: secrets.length > 1 ? 'both' : 'current' })
  deps.log.debug(
    { delivery: delivery.id, webhook_endpoint: delivery.endpointId, secrets: secrets.length },
    'webhook signed',
  )
  const { eventId: id, eventType: type, data } = delivery
  const body = webhookBody({ id, type, eventAt: toRfc3339(delivery.eventAt), data })
  const traceParent = tracingOf(deps).current()
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'LePhi-Webhooks/1',
    ...webhookHeaders({ id, body, at }, secrets),
    ...(traceParent ? { traceparent: traceParent } : {}),
  }
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await deps.fetchPublic(delivery.url, { method: 'POST', headers, body, redirect: 'manual', signal })
    // What it says beyond the status has no meaning for us; a little is read, so that the connection can be used again.
    await readLimited(response, answerBytesMax).catch(() => undefined)
    return { status: response.status, error: statusError(response) }
  } catch (error) {
    const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
    if (isTimeout) return { status: null, error: 'timeout' }
    return { status: null, error: isPrivateAddressError(error) ? 'url_not_allowed' : 'unreachable' }
  }
}

/** A redirect that was not followed is status 0 in runtimes that hide it. */
const statusError = ({ status, ok, type }: Response): string | null => {
  if (ok) return null
  return type === 'opaqueredirect' || (status >= 300 && status < 400) ? 'redirect_refused' : `status_${status}`
}

/** The current secret, and the former one while it overlaps; null when they do not open, which a person must look into. */
const openSecrets = async (deps: Deps, delivery: TakenDelivery, at: Date): Promise<string[] | null> => {
  const isOverlap = delivery.formerUntil !== null && delivery.formerUntil > at
  const sealed = [delivery.sealed, ...(isOverlap && delivery.formerSealed ? [delivery.formerSealed] : [])]
  const context = endpointContext(delivery.endpointId)
  try {
    return await Promise.all(sealed.map(async (each) => new TextDecoder().decode(await deps.box.open(each, context))))
  } catch (error) {
    if (!(error instanceof SealedBoxError)) throw error
    deps.log.error({ webhook_endpoint: delivery.endpointId, error }, 'the secret of a webhook endpoint does not open')
    return null
  }
}
