/**
 * How a merchant account's attempts of the last minutes went, as each process remembers it for a few seconds. Counting them is the one thing that a checkout page asks for which grows with
 * how many people pay: with 2,400 of them within the window PostgreSQL had 4.7 to 7.0 ms for a page, and 1.7 to 2.9 without it.
 */
import type { Database, Rows } from './database.ts'

/** By whose end a count is made anew. */
const rememberedMs = 5_000
const rememberedMax = 5_000

type Count = { since: number; row: Rows[number] | null }
type Remembered = {
  counts: Map<string, Count>
  /** The merchant accounts that an agency had when it was last asked about: which those are now is asked for each page. */
  accounts: Map<string, readonly string[]>
}
const remembered = new WeakMap<Database, Remembered>()

/** Of an agency's accounts, counted since a moment that moves with the clock. */
export type CountsQuestion = { agencyCode: string; since: Date }

/**
 * The counts of an agency's accounts where all of them are remembered; else null, and whoever asked counts them and tells `rememberCounts`. Those who ask meanwhile are given the former
 * ones, so that a moment with many readers counts once.
 */
export const recallCounts = (database: Database, { agencyCode, since }: CountsQuestion): Rows | null => {
  const known = remembered.get(database)
  const ids = known?.accounts.get(agencyCode)
  if (!known || !ids) return null
  const counts = ids.map((id) => known.counts.get(id))
  const isKnown = (count: Count | undefined): count is Count => count !== undefined
  if (!counts.every(isKnown)) return null
  const at = since.getTime()
  const old = counts.filter((count) => at < count.since || at - count.since >= rememberedMs)
  for (const count of old) count.since = at
  return old.length > 0 ? null : counts.flatMap(({ row }) => row ?? [])
}

/** `rows` are the counts of those accounts of `ids` that have any; null where they were recalled, and only whose accounts these are is news. */
export const rememberCounts = (
  database: Database,
  { agencyCode, since }: CountsQuestion,
  { ids, rows }: { ids: readonly string[]; rows: Rows | null },
): void => {
  const known = remembered.get(database) ?? { counts: new Map(), accounts: new Map() }
  remembered.set(database, known)
  if (known.accounts.size >= rememberedMax) known.accounts.clear()
  known.accounts.set(agencyCode, ids)
  if (!rows) return
  if (known.counts.size >= rememberedMax) known.counts.clear()
  for (const id of ids)
    known.counts.set(id, { since: since.getTime(), row: rows.find((row) => row.merchantAccountId === id) ?? null })
}
