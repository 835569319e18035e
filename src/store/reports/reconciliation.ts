/**
 * Báo cáo đối soát: every booking against a provider with what the provider's file says of it, and every line that no booking stands for. Of several runs
 * over one day the last one counts. Captures are positive, refunds and reversals negative, on both sides.
 */
import { amount, text } from '../../domain/report-shape.ts'
import { queryInScope, type Sql } from '../database.ts'
import { latestFirst } from '../run-sight.ts'
import { standing } from './discrepancies.ts'
import { ofAccount, ofAgency, onDay, type ReportFilter, type ReportSource, reportRows } from './source.ts'

export const reconciliation: ReportSource = {
  page: async (database, scope, filter, place) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        with ${runs(sql, onDay(filter, place))}, ${booked(sql, onDay(filter, place))}, ${alone(sql, onDay(filter, place))},
        rows as (select * from booked union all select * from alone),
        page as (select * from rows where key > ${place.after} order by key limit ${place.limit})
        select page.key, runs.completed_at as reconciled_at, runs.from_day || ' - ' || runs.to_day as period, accounts.provider,
          orders.payee_account ->> 'number' as payee_account, page.agency_code, orders.dossier_code, orders.procedure_code, page.order_id as order,
          page.merchant_reference, page.provider_reference, paid_by.bank_references as bank_reference, page.kind,
          (select string_agg(distinct budget_item, ', ') from order_lines where order_lines.order_id = page.order_id) as budget_items,
          orders.amount as amount_due, page.amount, ${amountThere(sql)} as amount_there, ${amountThere(sql)} - page.amount as difference,
          case page.kind when 'capture' then 'captured' when 'refund' then 'refunded' when 'reversal' then 'reversed' when 'adjustment' then 'adjustment' else page.status_here end as status_here,
          line.status as status_there, coalesce(page.occurred_at, line.occurred_at) as occurred_at, line.value_date, line.provider_fee,
          (select string_agg(serial || '-' || lpad(number::text, 7, '0'), ', ' order by serial, number) from receipts
            where receipts.order_id = page.order_id and issued_at <= ${filter.asOf}
              and not exists (select from receipts as later where later.replaces = receipts.id and later.issued_at <= ${filter.asOf})) as receipts,
          coalesce(item.class, 'not_reconciled') as result, found.policy, found.due_on, standing.owner, standing.note,
          attempt.bank_code as channel
        from page
        left join reconciliation_items as item on item.id = page.item_id
        left join runs on runs.id = item.reconciliation_id
        left join statement_lines as line on line.statement_id = item.statement_id and line.line = item.line
        left join orders on orders.id = page.order_id
        left join merchant_accounts as accounts on accounts.id = page.merchant_account_id
        left join attempts as attempt on attempt.id = page.attempt_id
        left join lateral ${paidBy(sql)} as paid_by on line.payout_reference is not null
        left join discrepancies as found on found.dedupe_key = ${disagreement(sql)} and found.opened_at <= ${filter.asOf}
        cross join lateral ${standing(sql, sql`found.history`, filter)} as standing
        order by page.key`,
    )
    return reportRows(rows)
  },
  // What the providers owe is what went to the other accounts of the same entries.
  control: async (database, scope, filter) => {
    const [row] = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select coalesce(-sum(posting.amount), 0)::bigint as amount
        from postings as posting join journal_entries as entry on entry.id = posting.entry_id
        where posting.account <> 'provider_receivable' and ${within(sql, filter)}`,
    )
    return { amount: BigInt(row?.amount ?? 0n) }
  },
  summaries: async (database, scope, filter) => {
    const [row] = reportRows(await queryInScope(database, scope, (sql) => unsettled(sql, filter)))
    const figure = (name: string) => BigInt(String(row?.[name] ?? 0))
    const closing = figure('closing')
    const moved = figure('opening') + figure('paid') - figure('refunded') + figure('other') - figure('settled')
    if (moved !== closing) throw new Error('what is unsettled does not follow from what was paid, refunded and settled')
    const rows = equation.map(({ name, part }) => ({ part, amount: figure(name) }))
    return [{ name: 'equation', title: 'Cân đối quyết toán', columns: equationColumns, rows }]
  },
}

/** Opening + paid − refunded + other = settled + closing (báo cáo đối soát). */
const equation = [
  { name: 'opening', part: 'Chưa quyết toán đầu kỳ' },
  { name: 'paid', part: 'Cộng: đã thu trong kỳ' },
  { name: 'refunded', part: 'Trừ: đã hoàn, đã đảo trong kỳ' },
  { name: 'other', part: 'Cộng: điều chỉnh và chênh lệch đang xử lý' },
  { name: 'settled', part: 'Trừ: đã quyết toán trong kỳ' },
  { name: 'closing', part: 'Chưa quyết toán cuối kỳ' },
] as const
const equationColumns = [text('part', 'Nội dung'), amount('amount', 'Số tiền')]

/** What the providers owe before and after the period, and what moved it; the end is read from the other accounts of the same entries. */
const unsettled = (sql: Sql, filter: ReportFilter) => {
  const sum = (condition: ReturnType<Sql>) => sql`
    coalesce(sum(posting.amount) filter (where posting.account = 'provider_receivable' and ${condition}), 0)::bigint`
  const inPeriod = sql`posting.business_day >= ${filter.from}`
  return sql`
    select ${sum(sql`posting.business_day < ${filter.from}`)} as opening, ${sum(sql`${inPeriod} and entry.kind = 'capture'`)} as paid,
      -${sum(sql`${inPeriod} and entry.kind in ('refund', 'reversal')`)} as refunded, -${sum(sql`${inPeriod} and entry.kind = 'settlement'`)} as settled,
      ${sum(sql`${inPeriod} and entry.kind not in ('capture', 'refund', 'reversal', 'settlement')`)} as other,
      coalesce(-sum(posting.amount) filter (where posting.account <> 'provider_receivable'), 0)::bigint as closing
    from postings as posting join journal_entries as entry on entry.id = posting.entry_id
    where posting.business_day <= ${filter.to} and entry.posted_at <= ${filter.asOf}
      ${ofAgency(sql, sql`posting.agency_code`, filter)} ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`
}

/** What settlements and open discrepancies book is no payment: it stands in the ledger report, and here as the difference of the line it is about. */
const within = (sql: Sql, filter: ReportFilter) => sql`
  entry.kind not in ('settlement', 'discrepancy') and posting.business_day between ${filter.from} and ${filter.to} and entry.posted_at <= ${filter.asOf}
  ${ofAgency(sql, sql`posting.agency_code`, filter)} ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`

/** Runs that could have listed something of the period: a line may stand a few days off. */
const runs = (sql: Sql, filter: ReportFilter) => sql`
  runs as (
    select id, merchant_account_id, from_day, to_day, completed_at, place from reconciliations
    where status = 'completed' and completed_at <= ${filter.asOf} and to_day >= ${filter.from} and from_day <= ${filter.to}::date + 31
      ${ofAccount(sql, sql`merchant_account_id`, filter)})`

/** Every booking, with the item of the last run that looked at its capture or refund. Several bookings of one capture share one item: the first has it. */
const booked = (sql: Sql, filter: ReportFilter) => sql`
  entries as (
    select entry.id, entry.business_day, entry.agency_code, entry.order_id, entry.attempt_id, entry.refund_id, entry.kind, entry.occurred_at,
      posting.merchant_account_id, posting.line_no, posting.amount, fact.reference,
      row_number() over (partition by entry.attempt_id, entry.refund_id, fact.reference order by entry.posted_at, entry.id, posting.line_no) as place
    from postings as posting join journal_entries as entry on entry.id = posting.entry_id left join money_facts as fact on fact.id = entry.fact_id
    where posting.account = 'provider_receivable' and ${within(sql, filter)}),
  looked_at as (
    select distinct on (item.attempt_id, item.refund_id, item.capture_reference) item.id, item.attempt_id, item.refund_id, item.capture_reference
    from runs join reconciliation_items as item on item.reconciliation_id = runs.id
    where item.attempt_id is not null and item.class <> 'duplicate_line' and item.attempt_id in (select attempt_id from entries)
    order by item.attempt_id, item.refund_id, item.capture_reference, ${latestFirst(sql, 'runs')}),
  booked as (
    select entries.id || ' ' || entries.line_no as key, entries.agency_code, entries.order_id, entries.attempt_id, entries.merchant_account_id,
      coalesce(refunds.merchant_reference, attempts.merchant_reference) as merchant_reference, entries.reference as provider_reference, entries.kind,
      entries.amount, entries.occurred_at, null as status_here, looked_at.id as item_id
    from entries
    left join attempts on attempts.id = entries.attempt_id
    left join refunds on refunds.id = entries.refund_id
    left join looked_at on looked_at.attempt_id = entries.attempt_id and entries.place = 1 and entries.kind in ('capture', 'refund')
      and looked_at.refund_id is not distinct from entries.refund_id
      and (entries.refund_id is not null or looked_at.capture_reference = entries.reference))`

/** Lines of a day that no booking stands for, as the last run over it saw them. `filter` is one day. */
const alone = (sql: Sql, filter: ReportFilter) => sql`
  covering as (
    select distinct on (merchant_account_id) id, merchant_account_id from runs where ${filter.from} between from_day and to_day
    order by merchant_account_id, ${latestFirst(sql, 'runs')}),
  alone as (
    select item.id as key, item.agency_code, item.order_id, item.attempt_id, covering.merchant_account_id, item.merchant_reference,
      item.provider_reference, case when item.refund_id is not null then 'refund' when line.line_type = 'capture' then 'payment' else line.line_type end as kind,
      0::bigint as amount, null::timestamptz as occurred_at, item.proof -> 'status' ->> 'here' as status_here, item.id as item_id
    from covering join reconciliation_items as item on item.reconciliation_id = covering.id and item.business_day = ${filter.from} and item.source = 'provider'
    join statement_lines as line on line.statement_id = item.statement_id and line.line = item.line
    where not exists (
        select from journal_entries as entry left join money_facts as fact on fact.id = entry.fact_id
        where entry.order_id = item.order_id and entry.attempt_id = item.attempt_id and entry.refund_id is not distinct from item.refund_id
          and entry.kind in ('capture', 'refund') and entry.posted_at <= ${filter.asOf}
          and (item.refund_id is not null or fact.reference = item.capture_reference))
      ${ofAgency(sql, sql`item.agency_code`, filter)})`

/** Bank lines that pay the payout of a line, as the runs of the period saw them. */
const paidBy = (sql: Sql) => sql`(
  select string_agg(distinct bank.bank_reference, ', ') as bank_references
  from reconciliation_items as bank join runs as run on run.id = bank.reconciliation_id
  where bank.source = 'bank' and run.merchant_account_id = page.merchant_account_id and line.payout_reference = any(bank.payout_references))`

/** The name under which store/reconcile opens a discrepancy, whichever run found it. */
const disagreement = (sql: Sql) => sql`
  'reconciliation:' || item.class || ':' || case when item.refund_id is not null then 'refund:' || item.refund_id
    when item.attempt_id is not null and item.capture_reference is not null then 'capture:' || item.attempt_id || ':' || item.capture_reference
    else 'line:' || item.statement_id || ':' || item.line end`

/** Only a success moved money; a second line of the same payment moved none that anybody knows of. */
const amountThere = (sql: Sql) => sql`
  case when item.source = 'bank' then item.amount_there
    when line.status is distinct from 'success' or item.class = 'duplicate_line' then 0
    when line.line_type in ('refund', 'fee') then -line.amount else line.amount end`
