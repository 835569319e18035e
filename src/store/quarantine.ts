/**
 * Quarantine in PostgreSQL: entries, how they are found, and how they end. A credit is in suspense exactly as long as its entry is not attributed.
 */
import type { Suspect } from '../domain/candidates.ts'
import type { QuarantineEntry, QuarantineKind, QuarantineStatus } from '../domain/quarantine.ts'
import { type Database, everyAgency, type Fragment, type Query, queryInScope, type Sql } from './database.ts'

/** What an entry is when it is opened. */
export type NewQuarantine = Omit<
  QuarantineEntry,
  'status' | 'returnEntryId' | 'attemptId' | 'decidedBy' | 'decidedAt' | 'note' | 'history'
>

/** The statement that keeps what was told, unless the same was kept before or `condition` does not hold; it answers a row when it did. */
export const insertQuarantine = (sql: Sql, entry: NewQuarantine, condition: Fragment = sql`true`): Query => sql`
  insert into quarantine (
    id, agency_code, merchant_account_id, provider, kind, outcome, callback_id, reference, merchant_reference, provider_reference, amount, text,
    occurred_at, candidates, opened_at, entry_id, discrepancy_id, history)
  select ${entry.id}, ${entry.agencyCode}, ${entry.merchantAccountId}, ${entry.provider}, ${entry.kind}, ${entry.outcome}, ${entry.callbackId},
    ${entry.reference}, ${entry.merchantReference}, ${entry.providerReference}, ${entry.amount}::bigint, ${entry.text}, ${entry.occurredAt}::timestamptz,
    ${sql.json(entry.candidates as never)}::jsonb, ${entry.openedAt}::timestamptz, ${entry.entryId}, ${entry.discrepancyId},
    ${[historyLine(entry.openedAt, 'opened', { by: 'lephi' })]}::text[]
  where ${condition}
  on conflict do nothing
  returning id`

/** Whether an entry of that name is there. */
export const isKept = async (
  database: Database,
  {
    merchantAccountId,
    reference,
    kind,
    outcome,
  }: Pick<NewQuarantine, 'merchantAccountId' | 'reference' | 'kind' | 'outcome'>,
): Promise<boolean> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select from quarantine
      where merchant_account_id = ${merchantAccountId} and reference = ${reference} and kind = ${kind} and outcome = ${outcome}`,
  )
  return rows.length > 0
}

const historyLine = (at: Date, event: string, more: object): string =>
  JSON.stringify({ at: at.toISOString(), event, ...more })

/** Who says to which attempt money belongs; the ids are those of what that may write. */
export type Attribution = {
  attemptId: string
  by: string
  note: string
  now: Date
  entryId: string
  eventId: string
}

/** One entry, by a person. Refused by the database (`quarantine_open`) when it is attributed already. */
export const attributeEntry = (sql: Sql, id: string, attribution: Attribution): Query =>
  attribute(sql, sql`id = ${id}`, attribution)

/** Whatever is kept of a capture that an attempt has now: the same money, told under the same reference. */
export const attributeCapture = (
  sql: Sql,
  fact: { merchantAccountId: string; reference: string; amount: bigint },
  attribution: Attribution,
): Query =>
  attribute(
    sql,
    sql`merchant_account_id = ${fact.merchantAccountId} and reference = ${fact.reference} and outcome = 'captured' and amount = ${fact.amount}
      and status <> 'attributed'`,
    attribution,
  )

/** The entry is attributed, a credit leaves suspense on the business day on which it came or the first open one after it, and its discrepancy is resolved. */
const attribute = (sql: Sql, which: Fragment, { attemptId, by, note, now, entryId, eventId }: Attribution): Query => {
  const said = { by, note, attempt: attemptId }
  return sql`
    with attributed as (
      update quarantine set status = 'attributed', attempt_id = ${attemptId}, decided_by = ${by}, decided_at = ${now}, note = ${note},
        return_entry_id = case when entry_id is not null then ${entryId}::text end, history = history || ${historyLine(now, 'attributed', said)}::text
      where ${which} returning *),
    entry as (
      insert into journal_entries (id, agency_code, kind, memo, business_day, occurred_at, posted_at)
      select return_entry_id, agency_code, 'credit_attributed', id, ${openDay(sql)}, occurred_at, ${now}::timestamptz
      from attributed where return_entry_id is not null returning id, business_day),
    posted as (${postings(
      sql,
      sql`(select attributed.*, entry.business_day from attributed join entry on entry.id = attributed.return_entry_id) as kept`,
      'credit_attributed',
    )}),
    resolved as (
      update discrepancies as discrepancy set status = 'resolved', resolution = 'attributed', note = ${note}, resolved_at = ${now}, resolved_by = ${by},
        proposed_by = null, proposed_at = null, history = discrepancy.history || ${historyLine(now, 'resolved', { ...said, resolution: 'attributed' })}::text
      from attributed where discrepancy.id = attributed.discrepancy_id and discrepancy.status <> 'resolved' returning discrepancy.*)
    insert into events (id, agency_code, type, subject_id, sequence, data, created_at)
    select ${eventId}, agency_code, 'discrepancy.resolved', id, (select coalesce(max(sequence), 0) + 1 from events where subject_id = resolved.id),
      json_build_object('id', id, 'class', class, 'status', 'resolved', 'resolution', 'attributed', 'amount', amount, 'order', null, 'attempt', ${attemptId}::text),
      ${now}::timestamptz
    from resolved`
}

/** The day on which an entry about a row of quarantine is booked: that on which the money came, or the first open one after it. */
export const openDay = (sql: Sql): Fragment =>
  sql`lephi_open_day(array[merchant_account_id], (occurred_at at time zone 'UTC' + interval '7 hours')::date)`

/** Both lines of a credit's entry: into suspense, or out of it again. `rows` are of quarantine, with the business day of the entry. */
export const postings = (sql: Sql, rows: Fragment, kind: 'credit' | 'credit_attributed'): Query => {
  const entry = kind === 'credit' ? sql`entry_id` : sql`return_entry_id`
  const sign = kind === 'credit' ? 1 : -1
  return sql`
    insert into postings (entry_id, line_no, agency_code, account, merchant_account_id, amount, business_day)
    select ${entry}, side.line_no, agency_code, side.account, merchant_account_id, side.sign * ${sign}::bigint * amount,
      business_day
    from ${rows} cross join (values (1, 'provider_receivable', 1), (2, 'suspense', -1)) as side (line_no, account, sign)
    where ${entry} is not null`
}

/** Nobody's: what was told is answered for, and money stays where it is. Refused by the database (`quarantine_open`) when it is decided already. */
export const dismissEntry = async (
  database: Database,
  scope: string,
  { id, by, note, now }: { id: string; by: string; note: string; now: Date },
): Promise<void> => {
  await queryInScope(
    database,
    scope,
    (sql) => sql`
      update quarantine set status = 'dismissed', decided_by = ${by}, decided_at = ${now}, note = ${note},
        history = history || ${historyLine(now, 'dismissed', { by, note })}::text
      where id = ${id}`,
  )
}

export const findQuarantine = async (
  database: Database,
  scope: string,
  id: string,
): Promise<QuarantineEntry | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select * from quarantine where id = ${id}`)
  return row ? (row as QuarantineEntry) : null
}

export type QuarantineFilter = {
  status: QuarantineStatus | null
  kind: QuarantineKind | null
  merchantAccountId: string | null
  after: string | null
  limit: number
}

/** A page of the scope's entries, oldest first, behind the id `after`. */
export const listQuarantine = async (
  database: Database,
  scope: string,
  { status, kind, merchantAccountId, after, limit }: QuarantineFilter,
): Promise<readonly QuarantineEntry[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from quarantine
      where id > ${after ?? ''} ${status ? sql`and status = ${status}` : sql``} ${kind ? sql`and kind = ${kind}` : sql``}
        ${merchantAccountId ? sql`and merchant_account_id = ${merchantAccountId}` : sql``}
      order by id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly QuarantineEntry[]
}

/** How far back a payment is looked for, and how many at most are compared: the last that were started before the money moved. */
const lookBack = '35 days'
const suspectsMax = 5_000

/** Attempts of the account that money of no payment might be about: those without money for a capture, those with money for a reversal. */
export const findSuspects = async (
  database: Database,
  { merchantAccountId, at, hasMoney }: { merchantAccountId: string; at: Date; hasMoney: boolean },
): Promise<readonly Suspect[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select attempt.id as attempt, attempt.order_id as order, orders.dossier_code, attempt.merchant_reference, attempt.amount, attempt.created_at
      from attempts as attempt join orders on orders.id = attempt.order_id
      where attempt.merchant_account_id = ${merchantAccountId} and (attempt.status = 'captured') = ${hasMoney}
        and attempt.created_at between ${at}::timestamptz - ${lookBack}::interval and ${at}::timestamptz + interval '1 day'
      order by attempt.created_at desc, attempt.id limit ${suspectsMax}`,
  )
  return rows as readonly unknown[] as readonly Suspect[]
}

/** The attempt of that id that the scope holds, by its reference at its account; null when there is none. */
export const findAttempt = async (
  database: Database,
  scope: string,
  id: string,
): Promise<{ merchantAccountId: string; merchantReference: string } | null> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`select merchant_account_id, merchant_reference from attempts where id = ${id}`,
  )
  return row
    ? { merchantAccountId: String(row.merchantAccountId), merchantReference: String(row.merchantReference) }
    : null
}

/** Ids of entries whose money is not where they say, for whoever checks the books: at most one. */
export const creditsAstray = async (database: Database): Promise<string | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with booked as (
        select entry.memo as id, coalesce(sum(posting.amount) filter (where posting.account = 'suspense'), 0) as suspense
        from journal_entries as entry join postings as posting on posting.entry_id = entry.id
        where entry.kind in ('credit', 'credit_attributed') group by entry.memo)
      select coalesce(kept.id, booked.id) as id
      from (select * from quarantine where kind = 'unknown_credit') as kept full join booked on booked.id = kept.id
      where kept.id is null or booked.id is null or booked.suspense <> case when kept.status = 'attributed' then 0 else -kept.amount end
      order by 1 limit 1`,
  )
  return row ? String(row.id) : null
}
