/**
 * One item per bank line of the period, and one per payout that is due and that no bank line pays.
 *
 * The proof of a bank item: `rule` says what connected it (`payout_reference`, `payout_reference~normalised`, `~truncated`, `~embedded`, `window`,
 * `window+sum`, `provider_reference`, `reference`, `transfer`; with `+amount` where the amounts agree; `none`); `hashes` are the bank line's row hash and then one hash per
 * payout, in the order of `payouts`: SHA-256 over the row hashes of its lines that count (`success`, not listed twice), sorted as bytes and joined by line
 * feeds. `payouts` says of each `{reference, part, lines, gross, fee, net, expected_on, hash}` with gross − fee = net, all whole đồng; `part` is `net`, or `fee` where
 * provider fees go out by themselves. `team` is there when several lines pay together: `{lines, paid, net}`; they match when paid = net.
 * A refund has one item in a run, so what came back of one names its order alone.
 * `capture` is there when a credit is a payment itself, and its hash is that of store/reconcile/classify.ts. `transfer` is there when the line is a refund by hand that
 * somebody confirmed under this bank reference, or one that bounced; its hash is that of store/reconcile/link-transfers.ts.
 */
import type { Transaction } from '../transaction.ts'
import type { ReconciliationRun } from './plan.ts'

export const classifyBank = async (sql: Transaction, run: ReconciliationRun, hasBankSide: boolean): Promise<void> => {
  if (!hasBankSide) {
    await sql.unsafe('create temporary table rec_seen (about text, class text) on commit drop')
    return
  }
  await classifyLines(sql)
  await classifyUnsettled(sql, run)
  await noteSeen(sql, run)
}

const payoutProof = `jsonb_build_object('reference', payout.reference, 'part', payout.part, 'lines', payout.lines, 'gross', payout.gross, 'fee', payout.fee,
  'net', payout.net, 'expected_on', payout.expected_on, 'hash', payout.hash)`

/** What every line of a team but the last pays is what it brought. */
const shareHere = `case when team.last = bank.number then team.net - team.paid + bank.amount else bank.amount end`

const captureHash = `
  encode(sha256(convert_to(concat_ws(E'\\n', capture.attempt_id, capture.slot, capture.net, (extract(epoch from capture.captured_at) * 1000)::bigint), 'UTF8')), 'hex')`

const classifyLines = (sql: Transaction) =>
  sql.unsafe(`
    insert into rec_item (source, class, statement_id, line, attempt_id, refund_id, order_id, merchant_reference, provider_reference, payout_reference, amount_here,
      amount_there, business_day, value_date, candidates, proof, capture_reference, heal, about, bank_reference, payout_references, expected_on)
    with pays as (
      select pays.number, array_agg(distinct payout.reference order by payout.reference) as refs,
        jsonb_agg(${payoutProof} order by payout.reference, payout.key) as payouts, jsonb_agg(payout.hash order by payout.reference, payout.key) as hashes,
        max(payout.expected_on) as expected_on
      from rec_link_payout as pays join rec_payout as payout on payout.key = pays.key group by pays.number),
    classed as (
      select bank.*, link.rule, pays.refs, pays.payouts, pays.hashes, pays.expected_on, tie.candidates, tie.rule as tie_rule, team.lines as team_lines, team.paid, team.net as team_net,
        coalesce(capture.attempt_id, untold.attempt_id, transfer.attempt_id) as attempt_id, case when bank.amount < 0 and not exists (select from rec_item where refund_id = transfer.refund_id) then transfer.refund_id end as refund_id,
        coalesce(capture.order_id, untold.order_id, transfer.order_id) as order_id, capture.slot, transfer.reference as transfer, transfer.hash as transfer_hash,
        case when untold.number is not null then 'reference' else capture.rule end as capture_rule, coalesce(capture.merchant_reference, untold.merchant_reference, transfer.merchant_reference) as merchant_reference, ${captureHash} as capture_hash,
        case when link.number is not null then ${shareHere} when capture.number is not null then capture.net when transfer.number is not null then transfer.amount end as here,
        case when bank.rank > 1 then 'duplicate_line'
          when link.number is not null then team.class
          when capture.number is not null or transfer.number is not null then 'matched'
          when untold.number is not null then 'missing_here'
          when tie.number is not null then 'ambiguous'
          when bank.amount > 0 then 'unknown_credit' else 'unknown_debit' end as class
      from rec_bank as bank
      left join rec_link as link on link.number = bank.number
      left join rec_team as team on team.team = link.team
      left join pays on pays.number = bank.number
      left join rec_bank_capture as capture on capture.number = bank.number
      left join rec_untold as untold on untold.number = bank.number and bank.rank = 1
      left join rec_bank_transfer as transfer on transfer.number = bank.number
      left join rec_tie as tie on tie.number = bank.number
      where bank.in_period)
    select 'bank', class, statement_id, line, attempt_id, refund_id, order_id, merchant_reference, slot, case when cardinality(refs) = 1 then refs[1] end, here, amount,
      business_day, value_date, case when class = 'ambiguous' then to_jsonb(candidates) else '[]' end,
      jsonb_strip_nulls(jsonb_build_object(
        'rule', coalesce(rule, capture_rule, case when transfer is not null then 'transfer' end, tie_rule, 'none') || case when class = 'matched' then '+amount' else '' end,
        'hashes', jsonb_build_array(row_hash) || coalesce(hashes, '[]') || case when slot is null then '[]' else jsonb_build_array(capture_hash) end
          || case when transfer is null then '[]' else jsonb_build_array(transfer_hash) end,
        'payouts', payouts, 'capture', slot, 'transfer', transfer,
        'team', case when team_lines > 1 then jsonb_build_object('lines', team_lines, 'paid', paid, 'net', team_net) end)),
      slot, case when class = 'missing_here' then 'captured' end, 'bank:' || statement_id || ':' || line, bank_reference, coalesce(refs, '{}'), expected_on
    from classed order by business_day, number`)

/**
 * Due by the end of `to`. One that was due before the period is listed again while nobody has settled it; one that was due so long ago that its bank line may lie
 * outside what this run has read is listed only while its discrepancy is open.
 */
const classifyUnsettled = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const about = sql`${aboutPayouts(run)}::text`
  await sql`
    insert into rec_item (source, class, payout_reference, amount_here, business_day, value_date, proof, about, payout_references, expected_on)
    select 'bank', 'unsettled', reference, net, expected_on, expected_on,
      jsonb_build_object('rule', 'not settled', 'hashes', jsonb_build_array(hash), 'payouts', jsonb_build_array(${sql.unsafe(payoutProof)})),
      ${about} || reference, array[reference], expected_on
    from rec_payout as payout
    where part = 'net' and net <> 0 and expected_on <= ${run.to} and key not in (select key from rec_link_payout)
      and case when expected_on >= ${run.from} then true
        when expected_on >= ${run.from}::date - ${readBefore}::integer then not exists (
          select from discrepancies where dedupe_key = 'reconciliation:unsettled:' || ${about} || reference and status = 'resolved')
        else exists (
          select from discrepancies where dedupe_key = 'reconciliation:unsettled:' || ${about} || reference and status <> 'resolved') end
    order by expected_on, reference`
}

/** What a discrepancy about a payout is named by: two providers may give one name. */
const aboutPayouts = ({ merchantAccountId }: ReconciliationRun): string => {
  // It stands in the text of a statement.
  if (!/^[0-9a-z_]+$/.test(merchantAccountId)) throw new Error('a run needs an account of ours')
  return `payout:${merchantAccountId}:`
}

/** Payouts that were expected so many days before the period have had their bank lines read. */
const readBefore = 60

/** What this run looked at without an item of its own: lines of other days that pay together with one of these, and payouts that are paid. */
const noteSeen = (sql: Transaction, run: ReconciliationRun) =>
  sql.unsafe(`
    create temporary table rec_seen on commit drop as
    select 'bank:' || bank.statement_id || ':' || bank.line as about, team.class
    from rec_link as link join rec_team as team on team.team = link.team and team.in_period join rec_bank as bank on bank.number = link.number
    where not bank.in_period
    union all
    select 'bank:' || bank.statement_id || ':' || bank.line, 'matched' from rec_bank_capture as capture join rec_bank as bank on bank.number = capture.number
    where not bank.in_period
    union all
    select 'bank:' || bank.statement_id || ':' || bank.line, 'matched' from rec_bank_transfer as transfer join rec_bank as bank on bank.number = transfer.number
    where not bank.in_period
    union all
    select distinct '${aboutPayouts(run)}' || payout.reference, team.class
    from rec_link_payout as pays join rec_link as link on link.number = pays.number join rec_team as team on team.team = link.team
    join rec_payout as payout on payout.key = pays.key and payout.part = 'net'
    union all
    select '${aboutPayouts(run)}' || reference, 'matched' from rec_payout where part = 'net' and net = 0
    union all
    select 'capture:' || attempt_id || ':' || slot, 'matched' from rec_bank_capture`)
