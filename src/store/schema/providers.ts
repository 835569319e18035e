/** How each merchant account's provider has been doing, from our own calls, and whether it is asked at all at the moment. */
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'

/** Calls to a provider, added up by merchant account, minute and operation: evidence for health and for its scorecard. */
export const providerCalls = pgTable(
  'provider_calls',
  {
    merchantAccountId: text().notNull(),
    minute: instant().notNull(),
    /** `start`, `query`, `refund` or `refund_query`. */
    operation: text().notNull(),
    agencyCode: agencyCode(),
    calls: integer().notNull(),
    /** Those that brought no usable answer: nothing reached the provider, silence, an outage, or bytes that are not its protocol. */
    unanswered: integer().notNull(),
    latencyMs: bigint({ mode: 'bigint' }).notNull(),
    latencyMaxMs: integer().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'provider_calls_merchant_account_id_minute_operation_pk',
      columns: [table.merchantAccountId, table.minute, table.operation, table.agencyCode],
    }),
    index().on(table.minute),
    check('provider_calls_sums', sql`calls > 0 and unanswered between 0 and calls and latency_max_ms >= 0`),
  ],
)

/** When a merchant account's provider began to be as it is: one row for each change that was seen. */
export const providerStatuses = pgTable(
  'provider_statuses',
  {
    merchantAccountId: text().notNull(),
    since: instant().notNull(),
    agencyCode: agencyCode(),
    status: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.merchantAccountId, table.since] }),
    check('provider_statuses_status', sql`status in ('up', 'degraded', 'down', 'unknown')`),
  ],
)

/** The breaker of a merchant account: no row, or one without `openedAt`, lets payments start. */
export const providerBreakers = pgTable(
  'provider_breakers',
  {
    merchantAccountId: text().primaryKey(),
    agencyCode: agencyCode(),
    /** Starts in a row without an answer, and when the last of them was. */
    unanswered: integer().notNull(),
    unansweredAt: instant().notNull(),
    openedAt: instant(),
    /** How often somebody tried whether the provider is back: each try that fails doubles the pause. */
    probes: integer().notNull().default(0),
    /** Until then nothing is started; whoever moves it on from then has the one probe. */
    openUntil: instant(),
  },
  () => [check('provider_breakers_open', sql`(opened_at is null) = (open_until is null)`)],
)

/** What has been told by callbacks and has had its effect: written in the transaction that had it. A message that is seen again is a replay of the first. */
export const callbackNonces = pgTable(
  'callback_nonces',
  {
    merchantAccountId: text().notNull(),
    merchantReference: text().notNull(),
    /** Empty where the message names none. */
    providerReference: text().notNull(),
    /** The outcome's status: what kind of news it was. */
    outcome: text().notNull(),
    agencyCode: agencyCode(),
    callbackId: text().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'callback_nonces_once',
      columns: [
        table.merchantAccountId,
        table.merchantReference,
        table.providerReference,
        table.outcome,
        table.agencyCode,
      ],
    }),
  ],
)
