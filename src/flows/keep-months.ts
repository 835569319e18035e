/**
 * Tables that grow are held by month. The present month and the next are made before anything comes for them; whatever comes for a month that is not there is kept
 * all the same, among the rows without a month. Counts of calls go by whole months, once all of one is past its term; the record of reading does with the pass of
 * enforce-retention.ts.
 */
import { type MonthlyTable, monthlyTables, monthsFrom } from '../domain/months.ts'
import { keptFrom } from '../domain/retention.ts'
import { giveTurnBack, takeTurn } from '../store/jobs.ts'
import { dropMonths, type MadeMonth, makeMonth } from '../store/months.ts'
import type { Deps } from './deps.ts'

/** How many months are there before they begin. */
const monthsAhead = 1
const everyMs = 3_600_000
/** When it is tried again, if a table was in use. */
const againMs = 60_000

/** A job of flows/run-jobs.ts. Answers how many months it made. */
export const keepMonths = async (deps: Deps): Promise<number> => {
  const now = deps.now()
  const holder = deps.newId('job')
  if (!(await takeTurn(deps.db, 'keep_months', { now, holder, everyMs }))) return 0
  const found: MadeMonth[] = []
  for (const table of monthlyTables) found.push(...(await keepTable(deps, table, now)))
  const gone = await dropMonths(deps.db, { table: 'provider_calls', keptFrom: keptFrom('provider_calls', now) })
  if (gone === null || found.includes('busy'))
    await giveTurnBack(deps.db, 'keep_months', { holder, at: new Date(now.getTime() + againMs) })
  return found.filter((each) => each === 'made').length
}

const keepTable = async (deps: Deps, table: MonthlyTable, now: Date): Promise<MadeMonth[]> => {
  const found: MadeMonth[] = []
  for (const month of monthsFrom(now, monthsAhead)) {
    const made = await makeMonth(deps.db, { table, month })
    if (made === 'made') deps.log.info({ table, month }, 'month made')
    // Nothing is lost by it: rows of that month are written and read where they are.
    if (made === 'occupied') deps.log.warn({ table, month }, 'month not made: its rows are among those without one')
    found.push(made)
  }
  const missing = found.filter((each) => each === 'occupied' || each === 'busy').length
  deps.metrics.set('lephi_months_missing', { table }, missing)
  return found
}
