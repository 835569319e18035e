/**
 * The bank's lines of the period, and those around it that could be the other side of the same payouts, each with the name it has in this run.
 */
import type { Fragment } from '../database.ts'
import type { Transaction } from '../transaction.ts'
import { isRead } from './fragments.ts'
import type { ReconciliationRun } from './plan.ts'

/** The condition that an earlier run has found a capture to be a bank line which lies out of this run's sight. The arguments are SQL. */
export const paidOutOfSight = (
  sql: Transaction,
  run: ReconciliationRun,
  attempt: string,
  reference: string,
): Fragment => sql`
  exists (select from reconciliation_items as paid
    where paid.source = 'bank' and paid.attempt_id = ${sql.unsafe(attempt)} and paid.capture_reference = ${sql.unsafe(reference)} and paid.class = 'matched'
      and paid.business_day not between ${run.from}::date - ${bankDays.before}::integer and ${run.to}::date + ${bankDays.after}::integer)`

/** How far around the period a bank line can be the partner of a payout that the period knows. */
export const bankDays = { before: 70, after: 120 }

/**
 * Stages `rec_bank` and answers whether there is any line. `number` follows content, so that neither the order of rows nor that of files changes what is decided. `rank` is 1 for the first listing of
 * a line: a bank reference with the same amount and value date is one line, in whatever file. Without a reference two equal lines of one file are two lines,
 * and the same line in another file is listed again: files list whole days, so the k-th of its kind there is the k-th here. What a bank would list in two files of
 * half a day each is then taken for one line too many, never for one too few: it is shown as `duplicate_line` and a person decides.
 */
export const stageBank = async (sql: Transaction, run: ReconciliationRun): Promise<boolean> => {
  const staged = await sql`
    create temporary table rec_bank on commit drop as
    with listed as (
      select statement_id, line, business_day, value_date, amount, bank_reference, description, counterparty, row_hash,
        business_day between ${run.from} and ${run.to} as in_period,
        case when bank_reference is null then row_number() over (
          partition by bank_reference, statement_id, value_date, amount, description, counterparty order by line) end as copy
      from statement_lines
      where merchant_account_id = ${run.merchantAccountId} and source = 'bank'
        and business_day between ${run.from}::date - ${bankDays.before}::integer and ${run.to}::date + ${bankDays.after}::integer and ${isRead(sql, run)})
    select row_number() over (order by value_date, amount, row_hash, statement_id, line)::integer as number, statement_id, line, business_day,
      value_date, amount, bank_reference, description, row_hash, in_period,
      row_number() over (
        partition by bank_reference, amount, value_date, case when bank_reference is null then description end,
          case when bank_reference is null then counterparty end, copy
        order by row_hash, statement_id, line) as rank
    from listed`
  if (staged.count === 0) {
    await sql.unsafe(nameTables)
    return false
  }
  await sql.unsafe('alter table rec_bank add primary key (number)')
  await sql.unsafe('analyze rec_bank (number, amount, bank_reference, in_period, rank)')
  await sql.unsafe(nameTables)
  await stageNamesOf(sql, run, 0)
  return true
}

/**
 * Lines further away that an earlier run has linked to what this run has in hand, as `found` selects them by statement and line: a payout that was paid long ago is not
 * paid again. Of what is booked by now only. Answers whether there are any.
 */
export const stageFarBank = async (sql: Transaction, run: ReconciliationRun, found: Fragment): Promise<boolean> => {
  const [row] = await sql`select coalesce(max(number), 0)::integer as last from rec_bank`
  const last = Number(row?.last)
  const far = await sql`
    insert into rec_bank (number, statement_id, line, business_day, value_date, amount, bank_reference, description, row_hash, in_period, rank)
    select ${last}::integer + row_number() over (order by value_date, amount, row_hash, statement_id, line), statement_id, line, business_day, value_date,
      amount, bank_reference, description, row_hash, false, 1
    from statement_lines join (${found}) as far using (statement_id, line)
    where merchant_account_id = ${run.merchantAccountId} and source = 'bank'
      and not exists (select from rec_bank as near where near.statement_id = statement_lines.statement_id and near.line = statement_lines.line)
      and (select coalesce(sum(posting.amount), 0) from journal_entries as entry join postings as posting on posting.entry_id = entry.id
        where entry.subject = 'bank:' || statement_lines.statement_id || ':' || statement_lines.line and entry.kind = 'settlement' and posting.account = 'bank') <> 0`
  if (far.count === 0) return false
  await stageNamesOf(sql, run, last)
  return true
}

const stageNamesOf = async (sql: Transaction, run: ReconciliationRun, after: number): Promise<void> => {
  await stageWords(sql, after)
  await stageNamedAttempts(sql, run, after)
}

const nameTables = `
  create temporary table rec_bank_word (number integer, in_period boolean, word text) on commit drop;
  create temporary table rec_bank_token (number integer, field integer, place integer, token text, gap text) on commit drop;
  create temporary table rec_bank_attempt (number integer, attempt_id text, slot text, rule text) on commit drop`

/** As much of a bank's text is read; a longer one is padded. */
export const textMax = 500

/** What may stand around a word of a bank's text without being part of it. */
const wordEnds = '.,;:()[]{}<>"\'/|#*'

/** The words of a line as they stand, its reference among them; and its runs of letters and digits, folded, with what stands between. */
const stageWords = async (sql: Transaction, after: number): Promise<void> => {
  await sql`
    insert into rec_bank_word
    select distinct number, in_period, word from rec_bank cross join lateral (
      select bank_reference as word where bank_reference is not null
      union select btrim(word, ${wordEnds}) from regexp_split_to_table(left(description, ${textMax}::integer), '\\s+') as word) as said
    where rank = 1 and number > ${after} and word <> ''`
  await sql`
    insert into rec_bank_token
    select number, field, place::integer as place, match[1] as token, match[2] as gap
    from rec_bank cross join lateral (values (1, bank_reference), (2, left(description, ${textMax}::integer))) as said (field, said)
      cross join lateral regexp_matches(lephi_fold(said), '([a-z0-9]+)([^a-z0-9]*)', 'g') with ordinality as found (match, place)
    where rank = 1 and number > ${after}`
  await sql.unsafe('analyze rec_bank_word')
  await sql.unsafe('analyze rec_bank_token')
}

/** Attempts that a credit names by the reference of their capture, or by ours in its text: where the provider is the bank itself, a capture is its own payout. */
const stageNamedAttempts = async (sql: Transaction, run: ReconciliationRun, after: number): Promise<void> => {
  await sql`
    insert into rec_bank_attempt
    select bank.number, fact.attempt_id, fact.reference as slot, 'provider_reference' as rule
    from rec_bank as bank join money_facts as fact on fact.merchant_account_id = ${run.merchantAccountId} and fact.reference = bank.bank_reference
    where bank.rank = 1 and bank.number > ${after} and bank.amount > 0 and fact.kind = 'captured'
    union
    select name.number, attempt.id, null, 'reference'
    from (
      select number, word from rec_bank_word where length(word) >= 6
      union select number, upper(token) from rec_bank_token where length(token) >= 6
      union select number, token from rec_bank_token where length(token) >= 6) as name
    join rec_bank as bank on bank.number = name.number
    join attempts as attempt on attempt.merchant_account_id = ${run.merchantAccountId} and attempt.merchant_reference = name.word
    where bank.amount > 0 and bank.number > ${after}`
  await sql.unsafe('analyze rec_bank_attempt')
}
