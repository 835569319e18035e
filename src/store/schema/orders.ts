/** What must be paid and how it was tried: orders, their fee lines, attempts, refunds, the facts about money, and events. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { bytes } from './bytes.ts'
import { agencyCode, dong, instant } from './columns.ts'
import { transactionId } from './transactions.ts'

export const orders = pgTable(
  'orders',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    status: text().notNull(),
    dossierCode: text().notNull(),
    procedureCode: text(),
    procedureName: text(),
    collectionStage: text(),
    amount: dong().notNull(),
    amountPaid: dong().notNull().default(sql`0`),
    amountRefunded: dong().notNull().default(sql`0`),
    payerName: text().notNull(),
    /** Identity number, phone, e-mail, address and tax code, encrypted. */
    payerSealed: bytes(),
    /** `{number, bank_bin, holder}` of the account that is owed, as it was when the order was placed. */
    payeeAccount: jsonb(),
    language: text().notNull(),
    returnUrl: text().notNull(),
    metadata: jsonb().notNull().default({}),
    warnings: jsonb().notNull().default([]),
    checkoutToken: text().notNull(),
    createdBy: text().notNull(),
    paidBy: text(),
    paidAt: instant(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** Whether the portal wants no citizen to move the deadline, and how often one has. */
    firmDeadline: boolean().notNull().default(false),
    extensions: integer().notNull().default(0),
    /** Read aloud and typed at /where, with the amount. Null for orders of before; should two ever be alike, the amount tells them apart or both are shown. */
    tracingCode: text(),
    closedAt: instant(),
    closedReason: text(),
    /** The `traceparent` under which it was placed; nothing depends on it. */
    traceParent: text(),
    /** When the expiry job looks at it next; null once the order is no longer open. */
    nextExpiryAt: instant(),
    /** Compared and moved by every change of the order or anything below it. */
    version: integer().notNull().default(1),
    eventCount: integer().notNull().default(0),
    /** Hash of the last event: each event's hash covers the one before it. */
    eventHash: text(),
  },
  (table) => [
    primaryKey({ name: 'orders_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('orders_checkout_token_index').on(table.checkoutToken, table.agencyCode),
    index().on(table.agencyCode, table.dossierCode),
    index().on(table.agencyCode, table.id),
    index('orders_by_amount').on(table.amount, table.id),
    index('orders_by_day').on(table.agencyCode, table.createdAt),
    index('orders_by_time').on(table.createdAt, table.id).concurrently(),
    index().on(table.dossierCode),
    index().on(table.tracingCode),
    index('orders_next_expiry').on(table.nextExpiryAt, table.id).concurrently().where(sql`next_expiry_at is not null`),
    index('orders_paid').on(table.paidAt).where(sql`status = 'paid'`),
    // Most are paid in the end; a list of others would read through those.
    index('orders_not_paid').on(table.agencyCode, table.status, table.id).concurrently().where(sql`status <> 'paid'`),
    index('orders_by_status').on(table.status, table.id).concurrently().where(sql`status <> 'paid'`),
    index('orders_taken_back').on(table.id).where(sql`status = 'paid' and amount_paid < amount`),
    check('orders_status', sql`status in ('open', 'paid', 'expired', 'cancelled', 'waived')`),
    check('orders_amounts', sql`amount >= 0 and amount_paid >= 0 and amount_refunded >= 0`),
    check('orders_paid', sql`status <> 'paid' or paid_by is not null`),
    check('orders_waived', sql`(status = 'waived') = (amount = 0)`),
  ],
)

export const orderLines = pgTable(
  'order_lines',
  {
    orderId: text().notNull(),
    lineNo: integer().notNull(),
    agencyCode: agencyCode(),
    dossierCode: text().notNull(),
    /** What makes two lines of one dossier the same charge: the fee code, or kind and description. */
    lineKey: text().notNull(),
    feeCode: text(),
    kind: text().notNull(),
    description: text().notNull(),
    unitAmount: dong().notNull(),
    quantity: integer().notNull(),
    amount: dong().notNull(),
    budgetItem: text(),
    exemption: jsonb(),
    feeScheduleId: text(),
  },
  (table) => [
    foreignKey({
      name: 'order_lines_order',
      columns: [table.orderId, table.agencyCode],
      foreignColumns: [orders.id, orders.agencyCode],
    }),
    primaryKey({ name: 'order_lines_order_id_line_no_pk', columns: [table.orderId, table.lineNo, table.agencyCode] }),
    index().on(table.agencyCode, table.dossierCode, table.lineKey),
    check('order_lines_amount', sql`amount = case when exemption is null then unit_amount * quantity else 0 end`),
  ],
)

export const attempts = pgTable(
  'attempts',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    orderId: text().notNull(),
    merchantAccountId: text().notNull(),
    provider: text().notNull(),
    merchantReference: text().notNull(),
    status: text().notNull(),
    amount: dong().notNull(),
    /** True for the one attempt that pays its order. */
    paysOrder: boolean().notNull().default(false),
    amountCaptured: dong().notNull().default(sql`0`),
    amountReversed: dong().notNull().default(sql`0`),
    providerReference: text(),
    bankCode: text(),
    payerIp: text().notNull(),
    action: jsonb(),
    memo: jsonb().notNull().default({}),
    /** Which of the merchant account's keys it was started under. */
    keyId: text(),
    failureCode: text(),
    /** When a newer attempt took its place; a later success is a declared duplicate. */
    fencedAt: instant(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    capturedAt: instant(),
    nextQueryAt: instant(),
    queryCount: integer().notNull().default(0),
    /** When the provider is asked whether it says the same as its callback; null where nothing is to be asked, or no longer. */
    confirmAt: instant(),
    confirmedAt: instant(),
  },
  (table) => [
    foreignKey({
      name: 'attempts_order',
      columns: [table.orderId, table.agencyCode],
      foreignColumns: [orders.id, orders.agencyCode],
    }),
    primaryKey({ name: 'attempts_pkey', columns: [table.id, table.agencyCode] }),
    index('attempts_next_to_confirm').on(table.confirmAt, table.id).concurrently().where(sql`confirm_at is not null`),
    uniqueIndex('attempts_merchant_account_id_merchant_reference_index').on(
      table.merchantAccountId,
      table.merchantReference,
      table.agencyCode,
    ),
    uniqueIndex('attempts_one_pays').on(table.orderId, table.agencyCode).where(sql`pays_order`),
    index().on(table.orderId),
    index().on(table.merchantReference),
    index().on(table.providerReference),
    index('attempts_by_account').on(table.merchantAccountId, table.createdAt),
    index('attempts_unsettled').on(table.merchantAccountId).where(sql`status in ('created', 'pending', 'unknown')`),
    index('attempts_next_due').on(table.nextQueryAt, table.id).concurrently().where(sql`next_query_at is not null`),
    check('attempts_status', sql`status in ('created', 'pending', 'unknown', 'captured', 'failed', 'expired')`),
  ],
)

export const refunds = pgTable(
  'refunds',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    orderId: text().notNull(),
    attemptId: text().notNull(),
    merchantAccountId: text().notNull(),
    provider: text().notNull(),
    merchantReference: text().notNull(),
    /** `order` returns what paid the order, `surplus` returns money out of suspense. */
    source: text().notNull(),
    status: text().notNull(),
    amount: dong().notNull(),
    amountRefunded: dong().notNull().default(sql`0`),
    reason: text().notNull(),
    /** Hashed with the reason in the event that tells of it, so that the words are under the seal and stay in the house. */
    reasonSalt: text(),
    reasonCode: text(),
    /** `provider` by the provider's own call, `manual` by a bank transfer of the agency, `treasury` as a return of budget revenue (hoàn trả khoản thu NSNN). */
    method: text().notNull().default('provider'),
    /** `{number, bank_bin, holder}` of who gets it, encrypted, and what of it may be shown. */
    payeeSealed: bytes(),
    payeeAccount: jsonb(),
    payeeVersion: integer().notNull().default(0),
    /** The transfer that returned it, as a person confirmed. */
    bankReference: text(),
    paidOn: date({ mode: 'string' }),
    confirmedBy: text(),
    /** The credit by which the bank gave that transfer back. */
    bounceReference: text(),
    /** Both numbers folded by lephi_reference, set by the database: a number is one however it is spelt. Null also for what was spelt like another before that was refused. */
    transferKey: text(),
    bounceKey: text(),
    /** The bank account that the transfer left, as the merchant account had it when it was confirmed: its bank and its number, folded; empty where it had none. Set by the database, once. */
    paidFrom: text(),
    /** The day that was promised when it was approved, and the one that is expected since it was handed over. */
    promisedOn: date({ mode: 'string' }),
    expectedOn: date({ mode: 'string' }),
    /** When it was noted that the promise was broken. */
    overdueAt: instant(),
    providerReference: text(),
    failureCode: text(),
    madeBy: text().notNull(),
    decidedBy: text(),
    decidedAt: instant(),
    createdAt: instant().notNull(),
    sentAt: instant(),
    succeededAt: instant(),
    nextQueryAt: instant(),
    queryCount: integer().notNull().default(0),
  },
  (table) => [
    foreignKey({
      name: 'refunds_order',
      columns: [table.orderId, table.agencyCode],
      foreignColumns: [orders.id, orders.agencyCode],
    }),
    foreignKey({
      name: 'refunds_attempt',
      columns: [table.attemptId, table.agencyCode],
      foreignColumns: [attempts.id, attempts.agencyCode],
    }),
    primaryKey({ name: 'refunds_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('refunds_merchant_account_id_merchant_reference_index').on(
      table.merchantAccountId,
      table.merchantReference,
      table.agencyCode,
    ),
    uniqueIndex('refunds_one_open')
      .on(table.attemptId, table.agencyCode)
      .where(sql`status in ('proposed', 'requested', 'approved', 'sending', 'pending', 'unknown')`),
    index().on(table.orderId),
    // What of a payment is on its way back is summed each time a refund is asked for.
    index('refunds_of_attempt').on(table.attemptId).concurrently(),
    index('refunds_under_way').on(table.merchantAccountId).where(sql`status in ('sending', 'pending', 'unknown')`),
    index('refunds_next_due').on(table.nextQueryAt, table.id).concurrently().where(sql`next_query_at is not null`),
    check('refunds_amount', sql`amount > 0`),
    uniqueIndex('refunds_bank_reference')
      .on(table.merchantAccountId, table.transferKey, table.agencyCode)
      .where(sql`transfer_key is not null`),
    uniqueIndex('refunds_bounce_reference')
      .on(table.merchantAccountId, table.bounceKey, table.agencyCode)
      .where(sql`bounce_key is not null`),
    // Another refund of the same transfer or credit, whichever merchant account it is of.
    index('refunds_paid_from')
      .on(table.paidFrom, table.transferKey)
      .concurrently()
      .where(sql`transfer_key is not null`),
    index('refunds_bounced_from').on(table.paidFrom, table.bounceKey).concurrently().where(sql`bounce_key is not null`),
    index('refunds_promised').on(table.promisedOn).where(sql`status in ('approved', 'sending', 'pending', 'unknown')`),
    check('refunds_method', sql`method in ('provider', 'manual', 'treasury')`),
    check(
      'refunds_confirmed',
      sql`bank_reference is null or (paid_on is not null and confirmed_by is not null and confirmed_by <> made_by)`,
    ),
    check('refunds_reason_code', sql`reason_code in ('dossier_rejected', 'overcharged', 'duplicate', 'other')`),
    check(
      'refunds_status',
      sql`status in ('proposed', 'requested', 'approved', 'sending', 'pending', 'unknown', 'succeeded', 'failed', 'rejected', 'withdrawn')`,
    ),
    check('refunds_four_eyes', sql`decided_by is null or decided_by <> made_by or status in ('rejected', 'withdrawn')`),
  ],
)

/** What sources of truth said about money, once each and for ever; the state of an order is a function of these. */
export const moneyFacts = pgTable(
  'money_facts',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    orderId: text().notNull(),
    attemptId: text().notNull(),
    refundId: text(),
    merchantAccountId: text().notNull(),
    kind: text().notNull(),
    reference: text().notNull(),
    amount: dong().notNull(),
    source: text().notNull(),
    code: text().notNull(),
    occurredAt: instant().notNull(),
    receivedAt: instant().notNull(),
    /** Captured under a number that another attempt had captured under before. */
    isContested: boolean().notNull().default(false),
    /** Order of arrival within the order, from 1. */
    sequence: integer().notNull(),
    businessDay: date({ mode: 'string' }).notNull(),
    /** The transaction that told it; null for what was told before that was noted. */
    toldIn: transactionId().default(sql`pg_current_xact_id()`),
  },
  (table) => [
    foreignKey({
      name: 'money_facts_order',
      columns: [table.orderId, table.agencyCode],
      foreignColumns: [orders.id, orders.agencyCode],
    }),
    foreignKey({
      name: 'money_facts_attempt',
      columns: [table.attemptId, table.agencyCode],
      foreignColumns: [attempts.id, attempts.agencyCode],
    }),
    foreignKey({
      name: 'money_facts_refund',
      columns: [table.refundId, table.agencyCode],
      foreignColumns: [refunds.id, refunds.agencyCode],
    }),
    primaryKey({ name: 'money_facts_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('money_facts_order_id_sequence_index').on(table.orderId, table.sequence, table.agencyCode),
    uniqueIndex('money_facts_once').on(
      table.attemptId,
      table.kind,
      table.reference,
      table.amount,
      sql`coalesce(refund_id, '')`,
      table.agencyCode,
    ),
    index().on(table.merchantAccountId, table.businessDay),
    index().on(table.merchantAccountId, table.reference),
    // Few, and asked for by each run of a reconciliation, which would read all facts of the account otherwise.
    index('money_facts_contested').on(table.merchantAccountId, table.reference).where(sql`is_contested`),
    check('money_facts_kind', sql`kind in ('captured', 'reversed', 'refunded', 'bounced')`),
    check('money_facts_amount', sql`amount > 0`),
  ],
)

export const events = pgTable(
  'events',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    type: text().notNull(),
    /** The order, or the reconciliation or period that the event is about. */
    subjectId: text().notNull(),
    orderId: text(),
    /** Dense from 1 within its subject. */
    sequence: integer().notNull(),
    /** Text as it was hashed and is sent: json, not jsonb, keeps it to the byte. */
    data: json().notNull(),
    /** SHA-256 over the former event's hash and this event, so that a timeline cannot be changed unseen. */
    hash: text(),
    createdAt: instant().notNull(),
    /** Place in the feed, given after the event's own commit, so that no reader can pass an event that commits late. */
    position: bigint({ mode: 'bigint' }),
  },
  (table) => [
    primaryKey({ name: 'events_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('events_subject_id_sequence_index').on(table.subjectId, table.sequence, table.agencyCode),
    uniqueIndex('events_position_index').on(table.position, table.agencyCode),
    index('events_unnumbered').on(table.id).where(sql`position is null`),
    // Which orders were paid lately is asked every second, for their receipts: without it that reads all of the latest 10,000 events.
    index('events_paid').on(table.position).where(sql`type = 'order.paid'`),
  ],
)
