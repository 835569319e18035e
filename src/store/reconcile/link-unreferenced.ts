/**
 * Bank lines without a name and payouts that no line names, by amount and days. What is left to this is small, and whether a sum has one solution is a search
 * and no join: it is fetched and decided in domain/unreferenced-links.ts, within a limit.
 */
import { type BankSide, linkUnreferenced as decide, type PayoutSide } from '../../domain/unreferenced-links.ts'
import type { Transaction } from '../transaction.ts'

/** With more on either side nothing is linked by amount: it stays `unknown_credit` and `unsettled`, for a person. */
const rowsMax = 5_000

export const linkUnreferenced = async (sql: Transaction): Promise<void> => {
  const payouts = (await sql`
    select key, reference, name, net, number as day from rec_payout
    where net <> 0 and number is not null and key not in (select key from rec_link_payout)
      and reference not in (select unnest(candidates) from rec_tie)
    order by key limit ${rowsMax + 1}`) as readonly unknown[] as readonly PayoutSide[]
  if (payouts.length === 0 || payouts.length > rowsMax) return
  const lines = (await sql`
    select bank.number, bank.amount, calendar.number as day, lephi_fold(coalesce(bank_reference, '') || ' ' || coalesce(left(description, 500), '')) as text
    from rec_bank as bank join rec_calendar as calendar on calendar.day = bank.value_date
    where rank = 1 and bank.number not in (select number from rec_link union all select number from rec_tie union all select number from rec_bank_capture union all select number from rec_untold union all select number from rec_bank_transfer)
    order by bank.number limit ${rowsMax + 1}`) as readonly unknown[] as readonly BankSide[]
  if (lines.length === 0 || lines.length > rowsMax) return
  const { links, ties } = await decide(lines, payouts)
  const pairs = links.flatMap((link) =>
    link.lines.flatMap((line) =>
      link.payouts.map((payout) => ({ line, payout, team: Math.min(...link.lines), rule: ruleOf(link) })),
    ),
  )
  await sql`
    with pair as (
      select * from unnest(${pairs.map(({ line }) => line)}::integer[], ${pairs.map(({ payout }) => payout)}::integer[],
        ${pairs.map(({ team }) => team)}::integer[], ${pairs.map(({ rule }) => rule)}::text[]) as pair (number, key, team, rule)),
    link as (insert into rec_link select distinct number, team, rule from pair)
    insert into rec_link_payout select number, key from pair`
  const could = ties.flatMap(({ line, payouts: keys }) => keys.map((key) => ({ line, key })))
  await sql`
    insert into rec_tie
    select could.number, array_agg(distinct payout.reference order by payout.reference), 'window'
    from unnest(${could.map(({ line }) => line)}::integer[], ${could.map(({ key }) => key)}::integer[]) as could (number, key)
    join rec_payout as payout on payout.key = could.key group by could.number`
}

const ruleOf = ({ lines, payouts }: { lines: readonly number[]; payouts: readonly number[] }): string =>
  lines.length > 1 || payouts.length > 1 ? 'window+sum' : 'window'
