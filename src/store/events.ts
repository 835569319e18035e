/** Reading events: the feed of everything that a caller may see, and the timeline of one order. `data` stays the text that was stored and hashed. */
import { type Database, everyAgency, inScope, queryInScope } from './database.ts'

export type StoredEvent = {
  id: string
  type: string
  subjectId: string
  orderId: string | null
  /** Dense from 1 within its subject. */
  sequence: number
  createdAt: Date
  /** JSON text. */
  data: string
  hash: string | null
}

/** Where a reader stands: an event's id, or a place in the feed. */
export type FeedStart = { eventId: string } | { position: bigint }

export type FeedPage = {
  events: readonly (StoredEvent & { position: bigint })[]
  /** The last event of the scope before this page; null where the page begins the feed. */
  formerId: string | null
  /** False when the scope holds no event of that id. */
  isKnown: boolean
}

/** Gives events their places in the feed, 10,000 at most, and answers how many had none by then and have one now: the fewer a reader finds, the sooner it is answered. */
export const numberEvents = async (database: Database): Promise<number> => {
  const [row] = await queryInScope(database, everyAgency, (sql) => sql`select lephi_number_batch() as numbered`)
  return Number(row?.numbered)
}

/**
 * The events behind a place, in the order of the feed, at most `limit`. Places are given after an event's own commit and under one lock, so an event
 * that is seen later never lies before one that was seen already: a reader who goes on from the last event that it got loses none.
 */
export const readFeed = async (
  database: Database,
  scope: string,
  { start, limit }: { start: FeedStart; limit: number },
): Promise<FeedPage> => {
  const isById = 'eventId' in start
  const [, found, rows] = await inScope(database, scope, (sql) => [
    sql`select lephi_number_events()`,
    // A cursor was an event of its reader's, so that the first row looked at is the one that is wanted.
    isById
      ? sql`select id from events where id = ${start.eventId}`
      : sql`select id from events where position <= ${start.position} order by position desc limit 1`,
    sql`
      select id, type, subject_id, order_id, sequence, created_at, data::text as data, hash, position from events
      where position > ${isById ? sql`(select position from events where id = ${start.eventId})` : start.position}
      order by position limit ${limit}`,
  ])
  const formerId = found?.[0] ? String(found[0].id) : null
  return {
    events: (rows ?? []) as readonly unknown[] as FeedPage['events'],
    formerId,
    isKnown: !isById || formerId !== null,
  }
}

/** An order's events from the first, at most `limit`, behind the sequence given; null when the scope holds no such order. */
export const readTimeline = async (
  database: Database,
  scope: string,
  { orderId, after, limit }: { orderId: string; after: number; limit: number },
): Promise<readonly (StoredEvent & { formerHash: string | null })[] | null> => {
  const [orders, rows] = await inScope(database, scope, (sql) => [
    sql`select from orders where id = ${orderId}`,
    sql`
      select id, type, subject_id, order_id, sequence, created_at, data::text as data, hash,
        (select former.hash from events as former where former.subject_id = event.subject_id and former.sequence = event.sequence - 1) as former_hash
      from events as event
      where subject_id = ${orderId} and sequence > ${after} order by sequence limit ${limit}`,
  ])
  if ((orders ?? []).length === 0) return null
  return (rows ?? []) as readonly unknown[] as readonly (StoredEvent & { formerHash: string | null })[]
}
