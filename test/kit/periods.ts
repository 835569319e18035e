// Closing days, for tests: who closes, who signs too, and what the ledger says of each day.
import { Refusal } from '../../src/domain/refusal.ts'
import { closePeriod } from '../../src/flows/close-period.ts'
import type { Deps } from '../../src/flows/deps.ts'
import type { Sql } from '../../src/store/database.ts'
import type { Period } from '../../src/store/periods.ts'

export const maker = { scope: 'H56', actor: 'cli_accountant' }
export const checker = { scope: 'H56', actor: 'cli_checker' }

/** Closes a day, carrying these lines. */
export const close = (
  deps: Deps,
  merchantAccountId: string,
  day: string,
  ids: readonly string[] = [],
): Promise<Period> =>
  closePeriod(deps, maker, {
    merchantAccountId,
    day,
    carryForward: ids.map((id, index) => ({ id, reason: 'asked the provider', pointer: `/carry_forward/${index}` })),
    note: null,
  })

/** Where each account stands, by business day of the postings. */
export const sumsByDay = async (
  sql: Sql,
  merchantAccountId: string,
): Promise<Record<string, Record<string, bigint>>> => {
  const rows = await sql`
    select business_day, account, sum(amount)::bigint as amount from postings where merchant_account_id = ${merchantAccountId}
    group by business_day, account order by business_day, account`
  const days: Record<string, Record<string, bigint>> = {}
  for (const row of rows)
    days[String(row.businessDay)] = { ...days[String(row.businessDay)], [row.account]: row.amount }
  return days
}

/** Closes a day and carries whatever is open, by the names that the refusal gave. Throws Refusal for what nobody can carry. */
export const closedByName = async (deps: Deps, merchantAccountId: string, day: string): Promise<Period> => {
  const named = new Set<string>()
  for (let turn = 0; ; turn += 1) {
    try {
      return await close(deps, merchantAccountId, day, [...named])
    } catch (error) {
      if (!(error instanceof Refusal) || turn === 20) throw error
      // What was settled meanwhile is not carried; what came meanwhile is named.
      const names = error.errors.map(({ pointer }) => pointer.split('/'))
      if (error.code === 'invalid_input')
        for (const id of [...named]) if (error.errors.some(({ message }) => message.startsWith(id))) named.delete(id)
      if (error.code === 'invalid_input' || error.code === 'conflict') continue
      if (error.code !== 'period_has_open_lines' || names.some(([, kind = '']) => hindrances.has(kind))) throw error
      for (const [, , id = ''] of names) named.add(id)
    }
  }
}

const hindrances = new Set(['day', 'statement', 'reconciliation'])
