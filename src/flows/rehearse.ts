/**
 * A rehearsal: on a copy of the database this version does again what was done on some days, and whatever comes out otherwise is named, by merchant account, order and đồng.
 * Stored callbacks are read and acted on again; the files of reconciled periods are read again and their periods reconciled anew. No provider is asked and nothing is sent.
 */
import type { Progress } from '../lib/progress.ts'
import { businessDayRange } from '../lib/time.ts'
import { everyAgency } from '../store/database.ts'
import { findReconciliation } from '../store/reconciliations.ts'
import { type Differences, type ReconciledPeriod, readDifferences, reconciledPeriods } from '../store/rehearsal.ts'
import type { Deps } from './deps.ts'
import { runReconciliation, startReconciliation } from './reconcile.ts'
import { type Replayed, replayCallbacks } from './replay-callbacks.ts'
import { type MatchFault, verifyMatches } from './verify-matches.ts'

/** Business days, inclusive. */
export type RehearseInput = { from: string; to: string; onProgress?: Progress }

/** A class of items of which a period has other counts or sums than before. */
export type ClassDifference = {
  merchantAccountId: string
  fromDay: string
  toDay: string
  class: string
  was: string
  is: string
}

export type Rehearsed = Differences & {
  callbacks: Replayed
  periods: number
  files: number
  lines: number
  classes: readonly ClassDifference[]
  /** The first file that is read otherwise, or match that no longer holds. */
  fault: MatchFault | null
  isSame: boolean
}

const periodsMax = 10_000
const differencesMax = 1_000

/** Writes into the database that it is given: call it on a copy alone. */
export const rehearse = async (
  given: Deps,
  { from, to, onProgress = () => undefined }: RehearseInput,
): Promise<Rehearsed> => {
  const deps = silent(given)
  const since = deps.now()
  const range = { from: businessDayRange(from).from, to: businessDayRange(to).to }
  const callbacks = await replayCallbacks(deps, range)
  onProgress(`${callbacks.callbacks} callbacks were read again`)
  const periods = await reconciledPeriods(deps.db, { from, to, limit: periodsMax })
  const classes: ClassDifference[] = []
  const check = { files: 0, lines: 0, fault: null as MatchFault | null }
  for (const [index, period] of periods.entries()) {
    const { files, lines, fault } = await verifyMatches(deps, { reconciliation: period.id })
    check.files += files
    check.lines += lines
    check.fault ??= fault
    classes.push(...(await reconcileAgain(deps, period)))
    onProgress(`${index + 1} of ${periods.length} periods were reconciled again`, (index + 1) / periods.length)
  }
  const differences = await readDifferences(deps.db, { since, limit: differencesMax })
  const faults = [...callbacks.changed, ...callbacks.readDifferently, ...classes, ...Object.values(differences).flat()]
  return {
    ...differences,
    ...check,
    callbacks,
    periods: periods.length,
    classes,
    isSame: faults.length === 0 && !check.fault,
  }
}

/** The same deps without a way out of the house. */
const silent = (deps: Deps): Deps => {
  const nobody: Deps['fetch'] = () =>
    Promise.reject(Object.assign(new TypeError('a rehearsal calls nobody'), { cause: { code: 'ECONNREFUSED' } }))
  return { ...deps, fetch: nobody, fetchPublic: nobody }
}

const reconcileAgain = async (deps: Deps, period: ReconciledPeriod): Promise<readonly ClassDifference[]> => {
  const { merchantAccountId, fromDay, toDay } = period
  const was = await findReconciliation(deps.db, everyAgency, period.id)
  const input = { merchantAccountId, from: fromDay, to: toDay }
  const { id } = await startReconciliation(deps, { scope: everyAgency, actor: 'rehearsal' }, input)
  await runReconciliation(deps, id)
  const is = await findReconciliation(deps.db, everyAgency, id)
  if (is?.status !== 'completed')
    return [{ merchantAccountId, fromDay, toDay, class: 'the run itself', was: 'completed', is: is?.failure ?? 'gone' }]
  const [before, after] = [was?.summary ?? {}, is.summary] as Record<string, object | undefined>[]
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].flatMap((name) => {
    const [old, now] = [wordsOf(before?.[name]), wordsOf(after?.[name])]
    return old === now ? [] : [{ merchantAccountId, fromDay, toDay, class: name, was: old, is: now }]
  })
}

/** Count and sums of a class, in one text that can be compared. */
const wordsOf = (sums: object | undefined): string =>
  sums
    ? Object.entries(sums)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')
    : 'none'
