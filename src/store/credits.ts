/** Books money on the agency's own account that belongs to no payment of ours: once for each reference of the bank, whichever way it is told. */
import { stringifyMoney } from '../lib/json.ts'
import { type Database, everyAgency, type Fragment, inScope, type Query, type Sql } from './database.ts'
import { insertQuarantine, type NewQuarantine, openDay, postings } from './quarantine.ts'

export type CreditBooking = {
  entry: NewQuarantine & { entryId: string; discrepancyId: string }
  /** The discrepancy of a reference that was told before with another amount. */
  mismatchId: string
  eventId: string
  /** What the discrepancies are to lead to, and by when. */
  unknown: { policy: string; dueOn: string }
  mismatch: { policy: string; dueOn: string }
  /** How each finding is answered. */
  verdicts: Readonly<Record<CreditFinding, string>>
}

/** `booked` now, `known` from before, or `differs`: the reference was told before with another amount, so that this one is a discrepancy and not booked. */
export type CreditFinding = 'booked' | 'known' | 'differs'

/**
 * One unit of work: entry, booking, discrepancy and event, with the statements of `also`, which are given the answer as SQL. Notices of one credit wait for each
 * other and for a capture under the same reference (store/order-commit.ts), so that money is either an attempt's or in suspense, and once.
 */
export const bookCredit = async (
  database: Database,
  booking: CreditBooking,
  also: (sql: Sql, verdict: Fragment) => readonly Query[],
): Promise<CreditFinding> => {
  const { entry, verdicts } = booking
  const answers = await inScope(database, everyAgency, (sql) => {
    const finding = findingOf(sql, entry)
    return [
      sql`select pg_advisory_xact_lock(hashtextextended(${`${entry.merchantAccountId} ${entry.reference}`}, 1))`,
      insertQuarantine(sql, entry, sql`not exists (${capturesOf(sql, entry)})`),
      insertEntry(sql, entry),
      postings(
        sql,
        sql`(
          select kept.*, entry.business_day from quarantine as kept join journal_entries as entry on entry.id = kept.entry_id
          where kept.id = ${entry.id}) as kept`,
        'credit',
      ),
      openDiscrepancy(sql, booking, finding),
      openedEvent(sql, booking),
      ...also(
        sql,
        sql`case ${finding} when 'booked' then ${verdicts.booked} when 'known' then ${verdicts.known} else ${verdicts.differs} end`,
      ),
      sql`select ${finding} as finding`,
    ]
  })
  return answers.at(-1)?.[0]?.finding as CreditFinding
}

/** What telling a credit would come to, without writing anything. */
export const findCredit = async (
  database: Database,
  credit: { merchantAccountId: string; reference: string; amount: bigint },
): Promise<CreditFinding> => {
  const [rows] = await inScope(database, everyAgency, (sql) => [
    sql`
      select case when not exists (${keptCredit(sql, credit)}) and not exists (${capturesOf(sql, credit)}) then 'booked'
        else ${findingOf(sql, { id: '', ...credit })} end as finding`,
  ])
  return rows?.[0]?.finding as CreditFinding
}

type Named = { merchantAccountId: string; reference: string }

const capturesOf = (sql: Sql, { merchantAccountId, reference }: Named): Fragment => sql`
  select from money_facts where merchant_account_id = ${merchantAccountId} and reference = ${reference} and kind = 'captured'`

const keptCredit = (sql: Sql, { merchantAccountId, reference }: Named): Fragment => sql`
  select from quarantine where merchant_account_id = ${merchantAccountId} and reference = ${reference} and kind = 'unknown_credit'`

const findingOf = (sql: Sql, entry: Named & { id: string; amount: bigint }): Fragment => sql`
  case when exists (select from quarantine where id = ${entry.id}) then 'booked'
    when exists (${keptCredit(sql, entry)} and amount = ${entry.amount}) or exists (${capturesOf(sql, entry)} and amount = ${entry.amount}) then 'known'
    else 'differs' end`

const insertEntry = (sql: Sql, { id }: CreditBooking['entry']): Query => sql`
  insert into journal_entries (id, agency_code, kind, memo, business_day, occurred_at, posted_at)
  select entry_id, agency_code, 'credit', id, ${openDay(sql)}, occurred_at, opened_at from quarantine where id = ${id}`

/** Of money that was booked, or of an amount that is not the one that was booked under the same reference. */
const openDiscrepancy = (
  sql: Sql,
  { entry, mismatchId, unknown, mismatch }: CreditBooking,
  finding: Fragment,
): Query => {
  const about = `${entry.merchantAccountId}:${entry.reference}`
  const history = [
    stringifyMoney({ at: entry.openedAt.toISOString(), event: 'opened', by: 'lephi', amount: entry.amount }),
  ]
  return sql`
    insert into discrepancies (id, agency_code, class, source, dedupe_key, merchant_account_id, amount, policy, due_on, opened_at, history)
    select found.id, ${entry.agencyCode}, found.class, 'door', found.key, ${entry.merchantAccountId}, ${entry.amount}::bigint, found.policy,
      found.due_on::date, ${entry.openedAt}::timestamptz, ${history}::text[]
    from (values
      ('booked', ${entry.discrepancyId}, 'unknown_credit', ${`unknown_credit:${about}`}, ${unknown.policy}, ${unknown.dueOn}),
      ('differs', ${mismatchId}, 'amount_mismatch', ${`amount_mismatch:credit:${about}:${entry.amount}`}, ${mismatch.policy}, ${mismatch.dueOn})
    ) as found (finding, id, class, key, policy, due_on)
    where found.finding = ${finding}
    on conflict do nothing`
}

const openedEvent = (sql: Sql, { entry, mismatchId, eventId }: CreditBooking): Query => sql`
  insert into events (id, agency_code, type, subject_id, sequence, data, created_at)
  select ${eventId}, agency_code, 'discrepancy.opened', id, 1,
    json_build_object('id', id, 'class', class, 'status', 'open', 'amount', amount, 'order', null, 'attempt', null, 'refund', null,
      'merchant_account', merchant_account_id), ${entry.openedAt}::timestamptz
  from discrepancies where id in (${entry.discrepancyId}, ${mismatchId})`
