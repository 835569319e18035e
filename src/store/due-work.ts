/** What background work there is and when it is due, for whoever would otherwise look every second. */
import type { Database } from './database.ts'

/** By the name of the job that does it; null: nothing of that kind waits. */
export type DueWork = readonly { job: string; at: Date }[]

/** Only work that waits for its time; what is done every so often by whoever comes first is not in it. Needs a role that may read everything: it is asked so often that it is no unit of work, but one statement. */
export const findDueWork = async ({ sql }: Database, now: Date): Promise<DueWork> => {
  const rows = await sql`
      select job, at from (
        select 'query_attempts' as job, min(next_query_at) as at from attempts where next_query_at is not null
        union all select 'confirm_captures', min(confirm_at) from attempts where confirm_at is not null
        union all select 'settle_refunds', min(coalesce(next_query_at, case when status = 'approved' then coalesce(decided_at, created_at) end)) from refunds
        union all select 'expire_orders', min(next_expiry_at) from orders where next_expiry_at is not null
        union all select 'deliver_webhooks', min(next_attempt_at) from webhook_deliveries where next_attempt_at is not null
        union all select 'catch_up_callbacks', min(received_at) + interval '1 minute' from callbacks
          where verdict is null and reading = 'genuine' and received_at > ${now}::timestamptz - interval '1 day'
        union all select 'issue_receipts', min(coalesce(tried.next_try_at, paid.paid_at + interval '5 seconds'))
          from orders as paid left join receipt_tries as tried on tried.order_id = paid.id
          where paid.status = 'paid' and not exists (select from receipts where receipts.order_id = paid.id)
            and exists (select from order_lines where order_lines.order_id = paid.id and kind in ('phi', 'le_phi') and amount > 0)
        union all select 'import_statements', min(created_at) from statements where status in ('queued', 'processing')
        union all select 'reconcile', min(created_at) from reconciliations where status = 'running') as waiting
      where at is not null order by at, job`
  return rows.map((row) => ({ job: String(row.job), at: row.at as Date }))
}
