/**
 * Writes one change of an order: order, attempts, refunds, the fact, the ledger, discrepancies, events and webhooks, together or not at all, in one
 * round trip. Every change compares and moves the order's version, so of two concurrent changes one starts again.
 */

import type { OrderEvent } from '../domain/order-events.ts'
import type { Attempt, Balance, MoneyFact, Order, Refund } from '../domain/order-facts.ts'
import { stringifyMoney } from '../lib/json.ts'
import { businessDay } from '../lib/time.ts'
import type { Database, Query, Sql } from './database.ts'
import { inScope } from './database.ts'
import { paidElsewhere } from './facts.ts'
import { type Attribution, attributeCapture } from './quarantine.ts'
import { releaseListed } from './release-listed.ts'

export type JournalEntry = {
  id: string
  kind: 'capture' | 'reversal' | 'refund' | 'adjustment'
  attemptId: string | null
  refundId: string | null
  factId: string | null
  occurredAt: Date
  postings: readonly Balance[]
}

export type OpenedDiscrepancy = {
  id: string
  key: string
  class: string
  merchantAccountId: string
  attemptId: string
  refundId: string | null
  amount: bigint
  policy: string
  dueOn: string | null
  /** `door` unless told otherwise: the door takes back what it opened itself when the facts agree again. */
  source?: 'door' | 'query'
}

export type OrderWrite = {
  /** As it was read: its version is compared. */
  read: Order
  /** The members of the order that change, besides version and events. */
  order: Partial<Pick<Order, 'status' | 'amountPaid' | 'amountRefunded' | 'paidBy' | 'paidAt' | 'closedReason'>> & {
    closedAt?: Date | null
    nextExpiryAt?: Date | null
    expiresAt?: Date
    extensions?: number
  }
  attempts?: readonly ({ id: string } & Partial<AttemptColumns>)[]
  newAttempts?: readonly (Attempt & AttemptExtras)[]
  refunds?: readonly ({ id: string } & Partial<RefundColumns>)[]
  newRefunds?: readonly (Refund & { nextQueryAt?: Date | null; payeeSealed?: Uint8Array | null })[]
  fact?: MoneyFact | null
  /** Names what is written when the fact is money that was kept in quarantine until now. */
  found?: Omit<Attribution, 'attemptId'> & { idBody: string }
  entry?: JournalEntry | null
  opened?: readonly OpenedDiscrepancy[]
  resized?: readonly { id: string; amount: bigint }[]
  reopened?: readonly { id: string; amount: bigint }[]
  closed?: readonly { id: string; reason: string }[]
  events: readonly OrderEvent[]
  now: Date
  /** True when an expired or cancelled order becomes paid: refused if another order of the dossier line was paid meanwhile. */
  isLate?: boolean
  /** Statements of the caller that open the commit, and refuse the rest where something has changed. */
  first?: (sql: Sql) => readonly Query[]
  /** Statements of the caller that belong to the same commit, for example a callback's verdict. */
  also?: (sql: Sql) => readonly Query[]
}

export type AttemptExtras = {
  bankCode: string | null
  payerIp: string
  action: unknown
  memo: Record<string, string>
  /** The merchant account's key that it is started under. */
  keyId?: string | null
  nextQueryAt: Date | null
}
type AttemptColumns = Pick<
  Attempt,
  | 'status'
  | 'paysOrder'
  | 'amountCaptured'
  | 'amountReversed'
  | 'providerReference'
  | 'failureCode'
  | 'fencedAt'
  | 'capturedAt'
> &
  AttemptExtras & { queryCount: number; confirmAt: Date | null; confirmedAt: Date | null }
type RefundColumns = Pick<
  Refund,
  | 'status'
  | 'merchantReference'
  | 'amountRefunded'
  | 'providerReference'
  | 'failureCode'
  | 'decidedBy'
  | 'succeededAt'
  | 'method'
  | 'promisedOn'
  | 'expectedOn'
  | 'overdueAt'
> & { decidedAt: Date | null; sentAt: Date | null; nextQueryAt: Date | null; queryCount: number }

/** Commits. Throws a conflict (see isConflict) when the order was changed since it was read; nothing is written then. */
export const commitOrder = async (database: Database, scope: string, write: OrderWrite): Promise<void> => {
  await inScope(database, scope, (sql) => orderQueries(sql, write))
}

/** The same statements, for callers that put them into a unit of their own. */
export const orderQueries = (sql: Sql, write: OrderWrite): Query[] => [
  ...(write.first?.(sql) ?? []),
  ...(write.order.status === 'paid' ? [lockDossier(sql, write.read)] : []),
  ...(write.isLate
    ? [
        sql`select lephi_expect((select count(*) from (${paidElsewhere(sql, write.read.id)}) as twins), 0, 'dossier line')`,
      ]
    : []),
  moveOrder(sql, write),
  // One attempt pays an order; the former one steps back before the next steps in.
  ...(write.attempts ?? [])
    .toSorted((a, b) => Number(a.paysOrder ?? false) - Number(b.paysOrder ?? false))
    .map((attempt) => updateById(sql, 'attempts', attempt)),
  ...(write.newAttempts ?? []).map((attempt) => sql`insert into attempts ${sql(columnsOf(sql, attempt))}`),
  ...(write.refunds ?? []).map((refund) => updateById(sql, 'refunds', refund)),
  ...(write.newRefunds ?? []).flatMap((refund) => insertRefund(sql, refund)),
  ...(write.fact ? insertFact(sql, write, write.fact) : []),
  ...(write.entry ? insertEntry(sql, write, write.entry) : []),
  ...(write.opened ?? []).map((item) => openDiscrepancy(sql, write, item)),
  ...(write.resized ?? []).map((item) => resizeDiscrepancy(sql, write, item)),
  ...(write.reopened ?? []).map((item) => reopenDiscrepancy(sql, write, item)),
  ...(write.closed ?? []).map((item) => closeDiscrepancy(sql, write, item)),
  ...write.events.map((event) => insertEvent(sql, write.read, event)),
  ...(write.also?.(sql) ?? []),
]

/** Orders of one dossier become paid one after the other, so that late money cannot pay two of them at once. */
const lockDossier = (sql: Sql, order: Order): Query =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`${order.agencyCode} ${order.dossierCode}`}, 0))`

const moveOrder = (sql: Sql, { read, order, events }: OrderWrite): Query => {
  const columns = {
    ...order,
    version: read.version + 1,
    eventCount: read.eventCount + events.length,
    eventHash: events.at(-1)?.hash ?? read.eventHash,
  }
  return sql`
    with moved as (
      update orders set ${sql(columns)} where id = ${read.id} and version = ${read.version} returning 1
    )
    select lephi_expect((select count(*) from moved), 1, 'order')`
}

const updateById = (sql: Sql, table: 'attempts' | 'refunds', { id, ...columns }: { id: string }): Query =>
  sql`update ${sql(table)} set ${sql(columnsOf(sql, columns))} where id = ${id}`

const insertRefund = (sql: Sql, { lines, ...refund }: NonNullable<OrderWrite['newRefunds']>[number]): Query[] => {
  const { id: refundId, orderId, agencyCode } = refund
  const rows = lines.map(({ lineNo, amount }) => ({ refundId, orderId, agencyCode, lineNo, amount }))
  const insert = sql`insert into refunds ${sql(columnsOf(sql, refund))}`
  return rows.length === 0 ? [insert] : [insert, sql`insert into refund_lines ${sql(rows)}`]
}

/**
 * One transaction of a provider pays one order: captures under the same number go one after the other, and the later one is contested. What was kept of the
 * same money while nobody knew its order is the attempt's now, so that it is never booked twice.
 */
const insertFact = (sql: Sql, { read, found }: OrderWrite, fact: MoneyFact): Query[] => {
  const row = { ...fact, orderId: read.id, agencyCode: read.agencyCode, businessDay: businessDay(fact.occurredAt) }
  const insert = sql`insert into money_facts ${sql(row)}`
  if (fact.kind !== 'captured') return [insert]
  const { merchantAccountId, reference, attemptId, isContested } = fact
  return [
    sql`select pg_advisory_xact_lock(hashtextextended(${`${merchantAccountId} ${reference}`}, 1))`,
    sql`
      select lephi_expect(exists(
        select from money_facts
        where merchant_account_id = ${merchantAccountId} and reference = ${reference} and kind = 'captured' and attempt_id <> ${attemptId}
      )::int, ${isContested ? 1 : 0}, 'reference')`,
    insert,
    ...(found
      ? [attributeCapture(sql, fact, { ...found, attemptId }), releaseListed(sql, fact, { ...found, attemptId })]
      : []),
  ]
}

/** The entry stands on the business day of what happened, or on the first open day after it: the database says which, after its lock, so that no close can make this fail. */
const insertEntry = (sql: Sql, { read, now }: OrderWrite, { postings, ...entry }: JournalEntry): Query[] => {
  const accounts = [...new Set(postings.map((posting) => posting.merchantAccountId))].sort()
  return [
    sql`
      insert into journal_entries (id, agency_code, kind, order_id, attempt_id, refund_id, fact_id, business_day, occurred_at, posted_at)
      values (${entry.id}, ${read.agencyCode}, ${entry.kind}, ${read.id}, ${entry.attemptId}, ${entry.refundId}, ${entry.factId},
        lephi_open_day(${accounts}::text[], ${businessDay(entry.occurredAt)}::date), ${entry.occurredAt}, ${now})`,
    sql`
      insert into postings (entry_id, line_no, agency_code, order_id, business_day, account, merchant_account_id, amount)
      select entry.id, line.no, entry.agency_code, entry.order_id, entry.business_day, line.account, line.merchant_account_id, line.amount
      from journal_entries as entry cross join unnest(${postings.map((line) => line.account)}::text[],
        ${postings.map((line) => line.merchantAccountId)}::text[], ${postings.map((line) => line.amount.toString())}::text[]::bigint[])
        with ordinality as line (account, merchant_account_id, amount, no)
      where entry.id = ${entry.id}`,
  ]
}

const openDiscrepancy = (sql: Sql, { read, now }: OrderWrite, { key, ...item }: OpenedDiscrepancy): Query => {
  const history = [historyLine(now, 'opened', { amount: item.amount })]
  return sql`insert into discrepancies ${sql({ source: 'door', ...item, dedupeKey: key, agencyCode: read.agencyCode, orderId: read.id, openedAt: now, history })}`
}

/** What was proposed over the amount before is proposed no longer. */
const resizeDiscrepancy = (sql: Sql, { now }: OrderWrite, { id, amount }: { id: string; amount: bigint }): Query => sql`
  update discrepancies set amount = ${amount}, status = 'open', resolution = null, proposed_by = null, proposed_at = null,
    history = history || ${historyLine(now, 'resized', { amount })}::text
  where id = ${id} and status <> 'resolved'`

const reopenDiscrepancy = (sql: Sql, { now }: OrderWrite, { id, amount }: { id: string; amount: bigint }): Query => {
  const line = historyLine(now, 'reopened', { amount })
  return sql`
    update discrepancies set status = 'open', amount = ${amount}, resolution = null, resolved_at = null, resolved_by = null,
      proposed_by = null, proposed_at = null, history = history || ${line}::text
    where id = ${id}`
}

const closeDiscrepancy = (sql: Sql, { now }: OrderWrite, { id, reason }: { id: string; reason: string }): Query => {
  const line = historyLine(now, 'resolved', { resolution: reason })
  return sql`
    update discrepancies set status = 'resolved', resolution = ${reason}, resolved_at = ${now}, resolved_by = 'lephi',
      proposed_by = null, proposed_at = null, history = history || ${line}::text
    where id = ${id} and status <> 'resolved'`
}

/** Whatever changes a discrepancy's amount says the new one, so that it can be read as of any instant. */
const historyLine = (now: Date, event: string, said: { amount?: bigint; resolution?: string }): string =>
  stringifyMoney({ at: now.toISOString(), event, by: 'lephi', ...said })

const insertEvent = (sql: Sql, order: Order, event: OrderEvent): Query =>
  sql`
    insert into events (id, agency_code, type, subject_id, order_id, sequence, data, hash, created_at)
    values (${event.id}, ${order.agencyCode}, ${event.type}, ${order.id}, ${order.id}, ${event.sequence}, ${event.data}::text::json, ${event.hash}, ${event.createdAt})`

/** Objects become json; everything else goes as it is. */
const columnsOf = (sql: Sql, row: object): Record<string, never> =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, isPlainObject(value) ? sql.json(value as never) : value]),
  ) as Record<string, never>

const isPlainObject = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array) &&
  !Array.isArray(value)
