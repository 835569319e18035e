/** What open discrepancies hold in suspense: booked against what the provider owes, so that it agrees with what the provider lists, and taken back when they close. */
import { type Database, everyAgency, type Fragment, queryInScope } from './database.ts'
import { bookTargets, stageTargets } from './ledger-targets.ts'
import type { Transaction } from './transaction.ts'

/**
 * Books the discrepancies that `which` selects as they stand now, and answers how many entries that took. Their rows are locked first, in the order of their ids,
 * so that a run and a person book one after the other. `idBody` begins the entries' ids: 20 characters, for this call only.
 */
export const bookDiscrepancies = async (
  sql: Transaction,
  which: Fragment,
  { now, day, idBody }: { now: Date; day: string; idBody: string },
): Promise<number> => {
  await sql`select from discrepancies where ${which} order by id for update`
  await stageTargets(sql)
  await sql`
    insert into ledger_target (subject, agency_code, merchant_account_id, business_day, account, amount)
    select 'discrepancy:' || id, agency_code, merchant_account_id, ${day}::date, side.account,
      case when holds_difference then side.sign * difference else 0 end
    from discrepancies cross join (values ('provider_receivable', 1), ('suspense', -1)) as side (account, sign)
    where ${which} and merchant_account_id is not null`
  return bookTargets(sql, { kind: 'discrepancy', now, idBody })
}

/** The id of a discrepancy whose money is not where it says, or of one that is gone, for whoever checks the books: at most one. */
export const discrepancyAstray = async (database: Database): Promise<string | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with booked as (
        select substr(entry.subject, length('discrepancy:') + 1) as id,
          coalesce(sum(posting.amount) filter (where posting.account = 'suspense'), 0) as suspense,
          coalesce(sum(posting.amount) filter (where posting.account = 'provider_receivable'), 0) as receivable
        from journal_entries as entry join postings as posting on posting.entry_id = entry.id
        where entry.kind = 'discrepancy' group by entry.subject)
      select coalesce(found.id, booked.id) as id
      from (select id, case when holds_difference then difference else 0 end as held from discrepancies) as found
        full join booked on booked.id = found.id
      where found.id is null or coalesce(booked.suspense, 0) <> -found.held or coalesce(booked.receivable, 0) <> found.held
      order by 1 limit 1`,
  )
  return row ? String(row.id) : null
}
