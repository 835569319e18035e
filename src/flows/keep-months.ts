/**
 * Tables that grow are held by month. The present month and the next are made before anything comes for them; whatever comes for a month that is not there is kept
 * all the same, among the rows without a month. Counts of calls go by whole months, once all of one is past its term; the record of reading does with the pass of
 * enforce-retention.ts.
 */
import { type MonthlyTable, monthlyTables, monthsFrom } from '../domain/months.ts'
import { keptFrom } from '../domain/retention.ts'
import { giveTurnBack, takeTurn } from '../store/jobs.ts'
import { dropMonth, type MadeMonth, makeMonth, type PassedMonth } from '../store/months.ts'
import type { Deps } from './deps.ts'

/** How many months are there before they begin. */
const monthsAhead = 1
const everyMs = 3_600_000
/** When it is tried again, if a month could not be made because its table was in use. */
const againMs = 60_000

/** A job of flows/run-jobs.ts. Answers how many months it made. */
export const keepMonths = async (deps: Deps): Promise<number> => {
  const now = deps.now()
  const holder = deps.newId('job')
  if (!(await takeTurn(deps.db, 'keep_months', { now, holder, everyMs }))) return 0
  const found: MadeMonth[] = []
  for (const table of monthlyTables) found.push(...(await keepTable(deps, table, now)))
  if (found.includes('busy'))
    await giveTurnBack(deps.db, 'keep_months', { holder, at: new Date(now.getTime() + againMs) })
  else await dropCounts(deps, keptFrom('provider_calls', now))
  return found.filter((each) => each === 'made').length
}

/** Where the table is in use, a dump of it may be, for hours: what waits for it stops everybody for a second, and there is no haste, so it waits for the next turn. */
const dropCounts = async (deps: Deps, cutoff: Date): Promise<void> => {
  for (let behind: string | null = ''; behind !== null; ) {
    const asked = { table: 'provider_calls', keptFrom: cutoff, behind, pass: null } as const
    const month: PassedMonth | null = await dropMonth(deps.db, asked)
    if (month?.outcome === 'dropped') deps.log.info({ part: month.part, rows: month.rows }, 'month dropped')
    behind = month === null || month.outcome === 'busy' ? null : month.part
  }
}

const keepTable = async (deps: Deps, table: MonthlyTable, now: Date): Promise<MadeMonth[]> => {
  const found: MadeMonth[] = []
  const months = monthsFrom(now, monthsAhead)
  try {
    for (const month of months) {
      const made = await makeMonth(deps.db, { table, month })
      if (made === 'made') deps.log.info({ table, month }, 'month made')
      // Nothing is lost by it: rows of that month are written and read where they are.
      if (made === 'occupied') deps.log.warn({ table, month }, 'month not made: its rows are among those without one')
      if (made === 'early')
        deps.log.warn({ table, month }, 'month not made: this clock is far ahead of that of the database')
      found.push(made)
    }
    return found
  } finally {
    // Of one that could not be asked for nobody knows that it is there.
    const there = found.filter((each) => each === 'made' || each === 'there').length
    deps.metrics.set('lephi_months_missing', { table }, months.length - there)
  }
}
