/**
 * Verifies every match of the runs of reconciliation from the stored files: each file is opened, hashed and read again, its rows are compared with the lines that were
 * stored, and each matched item is held against its row, the facts about our money and the rule of its proof (domain/match-proof.ts). Changes nothing; memory does
 * not grow with a file or a run.
 */
import { alikeOf } from '../domain/match-alike.ts'
import type { MatchedItem, MatchRow } from '../domain/match-evidence.ts'
import { brokenPromise } from '../domain/match-proof.ts'
import { tallyPayout } from '../domain/payout-evidence.ts'
import type { PayoutProof } from '../domain/present-reconciliation.ts'
import { Refusal } from '../domain/refusal.ts'
import { createTeams } from '../domain/team-evidence.ts'
import { createSha256 } from '../lib/hmac.ts'
import { SealedBoxError } from '../lib/sealed-box.ts'
import { everyAgency } from '../store/database.ts'
import {
  eachPayoutRow,
  type MatchedPage,
  type MatchedRun,
  matchedPage,
  matchedRuns,
  statementsOfRun,
  storedLines,
  usedTwice,
} from '../store/match-audit.ts'
import { eachOutsideRow, findRivals } from '../store/match-rivals.ts'
import { misplacedLine, misstatedClass } from '../store/run-audit.ts'
import { findSettlementTerms, readTariff } from '../store/settlement-terms.ts'
import type { Statement } from '../store/statements.ts'
import type { Deps } from './deps.ts'
import { readStatement } from './import-statement.ts'
import { openFile } from './statement-file.ts'

/** The first thing that fails: what it is, where it stands, and which rule it was to keep. */
export type MatchFault = {
  reconciliation: string | null
  item: string | null
  statement: string | null
  file: string | null
  line: number | null
  rule: string | null
  problem: string
}

export type MatchCheck = {
  reconciliations: number
  files: number
  lines: number
  matches: number
  payouts: number
  /** Matches that pay together with rows outside their run, which were looked for in the files of other days. */
  beyond: number
  /** Files that were kept as long as they had to be and erased since, and the runs that cannot be verified without them. */
  erased: { statement: string; file: string; erasedAt: Date }[]
  unverifiable: number
  fault: MatchFault | null
}

export type MatchInput = { reconciliation?: string | null; onProgress?: (text: string) => void }

const pageSize = 2_000

/** Throws Refusal `not_found` for a run that is not there or did not complete. */
export const verifyMatches = async (deps: Deps, input: MatchInput = {}): Promise<MatchCheck> => {
  const { reconciliation = null, onProgress = () => undefined } = input
  const runs = await matchedRuns(deps.db, reconciliation)
  if (reconciliation !== null && runs.length === 0)
    throw new Refusal('not_found', `There is no completed reconciliation ${reconciliation}.`)
  const check: MatchCheck = {
    reconciliations: 0,
    files: 0,
    lines: 0,
    matches: 0,
    payouts: 0,
    beyond: 0,
    erased: [],
    unverifiable: 0,
    fault: null,
  }
  const read = new Set<string>()
  for (const run of runs) {
    const statements = await statementsOfRun(deps.db, run)
    for (const statement of statements) {
      if (read.has(statement.id)) continue
      read.add(statement.id)
      if (statement.erasedAt) {
        check.erased.push({ statement: statement.id, file: statement.fileName, erasedAt: statement.erasedAt })
        continue
      }
      const { fault, lines } = await checkFile(deps, statement, onProgress)
      check.files += 1
      check.lines += lines
      if (fault) return { ...check, fault }
      onProgress(`${check.files} files with ${check.lines} rows are as they were stored`)
    }
    if (statements.some(({ erasedAt }) => erasedAt !== null)) {
      check.unverifiable += 1
      continue
    }
    const fault = await checkRun(deps, run, { check, onProgress })
    check.reconciliations += 1
    if (fault) return { ...check, fault }
  }
  return check
}

const nowhere = { reconciliation: null, item: null, statement: null, file: null, line: null, rule: null }

/** The file as it was received, and every stored line as the file has it, none more and none less. */
const checkFile = async (
  deps: Deps,
  statement: Statement,
  onProgress: Reading['onProgress'],
): Promise<{ fault: MatchFault | null; lines: number }> => {
  const where = { ...nowhere, statement: statement.id, file: statement.fileName }
  try {
    const sha256 = await hashOf(deps, statement.id)
    if (sha256 !== statement.sha256)
      return {
        fault: { ...where, problem: 'the stored file is not the one that was received: its SHA-256 differs' },
        lines: 0,
      }
    const { line, problem, lines } = await compareLines(deps, statement, onProgress)
    return { fault: problem === null ? null : { ...where, line, problem }, lines }
  } catch (error) {
    if (!(error instanceof SealedBoxError)) throw error
    return { fault: { ...where, problem: 'the stored file does not open: its bytes were altered' }, lines: 0 }
  }
}

const hashOf = async (deps: Deps, statementId: string): Promise<string> => {
  const hash = createSha256()
  for await (const piece of openFile(deps, statementId)) hash.update(piece)
  return hash.hex()
}

type Compared = { lines: number; line: number | null; problem: string | null }

const compareLines = async (deps: Deps, statement: Statement, onProgress: Reading['onProgress']): Promise<Compared> => {
  const found: Compared = { lines: 0, line: null, problem: null }
  const stored = createPages(deps, statement.id)
  const compare = (row: MatchRow) => {
    if (found.problem !== null) return
    found.lines += 1
    if (found.lines % pageSize === 0) onProgress(`${found.lines} rows of ${statement.fileName} are as they were stored`)
    const line = stored.next()
    const problem = line ? differenceOf(line, row) : 'the file has a row that is not stored'
    if (problem !== null) Object.assign(found, { line: Math.min(line?.line ?? row.line, row.line), problem })
  }
  const terms = await findSettlementTerms(deps.db, everyAgency, statement.merchantAccountId)
  const about = {
    id: statement.id,
    source: statement.source,
    format: statement.format,
    // As it was when the file was taken: both may have been changed since.
    payeeNumber: statement.account ?? terms?.payeeNumber ?? '',
    statementProfile: statement.profile ?? terms?.statementProfile,
  }
  const write = (row: MatchRow) => (stored.isReady() ? void compare(row) : stored.load().then(() => compare(row)))
  const { rejected } = await readStatement(deps, about, write, async () => undefined)
  if (found.problem !== null) return found
  if (rejected !== null) return { ...found, problem: `the file cannot be read as it was: ${rejected}` }
  if (!stored.isReady()) await stored.load()
  const rest = stored.next()
  return rest ? { ...found, line: rest.line, problem: 'a stored line is not in the file' } : found
}

/** The stored lines one by one, a page at a time. */
const createPages = (deps: Deps, statementId: string) => {
  let page: readonly MatchRow[] = []
  let [at, after, isOver] = [0, 0, false]
  return {
    isReady: () => at < page.length || isOver,
    load: async () => {
      page = await storedLines(deps.db, { statementId, after, limit: pageSize })
      at = 0
      after = page.at(-1)?.line ?? after
      isOver = page.length === 0
    },
    next: (): MatchRow | null => page[at++] ?? null,
  }
}

const compared = [
  'line',
  'lineType',
  'occurredAt',
  'businessDay',
  'merchantReference',
  'providerReference',
  'amount',
  'providerFee',
  'netAmount',
  'status',
  'payoutReference',
  'valueDate',
  'bankReference',
  'description',
  'counterparty',
  'rowHash',
] as const satisfies readonly (keyof MatchRow)[]

const differenceOf = (stored: MatchRow, row: MatchRow): string | null => {
  const same = (a: unknown, b: unknown) =>
    a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b
  const name = compared.find((member) => !same(stored[member], row[member]))
  if (!name) return null
  if (name === 'line') return 'the lines of the file are others than the stored ones'
  return `${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} is stored otherwise than the file has it`
}

type Reading = { check: MatchCheck; onProgress: (text: string) => void }

const checkRun = async (deps: Deps, run: MatchedRun, { check, onProgress }: Reading): Promise<MatchFault | null> => {
  const faultOf = (item: MatchedItem, problem: string): MatchFault => ({
    reconciliation: run.id,
    item: item.id,
    statement: item.statementId,
    file: null,
    line: item.line,
    rule: item.proof.rule,
    problem,
  })
  const tariff = await tariffOf(deps, run)
  const teams = createTeams()
  const payouts = new Map<string, string | null>()
  const feesOf = contractFeesOf(deps, run, tariff)
  const twice = await usedTwice(deps.db, run.id)
  for (let after = ''; ; ) {
    const page = await matchedPage(deps.db, { run, after, limit: pageSize })
    const rivals = await rivalsOf(deps, run, page)
    for (const { item, row, ...ours } of page) {
      check.matches += 1
      if (item.id === twice) return faultOf(item, 'the row, or our side of it, is used by another match too')
      if (!row) return faultOf(item, 'there is no such row in the stored lines')
      const contractFees = row.lineType === 'fee' ? await feesOf(row.payoutReference) : 0n
      const { settlement } = run
      const evidence = {
        item,
        row,
        tariff,
        settlement,
        contractFees,
        alike: alikeOf(rivals, dayAmountOf(row)),
      }
      const problem = brokenPromise({ ...evidence, ...ours })
      if (problem) return faultOf(item, problem)
      for (const payout of item.proof.payouts ?? []) {
        const key = JSON.stringify(payout)
        if (!payouts.has(key)) payouts.set(key, await payoutDifference(deps, run, { payout, tariff }))
        const differing = payouts.get(key)
        if (differing) return faultOf(item, `payout ${payout.reference} ${differing}`)
      }
      teams.add(item, row)
    }
    const last = page.at(-1)
    if (!last) break
    after = last.item.id
    onProgress(`${check.matches} matches hold`)
  }
  check.payouts += payouts.size
  if (teams.needsOthers()) await eachOutsideRow(deps.db, run, teams.offer)
  onProgress(`${check.matches} matches hold; is the run whole?`)
  const { fault, beyond } = teams.end()
  check.beyond += beyond
  return fault ? faultOf(fault.item, fault.problem) : checkWhole(deps, run)
}

/** What a match cannot show: that none was left out, and that the counts and sums of the run are those of its items. */
const checkWhole = async (deps: Deps, run: MatchedRun): Promise<MatchFault | null> => {
  const where = { ...nowhere, reconciliation: run.id }
  const misplaced = await misplacedLine(deps.db, run)
  if (misplaced) {
    const { statementId, line, lines, items } = misplaced
    const problem =
      lines === 1
        ? `the line stands on ${items} items of the run`
        : 'an item names a line that the days of the run do not have'
    return { ...where, statement: statementId, line, problem }
  }
  const misstated = await misstatedClass(deps.db, run)
  return misstated === null
    ? null
    : { ...where, problem: `the summary has another count or sum of ${misstated} than the items` }
}

/** Runs of before the tariff was noted are checked by that of today. */
const tariffOf = async (deps: Deps, { merchantAccountId, tariff }: MatchedRun) => {
  if (tariff !== undefined) return tariff && readTariff(tariff)
  return (await findSettlementTerms(deps.db, everyAgency, merchantAccountId))?.tariff ?? null
}

type Payout = { payout: PayoutProof; tariff: Awaited<ReturnType<typeof tariffOf>> }

/** What the contract gives for the captures of a payout by the files; each payout is read once. */
const contractFeesOf = (deps: Deps, run: MatchedRun, tariff: Payout['tariff']) => {
  const known = new Map<string, bigint>()
  return async (reference: string | null): Promise<bigint> => {
    if (reference === null) return 0n
    const found = known.get(reference)
    if (found !== undefined) return found
    const tally = tallyPayout(tariff, run.settlement)
    await eachPayoutRow(deps.db, { run, reference }, tally.add)
    known.set(reference, tally.contractFees())
    return tally.contractFees()
  }
}

/** What else the matches of a page that rest on day and amount could be about. */
const rivalsOf = async (deps: Deps, run: MatchedRun, page: MatchedPage) => {
  const wanted = page.flatMap(({ item, row }) => (row && item.proof.rule.startsWith('day') ? [dayAmountOf(row)] : []))
  return wanted.length === 0 ? { rows: [], payments: [], damaged: [] } : findRivals(deps.db, run, wanted)
}

const dayAmountOf = ({ businessDay, amount }: MatchRow) => ({ day: businessDay ?? '', amount })

const payoutDifference = async (deps: Deps, run: MatchedRun, { payout, tariff }: Payout): Promise<string | null> => {
  const tally = tallyPayout(tariff, run.settlement)
  await eachPayoutRow(deps.db, { run, reference: payout.reference }, tally.add)
  return tally.difference(payout)
}
