/** What comes in and goes out: stored callbacks, webhook endpoints and the outbox of deliveries. */
import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bytes } from './bytes.ts'
import { agencyCode, instant } from './columns.ts'

/** Raw evidence: the bytes of a callback, encrypted, kept whatever we made of them. */
export const callbacks = pgTable(
  'callbacks',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    merchantAccountId: text().notNull(),
    provider: text().notNull(),
    /** Null once it was erased, see domain/retention.ts. */
    sealed: bytes(),
    erasedAt: instant(),
    contentHash: text().notNull(),
    /** What the bytes claim before anything is believed. */
    claimedReference: text(),
    /** `genuine`, `forged`, `malformed` or `foreign` (genuine, but another merchant's), decided before it is acted on. */
    reading: text().notNull(),
    /** The answer that was given; null when we crashed between storing and acting. */
    verdict: text(),
    /** Which of the account's keys the signature fitted. */
    keyId: text(),
    /** The callback that told the same before, where this one told nothing new. */
    replayOf: text(),
    requestId: text().notNull(),
    receivedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'callbacks_pkey', columns: [table.id, table.agencyCode] }),
    index().on(table.merchantAccountId, table.receivedAt),
    index().on(table.claimedReference),
    index('callbacks_unanswered').on(table.receivedAt).where(sql`verdict is null`),
  ],
)

export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    url: text().notNull(),
    /** Null: all types. */
    eventTypes: text().array(),
    /** The signing secret, encrypted; `formerSealed` also signs until `formerUntil`, while it is being rotated. */
    sealed: bytes().notNull(),
    formerSealed: bytes(),
    formerUntil: instant(),
    createdAt: instant().notNull(),
    disabledAt: instant(),
  },
  (table) => [index().on(table.agencyCode)],
)

export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    webhookEndpointId: text()
      .notNull()
      .references(() => webhookEndpoints.id),
    eventId: text().notNull(),
    eventType: text().notNull(),
    status: text().notNull().default('pending'),
    attemptCount: integer().notNull().default(0),
    /** `{at, response_status, error}` of the last 50 tries. */
    attempts: jsonb().notNull().default([]),
    nextAttemptAt: instant(),
    createdAt: instant().notNull(),
    deliveredAt: instant(),
  },
  (table) => [
    primaryKey({ name: 'webhook_deliveries_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('webhook_deliveries_webhook_endpoint_id_event_id_index').on(
      table.webhookEndpointId,
      table.eventId,
      table.agencyCode,
    ),
    index('webhook_deliveries_queue').on(table.webhookEndpointId, table.nextAttemptAt),
    index('webhook_deliveries_next_due')
      .on(table.nextAttemptAt, table.id)
      .concurrently()
      .where(sql`next_attempt_at is not null`),
    check('webhook_deliveries_status', sql`status in ('pending', 'delivered', 'failed')`),
  ],
)
