/**
 * Bank lines that hold a part of a payout's reference: its head or its tail is cut, or something is glued to it. That says little by itself, so the
 * amount must be the payout's, and it must be one payout of one line. Pairs come from equal amounts, so that no line meets every payout.
 */
import type { Transaction } from '../transaction.ts'

/** How many letters and digits a part needs, one digit among them: payouts of one provider begin alike. */
const partMin = 8
/** How far from its expected day, in days. */
const days = { before: 10, after: 60 }

export const linkDamaged = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_damaged on commit drop as
    with pair as (
      select bank.number, payout.key, payout.reference, payout.name, lephi_reference(bank.bank_reference) as own, lephi_reference(left(bank.description, 500)) as text
      from rec_bank as bank join rec_payout as payout on payout.net = bank.amount
      where bank.rank = 1 and bank.number not in (select number from rec_link) and bank.number not in (select number from rec_tie)
        and bank.number not in (select number from rec_bank_capture union all select number from rec_untold union all select number from rec_bank_transfer) and payout.key not in (select key from rec_link_payout)
        and payout.net <> 0 and length(payout.name) >= ${partMin}
        and bank.value_date between payout.expected_on - ${days.before} and payout.expected_on + ${days.after}),
    piece as (
      select number, token as piece, place, field, coalesce(lead(token) over next, '') as second, coalesce(lead(token, 2) over next, '') as third
      from rec_bank_token where number in (select number from pair) window next as (partition by number, field order by place)),
    part as (
      select distinct number, said from piece cross join lateral (values (piece), (piece || second), (piece || second || third)) as parts (said)
      where length(said) >= ${partMin} and said ~ '[0-9]'),
    found as (
      select pair.number, pair.key, pair.reference, case
        when exists (select from part where part.number = pair.number and length(said) < length(name) and (starts_with(name, said) or right(name, length(said)) = said))
          then 'payout_reference~truncated'
        when ${inside('own')} or ${inside('text')} then 'payout_reference~embedded' end as rule
      from pair),
    counted as (
      select *, count(*) over (partition by number) as of_line, count(*) over (partition by key) as of_payout from found where rule is not null)
    select * from counted;
    insert into rec_link select number, number, rule from rec_damaged where of_line = 1 and of_payout = 1;
    insert into rec_link_payout select number, key from rec_damaged where of_line = 1 and of_payout = 1;
    insert into rec_tie
    select number, array_agg(distinct reference order by reference), min(rule) from rec_damaged
    where number not in (select number from rec_link) group by number`)
}

/** The whole name inside a text whose signs are gone; digits that go on before or behind it belong to another number. */
const inside = (text: string): string => `
  coalesce(position(name in ${text}) > 0
    and not (left(name, 1) ~ '[0-9]' and substr(${text}, position(name in ${text}) - 1, 1) ~ '[0-9]' and position(name in ${text}) > 1)
    and not (right(name, 1) ~ '[0-9]' and substr(${text}, position(name in ${text}) + length(name), 1) ~ '[0-9]'), false)`
