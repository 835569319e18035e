/**
 * What has been kept long enough goes, as domain/retention.ts says. A pass walks one kind after the other, a bounded piece at a time, so that the gateway goes on
 * meanwhile; what it did is on record for each kind. It never touches the books, nor what is open or held.
 */
import { keptFrom, type RetentionKind } from '../domain/retention.ts'
import type { Progress } from '../lib/progress.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import { giveTurnBack, takeTurn } from '../store/jobs.ts'
import { dropMonth, type PassedMonth } from '../store/months.ts'
import { type ErasedKind, erasedStatements, erasePage, eraseTexts } from '../store/retention.ts'
import { insertRetentionPass, type RetentionPass } from '../store/retention-passes.ts'
import type { Deps } from './deps.ts'

/** In the order in which they go: lines of statements are read until their files are gone. */
export const erasedKinds = [
  'payer_details',
  'payer_networks',
  'payee_accounts',
  'payer_words',
  'refused_callbacks',
  'callbacks',
  'rejected_statements',
  'statement_files',
  'credit_texts',
  'staff_sessions',
  'audit_records',
] as const satisfies readonly ErasedKind[]

const pageRows = 500
const textRows = 5_000
/** In one turn of the job: a second or so. */
const pagesPerTurn = 40
const passEveryMs = 86_400_000
/** How long after it began the erasing of a statement is looked after. */
const unfinishedMs = 7 * 86_400_000

type Counted = Pick<RetentionPass, 'kind' | 'cutoff' | 'due' | 'held' | 'erased'>

/** `noted`: how many of them went with whole months, which are on record since they did. */
type Counting = Counted & { noted: number }

/** Where a pass stands; kept by process, for a pass that is cut off begins anew and finds less to do. */
type Place = { index: number; after: string; counted: Counting | null }
const places = new WeakMap<SealedBox, Place>()

/** A job of flows/run-jobs.ts: a pass a day, some pages of it at a time. Answers how many rows it has erased of. */
export const enforceRetention = async (deps: Deps): Promise<number> => {
  const now = deps.now()
  const holder = deps.newId('job')
  if (!(await takeTurn(deps.db, 'enforce_retention', { now, holder, everyMs: passEveryMs }))) return 0
  let place = places.get(deps.box) ?? { index: 0, after: '', counted: null }
  if (place.index === 0 && place.after === '') await finishStatements(deps)
  let erased = 0
  for (let pages = 0; pages < pagesPerTurn && place.index < erasedKinds.length; pages += 1) {
    const step = await takePage(deps, place, { isDry: false })
    erased += step.erased
    place = step.place
  }
  if (place.index >= erasedKinds.length) {
    places.delete(deps.box)
    await finishStatements(deps)
    return erased
  }
  places.set(deps.box, place)
  await giveTurnBack(deps.db, 'enforce_retention', { holder, at: now })
  return erased
}

/** The whole pass at once. With `isDry` nothing is changed, and nothing put on record. */
export const runRetention = async (
  deps: Deps,
  { isDry, onProgress = () => undefined }: { isDry: boolean; onProgress?: Progress },
): Promise<readonly Counted[]> => {
  if (!isDry) await finishStatements(deps)
  const all: Counted[] = []
  for (let place: Place = { index: 0, after: '', counted: null }; place.index < erasedKinds.length; ) {
    const step = await takePage(deps, place, { isDry })
    if (step.ended) all.push(step.ended)
    onProgress(`${step.place.index} of ${erasedKinds.length} kinds`, step.place.index / erasedKinds.length)
    place = step.place
  }
  if (!isDry) await finishStatements(deps)
  return all
}

/** One page; at the end of a kind what was counted of it is put on record, besides what is there already. */
const takePage = async (deps: Deps, { index, after, counted }: Place, { isDry }: { isDry: boolean }) => {
  const kind = erasedKinds[index] ?? erasedKinds[0]
  const now = deps.now()
  const begun = counted ?? (await beginKind(deps, kind, isDry))
  const page = await erasePage(deps.db, kind, { after, cutoff: begun.cutoff, now, limit: pageRows, isDry })
  const sum = {
    ...begun,
    due: begun.due + page.due,
    held: begun.held + page.held,
    erased: begun.erased + page.erased,
  }
  const erased = sum.erased - (counted?.erased ?? 0)
  if (page.last !== null) return { place: { index, after: page.last, counted: sum }, erased, ended: null }
  if (!isDry) await note(deps, sum)
  return { place: { index: index + 1, after: '', counted: null }, erased, ended: sum }
}

const beginKind = async (deps: Deps, kind: ErasedKind, isDry: boolean): Promise<Counting> => {
  const cutoff = keptFrom(kind, deps.now())
  const gone = kind === 'audit_records' && !isDry ? await dropReadings(deps, cutoff) : 0
  return { kind, cutoff, due: gone, held: 0, erased: gone, noted: gone }
}

/**
 * Months of the record of reading go as a whole before its rows are looked at: a term that ends with a year ends for twelve of them. Each is on record in its own commit, for
 * what comes behind it may fail, or the process end. Where the table is in use, rows are erased one page after the other.
 */
const dropReadings = async (deps: Deps, cutoff: Date): Promise<number> => {
  let gone = 0
  for (let behind: string | null = ''; behind !== null; ) {
    const pass = { id: deps.newId('rtn'), at: deps.now(), kind: 'audit_records' as const }
    const month: PassedMonth | null = await dropMonth(deps.db, { table: 'audit_log', keptFrom: cutoff, behind, pass })
    if (month?.outcome === 'dropped') deps.log.info({ part: month.part, erased: month.rows }, 'month dropped')
    gone += month?.rows ?? 0
    behind = month === null || month.outcome === 'busy' ? null : month.part
  }
  return gone
}

/** A pass that found nothing of a kind, or nothing but whole months, leaves no row. */
const note = async (deps: Deps, { kind, cutoff, held, ...counted }: Counting): Promise<void> => {
  const [due, erased] = [counted.due - counted.noted, counted.erased - counted.noted]
  if (due === 0) return
  await insertRetentionPass(deps.db, { id: deps.newId('rtn'), at: deps.now(), kind, cutoff, due, held, erased })
  deps.log.info({ kind, due, held, erased }, 'erased what was kept long enough')
}

/** Statements of which the row says that they are erased lose their files and the texts of their lines. */
const finishStatements = async (deps: Deps): Promise<void> => {
  for (const statementId of await erasedStatements(deps.db, new Date(deps.now().getTime() - unfinishedMs)))
    for (let after: number | null = 0; after !== null; )
      after = await eraseTexts(deps.db, { statementId, after, limit: textRows })
}

export type { Counted as RetentionCount, RetentionKind }
