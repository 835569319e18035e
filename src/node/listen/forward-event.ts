// Sends one event on as the webhook that an endpoint would get, and tries again for as long as a developer may need to start their own server anew.
import { setTimeout as pause } from 'node:timers/promises'
import { webhookBody, webhookHeaders } from '../../domain/webhook-signature.ts'
import { readLimited } from '../../lib/body.ts'
import { nextDelay } from '../../lib/retry-ladder.ts'
import type { FeedEvent } from './read-feed.ts'

export type Forwarded = { status: number | null; error: string | null; tries: number; isTaken: boolean }

/** Seconds between tries; after the last one the event is given up. */
export const waitSeconds: readonly number[] = [1, 2, 4, 8]
const timeoutMs = 15_000
const answerBytesMax = 4_096
/** The receiver's own word that it wants this no more. */
const gone = 410

type Target = {
  url: string
  secret: string
  signal: AbortSignal
  /** Says that a try failed and in how many seconds the next one comes. */
  tell: (failed: Omit<Forwarded, 'isTaken'> & { waitSeconds: number }) => void
  ladderSeconds?: readonly number[]
}

/** Throws only when `signal` ends it: then the event was perhaps not taken. */
export async function forwardEvent(event: FeedEvent, target: Target): Promise<Forwarded> {
  const { signal, tell, ladderSeconds = waitSeconds } = target
  for (let tries = 1; ; tries += 1) {
    const answer = await post(event, target)
    signal.throwIfAborted()
    if (answer.error === null) return { ...answer, tries, isTaken: true }
    const wait = answer.status === gone ? null : nextDelay(tries, ladderSeconds)
    if (wait === null) return { ...answer, tries, isTaken: false }
    tell({ ...answer, tries, waitSeconds: wait })
    await pause(wait * 1_000, undefined, { signal })
  }
}

const post = async (
  event: FeedEvent,
  { url, secret, signal }: Target,
): Promise<Pick<Forwarded, 'status' | 'error'>> => {
  const { id, type, createdAt, data } = event
  const body = webhookBody({ id, type, eventAt: createdAt, data })
  // Signed anew for each try, as the gateway does: receivers refuse what was signed long ago.
  const signed = webhookHeaders({ id, body, at: new Date() }, [secret])
  const headers = { 'content-type': 'application/json', 'user-agent': 'LePhi-Webhooks/1', ...signed }
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: deadline })
    await readLimited(response, answerBytesMax).catch(() => undefined)
    return { status: response.status, error: response.ok ? null : `status ${response.status}` }
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    return { status: null, error: isTimeout ? 'timeout' : 'unreachable' }
  }
}
