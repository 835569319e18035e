/** What is read before an order is placed, and how it is written. */
import type { OrderEvent } from '../domain/order-events.ts'
import type { Order, PayeeAccount } from '../domain/order-facts.ts'
import { type Database, everyAgency, inScope, type Query, type Sql } from './database.ts'

export type Agency = { agencyCode: string; name: string; feeCheck: 'off' | 'warn' | 'enforce'; refundLimit: bigint }
export type FeePrice = {
  id: string
  feeCode: string
  unitAmount: bigint | null
  validFrom: string
  validTo: string | null
  agencyCode: string
}

/**
 * The agency, the fees of that business day for these codes (nearest agency first), and the account that is owed, in one round trip. Null when there is
 * no such agency. Read in the scope of every agency, since a commune owes its prices and its contract to the agencies above it, which its own
 * caller cannot see: the flow has checked the caller's scope before.
 */
export const readPlacement = async (
  database: Database,
  input: { agencyCode: string; feeCodes: readonly string[]; day: string },
): Promise<{ agency: Agency; prices: readonly FeePrice[]; payeeAccount: PayeeAccount | null } | null> => {
  const [agencies, prices, accounts] = await inScope(database, everyAgency, (sql) => [
    sql`select agency_code, name, fee_check, refund_limit from agencies where agency_code = ${input.agencyCode}`,
    sql`
      select id, agency_code, fee_code, unit_amount, valid_from, valid_to from fee_schedules
      where fee_code = any(${[...input.feeCodes]}) and valid_from <= ${input.day} and (valid_to is null or valid_to >= ${input.day})
        and (agency_code = ${input.agencyCode} or starts_with(${input.agencyCode}, agency_code || '.'))
      order by length(agency_code) desc, valid_from desc`,
    sql`
      select payee_account from merchant_accounts
      where status = 'active' and (agency_code = ${input.agencyCode} or starts_with(${input.agencyCode}, agency_code || '.'))
      order by length(agency_code) desc, created_at limit 1`,
  ])
  const agency = agencies?.[0] as Agency | undefined
  if (!agency) return null
  return {
    agency,
    prices: (prices ?? []) as readonly unknown[] as readonly FeePrice[],
    payeeAccount: (accounts?.[0]?.payeeAccount as PayeeAccount | undefined) ?? null,
  }
}

export type PlacedOrder = {
  order: Order
  payerSealed: Uint8Array | null
  createdBy: string
  lineKeys: readonly string[]
  feeScheduleIds: readonly (string | null)[]
  events: readonly OrderEvent[]
}

/** The statements that write a new order with its lines and first events. */
export const placementQueries = (
  sql: Sql,
  { order, payerSealed, createdBy, lineKeys, feeScheduleIds, events }: PlacedOrder,
): Query[] => {
  const { lines, metadata, warnings, payeeAccount, eventCount, eventHash, ...columns } = order
  const row = {
    ...columns,
    metadata: sql.json(metadata),
    warnings: sql.json([...warnings]),
    payeeAccount: payeeAccount ? sql.json(payeeAccount) : null,
    payerSealed,
    createdBy,
    nextExpiryAt: order.status === 'open' ? order.expiresAt : null,
    eventCount: events.length,
    eventHash: events.at(-1)?.hash ?? null,
  }
  const lineRows = lines.map((line, index) => ({
    ...line,
    exemption: line.exemption ? sql.json(line.exemption) : null,
    orderId: order.id,
    agencyCode: order.agencyCode,
    dossierCode: order.dossierCode,
    lineKey: lineKeys[index] ?? '',
    feeScheduleId: feeScheduleIds[index] ?? null,
  }))
  return [
    sql`insert into orders ${sql(row)}`,
    sql`insert into order_lines ${sql(lineRows)}`,
    ...events.map(
      (event) => sql`
        insert into events (id, agency_code, type, subject_id, order_id, sequence, data, hash, created_at)
        values (${event.id}, ${order.agencyCode}, ${event.type}, ${order.id}, ${order.id}, ${event.sequence}, ${event.data}::text::json, ${event.hash}, ${event.createdAt})`,
    ),
  ]
}
