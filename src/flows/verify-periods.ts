/** Checks every close against the books as they are now: its signature, its chain, its figures and hashes. Changes nothing. */
import {
  agreesWith,
  countersignedDocument,
  type PeriodDocument,
  type PeriodEvidence,
  readPeriodDocument,
  readPeriodEvidence,
  reopenedDocument,
} from '../domain/period.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { sealOf } from '../store/ledger-seals.ts'
import { readBooks, readRuns, statementsById } from '../store/period-books.ts'
import { findGonePeriod, findUnsignedReopenings, type Period, periodsAfter, readEvidence } from '../store/periods.ts'
import { inSnapshot } from '../store/snapshot.ts'
import type { Deps } from './deps.ts'
import { readSigned } from './sign-document.ts'

type VerifyDeps = Pick<Deps, 'db' | 'box' | 'now'>

/** The first close that is not what was signed: by id, account and day, and in which way. */
export type PeriodFault = { id: string; merchantAccountId: string; day: string; problem: string }

export type PeriodCheck = {
  periods: number
  /** Closes that were opened again before that was signed, as the migration that brought the signatures found them. */
  unsignedReopenings: readonly string[]
  fault: PeriodFault | null
}

const pageSize = 100

/**
 * Reads every close up to the first that differs. A close that was opened again is checked as a document only, since its day has other bookings now; but it was
 * opened only if that is signed: a row alone opens nothing, does not keep the books from being checked, and is a fault itself.
 */
export const verifyPeriods = async (deps: VerifyDeps): Promise<PeriodCheck> => {
  const unsigned = await findUnsignedReopenings(deps.db)
  const unsignedReopenings = unsigned.flatMap(({ id, isOld }) => (isOld ? [id] : []))
  let periods = 0
  const answer = (fault: PeriodFault | null): PeriodCheck => ({ periods, unsignedReopenings, fault })
  const forged = unsigned.find(({ isOld }) => !isOld)
  if (forged) {
    const { id, merchantAccountId, day } = forged
    return answer({ id, merchantAccountId, day, problem: 'its reopening is not signed by us' })
  }
  let after: Period | null = null
  let held: Period | null = null
  let before: Period | null = null
  for (;;) {
    const page: readonly Period[] = await periodsAfter(deps.db, { after, limit: pageSize })
    for (const period of page) {
      const problem = (await problemOf(deps, period)) ?? chainProblem(period, held) ?? versionProblem(period, before)
      periods += 1
      if (period.reopenedAt === null) held = period
      before = period
      const { id, merchantAccountId, day } = period
      if (problem) return answer({ id, merchantAccountId, day, problem })
    }
    after = page.at(-1) ?? null
    if (after) continue
    const gone = await findGonePeriod(deps.db)
    return answer(gone && { ...gone, problem: 'the feed tells of it, and it is gone' })
  }
}

const problemOf = async (deps: VerifyDeps, period: Period): Promise<string | null> =>
  (await documentProblem(deps, period)) ??
  (await sealProblem(deps, period)) ??
  (period.reopenedAt === null ? await booksProblem(deps, period) : await reopeningProblem(deps, period))

const reopeningProblem = async (deps: VerifyDeps, period: Period): Promise<string | null> => {
  const { reopening, reopenedBy: by, reopenedAt: at, reopenReason: reason } = period
  // Without one it is among those that were there before reopenings were signed, or it would not count.
  if (reopening === null || !at) return null
  const signed = await readSigned(deps, reopening, { at })
  if (signed !== null && by && reason !== null && signed === reopenedDocument(period, { by, at, reason })) return null
  const books = await booksProblem(deps, period)
  return ['its reopening is not signed by us', ...(books ? [books] : [])].join('; ')
}

const sealProblem = async ({ db }: VerifyDeps, period: Period): Promise<string | null> => {
  const { seal } = readPeriodDocument(period.document)
  if (!seal) return null
  const stored = await sealOf(db, period.agencyCode, seal.day)
  return stored?.root === seal.root ? null : `the seal of ${seal.day} is not the one that it names`
}

/** Each close that holds names the one before it, so that none can be taken away unseen but the last; of that the feed tells. */
const chainProblem = (period: Period, held: Period | null): string | null => {
  if (period.reopenedAt !== null) return null
  const former = held?.merchantAccountId === period.merchantAccountId ? held.documentHash : null
  return period.previousHash === former ? null : 'the close before it is not the one that it names'
}

/** A version names the one that it replaces, which stays for everybody to see. */
const versionProblem = (period: Period, before: Period | null): string | null => {
  const { replaces } = readPeriodDocument(period.document)
  if (period.version === 1) return replaces === null ? null : 'it is the first version, and names one that it replaces'
  const isThere =
    before?.merchantAccountId === period.merchantAccountId &&
    before.day === period.day &&
    before.version === period.version - 1 &&
    before.id === replaces?.id &&
    before.documentHash === replaces.sha256
  return isThere ? null : 'the version before it is not the one that it replaces'
}

const documentProblem = async (deps: VerifyDeps, period: Period): Promise<string | null> => {
  if ((await readSigned(deps, period.signature, { at: period.closedAt })) !== period.document)
    return 'its signature is not one of ours over it'
  if (sha256Hex(period.document) !== period.documentHash) return 'its hash is not that of its document'
  if (!agreesWith(readPeriodDocument(period.document), period)) return 'its row says something else than its document'
  return countersignatureProblem(deps, period)
}

const countersignatureProblem = async (deps: VerifyDeps, period: Period): Promise<string | null> => {
  const { countersignature, countersignedBy: by, countersignedAt: at } = period
  if (by === null) return null
  const unsigned = 'its countersignature is not one of ours over it'
  if (countersignature === null || at === null) return unsigned
  const signed = await readSigned(deps, countersignature, { at })
  return signed === countersignedDocument(period, { by, at }) ? null : unsigned
}

const booksProblem = async ({ db }: VerifyDeps, period: Period): Promise<string | null> => {
  const said = readPeriodDocument(period.document)
  const evidence = evidenceOf(said, await readEvidence(db, period.id))
  if (!evidence) return 'its evidence is not what was signed'
  const [files, runs] = [evidence.statements, evidence.reconciliations].map((each) => each.map(({ id }) => id))
  return inSnapshot(
    db,
    async (sql) =>
      figuresProblem(said, await readBooks(sql, period)) ??
      statementProblem(evidence, await statementsById(sql, files ?? [])) ??
      runProblem(evidence, await readRuns(sql, period, runs ?? [])),
  )
}

/** What the close names, all of it; null where the text is not the one that was signed. */
const evidenceOf = (said: PeriodDocument, text: string | null): PeriodEvidence | null => {
  if (!said.evidence) return said
  if (text === null || sha256Hex(text) !== said.evidence.sha256) return null
  return readPeriodEvidence(text)
}

const figuresProblem = ({ ledger }: PeriodDocument, books: Awaited<ReturnType<typeof readBooks>>): string | null => {
  if (ledger.postings !== books.postings)
    return `it counts ${ledger.postings} postings, and there are ${books.postings}`
  for (const account of new Set([...Object.keys(ledger.totals), ...Object.keys(books.totals)])) {
    const [there, here] = [BigInt(ledger.totals[account] ?? 0), books.totals[account] ?? 0n]
    if (there !== here) return `its ${account} is ${there} đ, and the postings add up to ${here} đ`
  }
  return ledger.root === books.root ? null : 'a posting or its entry is not what it was'
}

const statementProblem = ({ statements }: PeriodEvidence, stored: ReadonlyMap<string, string>): string | null => {
  const wrong = statements.find(({ id, sha256 }) => stored.get(id) !== sha256)
  return wrong ? `the statement ${wrong.id} is not the file that it was` : null
}

const runProblem = (
  { reconciliations }: PeriodEvidence,
  runs: readonly { id: string; itemsHash: string }[],
): string | null => {
  const hashes = new Map(runs.map((run) => [run.id, run.itemsHash]))
  const wrong = reconciliations.find(({ id, items_sha256: hash }) => hashes.get(id) !== hash)
  return wrong ? `the items of the reconciliation ${wrong.id} are not what they were` : null
}
