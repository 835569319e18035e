// A reference consumer: proves that no event of GET /v1/events and no webhook was dropped, doubled, altered or moved on its way here. It needs nothing
// of the gateway's code. Write `Kept` down together with what you make of the events, in one transaction, and go on from it after a restart.
import { createHash } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

export type Finding = {
  kind:
    | 'dropped'
    | 'doubled'
    | 'changed'
    | 'reordered'
    | 'gap'
    | 'webhook_forged'
    | 'webhook_unknown'
    | 'webhook_missing'
  event: string
  detail: string
}

export type FeedEvent = {
  id: string
  type: string
  sequence: number
  order: string | null
  created_at: string
  subject: string
  former_event: string | null
  hash: string | null
  digest: string
  /** As it came, and not as it reads after parsing: hashes are over these bytes. */
  data: string
}

/** What is remembered: the last event, of each subject the last one, and of the latest events what their webhooks must say. */
export type Kept = {
  last: string | null
  subjects: Map<string, { sequence: number; hash: string | null }>
  events: Map<string, { webhook: string; createdAt: string; isTold: boolean }>
  dropped: Set<string>
}

const eventsMax = 100_000

export const nothingKept = (): Kept => ({ last: null, subjects: new Map(), events: new Map(), dropped: new Set() })

/** Takes the next event of the feed, and says what is wrong with it. */
export const takeEvent = (kept: Kept, event: FeedEvent): Finding[] => {
  const { id, former_event, subject, order, type, sequence, created_at, hash, digest, data } = event
  const findings: Finding[] = []
  const find = (kind: Finding['kind'], detail: string, about = id) => findings.push({ kind, event: about, detail })
  if (sha256(former_event, subject, order, id, type, sequence, created_at, hash, data) !== digest)
    find('changed', 'its digest is not over what it says')
  if (kept.events.has(id)) find('doubled', 'it was here before')
  if (kept.events.has(id)) return findings
  const goesBeforeLast =
    kept.dropped.delete(id) || (former_event === null ? kept.last !== null : isPassed(kept, former_event))
  if (goesBeforeLast) find('reordered', `it goes before ${kept.last}`)
  else {
    if (former_event !== null && former_event !== kept.last) {
      kept.dropped.add(former_event)
      find('dropped', `it goes before ${id}, and with it perhaps others`, former_event)
    }
    const former = kept.subjects.get(subject) ?? { sequence: 0, hash: null }
    if (sequence !== former.sequence + 1)
      find('gap', `it is number ${sequence} of ${subject}, behind ${former.sequence}`)
    else if (hash !== null && sha256(former.hash, subject, id, type, sequence, inUtc(created_at), data) !== hash)
      find('changed', `its hash is not over what ${subject} had before`)
    kept.subjects.set(subject, { sequence, hash })
    kept.last = id
  }
  const head = JSON.stringify({ type, timestamp: created_at }).slice(0, -1)
  kept.events.set(id, { webhook: `${head},"data":${data}}`, createdAt: created_at, isTold: false })
  const [oldest] = kept.events.keys()
  if (oldest !== undefined && kept.events.size > eventsMax) kept.events.delete(oldest)
  return findings
}

export type ReceivedWebhook = { headers: Record<string, string>; body: string }

/** Holds a webhook against the feed, which is read to its end first. That one comes twice is no fault: deliveries are repeated until they are answered. */
export const takeWebhook = (kept: Kept, { headers, body }: ReceivedWebhook, secret: string): Finding[] => {
  const event = headers['webhook-id'] ?? ''
  try {
    new Webhook(secret).verify(body, headers)
  } catch (error) {
    return [{ kind: 'webhook_forged', event, detail: String(error) }]
  }
  const known = kept.events.get(event)
  if (!known) return [{ kind: 'webhook_unknown', event, detail: 'the feed does not have it' }]
  known.isTold = true
  return known.webhook === body ? [] : [{ kind: 'changed', event, detail: 'webhook and feed say different things' }]
}

/** Events of before that instant of which no webhook came. */
export const missingWebhooks = (kept: Kept, before: Date): Finding[] =>
  [...kept.events]
    .filter(([, { createdAt, isTold }]) => !isTold && Date.parse(createdAt) < before.getTime())
    .map(([event, { createdAt }]) => ({ kind: 'webhook_missing', event, detail: `it is of ${createdAt}` }))

/** The events of an answer of GET /v1/events. */
export const eventsOf = (answer: string): FeedEvent[] =>
  partsOf(memberOf(answer, 'data')).map((text) => ({ ...JSON.parse(text), data: memberOf(text, 'data') }))

const isPassed = (kept: Kept, event: string) => event !== kept.last && kept.events.has(event)
const inUtc = (time: string) => new Date(time).toISOString()
const sha256 = (...parts: (string | number | null)[]) =>
  createHash('sha256')
    .update(parts.map((part) => part ?? '').join('\n'))
    .digest('hex')

const memberOf = (json: string, name: string): string =>
  partsOf(json)
    .find((part) => part.startsWith(`"${name}":`))
    ?.slice(name.length + 3) ?? ''

/** The parts of an array or object of JSON, cut at its commas. */
const partsOf = (json: string): string[] => {
  const parts: string[] = []
  let [depth, start] = [0, 1]
  for (const { 0: sign, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (sign === '[' || sign === '{') depth += 1
    if (depth === 1 && /^[\]},]$/.test(sign)) {
      if (index > start) parts.push(json.slice(start, index))
      start = index + 1
    }
    if (sign === ']' || sign === '}') depth -= 1
  }
  return parts
}
