/**
 * Which payouts a bank line pays. A name decides; then a damaged name with the amount; then a payment of ours that the line itself is; and without any
 * name the amount and the days, when they leave one solution. A bank line and a payout are used once; where candidates tie, nothing is linked.
 */
import type { Transaction } from '../transaction.ts'
import { linkDamaged } from './link-damaged.ts'
import { linkNamed } from './link-named.ts'
import { linkTransfers, transferTable } from './link-transfers.ts'
import { linkUnreferenced } from './link-unreferenced.ts'
import type { ReconciliationRun } from './plan.ts'
import { stagePayouts } from './stage-payouts.ts'

/**
 * Links every bank line into `rec_link` (its `team` holds all lines and payouts that belong together) with `rec_link_payout`, or `rec_bank_capture`,
 * or `rec_bank_transfer`, or `rec_tie`, or nowhere. Answers whether there is anything on the bank side; costs next to nothing when there is not.
 */
export const linkBank = async (sql: Transaction, run: ReconciliationRun, hasLines: boolean): Promise<boolean> => {
  const hasPayouts = await stagePayouts(sql, run)
  await sql.unsafe(tables)
  await sql.unsafe(transferTable)
  if (hasLines) {
    if (hasPayouts) await keepParts(sql)
    if (hasPayouts) await linkNamed(sql)
    await linkTransfers(sql, run)
    await linkCaptured(sql)
    await linkUntold(sql)
    if (hasPayouts) {
      await linkDamaged(sql)
      await linkUnreferenced(sql)
    }
  } else await sql.unsafe(noneUntold)
  await sql.unsafe(`${teams}; analyze rec_link; analyze rec_link_payout`)
  return hasLines || hasPayouts
}

const tables = `
  create temporary table rec_link (number integer primary key, team integer not null, rule text not null) on commit drop;
  create temporary table rec_link_payout (number integer not null, key integer not null, primary key (number, key)) on commit drop;
  create temporary table rec_tie (number integer primary key, candidates text[] not null, rule text not null) on commit drop;
  create temporary table rec_bank_capture (
    number integer primary key, attempt_id text not null, order_id text, slot text not null, net bigint not null, captured_at timestamptz, captured_on date,
    merchant_reference text, rule text not null) on commit drop`
const noneUntold = `
  create temporary table rec_untold (number integer, attempt_id text, order_id text, merchant_reference text) on commit drop`

/**
 * Equal credits of one day in one file that carry a payout's reference as the bank's own are its parts, and no line listed twice, when together they are its net.
 */
const keepParts = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_part on commit drop as
    select unnest(numbers) as number from (
      select array_agg(number) as numbers, count(*) as parts, count(distinct statement_id) as files, bank_reference, amount
      from rec_bank where bank_reference in (select reference from rec_payout) group by bank_reference, amount, value_date having count(*) > 1) as alike
    join rec_payout as payout on payout.reference = alike.bank_reference and payout.net = alike.amount * alike.parts
    where files = 1;
    insert into rec_bank_word select number, in_period, bank_reference from rec_bank where rank > 1 and number in (select number from rec_part);
    insert into rec_bank_token
    select bank.number, token.field, token.place, token.token, token.gap from rec_bank as bank
    join rec_bank as first on first.bank_reference = bank.bank_reference and first.amount = bank.amount and first.value_date = bank.value_date and first.rank = 1
    join rec_bank_token as token on token.number = first.number and token.field = 1
    where bank.rank > 1 and bank.number in (select number from rec_part);
    update rec_bank set rank = 1 where number in (select number from rec_part)`)
}

/**
 * How far from its payment a credit is the payment itself. Later than that it is other money with an old reference; and of two credits within it none is ever out of
 * sight of the other (`bankDays`), whatever the run's period.
 */
const ownDays = { before: 5, after: 60 }

/**
 * A credit on the agency's own account is a payment itself when it carries the reference of its capture, or our reference, and its amount, and the provider lists
 * that capture nowhere. One capture of one line and one line of one capture; else the candidates are the attempts.
 */
const linkCaptured = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_own on commit drop as
    with pair as (
      select named.number, capture.attempt_id, capture.reference, capture.net, capture.occurred_at, capture.business_day, min(named.rule) as rule
      from rec_bank_attempt as named
      join rec_bank as bank on bank.number = named.number
      join rec_capture as capture on capture.attempt_id = named.attempt_id and (named.slot is null or named.slot = capture.reference) and capture.net = bank.amount
        and bank.value_date between capture.business_day - ${ownDays.before} and capture.business_day + ${ownDays.after}
      where bank.number not in (select number from rec_link union all select number from rec_tie union all select number from rec_bank_transfer)
        and not exists (select from rec_capture_line as listed where listed.attempt_id = capture.attempt_id and listed.slot = capture.reference)
      group by named.number, capture.attempt_id, capture.reference, capture.net, capture.occurred_at, capture.business_day),
    counted as (
      select *, count(*) over (partition by number, rule) as of_line,
        count(*) over (partition by attempt_id, reference, rule) as of_capture,
        bool_or(rule = 'provider_reference') over (partition by number) as line_exact,
        bool_or(rule = 'provider_reference') over (partition by attempt_id, reference) as capture_exact
      from pair)
    select *, of_line = 1 and of_capture = 1 as is_alone from counted where rule = 'provider_reference' or not (line_exact or capture_exact);
    insert into rec_bank_capture
    select own.number, own.attempt_id, attempt.order_id, reference, net, occurred_at, business_day, attempt.merchant_reference, rule
    from rec_own as own join rec_attempt as attempt on attempt.id = own.attempt_id where is_alone;
    insert into rec_tie
    select number, array_agg(distinct attempt_id order by attempt_id), min(rule) from rec_own
    where number not in (select number from rec_bank_capture) group by number`)
}

/**
 * A payment that nobody told of yet: the credit carries our reference and the amount that is due, and the line is the evidence that ends its waiting. Whoever pays writes
 * the text, and in MT940 a text can look like an entry: there the balances must prove the line, in one of the files that list it, and nowhere may they deny it.
 */
const linkUntold = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_untold on commit drop as
    with pair as (
      select distinct named.number, attempt.id as attempt_id, attempt.order_id, attempt.merchant_reference
      from rec_bank_attempt as named join rec_bank as bank on bank.number = named.number
      join rec_attempt as attempt on attempt.id = named.attempt_id and attempt.amount = bank.amount
      where named.rule = 'reference' and attempt.status in ('created', 'pending', 'unknown', 'expired')
        and not exists (select from rec_capture as capture where capture.attempt_id = attempt.id)
        and not exists (select from rec_capture_line as listed where listed.attempt_id = attempt.id)
        and exists (select from rec_bank as copy join statements as statement on statement.id = copy.statement_id
          where copy.amount = bank.amount and copy.value_date = bank.value_date and (copy.row_hash = bank.row_hash or copy.bank_reference = bank.bank_reference)
            and coalesce(statement.closes, statement.format is distinct from 'mt940'))
        and bank.number not in (select number from rec_link union all select number from rec_tie union all select number from rec_bank_capture union all select number from rec_bank_transfer))
    select number, attempt_id, order_id, merchant_reference from (
      select *, count(*) over (partition by number) as of_line, count(*) over (partition by attempt_id) as of_attempt from pair) as counted
    where of_line = 1 and of_attempt = 1`)
}

/**
 * What each team comes to. The difference stands on the last line by value date, amount and content: every other line pays exactly what it brought, so that what
 * the items say here adds up to what the payouts say.
 */
const teams = `
  create temporary table rec_team on commit drop as
  with paid as (
    select team, count(*) as lines, sum(bank.amount) as paid, bool_or(bank.in_period) as in_period,
      (array_agg(bank.number order by value_date desc, amount desc, row_hash desc, statement_id desc, line desc))[1] as last
    from rec_link as link join rec_bank as bank on bank.number = link.number group by team),
  owed as (
    select team, count(*) as payouts, sum(net) as net, sum(gross) as gross from (
      select distinct link.team, payout.key, net, gross
      from rec_link as link join rec_link_payout as pays on pays.number = link.number join rec_payout as payout on payout.key = pays.key) as each
    group by team)
  select team, lines, payouts, in_period, last, paid::bigint, net::bigint, gross::bigint,
    case when paid = net then 'matched' when paid < net then 'short_settled' else 'over_settled' end as class
  from paid join owed using (team)`
