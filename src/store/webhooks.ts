/** Webhook endpoints and the deliveries that they are owed. The outbox itself is written by the database, together with each event (lephi_fan_out). */
import type { HostList } from '../domain/outgoing-hosts.ts'
import { type Database, everyAgency, inScope, isConflict, type Query, queryInScope, type Sql } from './database.ts'
import { bindingListsOf } from './outgoing-hosts.ts'
import { unsynced } from './transaction.ts'

export type WebhookEndpoint = {
  id: string
  agencyCode: string
  url: string
  /** Null: every type. */
  eventTypes: readonly string[] | null
  createdAt: Date
  disabledAt: Date | null
  /** Until then deliveries are signed with the former secret too. */
  formerUntil: Date | null
}

/** One try of a delivery; `error` is null when the endpoint took it. */
export type DeliveryTry = { at: string; response_status: number | null; error: string | null }

export type WebhookDelivery = {
  id: string
  webhookEndpointId: string
  eventId: string
  eventType: string
  status: 'pending' | 'delivered' | 'failed'
  attemptCount: number
  /** The last 50. */
  attempts: readonly DeliveryTry[]
  nextAttemptAt: Date | null
  createdAt: Date
  deliveredAt: Date | null
}

/** Newest first, after the id where the last page ended. */
export type Page = { after: string | null; limit: number }

const endpointColumns = (sql: Sql) => sql`id, agency_code, url, event_types, created_at, disabled_at, former_until`

export type NewEndpoint = Pick<WebhookEndpoint, 'id' | 'agencyCode' | 'url' | 'eventTypes' | 'createdAt'> & {
  sealed: Uint8Array
}

/** Writes a new endpoint unless its agency has `countMax` that are not disabled; false then, and nothing is written. `before` goes first in the same transaction. */
export const insertEndpoint = (
  database: Database,
  scope: string,
  { endpoint, countMax, before }: { endpoint: NewEndpoint; countMax: number; before: Before },
): Promise<boolean> => {
  const { id, agencyCode, url, eventTypes, sealed, createdAt } = endpoint
  return orUndone(
    inScope(database, scope, (sql) => [
      ...before(sql),
      sql`
        with made as (
          insert into webhook_endpoints (id, agency_code, url, event_types, sealed, created_at)
          select ${id}, ${agencyCode}, ${url}, ${eventTypes ? [...eventTypes] : null}::text[], ${sealed}, ${createdAt}
          where (select count(*) from webhook_endpoints where agency_code = ${agencyCode} and disabled_at is null) < ${countMax}
          returning 1)
        select lephi_expect((select count(*) from made), 1, 'webhook endpoints')`,
    ]),
  )
}

type Before = (sql: Sql) => readonly Query[]

/** False when the unit was undone since its condition did not hold. */
const orUndone = async (unit: Promise<unknown>): Promise<boolean> => {
  try {
    await unit
    return true
  } catch (error) {
    if (isConflict(error)) return false
    throw error
  }
}

export const findEndpoint = async (database: Database, scope: string, id: string): Promise<WebhookEndpoint | null> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`select ${endpointColumns(sql)} from webhook_endpoints where id = ${id}`,
  )
  return (row as WebhookEndpoint | undefined) ?? null
}

export const listEndpoints = async (
  database: Database,
  scope: string,
  { after, limit }: Page,
): Promise<readonly WebhookEndpoint[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select ${endpointColumns(sql)} from webhook_endpoints
      where ${after ? sql`id < ${after}` : sql`true`} order by id desc limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly WebhookEndpoint[]
}

/** Disables an endpoint and gives up what it is still owed. Answers null when the scope holds no such endpoint. */
export const disableEndpoint = async (
  database: Database,
  scope: string,
  { id, now }: { id: string; now: Date },
): Promise<WebhookEndpoint | null> => {
  const [rows] = await inScope(database, scope, (sql) => [
    sql`
      update webhook_endpoints set disabled_at = coalesce(disabled_at, ${now}) where id = ${id} returning ${endpointColumns(sql)}`,
    giveUpDeliveries(sql, id),
  ])
  return (rows?.[0] as WebhookEndpoint | undefined) ?? null
}

const giveUpDeliveries = (sql: Sql, endpointId: string): Query => sql`
  update webhook_deliveries set status = 'failed', next_attempt_at = null
  where webhook_endpoint_id = ${endpointId} and next_attempt_at is not null`

export type RotatedSecret = { id: string; sealed: Uint8Array; formerUntil: Date; now: Date; before: Before }

/**
 * Puts a new secret in the place of the current one, which goes on signing until `formerUntil`. False, and nothing is written, for no such endpoint that is in
 * use, and for one whose secret before the current one still signs. `before` goes first in the same transaction.
 */
export const rotateSecret = (
  database: Database,
  scope: string,
  { id, sealed, formerUntil, now, before }: RotatedSecret,
): Promise<boolean> =>
  orUndone(
    inScope(database, scope, (sql) => [
      ...before(sql),
      sql`
        with rotated as (
          update webhook_endpoints set former_sealed = sealed, former_until = ${formerUntil}, sealed = ${sealed}
          where id = ${id} and disabled_at is null and (former_until is null or former_until <= ${now}) returning 1)
        select lephi_expect((select count(*) from rotated), 1, 'webhook endpoint')`,
    ]),
  )

export type DeliveryFilter = {
  endpoint?: string | undefined
  status?: string | undefined
  eventType?: string | undefined
}

export const listDeliveries = async (
  database: Database,
  scope: string,
  { endpoint, status, eventType }: DeliveryFilter,
  { after, limit }: Page,
): Promise<readonly WebhookDelivery[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from webhook_deliveries
      where ${after ? sql`id < ${after}` : sql`true`}
        and ${endpoint ? sql`webhook_endpoint_id = ${endpoint}` : sql`true`}
        and ${status ? sql`status = ${status}` : sql`true`}
        and ${eventType ? sql`event_type = ${eventType}` : sql`true`}
      order by id desc limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly WebhookDelivery[]
}

/**
 * Makes a delivery due at once, on a fresh ladder, whether it was taken before or not; answers it as it is now. Null when the scope holds no such
 * delivery, or its endpoint is disabled.
 */
export const redeliver = async (
  database: Database,
  scope: string,
  { id, now }: { id: string; now: Date },
): Promise<WebhookDelivery | null> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`
      update webhook_deliveries as again set ${dueAgain(sql, now)}
      from webhook_endpoints as endpoint
      where again.id = ${id} and endpoint.id = again.webhook_endpoint_id and endpoint.disabled_at is null returning again.*`,
  )
  return (row as WebhookDelivery | undefined) ?? null
}

const dueAgain = (sql: Sql, now: Date) => sql`status = 'pending', attempt_count = 0, next_attempt_at = ${now}`

/** The same for all of one endpoint whose events happened in `[from, to)`, the oldest `limit`; answers how many. */
export const redeliverRange = async (
  database: Database,
  scope: string,
  { endpoint, from, to, limit, now }: { endpoint: string; from: Date; to: Date; limit: number; now: Date },
): Promise<number> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      with chosen as materialized (
        select delivery.id from webhook_deliveries as delivery
        join webhook_endpoints as endpoint on endpoint.id = delivery.webhook_endpoint_id and endpoint.disabled_at is null
        where delivery.webhook_endpoint_id = ${endpoint} and delivery.created_at >= ${from} and delivery.created_at < ${to}
        order by delivery.id limit ${limit})
      update webhook_deliveries as again set ${dueAgain(sql, now)} from chosen where again.id = chosen.id returning 1`,
  )
  return rows.length
}

export const findDelivery = async (database: Database, scope: string, id: string): Promise<WebhookDelivery | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select * from webhook_deliveries where id = ${id}`)
  return (row as WebhookDelivery | undefined) ?? null
}

/** A delivery that this process holds until `until`, with all that is needed to send it. */
export type TakenDelivery = {
  id: string
  until: Date
  endpointId: string
  attemptCount: number
  /** Whether it was never sent before: a delivery that is asked for again begins its ladder anew. */
  isFirstTry: boolean
  createdAt: Date
  url: string
  sealed: Uint8Array
  formerSealed: Uint8Array | null
  formerUntil: Date | null
  disabledAt: Date | null
  /** The lists of hosts that bind the endpoint's agency: its own and those of the agencies above it. */
  hostLists: readonly HostList[]
  eventId: string
  eventType: string
  eventAt: Date
  /** Of the order that the event is about. */
  traceParent: string | null
  /** JSON text, as it was stored. */
  data: string
}

/** Takes the delivery that has been due longest, of several the one with the lowest id, leaving out the endpoints named; null when there is none. */
export const takeDelivery = async (
  database: Database,
  { now, leaseMs, without }: { now: Date; leaseMs: number; without: readonly string[] },
): Promise<TakenDelivery | null> => {
  const until = new Date(now.getTime() + leaseMs)
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    // Whoever holds a lease says so to others alone. Should the server lose it in a crash, the delivery is due again, as after a crash of its holder.
    unsynced(sql),
    sql`
      with due as materialized (
        select id from webhook_deliveries
        where next_attempt_at <= ${now} and webhook_endpoint_id <> all(${[...without]}::text[])
        order by next_attempt_at, id limit 1 for update skip locked),
      held as (
        update webhook_deliveries as delivery set next_attempt_at = ${until} from due where delivery.id = due.id returning delivery.*)
      select held.id, held.next_attempt_at as until, held.webhook_endpoint_id as endpoint_id, held.attempt_count,
        held.attempts = '[]' as is_first_try, held.created_at,
        endpoint.url, endpoint.sealed, endpoint.former_sealed, endpoint.former_until, endpoint.disabled_at,
        event.id as event_id, event.type as event_type, event.created_at as event_at, event.data::text as data,
        (select trace_parent from orders where orders.id = event.order_id) as trace_parent, ${bindingListsOf(sql, sql`endpoint.agency_code`)} as host_lists
      from held
      join webhook_endpoints as endpoint on endpoint.id = held.webhook_endpoint_id
      join events as event on event.id = held.event_id`,
  ])
  return (rows?.[0] as TakenDelivery | undefined) ?? null
}

export type DeliveryResult = {
  status: WebhookDelivery['status']
  nextAttemptAt: Date | null
  /** What the try was; null when nothing was sent. */
  tried: DeliveryTry | null
  now: Date
}

const triesKept = 50

/** Records what became of a held delivery. The try is always kept; the rest only while the lease is ours, so that a redelivery asked for meanwhile stands. */
export const finishDelivery = async (
  database: Database,
  { id, until }: Pick<TakenDelivery, 'id' | 'until'>,
  { status, nextAttemptAt, tried, now }: DeliveryResult,
): Promise<void> => {
  const deliveredAt = status === 'delivered' ? now : null
  await inScope(database, everyAgency, (sql) => [
    ...(tried
      ? [
          sql`
            update webhook_deliveries set attempts =
              case when jsonb_array_length(attempts) >= ${triesKept} then attempts - 0 else attempts end || ${sql.json([tried])}::jsonb
            where id = ${id}`,
        ]
      : []),
    sql`
      update webhook_deliveries set status = ${status}, next_attempt_at = ${nextAttemptAt},
        attempt_count = attempt_count + ${tried ? 1 : 0}, delivered_at = coalesce(delivered_at, ${deliveredAt})
      where id = ${id} and next_attempt_at = ${until}`,
  ])
}
