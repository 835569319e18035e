/**
 * Imports a statement: opens its pieces, reads the rows, and stores all lines at once or none. A broken row is listed with its line and never loses the
 * rest. The file itself decides everything; nothing depends on the clock.
 */
import type { StatementSource } from '../domain/statement-columns.ts'
import { isWorkbook } from '../domain/statement-format.ts'
import { canonicalLayout, profileLayout, type StatementLayout } from '../domain/statement-layout.ts'
import { readProfile } from '../domain/statement-profile.ts'
import { newTally, type StatementTally } from '../domain/statement-tally.ts'
import { nextDelay } from '../lib/retry-ladder.ts'
import { databaseError, everyAgency, isPassing } from '../store/database.ts'
import { findSettlementTerms } from '../store/settlement-terms.ts'
import { importLines, type LineWriter } from '../store/statement-lines.ts'
import {
  findStatement,
  noteProgress,
  noteTry,
  rejectStatement,
  type Statement,
  unfinishedStatements,
} from '../store/statements.ts'
import type { Deps } from './deps.ts'
import { readCamtStatement } from './read-camt.ts'
import { readCsvStatement } from './read-csv.ts'
import { readMt940Statement } from './read-mt940.ts'
import { readXlsxStatement } from './read-xlsx.ts'
import { openFile, readHead } from './statement-file.ts'

/** Lines read, and the reason when the file is refused whole. */
export type StatementReading = { tally: StatementTally; rejected: string | null }

/**
 * Imports a queued statement, or one whose import was cut off. Answers false when it is imported, is being imported elsewhere, or is too large for this process. Throws when it
 * is to be tried again.
 */
export const importStatement = async (deps: Deps, statementId: string): Promise<boolean> => {
  const statement = await findStatement(deps.db, everyAgency, statementId)
  if (!statement || !isUnfinished(statement) || isTooLarge(deps, statement.totalBytes)) return false
  // A file that ends the whole process is never heard of again, only counted.
  if (statement.tries >= triesMax) {
    const isGoingOn = statement.tryAt !== null && statement.tryAt > deps.now()
    return isGoingOn ? false : giveUp(deps, statement, 'its import never came to an end')
  }
  const terms = await findSettlementTerms(deps.db, everyAgency, statement.merchantAccountId)
  const file = { ...statement, payeeNumber: terms?.payeeNumber ?? '', statementProfile: terms?.statementProfile }
  const tries = statement.tries + 1
  try {
    return await oneAtATime(deps, () =>
      importLines(deps.db, statement, async (write) => {
        await noteTry(deps.db, statement.id, { tries, tryAt: tryAgainAt(deps, tries) })
        const reading = await readStatement(deps, file, write, (progress) =>
          noteProgress(deps.db, statement.id, progress),
        )
        return { ...reading, profile: file.format === 'profile' ? file.statementProfile : null, now: deps.now() }
      }),
    )
  } catch (error) {
    // What the database refuses of a file's content it would refuse again at every try.
    const refused = databaseError(error)
    if (refused && contentCode.test(refused.code)) {
      deps.log.error({ statement: statementId, error }, 'a statement was refused by the database')
      const reason = `refused by the database: ${refused.constraint ?? refused.code}`
      return rejectStatement(deps.db, statementId, { now: deps.now(), reason })
    }
    if (isPassing(error)) {
      await noteTry(deps.db, statement.id, { tries: tries - 1, tryAt: null }).catch(() => undefined)
      throw error
    }
    if (tries < triesMax) throw error
    deps.log.error({ statement: statementId, error }, 'a statement could not be imported and is given up')
    return giveUp(deps, statement, refused ? `the database answered ${refused.code}` : 'the fault is not in the file')
  }
}

/** SQLSTATEs of data that no column takes, and of constraints (PostgreSQL manual, appendix A, classes 22 and 23). */
const contentCode = /^2[23]/

/** How long after the beginning of each try the next one begins, in seconds. One that broke off may have been cut off: it is tried at once. */
const waits = [0, 60, 300, 1_800]
const triesMax = waits.length + 1
/** The last try may be going on elsewhere for as long as an import is let: only then is it known to have ended without a word. */
const lastSeconds = 3_600

const tryAgainAt = (deps: Deps, tries: number): Date =>
  new Date(deps.now().getTime() + (nextDelay(tries, waits) ?? lastSeconds) * 1_000)

/** Ends an import that fails again and again: it would keep its days open for ever. The same bytes may come again. */
const giveUp = (deps: Deps, { id }: Statement, why: string): Promise<boolean> =>
  rejectStatement(deps.db, id, {
    now: deps.now(),
    reason: `the file could not be imported in ${triesMax} tries: ${why}. Upload it again when the operator has found out why`,
  })

/** Takes up imports that wait or were cut off, at most `limit`, and answers how many it imported. A job of flows/run-jobs.ts. */
export const importWaiting = async (deps: Deps, limit: number): Promise<number> => {
  let imported = 0
  for (const id of await unfinishedStatements(deps.db, {
    now: deps.now(),
    limit,
    bytesMax: deps.readBytesMax ?? null,
  })) {
    try {
      if (await importStatement(deps, id)) imported += 1
    } catch (error) {
      deps.log.error({ statement: id, error }, 'a statement could not be imported and will be tried again')
    }
  }
  return imported
}

/** Whether a file is read by another process only: one without the limits of a Worker's time and memory. */
export const isTooLarge = ({ readBytesMax }: Pick<Deps, 'readBytesMax'>, bytes: number | bigint): boolean =>
  readBytesMax !== undefined && bytes > readBytesMax

const isUnfinished = ({ status }: Statement): boolean => status === 'queued' || status === 'processing'

/** An import holds one connection and needs a second one to read. One per pool at a time, so that imports never wait for each other for ever. */
const oneAtATime = async (deps: Deps, work: () => Promise<boolean>): Promise<boolean> => {
  const before = running.get(deps.db) ?? Promise.resolve()
  const mine = before.then(work, work)
  running.set(
    deps.db,
    mine.catch(() => undefined),
  )
  return mine
}
const running = new WeakMap<object, Promise<unknown>>()

const progressMs = 1_000

export type StatementFile = {
  id: string
  source: StatementSource
  format: string | null
  payeeNumber: string
  statementProfile: unknown
}

/** Reads a file's rows and hands the good ones to `write`. Also the dry run, whose `write` does nothing. */
export const readStatement = async (
  deps: Deps,
  about: StatementFile,
  write: LineWriter,
  onProgress: (progress: { readBytes: bigint; lines: number }) => Promise<void>,
): Promise<StatementReading> => {
  const { id, source, format, payeeNumber } = about
  const tally = newTally()
  let shownAt = deps.now().getTime()
  const file = openFile(deps, id, async (bytes) => {
    const now = deps.now().getTime()
    if (bytes > 0 && now - shownAt < progressMs) return
    shownAt = now
    await onProgress({ readBytes: BigInt(bytes), lines: tally.lines })
  })
  if (format === 'camt053') return { tally, rejected: await readCamtStatement(file, { tally, write, payeeNumber }) }
  if (format === 'mt940') return { tally, rejected: await readMt940Statement(file, { tally, write, payeeNumber }) }
  const layout = await layoutOf(deps, about)
  if (typeof layout === 'string') return { tally, rejected: layout }
  if (format === 'canonical-xlsx' || (format === 'profile' && isWorkbook(await readHead(deps, id)))) {
    const workbook = { parts: () => openFile(deps, id), sheet: () => file }
    return { tally, rejected: await readXlsxStatement(workbook, { tally, write, source, layout }) }
  }
  return { tally, rejected: await readCsvStatement(file, { tally, write, source, layout }) }
}

/** How the file's rows are read, or why they cannot be: a profile may be gone since the upload. */
const layoutOf = async (
  deps: Deps,
  { id, source, format, statementProfile }: StatementFile,
): Promise<StatementLayout | string> => {
  if (format !== 'profile') return canonicalLayout(source)
  const profile = readProfile(statementProfile)
  if (!profile) return 'the merchant account has no statement profile'
  return profileLayout(source, { profile, head: await readHead(deps, id) })
}
