/** What shows how a payment went, for whoever is asked about it: references, amounts, instants and hashes; no secrets, no payer. */
import type { TracingCase } from '../domain/tracing.ts'
import type { CallbackEvidence, LineEvidence, Shown } from '../domain/tracing-evidence.ts'
import { type Database, inScope, type Rows } from './database.ts'

/** Rows of one kind at most; one more is asked for, so that it can be said that there are more. */
const rowsMax = 200

/** Callbacks that claimed one of the order's references, and statement lines that name one, with the line that the case is about. */
export const findEvidence = async (
  database: Database,
  scope: string,
  { orderId, statementId, line }: Pick<TracingCase, 'orderId' | 'statementId' | 'line'>,
): Promise<{ callbacks: Shown<CallbackEvidence>; lines: Shown<LineEvidence> }> => {
  const [callbacks, lines] = await inScope(database, scope, (sql) => {
    const named = sql`
      named as (
        select merchant_account_id, merchant_reference as name from attempts where order_id = ${orderId}
        union select merchant_account_id, merchant_reference from refunds where order_id = ${orderId}),
      known as (select distinct merchant_account_id, reference as name from money_facts where order_id = ${orderId})`
    return [
      sql`
        with ${named}
        select id, callbacks.merchant_account_id, received_at, claimed_reference, reading, verdict, content_hash, replay_of
        from callbacks join named on named.name = callbacks.claimed_reference and named.merchant_account_id = callbacks.merchant_account_id
        order by received_at, id limit ${rowsMax + 1}::integer`,
      sql`
        with ${named},
        found as (
          select statement_id, line from statement_lines where statement_id = ${statementId} and line = ${line}
          union select statement_id, line from statement_lines join named on named.name = merchant_reference
            and named.merchant_account_id = statement_lines.merchant_account_id
          union select statement_id, line from statement_lines join known on known.name = provider_reference
            and known.merchant_account_id = statement_lines.merchant_account_id)
        select line.statement_id, line.line, statement.file_name, statement.source, statement.sha256, line.row_hash, line.line_type, line.occurred_at,
          line.business_day, line.merchant_reference, line.provider_reference, line.bank_reference, line.payout_reference, line.amount, line.provider_fee,
          line.net_amount, line.status, line.value_date
        from found join statement_lines as line using (statement_id, line) join statements as statement on statement.id = line.statement_id
        order by statement.created_at, line.statement_id, line.line limit ${rowsMax + 1}::integer`,
    ]
  })
  return { callbacks: firstOf(callbacks), lines: firstOf(lines) }
}

const firstOf = <Row>(rows: Rows | undefined): Shown<Row> => {
  const found = (rows ?? []) as readonly unknown[] as readonly Row[]
  return { rows: found.slice(0, rowsMax), hasMore: found.length > rowsMax }
}
