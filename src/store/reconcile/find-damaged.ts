/**
 * Lines of payments and refunds whose reference names nothing as it stands: case, spaces, signs or Vietnamese marks are lost, its head or tail is cut, or a bank has
 * put words around it. The provider's own reference is read so where the line has none of ours. They are linked only when what is left names one payment, the amount is that payment's and the day is near, and nothing else could be meant, either way round.
 */
import type { Transaction } from '../transaction.ts'
import type { ReconciliationRun } from './plan.ts'

/** How many letters and digits are left at least of a reference that is cut, or of one among other words, where one of them is a digit. */
const partMin = 8
/** Of so many words in a row a reference is made at most: its signs are lost, or it has spaces. */
const wordsMax = 6
/** So much of a text is read for words. */
const textMax = 200
/** How many days the line and what it is about lie apart at most. */
export const daysMax = 3
/** So many payments of one amount and day are kept of those that a part is a part of: where a file cuts all references to one head, it is the head of every one. */
const sharersMax = 20
/** With more lines than these, references are not compared by their parts: a file of another account would be compared with everything. */
const linesMax = 10_000

/** Lines in `rec_named` that name nobody, against captures that no line names and payments that are still open. */
export const findDamagedCaptures = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_lost on commit drop as
    select ${lost},
      (select array_agg(distinct capture.attempt_id) from rec_capture as capture where capture.reference = line.provider_reference) as known
    from rec_named as line where line.attempt_id is null and ${isLost}`)
  const [row] = await sql`select count(*)::integer as count from rec_lost`
  if (!row?.count) {
    await sql.unsafe('drop table rec_lost')
    return
  }
  await sql`
    create temporary table rec_sought on commit drop as
    select attempt.id, lephi_reference(attempt.merchant_reference) as name, lephi_reference(capture.reference) as theirs, capture.reference as slot,
      capture.net as amount, capture.business_day as day
    from rec_capture as capture join rec_attempt as attempt on attempt.id = capture.attempt_id
    where capture.net > 0 and not exists (select from rec_named as line where line.attempt_id = capture.attempt_id)
    union
    select id, lephi_reference(merchant_reference), null, null, amount, (created_at at time zone 'UTC' + interval '7 hours')::date
    from attempts
    where merchant_account_id = ${run.merchantAccountId} and status in ('created', 'pending', 'unknown', 'expired')
      and created_at between ${run.from}::date - ${daysMax + 1}::integer and ${run.to}::date + ${daysMax + 1}::integer
      and amount in (select amount from rec_lost)
      and not exists (select from rec_named as line where line.attempt_id = attempts.id)`
  await sql.unsafe(foundBy(Number(row.count)))
  await sql`
    insert into rec_attempt select id, order_id, merchant_reference, status, amount, amount_reversed from attempts
    where id in (select id from rec_found) on conflict do nothing`
  await sql.unsafe(`
    update rec_named as line set
      attempt_id = case when of_line = 1 and of_name = 1 and not contradicted then found.id end,
      exact_reference = case when of_line = 1 and of_name = 1 and not contradicted then coalesce(found.slot, (
        select reference from rec_capture as capture where capture.attempt_id = found.id and capture.reference = line.provider_reference)) end,
      rule = case when of_line = 1 and of_name = 1 and not contradicted then found.rule end,
      candidates = case when of_line = 1 and of_name = 1 and not contradicted then null else found.ids end
    from (${judged}) as found where found.statement_id = line.statement_id and found.line = line.line;
    drop table rec_lost, rec_sought, rec_found`)
}

/** Lines in `rec_refund_named` that name neither a refund nor a payment, against refunds that no line names. */
export const findDamagedRefunds = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_lost on commit drop as
    select ${lost},
      (select array_agg(distinct refund.id) from rec_refund as refund where refund.reference = line.provider_reference) as known
    from rec_refund_named as line where line.refund_id is null and line.payment_id is null and ${isLost}`)
  const [row] = await sql`select count(*)::integer as count from rec_lost`
  if (!row?.count) {
    await sql.unsafe('drop table rec_lost')
    return
  }
  await sql.unsafe(`
    create temporary table rec_sought on commit drop as
    select id, lephi_reference(merchant_reference) as name, lephi_reference(reference) as theirs, null::text as slot, amount_refunded as amount, business_day as day
    from rec_refund as refund
    where amount_refunded > 0 and not exists (select from rec_refund_named as line where line.refund_id = refund.id)`)
  await sql.unsafe(foundBy(Number(row.count)))
  await sql.unsafe(`
    update rec_refund_named as line set
      refund_id = case when of_line = 1 and of_name = 1 and not contradicted then found.id end,
      rule = case when of_line = 1 and of_name = 1 and not contradicted then found.rule else line.rule end,
      candidates = case when of_line = 1 and of_name = 1 and not contradicted then null else found.ids end
    from (${judged}) as found where found.statement_id = line.statement_id and found.line = line.line;
    drop table rec_lost, rec_sought, rec_found`)
}

/** A line with what it says: `said` of our reference, or `theirs` of the provider's where there is none of ours. */
const lost = `
  line.statement_id, line.line, line.amount, line.business_day, lephi_reference(line.merchant_reference) as said,
  case when line.merchant_reference is null then lephi_reference(line.provider_reference) end as theirs,
  left(coalesce(line.merchant_reference, line.provider_reference), ${textMax}) as text, row(line.merchant_reference, line.provider_reference)::text as refs`
const isLost = `line.candidates is null and (line.merchant_reference is not null or line.provider_reference is not null) and line.status = 'success'`

const pairColumns = 'lost.statement_id, lost.line, lost.business_day, lost.refs, lost.known'
/** Both references, and what the line says of each. */
const sides = [
  { rule: 'reference', name: 'name', said: 'said', slot: 'null::text' },
  { rule: 'provider_reference', name: 'theirs', said: 'theirs', slot: 'slot' },
] as const

const wholePairs = ({ rule, name, said, slot }: (typeof sides)[number]): string => `
  select ${pairColumns}, sought.id, sought.day, ${slot} as slot, '${rule}~normalised' as rule
  from rec_lost as lost join rec_sought as sought on sought.${name} = lost.${said} and sought.amount = lost.amount where lost.${said} <> ''`

const partPairs = ({ rule, name, said, slot }: (typeof sides)[number]): string => `
  select ${pairColumns}, part.id, part.day, part.slot, '${rule}~truncated'
  from rec_lost as lost join (
    select *, row_number() over (partition by part, amount, day order by id, slot) as place from (
      select distinct id, day, amount, ${slot} as slot, cut.part from rec_sought
      cross join (select distinct length(${said}) as kept from rec_lost where length(${said}) >= ${partMin}) as lengths
      cross join lateral (values (left(${name}, kept)), (right(${name}, kept))) as cut (part)
      where kept < length(${name}) and cut.part in (select ${said} from rec_lost)) as cuts) as part on part.part = lost.${said} and part.amount = lost.amount
  where part.place <= ${sharersMax}`

/** Whichever reference of a payment stands among the words of the provider's; ours alone among those of ours. */
const amongWords = ({ rule, name, said, slot }: (typeof sides)[number]): string => `
  select ${pairColumns}, sought.id, sought.day, ${slot} as slot, '${rule}~embedded'
  from run join rec_lost as lost on lost.statement_id = run.statement_id and lost.line = run.line
  join rec_sought as sought on sought.${name} = run.said and sought.amount = lost.amount
  where length(run.said) >= ${partMin} and run.said ~ '[0-9]' and run.said is distinct from lost.${said} ${name === 'theirs' ? 'and lost.theirs is not null' : ''}`

/** Parts are found by equality: the heads and tails of what is sought, as long as one of the lines, and runs of words. The whole name goes before a part of one. */
const foundBy = (lines: number): string => `
  create temporary table rec_found on commit drop as
  with recursive word as (
    select statement_id, line, place, match[1] as said from rec_lost
      cross join lateral regexp_matches(lephi_fold(text), '[a-z0-9]+', 'g') with ordinality as found (match, place)
    where ${lines <= linesMax}),
  run as (
    select statement_id, line, place, said, 1 as words from word
    union all
    select run.statement_id, run.line, word.place, run.said || word.said, run.words + 1
    from run join word on word.statement_id = run.statement_id and word.line = run.line and word.place = run.place + 1 where run.words < ${wordsMax}),
  pair as (
    ${sides.map(wholePairs).join(' union all ')}
    union all select * from (${sides.map(partPairs).join(' union all ')}) as part where ${lines <= linesMax}
    union all select * from (${sides.map(amongWords).join(' union all ')}) as words)
  select * from pair as one where abs(one.business_day - one.day) <= ${daysMax}
    and (one.rule like '%~normalised' or not exists (
      select from pair as other where other.statement_id = one.statement_id and other.line = one.line and other.rule like '%~normalised'
        and abs(other.business_day - other.day) <= ${daysMax}));
  create index on rec_found (statement_id, line);
  create index on rec_found (id);
  analyze rec_found`

/**
 * The provider's own reference may not name something else. A line that repeats the references of another is its copy, not another that could be meant. `slot` is the
 * capture that the provider's reference was found by: an attempt that was paid twice has two.
 */
const judged = `
  select statement_id, line, id, rule, contradicted, slot, ids, of_line,
    case when of_line = 1 then (select count(distinct each.refs) from rec_found as each
      where each.id = one.id and coalesce(each.slot = one.own_slot, true)) else 0 end as of_name
  from (
    select distinct on (statement_id, line) statement_id, line, found.id, found.rule, not coalesce(found.id = any(found.known), true) as contradicted, named.slot,
      named.ids || case when coalesce(found.id = any(found.known), true) then '{}' else found.known end as ids, named.of_line, found.slot as own_slot
    from rec_found as found join (
      select statement_id, line, case when count(distinct slot) = 1 then min(slot) end as slot, array_agg(distinct id order by id) as ids,
        count(distinct id) as of_line
      from rec_found group by statement_id, line) as named using (statement_id, line)
    order by statement_id, line, found.id, found.rule, found.slot) as one`
