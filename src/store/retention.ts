/**
 * Erasing what has been kept long enough, table by table along the primary key. Of each kind there is what is due by its date, and what is held back although it is:
 * whatever somebody still works on, books that are not closed, and what a legal hold names. Whoever places a hold and whoever erases take one lock, so that nothing is
 * erased that was held a moment before.
 */
import type { RetentionKind } from '../domain/retention.ts'
import { type Database, everyAgency, type Fragment, inScope, type Query, queryInScope, type Sql } from './database.ts'

/** Kinds that are erased here; the others have jobs of their own. */
export type ErasedKind = Exclude<RetentionKind, 'first_answers' | 'statement_drafts' | 'provider_calls'>

type Eraser = {
  table: string
  /** When the term began, of the row `item`. */
  since: (sql: Sql) => Fragment
  /** Whether there is something left to erase that has come to an end. */
  isThere: (sql: Sql) => Fragment
  /** Whether it is held back. */
  isHeld: (sql: Sql) => Fragment
  /** Erases it in the rows of `page` where `goes`. */
  erase: (sql: Sql, now: Date) => Fragment
}

export type ErasedPage = {
  /** Rows that were looked at; `last` is where the next page begins, null at the end of what can be due. */
  last: string | null
  due: number
  held: number
  erased: number
}

/** Looks at the next rows behind `after`, at most `limit`, and erases what has come to its time before `cutoff`; with `isDry` it only counts. */
export const erasePage = async (
  database: Database,
  kind: ErasedKind,
  { after, cutoff, now, limit, isDry }: { after: string; cutoff: Date; now: Date; limit: number; isDry: boolean },
): Promise<ErasedPage> => {
  const eraser = erasers[kind]
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    lockHolds(sql),
    sql`
      with looked as materialized (
        select item.id, (${eraser.since(sql)}) >= ${cutoff}::timestamptz as is_young, (${eraser.since(sql)}) < ${cutoff}::timestamptz and (${eraser.isThere(sql)}) as is_due
        from ${sql(eraser.table)} as item where item.id > ${after} order by item.id limit ${limit}),
      page as materialized (
        select looked.*, is_due and (${eraser.isHeld(sql)}) as is_held from looked join ${sql(eraser.table)} as item on item.id = looked.id),
      goes as (select id from page where is_due and not is_held and ${!isDry}::boolean),
      gone as (${eraser.erase(sql, now)})
      select max(id) as last, count(*)::int as seen, count(*) filter (where is_due)::int as due, count(*) filter (where is_held)::int as held,
        (select count(*)::int from gone) as erased, coalesce(bool_and(is_young), true) as is_past
      from page`,
  ])
  const { last, seen, due, held, erased, isPast } = rows?.[0] ?? {}
  return {
    last: Number(seen) < limit || isPast === true ? null : String(last),
    due: Number(due ?? 0),
    held: Number(held ?? 0),
    erased: Number(erased ?? 0),
  }
}

/** The lock of holds and of erasing, until the end of the transaction. */
export const lockHolds = (sql: Sql): Query => sql`select pg_advisory_xact_lock(hashtext('lephi_retention'))`

const none = (sql: Sql): Fragment => sql`false`

const accountHeld = (sql: Sql, account: Fragment): Fragment => sql`
  exists (select from legal_holds where released_at is null and kind = 'merchant_account' and object_id = ${account})`

/** An order that somebody works on, whose books are open, or that is held. */
const orderOpen = (sql: Sql, order: Fragment): Fragment => sql`(
  exists (select from legal_holds where released_at is null and kind = 'order' and object_id = ${order})
  or exists (
    select from attempts as own where own.order_id = ${order} and (own.status in ('created', 'pending', 'unknown') or ${accountHeld(sql, sql`own.merchant_account_id`)}))
  or exists (select from refunds as own where own.order_id = ${order} and own.status not in ('succeeded', 'failed', 'rejected', 'withdrawn'))
  or exists (select from discrepancies as own where own.order_id = ${order} and own.status <> 'resolved')
  or exists (select from disputes as own where own.order_id = ${order} and own.status = 'open')
  or exists (select from tracing_cases as own where own.order_id = ${order} and own.status <> 'closed')
  or exists (
    select from postings as own where own.order_id = ${order} and own.business_day > coalesce(lephi_closed_through(own.merchant_account_id), '-infinity')))`

const callbackHeld = (sql: Sql): Fragment => sql`(
  ${accountHeld(sql, sql`item.merchant_account_id`)}
  or exists (
    select from quarantine as entry left join attempts as named on named.id = entry.attempt_id
    where entry.merchant_account_id = item.merchant_account_id and entry.callback_id = item.id
      and (entry.status = 'open' or ${orderOpen(sql, sql`named.order_id`)}))
  or exists (
    select from attempts as named where named.merchant_account_id = item.merchant_account_id and named.merchant_reference = item.claimed_reference
      and ${orderOpen(sql, sql`named.order_id`)})
  or exists (
    select from refunds as named where named.merchant_account_id = item.merchant_account_id and named.merchant_reference = item.claimed_reference
      and ${orderOpen(sql, sql`named.order_id`)}))`

const statementHeld = (sql: Sql): Fragment => sql`(
  ${accountHeld(sql, sql`item.merchant_account_id`)}
  or exists (select from tracing_cases where statement_id = item.id and status <> 'closed')
  or exists (
    select from legal_holds as hold join (
      select order_id, merchant_account_id, merchant_reference, provider_reference from attempts
      union all select order_id, merchant_account_id, merchant_reference, provider_reference from refunds) as own on own.order_id = hold.object_id
    join statement_lines as named on named.statement_id = item.id
      and (named.merchant_reference = own.merchant_reference or named.provider_reference = own.provider_reference)
    where hold.released_at is null and hold.kind = 'order' and own.merchant_account_id = item.merchant_account_id)
  or exists (
    select from discrepancies as own join reconciliation_items as found on found.id = own.item_id where own.status <> 'resolved' and found.statement_id = item.id)
  or coalesce(item.to_day > coalesce(lephi_closed_through(item.merchant_account_id), '-infinity'), false))`

const eraseEnvelope = (sql: Sql, now: Date): Fragment =>
  sql`update callbacks set sealed = null, erased_at = ${now} from goes where callbacks.id = goes.id returning 1`

const eraseStatement = (sql: Sql, now: Date): Fragment =>
  sql`update statements set erased_at = ${now} from goes where statements.id = goes.id returning 1`

const erasers: Readonly<Record<ErasedKind, Eraser>> = {
  payer_details: {
    table: 'orders',
    since: (sql) => sql`coalesce(item.paid_at, item.closed_at, greatest(item.created_at, item.expires_at))`,
    isThere: (sql) => sql`item.payer_sealed is not null and item.status <> 'open'`,
    isHeld: (sql) => orderOpen(sql, sql`item.id`),
    erase: (sql) => sql`update orders set payer_sealed = null from goes where orders.id = goes.id returning 1`,
  },
  payer_networks: {
    table: 'attempts',
    since: (sql) => sql`item.created_at`,
    isThere: (sql) => sql`item.payer_ip !~ '(/[0-9]{2}|^-)$' and item.status in ('captured', 'failed', 'expired')`,
    isHeld: (sql) => orderOpen(sql, sql`item.order_id`),
    // As maskAddress in domain/audit.ts; what is no address goes whole, and so does the address that the browser was sent to, in which some providers want it too.
    erase: (sql) => sql`
      update attempts set payer_ip = coalesce(
        substring(payer_ip from '^([0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.])[0-9]{1,3}$') || '0/24',
        lower(substring(payer_ip from '^([0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:)[0-9A-Fa-f:]+$')) || ':/48',
        '-'), action = null
      from goes where attempts.id = goes.id returning 1`,
  },
  payee_accounts: {
    table: 'refunds',
    since: (sql) => sql`item.created_at`,
    isThere: (sql) =>
      sql`item.payee_sealed is not null and item.status in ('succeeded', 'failed', 'rejected', 'withdrawn')`,
    isHeld: (sql) => orderOpen(sql, sql`item.order_id`),
    erase: (sql) => sql`update refunds set payee_sealed = null from goes where refunds.id = goes.id returning 1`,
  },
  payer_words: {
    table: 'orders',
    since: (sql) => sql`item.created_at`,
    isThere: (sql) => sql`item.status <> 'open' and exists (select from payer_words where order_id = item.id)`,
    isHeld: (sql) => orderOpen(sql, sql`item.id`),
    // Counted word by word.
    erase: (sql) => sql`delete from payer_words using goes where payer_words.order_id = goes.id returning 1`,
  },
  callbacks: {
    table: 'callbacks',
    since: (sql) => sql`item.received_at`,
    isThere: (sql) => sql`item.sealed is not null and item.reading = 'genuine'`,
    isHeld: callbackHeld,
    erase: eraseEnvelope,
  },
  refused_callbacks: {
    table: 'callbacks',
    since: (sql) => sql`item.received_at`,
    isThere: (sql) => sql`item.sealed is not null and item.reading <> 'genuine'`,
    isHeld: callbackHeld,
    erase: eraseEnvelope,
  },
  statement_files: {
    table: 'statements',
    since: (sql) => sql`item.created_at`,
    isThere: (sql) => sql`item.erased_at is null and item.status = 'imported'`,
    isHeld: statementHeld,
    erase: eraseStatement,
  },
  rejected_statements: {
    table: 'statements',
    since: (sql) => sql`item.created_at`,
    isThere: (sql) => sql`item.erased_at is null and item.status = 'rejected'`,
    isHeld: statementHeld,
    erase: eraseStatement,
  },
  credit_texts: {
    table: 'quarantine',
    since: (sql) => sql`item.opened_at`,
    isThere: (sql) => sql`item.text is not null and item.status <> 'open'`,
    isHeld: (sql) => sql`(
      ${accountHeld(sql, sql`item.merchant_account_id`)}
      or exists (select from attempts as named where named.id = item.attempt_id and ${orderOpen(sql, sql`named.order_id`)})
      or exists (select from discrepancies where discrepancies.id = item.discrepancy_id and discrepancies.status <> 'resolved'))`,
    erase: (sql) => sql`update quarantine set text = null from goes where quarantine.id = goes.id returning 1`,
  },
  staff_sessions: {
    table: 'staff_sessions',
    since: (sql) => sql`item.seen_at`,
    isThere: (sql) => sql`
      exists (select from staff_sessions as later where later.subject = item.subject and (later.seen_at, later.id) > (item.seen_at, item.id))`,
    isHeld: none,
    erase: (sql) => sql`delete from staff_sessions using goes where staff_sessions.id = goes.id returning 1`,
  },
  audit_records: {
    table: 'audit_log',
    since: (sql) => sql`item.at`,
    isThere: (sql) => sql`true`,
    isHeld: (sql) =>
      sql`exists (select from legal_holds where released_at is null and (object_id = item.object or object_id = any(item.shown)))`,
    erase: (sql) => sql`delete from audit_log using goes where audit_log.id = goes.id returning 1`,
  },
}

/** Statements whose erasing began since then: their pieces and texts may still be there, if the process died on the way. */
export const erasedStatements = async (database: Database, since: Date): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select id from statements where erased_at >= ${since} order by id`,
  )
  return rows.map(({ id }) => String(id))
}

/** Drops the pieces of an erased statement's file, and the texts and names of its lines behind `after`. Answers the last line that was looked at; null at the end. */
export const eraseTexts = async (
  database: Database,
  { statementId, after, limit }: { statementId: string; after: number; limit: number },
): Promise<number | null> => {
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    sql`delete from statement_chunks where statement_id = ${statementId} and ${after} = 0`,
    sql`
      with page as materialized (
        select line, description is not null or counterparty is not null as is_there from statement_lines
        where statement_id = ${statementId} and line > ${after} order by line limit ${limit}),
      gone as (
        update statement_lines set description = null, counterparty = null from page
        where statement_lines.statement_id = ${statementId} and statement_lines.line = page.line and page.is_there returning 1)
      select max(line) as last, count(*)::int as seen, (select count(*) from gone) as gone from page`,
  ])
  const { last, seen } = rows?.[0] ?? {}
  return Number(seen) < limit ? null : Number(last)
}
