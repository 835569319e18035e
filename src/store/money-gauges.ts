/** What of the money is not settled at this moment, and how far behind the outbox is: asked for whenever the metrics are. */
import { type Database, everyAgency, inScope, type Query, type Sql } from './database.ts'

export type Doubtful = { provider: string; amount: bigint }

export type MoneyGauges = {
  /** Of which nobody knows yet whether it was taken, or returned. */
  unknownPayments: readonly Doubtful[]
  unknownRefunds: readonly Doubtful[]
  /** Of discrepancies that are not resolved. */
  unmatched: readonly { class: string; amount: bigint }[]
  /** Deliveries that wait for a try or for another one: no more than `waitingMax` are counted. */
  webhooksWaiting: number
  /** When the one that has waited longest for a try was due; null when none is waiting. */
  webhookDueSince: Date | null
}

/** Whoever looks at the metrics waits no longer than this for one of these, and keeps no connection longer from those who pay. */
const statementTimeoutMs = 3_000
const waitingMax = 10_000

const inAllAgencies = (sql: Sql) => sql`agency_code = any(array(select agency_code from agencies))`
const briefly = (sql: Sql): Query => sql`select set_config('statement_timeout', ${String(statementTimeoutMs)}, true)`

/**
 * One round trip. Each statement reads by an index no more than what is in doubt, in disagreement or due: that depends on what is wrong at present, and not on how much was
 * ever paid. The agencies by name, for the index begins with them.
 */
export const readMoneyGauges = async (database: Database, now: Date): Promise<MoneyGauges> => {
  const [, payments = [], refunds = [], unmatched = [], waiting = [], due = []] = await inScope(
    database,
    everyAgency,
    (sql) => [
      briefly(sql),
      sql`select provider, sum(amount)::bigint as amount from attempts where status = 'unknown' group by provider`,
      sql`select provider, sum(amount)::bigint as amount from refunds where status = 'unknown' group by provider`,
      sql`
        select class, sum(amount)::bigint as amount from discrepancies
        where ${inAllAgencies(sql)} and status in ('open', 'proposed') group by class`,
      sql`
        select count(*)::int as n from (
          select from webhook_deliveries where next_attempt_at is not null limit ${waitingMax}) as waiting`,
      sql`
        select next_attempt_at as since from webhook_deliveries
        where next_attempt_at <= ${now} order by next_attempt_at limit 1`,
    ],
  )
  return {
    unknownPayments: payments as readonly unknown[] as MoneyGauges['unknownPayments'],
    unknownRefunds: refunds as readonly unknown[] as MoneyGauges['unknownRefunds'],
    unmatched: unmatched as readonly unknown[] as MoneyGauges['unmatched'],
    webhooksWaiting: Number(waiting[0]?.n ?? 0),
    webhookDueSince: due[0]?.since ?? null,
  }
}

/**
 * What the ledger holds in suspense. Every posting to it counts, of money that has left it too, so this one grows with the years: 100,000 of them take a third of a second
 * to half a second on two busy cores. Ask seldom.
 */
export const readSuspense = async (database: Database): Promise<bigint> => {
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    briefly(sql),
    sql`select coalesce(-sum(amount), 0)::bigint as amount from postings where ${inAllAgencies(sql)} and account = 'suspense'`,
  ])
  return rows?.[0]?.amount ?? 0n
}
