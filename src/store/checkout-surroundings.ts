/** What a checkout page shows besides the order itself, in one round trip. */
import type { Collector, Receipt } from '../domain/receipt.ts'
import { type Database, everyAgency, inScope } from './database.ts'
import { dueDay } from './order-tracing.ts'
import { type PaymentMethod, paymentMethods } from './provider-accounts.ts'
import { attemptsOf, callQueries, type Recent, recentOf } from './provider-health.ts'
import { collector, readReceipts, standingReceipts } from './receipts.ts'
import { recallCounts, rememberCounts } from './recent-attempts.ts'

export type SurroundingsQuestion = {
  agencyCode: string
  orderId: string
  /** Providers' health is that of the time since. Null: nothing is paid any more, and neither ways to pay nor their health are asked for. */
  since: Date | null
}

export type Surroundings = {
  /** Null when the agency is gone. */
  agency: Collector | null
  receipts: readonly Receipt[]
  /** By when what is wrong with the order's money must be dealt with: yyyy-MM-dd, or null. */
  dueOn: string | null
  /** Through which the agency can be paid, sorted by provider; none where they were not asked for. */
  accounts: readonly PaymentMethod[]
  /** Of each of these accounts, in that order; how attempts went was counted a few seconds ago at most. */
  recent: readonly Recent[]
}

export const readSurroundings = async (
  database: Database,
  { agencyCode, orderId, since }: SurroundingsQuestion,
): Promise<Surroundings> => {
  const recalled = since === null ? null : recallCounts(database, { agencyCode, since })
  const [agencies, receipts, due, methods, ...recent] = await inScope(database, everyAgency, (sql) => {
    const ids = sql`array(select id from (${paymentMethods(sql, agencyCode)}) as method)`
    return [
      collector(sql, agencyCode),
      standingReceipts(sql, orderId),
      dueDay(sql, orderId),
      ...(since === null ? [] : [paymentMethods(sql, agencyCode), ...callQueries(sql, ids, since)]),
      ...(since === null || recalled ? [] : [attemptsOf(sql, ids, since)]),
    ]
  })
  const accounts = (methods ?? []) as readonly unknown[] as readonly PaymentMethod[]
  const ids = accounts.map(({ id }) => id)
  const [calls = [], breakers = [], statuses = [], counted] = recent
  if (since !== null) rememberCounts(database, { agencyCode, since }, { ids, rows: recalled ? null : (counted ?? []) })
  const dueOn = due?.[0]?.dueOn
  return {
    agency: (agencies?.[0] as Collector | undefined) ?? null,
    receipts: readReceipts(receipts ?? []),
    dueOn: typeof dueOn === 'string' ? dueOn : null,
    accounts,
    recent: recentOf(ids, [recalled ?? counted ?? [], calls, breakers, statuses]),
  }
}
