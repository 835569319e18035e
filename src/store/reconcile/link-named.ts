/**
 * Bank lines that name their payouts: by the reference as it stands, as the bank's own reference or as a word of the text, or by what is left of it when case,
 * spaces, signs and marks are lost, with the bank's noise around it. The name beats the amount. A reference never counts inside a longer one.
 */
import type { Transaction } from '../transaction.ts'

export const linkNamed = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(hits)
  await sql.unsafe(names)
  await sql.unsafe(edges)
  await sql.unsafe(weak)
  await sql.unsafe(collisions)
  await sql.unsafe(
    `insert into rec_link select number, number, min(rule) from rec_edge group by number; insert into rec_link_payout select number, key from rec_edge`,
  )
  await joinTeams(sql)
}

/** At most so many runs of letters and digits make one reference. */
const sizeMax = 8
const sizes = Array.from({ length: sizeMax }, (_, at) => at + 1)
const ahead = (column: string, by: number): string => (by === 0 ? column : `lead(${column}, ${by}) over next`)
/** So many runs from here on, without and with what stands between them. */
const joined = (size: number): string =>
  sizes
    .slice(0, size)
    .map((at) => ahead('token', at - 1))
    .join(' || ')
const written = (size: number): string =>
  sizes
    .slice(0, size)
    .map((at) => (at === size ? ahead('token', at - 1) : `${ahead('token', at - 1)} || ${ahead('gap', at - 1)}`))
    .join(' || ')

/**
 * Where a payout's name stands in a line, whole. `strength` 2: as it was written; 1: what is left of it; 0: too little to say anything without the amount,
 * because it is short and its signs are lost, or because a sign and more digits follow or precede, so that it may be a part of another reference.
 */
const hits = `
  create temporary table rec_hit on commit drop as
  with piece as (
    select number, field, place, ${sizes.map((size) => `${joined(size)} as piece_${size}, ${written(size)} as written_${size}`).join(', ')}
    from rec_bank_token window next as (partition by number, field order by place)),
  known as (select distinct reference, name from rec_payout where name <> ''),
  hit as (
    select distinct piece.number, field, place, size, known.reference, known.name, said.written = lephi_fold(known.reference) as is_written
    from piece cross join lateral (values ${sizes.map((size) => `(${size}, piece_${size}, written_${size})`).join(', ')}) as said (size, said, written)
    join known on known.name = said.said
    where left(piece_1, 1) in (select left(name, 1) from known)),
  judged as (
    select hit.*, bank.bank_reference is not distinct from hit.reference as is_reference,
      exists (select from rec_bank_word as word where word.number = hit.number and word.word = hit.reference) as is_exact,
      coalesce(before.gap in ('-', '_', '/') and before.token ~ '^[0-9]+$', false)
        or coalesce(own.gap in ('-', '_', '/') and after.token ~ '^[0-9]+$', false) as is_continued
    from hit join rec_bank as bank on bank.number = hit.number
    left join rec_bank_token as before on before.number = hit.number and before.field = hit.field and before.place = hit.place - 1
    left join rec_bank_token as own on own.number = hit.number and own.field = hit.field and own.place = hit.place + hit.size - 1
    left join rec_bank_token as after on after.number = hit.number and after.field = hit.field and after.place = hit.place + hit.size)
  select number, field, place, size, reference, length(name) as length,
    case when is_reference then 2
      when name ~ '^[0-9]+$' and length(name) < 6 then 0
      when is_exact then 2
      when is_continued or (length(name) < 6 and size > 1 and not is_written) then 0
      else 1 end as strength
  from judged`

/** Of names that overlap the stronger counts, then the longer. Two payouts whose names are the same once they are worn down leave it to the amount. */
const names = `
  create temporary table rec_named_payout on commit drop as
  with standing as (
    select *, count(*) over (partition by number, field, place, size, strength) > 1 as is_shared from rec_hit as hit
    where not exists (
      select from rec_hit as other where other.number = hit.number and other.field = hit.field and other.reference <> hit.reference
        and other.place < hit.place + hit.size and hit.place < other.place + other.size
        and (other.strength > hit.strength or (other.strength = hit.strength and other.length > hit.length))))
  select number, reference, max(case when is_shared then 0 else strength end) as strength, bool_and(is_shared) as is_shared
  from standing group by number, reference`

/** Which movement of the payout is meant: fees that are not netted go out by themselves. */
const edges = `
  create temporary table rec_named_part on commit drop as
  select distinct on (named.number, named.reference) named.number, named.reference, named.strength, named.is_shared, payout.key, payout.net, bank.amount
  from rec_named_payout as named join rec_bank as bank on bank.number = named.number join rec_payout as payout on payout.reference = named.reference
  order by named.number, named.reference, (payout.net = bank.amount) desc, (sign(payout.net) = sign(bank.amount)) desc, payout.part desc;
  create temporary table rec_edge on commit drop as
  select number, key, case when strength = 2 then 'payout_reference' else 'payout_reference~normalised' end as rule from rec_named_part where strength > 0`

const weak = `
  insert into rec_edge
  select number, key, 'payout_reference~embedded' from (
    select *, count(*) over (partition by number) as of_line, count(*) over (partition by key) as of_payout from rec_named_part
    where strength = 0 and amount = net and number not in (select number from rec_edge) and key not in (select key from rec_edge)) as named
  where of_line = 1 and of_payout = 1`

const collisions = `
  insert into rec_tie
  select number, array_agg(reference order by reference), 'payout_reference~normalised' from rec_named_part
  where is_shared and number not in (select number from rec_edge)
  group by number having count(*) > 1`

/** How often teams are joined before what is left is too entangled to say anything. */
const roundsMax = 20

/** Lines that share a payout are one team. Several lines and several payouts are one only when all of it adds up; else each line keeps its candidates. */
const joinTeams = async (sql: Transaction): Promise<void> => {
  for (let round = 0; round < roundsMax; round += 1) {
    const moved = await sql`
      update rec_link as link set team = near.team
      from (
        select pays.number, min(shared.team) as team from rec_link_payout as pays
        join (select key, min(team) as team from rec_link_payout join rec_link using (number) group by key) as shared on shared.key = pays.key
        group by pays.number) as near
      where near.number = link.number and near.team < link.team`
    if (moved.count === 0) break
  }
  await sql.unsafe(`
    create temporary table rec_entangled on commit drop as
    with pays as (select team, number, key from rec_link join rec_link_payout using (number)),
    torn as (select key from pays group by key having count(distinct team) > 1),
    side as (
      select team, count(distinct number) as lines, count(distinct key) as payouts,
        bool_or(key in (select key from torn)) as is_torn from pays group by team),
    paid as (select team, sum(amount) as paid from rec_link join rec_bank using (number) group by team),
    owed as (select team, sum(net) as net from (select distinct team, key from pays) as own join rec_payout using (key) group by team)
    select link.number from side join paid using (team) join owed using (team) join rec_link as link using (team)
    where is_torn or (lines > 1 and payouts > 1 and paid <> net);
    insert into rec_tie
    select pays.number, array_agg(distinct payout.reference order by payout.reference), 'payout_reference'
    from rec_link_payout as pays join rec_payout as payout on payout.key = pays.key where pays.number in (select number from rec_entangled) group by pays.number;
    delete from rec_link where number in (select number from rec_entangled);
    delete from rec_link_payout where number in (select number from rec_entangled)`)
}
