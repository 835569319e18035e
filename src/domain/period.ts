/** A period: a business day of one merchant account, which is closed once nothing of it is open that is not carried forward by name. */
import { sha256Hex } from '../lib/hmac.ts'
import { stringifySorted } from '../lib/json.ts'
import { toRfc3339 } from '../lib/time.ts'
import { calendarVersion } from './holidays.ts'

/**
 * What keeps a day open until it is settled or carried forward by name: a `discrepancy` that is not resolved; an `attempt` or `refund` of which nobody knows yet
 * whether money moved; a `capture` that no reconciliation has looked at; a `credit` of no known payment.
 */
export type OpenLine = {
  kind: 'discrepancy' | 'attempt' | 'capture' | 'refund' | 'credit'
  id: string
  /** Its class or status. */
  what: string
  day: string
  amount: bigint
}

/** What must come to its end first, and cannot be carried forward: a day before that is still open, a file being read, a run. */
export type Hindrance = { kind: 'day' | 'statement' | 'reconciliation'; id: string; what: string }

/** An open line that somebody answers for: by whom, on which close, and why. It stays on every later close until it is settled. */
export type CarriedLine = OpenLine & { reason: string; carriedBy: string; since: string }

/** What a close says of the books. `root` is a hash over every posting with its entry, see store/period-books.ts. */
export type PeriodBooks = {
  root: string
  entries: number
  postings: number
  totals: Readonly<Record<string, bigint>>
}

export type PeriodStatement = { id: string; source: string; sha256: string; lines: number; accepted: number }

export type PeriodRun = {
  id: string
  fromDay: string
  toDay: string
  completedAt: Date
  summary: unknown
  /** Of the items that are about the days of the close. */
  items: number
  itemsHash: string
}

export type FormerClose = { id: string; day: string; version: number; documentHash: string }

export type PeriodClose = {
  id: string
  merchantAccountId: string
  agencyCode: string
  provider: string
  day: string
  fromDay: string | null
  version: number
  closedBy: string
  closedAt: Date
  note: string | null
  books: PeriodBooks
  /** The newest seal of the whole ledger when the day was closed. */
  seal: { day: string; root: string } | null
  statements: readonly PeriodStatement[]
  reconciliations: readonly PeriodRun[]
  carried: readonly CarriedLine[]
  /** Captures that the provider did not have to list yet: lines of the next cut-off, which close by themselves. */
  notDue: { count: number; amount: bigint; dueBefore: Date }
  /** The close before it, and the version of this one that was opened again. */
  previous: FormerClose | null
  replaces: FormerClose | null
}

const closeType = 'lephi.period.close/1'

/** Files and runs that a document lists; the hash that it has of its evidence is over all of them. */
const listed = { statements: 1_000, reconciliations: 100 }

export type PeriodEvidence = {
  statements: { id: string; sha256: string }[]
  reconciliations: { id: string; items: number; items_sha256: string }[]
}

/** Every file and run of the days with its hash, as JSON text: what the document signs without listing it. */
export const periodEvidence = ({
  statements,
  reconciliations,
}: Pick<PeriodClose, 'statements' | 'reconciliations'>): string =>
  stringifySorted({
    statements: statements.map(({ id, sha256 }) => ({ id, sha256 })),
    reconciliations: reconciliations.map(({ id, items, itemsHash }) => ({ id, items, items_sha256: itemsHash })),
  })

export const readPeriodEvidence = (text: string): PeriodEvidence => JSON.parse(text)

/** The document as JSON text with sorted keys: what is hashed and signed. */
export const periodDocument = (close: PeriodClose): string =>
  stringifySorted({
    type: closeType,
    id: close.id,
    merchant_account: close.merchantAccountId,
    agency_code: close.agencyCode,
    provider: close.provider,
    day: close.day,
    covers: { from: close.fromDay, to: close.day },
    time_zone: 'UTC+7',
    version: close.version,
    closed_by: close.closedBy,
    closed_at: toRfc3339(close.closedAt),
    note: close.note,
    ledger: close.books,
    seal: close.seal,
    evidence: {
      statements: close.statements.length,
      reconciliations: close.reconciliations.length,
      sha256: sha256Hex(periodEvidence(close)),
    },
    statements: close.statements.slice(0, listed.statements),
    reconciliations: close.reconciliations.slice(-listed.reconciliations).map((run) => ({
      id: run.id,
      from: run.fromDay,
      to: run.toDay,
      completed_at: toRfc3339(run.completedAt),
      summary: run.summary,
      items: run.items,
      items_sha256: run.itemsHash,
    })),
    carried_forward: close.carried.map(({ carriedBy, ...line }) => ({ ...line, carried_by: carriedBy })),
    not_due: {
      count: close.notDue.count,
      amount: close.notDue.amount,
      due_before: toRfc3339(close.notDue.dueBefore),
    },
    previous: former(close.previous),
    replaces: former(close.replaces),
    // The calendar of working days by which it was judged what was due.
    calendar: calendarVersion,
  })

const former = (close: FormerClose | null) =>
  close && { id: close.id, day: close.day, version: close.version, sha256: close.documentHash }

/** A document as it is read back. */
export type PeriodDocument = {
  type: string
  id: string
  agency_code: string
  merchant_account: string
  day: string
  covers: { from: string | null; to: string }
  version: number
  closed_by: string
  closed_at: string
  note: string | null
  ledger: { root: string; entries: number; postings: number; totals: Record<string, number> }
  seal: { day: string; root: string } | null
  /** Absent in closes of before, which list all that they sign. */
  evidence?: { statements: number; reconciliations: number; sha256: string }
  statements: PeriodEvidence['statements']
  reconciliations: PeriodEvidence['reconciliations']
  carried_forward: {
    kind: OpenLine['kind']
    id: string
    what: string
    day: string
    amount: number
    reason: string
    carried_by: string
    since: string
  }[]
  previous: { sha256: string } | null
  replaces: { id: string; version: number; sha256: string } | null
}

export const readPeriodDocument = (text: string): PeriodDocument => JSON.parse(text)

/** Whether a document says what its row says. */
export const agreesWith = (
  said: PeriodDocument,
  row: Pick<
    PeriodClose,
    'id' | 'agencyCode' | 'merchantAccountId' | 'day' | 'fromDay' | 'version' | 'closedBy' | 'closedAt'
  > & { previousHash: string | null },
): boolean =>
  said.type === closeType &&
  said.id === row.id &&
  said.agency_code === row.agencyCode &&
  said.merchant_account === row.merchantAccountId &&
  said.day === row.day &&
  said.covers.from === row.fromDay &&
  said.covers.to === row.day &&
  said.version === row.version &&
  said.closed_by === row.closedBy &&
  said.closed_at === toRfc3339(row.closedAt) &&
  (said.previous?.sha256 ?? null) === row.previousHash

type SignedClose = { id: string; merchantAccountId: string; day: string; version: number; documentHash: string }

const named = (close: SignedClose) => ({
  close: close.id,
  merchant_account: close.merchantAccountId,
  day: close.day,
  version: close.version,
  sha256: close.documentHash,
})

/** The document of the second signature. */
export const countersignedDocument = (close: SignedClose, { by, at }: { by: string; at: Date }): string =>
  stringifySorted({
    type: 'lephi.period.countersignature/1',
    ...named(close),
    countersigned_by: by,
    countersigned_at: toRfc3339(at),
  })

/** The document that opens a close again. */
export const reopenedDocument = (
  close: SignedClose,
  { by, at, reason }: { by: string; at: Date; reason: string },
): string =>
  stringifySorted({
    type: 'lephi.period.reopening/1',
    ...named(close),
    reopened_by: by,
    reopened_at: toRfc3339(at),
    reason,
  })
