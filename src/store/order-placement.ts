/** What is read before an order is placed, and how it is written. */
import type { CodesHeld, NamedCode } from '../domain/catalogue.ts'
import type { OrderEvent } from '../domain/order-events.ts'
import type { Order, PayeeAccount } from '../domain/order-facts.ts'
import { asCodesHeld, codesHeld } from './catalogues.ts'
import {
  type Database,
  enterScope,
  everyAgency,
  type Fragment,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
} from './database.ts'

export type Agency = { agencyCode: string; name: string; feeCheck: 'off' | 'warn' | 'enforce'; refundLimit: bigint }
export type FeePrice = {
  id: string
  feeCode: string
  unitAmount: bigint | null
  validFrom: string
  validTo: string | null
  agencyCode: string
}

/** Which agency, which fee codes, which codes of catalogues, on which business day (yyyy-MM-dd). */
export type PlacementQuestion = {
  agencyCode: string
  feeCodes: readonly string[]
  codes: readonly NamedCode[]
  day: string
}

export type Placement = {
  agency: Agency
  /** Nearest agency first. */
  prices: readonly FeePrice[]
  /** The account that is owed. */
  payeeAccount: PayeeAccount | null
  codesHeld: CodesHeld
  /** The same while none of it changes; see `holdPlacement`. */
  print: string
}

/**
 * The agency, the fees of that business day for these codes (nearest agency first), the account that is owed, and what the catalogues say, in one round trip. Null when there
 * is no such agency. Read in the scope of every agency, since a commune owes its prices, its contract and its catalogues to the agencies above it, which its own caller cannot see: the flow has checked the caller's scope before. One statement, so of one moment: with a print of a later moment, prices that ended
 * in between would be held to be those of now for as long as they are remembered.
 */
export const readPlacement = async (database: Database, question: PlacementQuestion): Promise<Placement | null> => {
  const rows = await queryInScope(database, everyAgency, (sql) => {
    const { agency, fees, payee, codes } = placementParts(sql, question)
    return sql`
      select agency.*, (${payee}) as payee_account, (${codes}) as codes_held, ${printOf(sql, question)} as print, price.id as price_id, price.agency_code as price_agency_code,
        price.fee_code, price.unit_amount, price.valid_from, price.valid_to
      from (${agency}) as agency left join (${fees}) as price on true
      order by length(price.agency_code) desc, price.valid_from desc, price.id`
  })
  const [first] = rows
  if (!first) return null
  const { agencyCode, name, feeCheck, refundLimit } = first
  return {
    agency: { agencyCode, name, feeCheck, refundLimit },
    prices: rows.filter(({ priceId }) => priceId !== null).map(priceOf),
    payeeAccount: (first.payeeAccount as PayeeAccount | null) ?? null,
    codesHeld: asCodesHeld(first.codesHeld),
    print: String(first.print),
  }
}

const priceOf = ({ priceId, priceAgencyCode, feeCode, unitAmount, validFrom, validTo }: Rows[number]): FeePrice => ({
  id: priceId,
  agencyCode: priceAgencyCode,
  feeCode,
  unitAmount,
  validFrom,
  validTo,
})

/** Refuses the commit (see isConflict) when what was read is not so any more. Its statements leave the unit in the scope that it has. */
export const holdPlacement = (sql: Sql, scope: string, question: PlacementQuestion, { print }: Placement): Query[] => [
  enterScope(sql, everyAgency),
  sql`select lephi_expect((${printOf(sql, question)} = ${print})::int, 1, 'placement')`,
  enterScope(sql, scope),
]

const placementParts = (sql: Sql, { agencyCode, feeCodes, codes, day }: PlacementQuestion) => ({
  codes: codesHeld(sql, { agencyCode, codes, day }),
  agency: sql`select agency_code, name, fee_check, refund_limit from agencies where agency_code = ${agencyCode}`,
  fees: sql`
    select id, agency_code, fee_code, unit_amount, valid_from, valid_to from fee_schedules
    where fee_code = any(${[...feeCodes]}) and valid_from <= ${day} and (valid_to is null or valid_to >= ${day})
      and (agency_code = ${agencyCode} or starts_with(${agencyCode}, agency_code || '.'))
    order by length(agency_code) desc, valid_from desc, id`,
  payee: sql`
    select payee_account from merchant_accounts
    where status = 'active' and (agency_code = ${agencyCode} or starts_with(${agencyCode}, agency_code || '.'))
    order by length(agency_code) desc, created_at, id limit 1`,
})

/** Made by PostgreSQL alone, so that both readings are written in one way. */
const printOf = (sql: Sql, question: PlacementQuestion): Fragment => {
  const { agency, fees, payee, codes } = placementParts(sql, question)
  return sql`md5(jsonb_build_array(
    (select to_jsonb(part) from (${agency}) as part), (select jsonb_agg(part) from (${fees}) as part), (${payee}), (${codes}))::text)`
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
