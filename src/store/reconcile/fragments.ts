/** Pieces of SQL that several steps of a run share. `line` is a row of a statement, or one that has its columns. */
import type { Transaction } from '../transaction.ts'
import type { ReconciliationRun } from './plan.ts'

/** Null when the contract's tariff is not known. */
export const expectedFee = (sql: Transaction, { tariff }: ReconciliationRun) => {
  if (!tariff) return sql`null::bigint`
  const { basisPoints, fixed, minimum, maximum, vatBasisPoints } = tariff
  return sql`
    case when line.status = 'success' then lephi_provider_fee(
      line.amount, ${basisPoints}::integer, ${fixed}::bigint, ${minimum}::bigint, ${maximum}::bigint, ${vatBasisPoints}::integer) else 0 end`
}

/** A file that has only nets says its fee as well. */
export const listedFee = (sql: Transaction) =>
  sql`coalesce(line.provider_fee, case when line.status = 'success' then line.amount - line.net_amount end)`

/** Whether the line's own figures hold: amount less provider fee is the net; the whole amount where fees are not netted, or may not be. */
export const netHolds = (sql: Transaction, { tariff }: ReconciliationRun) => sql`
  coalesce(line.status <> 'success' or line.net_amount = line.amount - line.provider_fee
    or (${tariff?.netted !== true}::boolean and line.net_amount = line.amount), true)`

/** SHA-256 over what we have of a capture, joined by line feeds: attempt, reference, amount and instant in milliseconds. */
export const captureHash = (sql: Transaction, slot = 'slot', net = 'net') => sql`
  encode(sha256(convert_to(concat_ws(E'\n', attempt_id, ${sql.unsafe(slot)}, ${sql.unsafe(net)}, (extract(epoch from captured_at) * 1000)::bigint), 'UTF8')), 'hex')`

/**
 * The condition that the file of `line` was there when the run began to read. Said of those that came later, of which there are none as a rule, so that nothing is looked
 * up by its file.
 */
export const isRead = (sql: Transaction, { files }: ReconciliationRun, line = 'statement_lines') => sql`
  not exists (select from statements as late where late.id = ${sql.unsafe(line)}.statement_id and late.place > ${files}::integer)`

/** The provider's lines of days before and after the run's, as a relation: in two parts, for of `or` the planner makes a walk through every line of the account. */
export const elsewhere = (sql: Transaction, run: ReconciliationRun) => {
  const { merchantAccountId, from, to } = run
  return sql`(
  select statement_id, line, merchant_reference, provider_reference from statement_lines
  where merchant_account_id = ${merchantAccountId} and source = 'provider' and business_day < ${from} and ${isRead(sql, run)}
  union all
  select statement_id, line, merchant_reference, provider_reference from statement_lines
  where merchant_account_id = ${merchantAccountId} and source = 'provider' and business_day > ${to} and ${isRead(sql, run)})`
}
