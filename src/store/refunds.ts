/** Finding refunds; they are written with their order by store/order-commit.ts. */
import type { Refund, RefundLine, RefundMethod } from '../domain/order-facts.ts'
import type { BanksHeld } from '../domain/payee-banks.ts'
import type { RefundStatus } from '../domain/states.ts'
import { asBanksHeld, bankQueries } from './bank-catalogues.ts'
import {
  type Database,
  everyAgency,
  type Fragment,
  inScope,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
} from './database.ts'

/** Refunds with the lines that they return; `where` may order and limit them too. */
export const selectRefunds = (sql: Sql, where: Fragment): Query => sql`
  select refund.*, (
    select coalesce(json_agg(json_build_object('lineNo', part.line_no, 'feeCode', line.fee_code, 'kind', line.kind, 'amount', part.amount::text) order by part.line_no), '[]')
    from refund_lines as part join order_lines as line on line.order_id = part.order_id and line.line_no = part.line_no
    where part.refund_id = refund.id) as lines
  from refunds as refund where ${where}`

type RefundRow = Omit<Refund, 'lines'> & { lines: readonly (Omit<RefundLine, 'amount'> & { amount: string })[] }

/** A row of `selectRefunds`. Amounts come as text, so that none passes through a number of JavaScript. */
export const readRefundRow = (row: Rows[number]): Refund => {
  const refund = row as RefundRow
  return { ...refund, lines: refund.lines.map((line) => ({ ...line, amount: BigInt(line.amount) })) }
}

export type RefundFilter = {
  status: RefundStatus | null
  method: RefundMethod | null
  /** Only those without an end that were promised by a day before this one. */
  overdueOn: string | null
  after: string | null
  limit: number
}

/** A page of the scope's refunds, oldest first, behind the id `after`. */
export const listRefunds = async (
  database: Database,
  scope: string,
  { status, method, overdueOn, after, limit }: RefundFilter,
): Promise<readonly Refund[]> => {
  const rows = await queryInScope(database, scope, (sql) =>
    selectRefunds(
      sql,
      sql`
        id > ${after ?? ''} ${status ? sql`and status = ${status}` : sql``} ${method ? sql`and method = ${method}` : sql``}
        ${overdueOn ? sql`and promised_on < ${overdueOn}::date and status in ('approved', 'sending', 'pending', 'unknown')` : sql``}
        order by id limit ${limit}`,
    ),
  )
  return rows.map(readRefundRow)
}

/** The order that a refund belongs to, within the scope; null when there is none. */
export const findRefundOrder = async (database: Database, scope: string, refundId: string): Promise<string | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select order_id from refunds where id = ${refundId}`)
  return typeof row?.orderId === 'string' ? row.orderId : null
}

export type RefundTerms = {
  /** Up to what amount the agency lets refunds go without a checker, in đồng. */
  limit: bigint
  /** Working days within which an approved refund is promised. */
  workingDays: number
  /** Lines of the order whose fee is not returned when the dossier is rejected, by the price that they were placed under. */
  keptLines: readonly number[]
  /** What the catalogues call the bank that was asked for. */
  banks: BanksHeld
}

/** What an order's refunds are bound by besides its money. */
export const readRefundTerms = async (
  database: Database,
  { orderId, agencyCode, bin, day }: { orderId: string; agencyCode: string; bin: string | null; day: string },
): Promise<RefundTerms> => {
  const [agencies, lines, ...banks] = await inScope(database, everyAgency, (sql) => [
    sql`select refund_limit, refund_working_days from agencies where agency_code = ${agencyCode}`,
    sql`
      select line.line_no from order_lines as line join fee_schedules as fee on fee.id = line.fee_schedule_id
      where line.order_id = ${orderId} and not fee.refundable_when_rejected`,
    ...(bin === null ? [] : bankQueries(sql, [{ agencyCode, bin }], day)),
  ])
  const limit = agencies?.[0]?.refundLimit
  return {
    limit: typeof limit === 'bigint' ? limit : 0n,
    workingDays: Number(agencies?.[0]?.refundWorkingDays ?? 7),
    keptLines: (lines ?? []).map((row) => Number(row.lineNo)),
    banks: asBanksHeld(banks, day),
  }
}

/** Working days within which the agency of a refund promises it. */
export const readRefundPromise = async (database: Database, refundId: string): Promise<number> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select agency.refund_working_days from refunds as refund join agencies as agency on agency.agency_code = refund.agency_code
      where refund.id = ${refundId}`,
  )
  return Number(row?.refundWorkingDays ?? 7)
}

/** The statement that keeps which transfer returned a refund, and who said so first. Refused by the database: `refunds_bank_reference` when another refund has it, however it is spelt, `refund_confirmed` when this one has another, `refunds_confirmed` when one person would let money go alone. */
export const keepTransfer = (
  sql: Sql,
  {
    id,
    bankReference,
    paidOn,
    confirmedBy,
  }: { id: string; bankReference: string; paidOn: string; confirmedBy: string },
): Query =>
  sql`
    update refunds set bank_reference = ${bankReference}, paid_on = ${paidOn}, confirmed_by = ${confirmedBy}
    where id = ${id} and bank_reference is distinct from ${bankReference}::text`

/** The statement that keeps which credit gave a transfer back. Refused by the database: `refunds_bounce_reference` when it gave back another's, `refund_bounced` when this one came back otherwise. */
export const keepBounce = (sql: Sql, { id, bounceReference }: { id: string; bounceReference: string }): Query =>
  sql`update refunds set bounce_reference = ${bounceReference} where id = ${id}`

/** The statement that refuses (`refund_confirmed`) what a person says of a refund whose transfer another has confirmed. */
export const refuseConfirmed = (sql: Sql, id: string): Query => sql`select lephi_refuse_confirmed(${id})`

/** Who gets a refund by hand, as it is sealed; null when nobody was named, or the scope has no such refund. */
export const readPayee = async (database: Database, scope: string, id: string): Promise<Uint8Array | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select payee_sealed from refunds where id = ${id}`)
  return row?.payeeSealed instanceof Uint8Array ? row.payeeSealed : null
}

/**
 * The statement that names, once, who gets a refund by hand that nobody has approved yet. Who names it for a proposal becomes its maker, so that another person
 * approves it. A conflict where that is not allowed (any more).
 */
export const namePayee = (
  sql: Sql,
  {
    id,
    by,
    sealed,
    shown,
    version,
  }: { id: string; by: string; sealed: Uint8Array; shown: { number: string; bank_bin: string }; version: number },
): Query => sql`
  with named as (
    update refunds set payee_sealed = ${sealed}, payee_account = ${sql.json(shown)}, payee_version = ${version}, made_by = ${by}
    where id = ${id} and method <> 'provider' and payee_account is null and (status = 'proposed' or (status = 'requested' and made_by = ${by}))
    returning 1)
  select lephi_expect((select count(*) from named), 1, 'refund')`

/** How many refunds are promised by a day before `today` and have no end, in all. */
export const countOverdue = async (database: Database, today: string): Promise<number> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select count(*)::int as n from refunds
      where promised_on < ${today}::date and status in ('approved', 'sending', 'pending', 'unknown')`,
  )
  return Number(row?.n ?? 0)
}

/** Those of them that were not noted yet, the longest promised first. */
export const findOverdue = async (
  database: Database,
  { today, limit }: { today: string; limit: number },
): Promise<readonly { id: string; orderId: string }[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select id, order_id from refunds
      where promised_on < ${today}::date and status in ('approved', 'sending', 'pending', 'unknown') and overdue_at is null
      order by promised_on, id limit ${limit}`,
  )
  return rows.map((row) => ({ id: String(row.id), orderId: String(row.orderId) }))
}
