/**
 * Background work that is due, taken with a lease: the statement that takes a row also moves its due time behind the lease, so two processes never
 * hold one row, and what a crashed one held is due again when the lease lapses.
 */
import { type Database, everyAgency, inScope, type Query, queryInScope, type Sql } from './database.ts'
import type { PaymentExtras } from './payment-extras.ts'
import { unsynced } from './transaction.ts'

/** A row that this process holds until then. */
export type Lease = { id: string; until: Date }

export type DueAttempt = Lease & { orderId: string; createdAt: Date; amount: bigint; merchantAccountId: string }
/** With what its adapter needs to ask about it. */
export type DueCapture = DueAttempt & PaymentExtras
export type DueRefund = DueAttempt & { status: string; sentAt: Date | null }

const dueOf = {
  attempts: { name: 'attempts', column: 'next_query_at' },
  /** Captures that their provider is still to be asked about. */
  confirmations: { name: 'attempts', column: 'confirm_at' },
  refunds: { name: 'refunds', column: 'next_query_at' },
  orders: { name: 'orders', column: 'next_expiry_at' },
} as const
type DueRows = { attempts: DueAttempt; confirmations: DueCapture; refunds: DueRefund; orders: Lease }
export type DueTable = keyof typeof dueOf

/** Takes the row that has been due longest, of several the one with the lowest id; null when none is, or others hold them all. */
export const takeDue = async <Table extends DueTable>(
  database: Database,
  table: Table,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<DueRows[Table] | null> => {
  const until = new Date(now.getTime() + leaseMs)
  const { name, column } = dueOf[table]
  const answers = await inScope(database, everyAgency, (sql) => [
    ...committing(sql, table),
    sql`
      with due as materialized (
        select id from ${sql(name)} where ${sql(column)} <= ${now} order by ${sql(column)}, id limit 1 for update skip locked)
      update ${sql(name)} as held set ${sql(column)} = ${until} from due where held.id = due.id
      returning held.*`,
  ])
  const [row] = answers.at(-1) ?? []
  return row ? ({ ...row, until } as DueRows[Table]) : null
}

/** Sets when a held row is due next; null for never. Does nothing when the row was settled, or taken by another after the lease. */
export const releaseLease = async (
  database: Database,
  table: DueTable,
  { id, until }: Lease,
  nextAt: Date | null,
): Promise<void> => {
  const { name, column } = dueOf[table]
  await inScope(database, everyAgency, (sql) => [
    ...committing(sql, table),
    sql`
      update ${sql(name)} set ${sql(column)} = ${nextAt} ${column === 'next_query_at' ? sql`, query_count = query_count + 1` : sql``}
      where id = ${id} and ${sql(column)} = ${until}`,
  ])
}

/**
 * To ask a provider about a payment once more does no harm, so a lease of that kind need not wait for the disk: should the server lose it in a crash, the payment is due
 * again. Whoever holds one that sends money, or ends an order, has it for certain.
 */
const committing = (sql: Sql, table: DueTable): Query[] =>
  table === 'attempts' || table === 'confirmations' ? [unsynced(sql)] : []

/** Makes an attempt that has no end yet due at this time, unless it is due before. */
export const hastenQuery = async (database: Database, attemptId: string, at: Date): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update attempts set next_query_at = least(next_query_at, ${at}::timestamptz)
      where id = ${attemptId} and status in ('created', 'pending', 'unknown')`,
  )
}

/**
 * Gives approved refunds without a due time this one. Their sending was begun when they were approved; should that process have ended before it
 * could, they are due all the same.
 */
export const adoptApprovedRefunds = async (database: Database, dueAt: Date): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`update refunds set next_query_at = ${dueAt} where status = 'approved' and next_query_at is null`,
  )
}

/**
 * Takes a turn at work that is done every so often by whoever comes first; false when it is not due again. A turn that is further away than one may be was
 * taken by a clock that was ahead, and holds nobody up. One that is not due is only looked at: `on conflict` would lock its row, which writes, and whoever writes waits for the disk, fifteen times a second.
 */
export const takeTurn = async (
  database: Database,
  name: string,
  { now, everyMs, holder }: { now: Date; everyMs: number; holder: string },
): Promise<boolean> => {
  const until = new Date(now.getTime() + everyMs)
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      insert into job_leases (name, holder, until)
      select ${name}, ${holder}, ${until}::timestamptz
      where not exists (select from job_leases where name = ${name} and until > ${now} and until <= ${until})
      on conflict (name) do update set holder = excluded.holder, until = excluded.until where job_leases.until <= ${now} or job_leases.until > ${until}
      returning name`,
  )
  return rows.length > 0
}

/** A turn of which nothing came is due again at `at`, unless somebody else has taken it since. */
export const giveTurnBack = async (
  database: Database,
  name: string,
  { holder, at }: { holder: string; at: Date },
): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`update job_leases set until = ${at} where name = ${name} and holder = ${holder} and until > ${at}`,
  )
}

/** Forgets first answers that were given before then, at most `limit` of them. Answers how many. */
export const forgetIdempotencyKeys = async (database: Database, before: Date, limit: number): Promise<number> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with old as materialized (
        select client_id, route, key, agency_code from idempotency_keys where created_at < ${before} order by created_at, client_id, route, key limit ${limit})
      delete from idempotency_keys as forgotten using old
      where forgotten.client_id = old.client_id and forgotten.route = old.route and forgotten.key = old.key and forgotten.agency_code = old.agency_code
      returning 1`,
  )
  return rows.length
}
