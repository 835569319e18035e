/** What stands between a business day of a merchant account and its close: read in one snapshot, for who closes it and for who only wants to know. */
import { type CarriedLine, type FormerClose, type Hindrance, readPeriodDocument } from '../domain/period.ts'
import { dueBefore } from '../domain/settlement-due.ts'
import { addDays, businessDay, businessDayRange } from '../lib/time.ts'
import { readSums } from '../store/period-books.ts'
import {
  type Covered,
  lastRunTo,
  type OpenLines,
  ordersOfLines,
  readFormer,
  readHindrances,
  readOpenLines,
} from '../store/period-gate.ts'
import type { Period } from '../store/periods.ts'
import type { SettlementTerms } from '../store/settlement-terms.ts'
import { inSnapshot } from '../store/snapshot.ts'
import type { Transaction } from '../store/transaction.ts'
import type { Deps } from './deps.ts'

/** Lines that a refusal names, and those that the gate shows: as many as one close may name. */
export const namedMax = 100
export const shownMax = 500

type Day = { merchantAccountId: string; day: string }

export type Gate = {
  covered: Covered
  last: Period | null
  replaced: FormerClose | null
  versions: number
  /** What the close before carried, by id: it is carried on with its reason until it is settled. */
  former: ReadonlyMap<string, Pick<CarriedLine, 'reason' | 'carriedBy' | 'since'>>
  /** A capture before then must have been looked at by a run. */
  due: Date
  hindrances: readonly Hindrance[]
  lines: OpenLines
}

/** The gate of a day; null when the day is closed. `named` are lines that are to be carried, besides those that the close before carries. */
export const readGate = async (
  sql: Transaction,
  {
    now,
    terms,
    input,
    named,
    limit = namedMax,
  }: { now: Date; terms: SettlementTerms; input: Day; named: readonly string[]; limit?: number },
): Promise<Gate | null> => {
  const { last, replaced, versions } = await readFormer(sql, input)
  if (last && last.day >= input.day) return null
  const covered = {
    merchantAccountId: input.merchantAccountId,
    fromDay: last ? addDays(last.day, 1) : null,
    day: input.day,
    end: businessDayRange(input.day).to,
  }
  const judgedOn = [addDays(businessDay(now), -1), (await lastRunTo(sql, covered)) ?? ''].sort().at(-1) ?? ''
  const due = dueBefore(terms, judgedOn)
  const former = carriedBefore(last)
  const carriedIds = [...former.keys(), ...named]
  const lines = await readOpenLines(sql, covered, { dueBefore: due, carriedIds, limit })
  const hindrances = await readHindrances(sql, covered, limit)
  return { covered, last, replaced, versions, former, due, hindrances, lines }
}

export type ShownGate = {
  covers: { from: string | null; to: string }
  hindrances: readonly Hindrance[]
  lines: OpenLines
  former: Gate['former']
  /** The orders of the lines that have one, by line. */
  orders: ReadonlyMap<string, string>
  sums: { entries: number; totals: Readonly<Record<string, bigint>> }
}

/** The gate with the sums of the days; null when the day is closed. */
export const showGate = (deps: Deps, terms: SettlementTerms, input: Day): Promise<ShownGate | null> =>
  inSnapshot(deps.db, async (sql) => {
    const gate = await readGate(sql, { now: deps.now(), terms, input, named: [], limit: shownMax })
    if (!gate) return null
    const { covered, hindrances, lines, former } = gate
    const ids = [...lines.first, ...lines.carried].map(({ id }) => id)
    const orders = await ordersOfLines(sql, ids)
    const sums = await readSums(sql, covered)
    return { covers: { from: covered.fromDay, to: covered.day }, hindrances, lines, former, orders, sums }
  })

const carriedBefore = (last: Period | null): Gate['former'] =>
  new Map(
    last
      ? readPeriodDocument(last.document).carried_forward.map((line) => [
          line.id,
          { reason: line.reason, carriedBy: line.carried_by, since: line.since },
        ])
      : [],
  )
