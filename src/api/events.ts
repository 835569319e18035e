/** What happened: the feed of everything that a caller may see, and the timeline of one order. The data of an event goes out as it was stored. */
import { z } from '@hono/zod-openapi'
import { Refusal } from '../domain/refusal.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { isId } from '../lib/id.ts'
import { toRfc3339 } from '../lib/time.ts'
import { type FeedStart, readFeed, readTimeline, type StoredEvent } from '../store/events.ts'
import { instantOut } from './fields.ts'
import { pageLimitDefault, pageOf, pageQuery, readCursor, writeCursor } from './paging.ts'
import { defineRoute } from './route.ts'

const eventMembers = {
  id: z.string(),
  type: z.string(),
  sequence: z.int().openapi({ description: 'Dense from 1 within its order.' }),
  order: z.string().nullable(),
  created_at: instantOut,
  data: z.unknown().openapi({ description: 'The object as it was then.' }),
}
const eventObject = z
  .strictObject({
    ...eventMembers,
    subject: z
      .string()
      .openapi({ description: 'What its sequence is counted within: the order, or what else it is about.' }),
    former_event: z.string().nullable().openapi({
      description:
        'The event before it in your feed, whatever its page; null: none. Where it is not the one you had last, you lack one or have one twice.',
    }),
    hash: z.string().nullable().openapi({
      description:
        'Of an event of an order, as its timeline has it, over the hash of the event of that order before; else null.',
    }),
    digest: z.string().openapi({
      description:
        'SHA-256, in hex, of these joined by line feeds: former_event, subject, order, id, type, sequence, created_at, hash, data, each as it is written here and null as nothing.',
    }),
  })
  .openapi('Event')
const linkedEventObject = z
  .strictObject({
    ...eventMembers,
    hash: z.string().nullable().openapi({
      description:
        'SHA-256, in hex, of these joined by line feeds: former_hash (empty for the first), the order, id, type, sequence, created_at in UTC with milliseconds and Z, data as it is written here.',
    }),
    former_hash: z.string().nullable(),
  })
  .openapi('LinkedEvent')

const feedQuery = z.strictObject({
  limit: pageQuery.limit,
  after: z.string().max(500).optional().openapi({
    description: 'The id of the last event that you have, or a next_cursor; absent or empty: from the beginning.',
  }),
})

const orderId = z.strictObject({ id: z.string().refine((text) => isId('ord', text), 'is not an order id') })
const timelineLimitDefault = 200

export const eventRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/events',
    operationId: 'readEvents',
    summary: 'Pull every event, none lost',
    description:
      'In an order that never changes: what is written later comes later, so whoever goes on from the last event that they have misses none. An empty page has no next_cursor: there is nothing more yet; poll again with the last event’s id or the last cursor.',
    tag: 'Events',
    scopes: ['orders:read'],
    audit: { read: 'events.read' },
    request: { query: feedQuery },
    responses: { 200: { description: 'A page of the feed.', schema: pageOf(eventObject) } },
    handle: async ({ deps, caller, query }) => {
      const limit = query.limit ?? pageLimitDefault
      const page = await readFeed(deps.db, caller.agency, { start: feedStart(query.after), limit })
      if (!page.isKnown) throw unknownAfter()
      // Not only on full pages: a reader that has reached the end can keep the cursor and come back with it.
      const cursor = page.events.at(-1)?.position
      const texts = page.events.map((event, index) =>
        eventText(event, feedMembers(event, page.events[index - 1]?.id ?? page.formerId)),
      )
      return { status: 200, text: pageText(texts, cursor === undefined ? null : writeCursor('events', `${cursor}`)) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders/{id}/events',
    operationId: 'readTimeline',
    summary: 'The timeline of an order',
    description: 'From its first event, without gaps; each event is linked to the one before it by its hash.',
    tag: 'Events',
    scopes: ['orders:read'],
    objects: { id: 'order' },
    audit: { read: 'timeline.read', object: 'id' },
    request: { params: orderId, query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page of the timeline.', schema: pageOf(linkedEventObject) } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params, query }) => {
      const limit = query.limit ?? timelineLimitDefault
      const list = `timeline ${params.id}`
      const after = sequenceOf(list, query.cursor)
      const events = await readTimeline(deps.db, caller.agency, { orderId: params.id, after, limit: limit + 1 })
      if (!events) throw new Refusal('not_found', 'There is no such order.')
      const page = events.slice(0, limit)
      const texts = page.map((event) => eventText(event, {}, { hash: event.hash, former_hash: event.formerHash }))
      return {
        status: 200,
        text: pageText(texts, events.length > limit ? writeCursor(list, `${page.at(-1)?.sequence}`) : null),
      }
    },
  }),
]

const feedStart = (after: string | undefined): FeedStart => {
  if (after === undefined || after === '') return { position: 0n }
  if (isId('evt', after)) return { eventId: after }
  try {
    const key = readCursor('events', after) ?? ''
    if (/^\d{1,18}$/.test(key)) return { position: BigInt(key) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
  throw unknownAfter()
}

const unknownAfter = (): Refusal =>
  new Refusal('invalid_input', 'There is no such event to go on from.', {
    errors: [
      { pointer: '/query/after', message: 'must be the id of an event of yours, or a next_cursor of this feed' },
    ],
  })

const sequenceOf = (list: string, cursor: string | undefined): number => {
  const key = readCursor(list, cursor) ?? '0'
  if (/^\d{1,9}$/.test(key)) return Number(key)
  const message = 'is not a cursor of this list'
  throw new Refusal('invalid_input', `/query/cursor ${message}.`, { errors: [{ pointer: '/query/cursor', message }] })
}

type Members = Record<string, string | null>

/** What proves to a reader that nothing is missing, doubled or altered: places in the feed have gaps where other agencies' events are. */
const feedMembers = (event: StoredEvent, formerId: string | null): Members => {
  const { id, type, sequence, subjectId: subject, orderId, createdAt, hash, data } = event
  const parts = [formerId, subject, orderId, id, type, sequence, toRfc3339(createdAt), hash, data]
  return { subject, former_event: formerId, hash, digest: sha256Hex(parts.map((part) => part ?? '').join('\n')) }
}

/** Written by hand around the stored text: reading and writing it again could change a byte, and the hash is over its bytes. */
const eventText = (event: StoredEvent, before: Members, behind: Members = {}): string => {
  const { id, type, sequence, orderId, createdAt } = event
  const head = JSON.stringify({ id, type, sequence, order: orderId, created_at: toRfc3339(createdAt), ...before })
  const tail = Object.keys(behind).length > 0 ? `,${JSON.stringify(behind).slice(1, -1)}` : ''
  return `${head.slice(0, -1)},"data":${event.data}${tail}}`
}

const pageText = (items: readonly string[], cursor: string | null): string =>
  `{"data":[${items.join(',')}],"next_cursor":${JSON.stringify(cursor)}}`
