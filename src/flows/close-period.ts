/**
 * Closes a business day of a merchant account: refused while a line of it is open that is not carried forward by name. What the close says is read in one snapshot,
 * signed, and stored only if nothing was booked meanwhile, so that bookings wait for it no longer than one insert.
 */
import {
  type CarriedLine,
  type FormerClose,
  type Hindrance,
  type OpenLine,
  type PeriodClose,
  periodDocument,
  periodEvidence,
  readPeriodDocument,
} from '../domain/period.ts'
import { Refusal } from '../domain/refusal.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { businessDayRange } from '../lib/time.ts'
import { databaseError, isConflict } from '../store/database.ts'
import { latestSeal } from '../store/ledger-seals.ts'
import { readBooks, readRuns, readStatements } from '../store/period-books.ts'
import { discrepanciesOfItems } from '../store/period-gate.ts'
import { findPeriods, insertPeriod, type Period } from '../store/periods.ts'
import { findSettlementTerms, type SettlementTerms } from '../store/settlement-terms.ts'
import { inSnapshot } from '../store/snapshot.ts'
import type { Deps } from './deps.ts'
import { type Gate, namedMax, readGate } from './read-gate.ts'
import { signDocument } from './sign-document.ts'

export type PeriodActor = { scope: string; actor: string }

export type CloseInput = {
  merchantAccountId: string
  day: string
  carryForward: readonly { id: string; reason: string; pointer: string }[]
  note: string | null
}

/** How often a close is made again because something was booked while it was read. */
const triesMax = 5
/** Lines that one close may carry. */
const carriedMax = 2_000

/**
 * The close of the day; the one that holds where it is closed already. Throws Refusal `not_found`, `period_not_closable` before the day has ended,
 * `period_has_open_lines` naming them, `invalid_input` for a line to carry that is not open, `already_exists` where the day was closed with another note or other lines.
 */
export const closePeriod = async (deps: Deps, by: PeriodActor, input: CloseInput): Promise<Period> => {
  const terms = await termsOf(deps, by, input.merchantAccountId)
  if (deps.now() < businessDayRange(input.day).to)
    throw new Refusal('period_not_closable', 'The day has not ended yet in Vietnam (UTC+7).')
  for (let turn = 1; turn <= triesMax; turn += 1) {
    const [held] = await findPeriods(deps.db, by.scope, input)
    if (held && held.reopenedAt === null) return saidAlready(held, input)
    try {
      const closed = await closeOnce(deps, by, { terms, input })
      if (closed) return closed
    } catch (error) {
      if (!isBusy(error)) throw error
    }
  }
  throw new Refusal('conflict', 'Money of that account is being booked at this moment; try again.', {
    retryAfterSeconds: 2,
  })
}

/** The close that holds, for who says nothing that it does not say: whatever else is said of a closed day would be lost. Throws Refusal `already_exists`. */
const saidAlready = (held: Period, { note, carryForward }: CloseInput): Period => {
  const said = readPeriodDocument(held.document)
  const isCarried = ({ id, reason }: CloseInput['carryForward'][number]) =>
    // An item of a run was carried by what it opened, under another name.
    said.carried_forward.some((line) => line.reason === reason && (line.id === id || id.startsWith('itm_')))
  const strange = carryForward.filter((line) => !isCarried(line)).map(({ pointer }) => pointer)
  const other = [...(note === null || note === said.note ? [] : ['/note']), ...strange]
  if (other.length === 0) return held
  const errors = other.map((pointer) => ({ pointer, message: 'is not what the close says' }))
  throw new Refusal('already_exists', 'The day is closed already, and its close says something else.', { errors })
}

/** The terms of an account that the caller's scope covers. Throws Refusal `not_found`. */
export const termsOf = async (deps: Deps, by: Pick<PeriodActor, 'scope'>, id: string): Promise<SettlementTerms> => {
  const terms = await findSettlementTerms(deps.db, by.scope, id)
  if (!terms) throw new Refusal('not_found', 'There is no such merchant account.')
  return terms
}

/** Something was booked or closed since it was read, or bookings under way hold the account's lock: SQLSTATE lock_not_available. */
export const isBusy = (error: unknown): boolean =>
  isConflict(error) || databaseError(error)?.code === '55P03' || databaseError(error)?.constraint === 'periods_version'

type Work = { terms: SettlementTerms; input: CloseInput }

/** Null when somebody closed the day since it was looked for. */
const closeOnce = async (deps: Deps, by: PeriodActor, { terms, input }: Work): Promise<Period | null> => {
  const read = await readDay(deps, by, { terms, input })
  if (!read) return null
  const [now, id, { agencyCode }] = [deps.now(), deps.newId('per'), terms]
  const seal = await latestSeal(deps.db, agencyCode, now)
  const close: PeriodClose = {
    ...read,
    id,
    agencyCode,
    merchantAccountId: input.merchantAccountId,
    provider: terms.provider,
    day: input.day,
    closedBy: by.actor,
    closedAt: now,
    note: input.note,
    seal: seal && { day: seal.day, root: seal.root },
  }
  const document = periodDocument(close)
  const period = {
    id,
    agencyCode,
    merchantAccountId: input.merchantAccountId,
    day: input.day,
    fromDay: close.fromDay,
    version: close.version,
    document,
    documentHash: sha256Hex(document),
    signature: await signDocument(deps, document),
    previousHash: close.previous?.documentHash ?? null,
    closedBy: by.actor,
    closedAt: now,
  }
  await insertPeriod(deps.db, by.scope, {
    period: { ...period, postings: close.books.postings, evidence: periodEvidence(close) },
    eventId: deps.newId('evt'),
  })
  const nobody = { countersignedBy: null, countersignedAt: null, countersignature: null }
  return { ...period, ...nobody, reopenedBy: null, reopenedAt: null, reopenReason: null, reopening: null }
}

type ReadDay = Omit<
  PeriodClose,
  'id' | 'agencyCode' | 'merchantAccountId' | 'provider' | 'day' | 'closedBy' | 'closedAt' | 'note' | 'seal'
>

/** Everything that the document says, of one instant; null when the day is closed. Throws when it cannot be. */
const readDay = (deps: Deps, by: PeriodActor, { terms, input }: Work): Promise<ReadDay | null> =>
  inSnapshot(deps.db, async (sql) => {
    const found = await discrepanciesOfItems(
      sql,
      input,
      input.carryForward.map(({ id }) => id),
    )
    const named = input.carryForward.map((line) => ({ ...line, id: found.get(line.id) ?? line.id }))
    const gate = await readGate(sql, { now: deps.now(), terms, input, named: named.map(({ id }) => id) })
    if (!gate) return null
    const { covered, last, replaced, versions, lines } = gate
    refuseOpen(gate.hindrances, lines)
    return {
      fromDay: covered.fromDay,
      version: versions + 1,
      carried: carry(lines.carried, { former: gate.former, input: { ...input, carryForward: named }, by }),
      notDue: { ...lines.notDue, dueBefore: gate.due },
      books: await readBooks(sql, covered),
      statements: await readStatements(sql, covered),
      reconciliations: await readRuns(sql, covered),
      previous: formerOf(last),
      replaces: replaced,
    }
  })

const formerOf = (last: Period | null): FormerClose | null =>
  last && { id: last.id, day: last.day, version: last.version, documentHash: last.documentHash }

const carry = (
  open: readonly OpenLine[],
  { former, input, by }: { former: Gate['former']; input: CloseInput; by: PeriodActor },
): CarriedLine[] => {
  const isOpen = new Set(open.map(({ id }) => id))
  const strange = input.carryForward.filter(({ id }) => !isOpen.has(id))
  if (strange.length > 0) {
    const errors = strange.map(({ id, pointer }) => ({ pointer, message: `${id} is no open line up to that day` }))
    throw new Refusal('invalid_input', 'What is to be carried forward is not open.', { errors })
  }
  if (open.length > carriedMax)
    throw new Refusal('period_not_closable', `A close carries at most ${carriedMax} lines forward.`)
  const named = new Map(input.carryForward.map(({ id, reason }) => [id, reason]))
  return open.map((line) => {
    const before = former.get(line.id)
    const reason = named.get(line.id)
    if (reason !== undefined) return { ...line, reason, carriedBy: by.actor, since: before?.since ?? input.day }
    if (!before) throw new Error('a line is carried that nobody named')
    return { ...line, ...before }
  })
}

/** Each open line by its name, so that it can be settled or carried. */
const refuseOpen = (
  hindrances: readonly Hindrance[],
  { count, first }: { count: number; first: readonly OpenLine[] },
): void => {
  if (hindrances.length + count === 0) return
  const errors = [
    ...hindrances.map(({ kind, id, what }) => ({ pointer: `/${kind}/${id}`, message: hindranceWords[kind](what) })),
    ...first.map(({ kind, id, what, day, amount }) => ({
      pointer: `/${kind}/${id}`,
      message: `${what}, ${amount} đ, ${day}: settle it, or carry it forward by name`,
    })),
  ]
  const total = hindrances.length + count
  const lines = total === 1 ? 'line is' : 'lines are'
  throw new Refusal('period_has_open_lines', `${total} ${lines} open.`, { errors: errors.slice(0, namedMax) })
}

const hindranceWords: Record<Hindrance['kind'], (what: string) => string> = {
  day: () => 'an earlier day has bookings and is open: days close in order',
  statement: (what) => `the statement is ${what}: it may list the day`,
  reconciliation: (what) => `a reconciliation over the day is ${what}`,
}
