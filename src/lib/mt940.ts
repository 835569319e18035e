// MT940 (SWIFT, Customer Statement Message) as banks send it: read line by line, whatever frames it, and with a broken entry costing nothing but itself.
// Our own reader: the public ones reckon in floats, and take a whole file or nothing.
import { type LineProblem, readLines, type TextLine } from './lines.ts'
import { createDoubts } from './mt940-doubts.ts'
import { type Mt940Balance, type Mt940Movement, readBalance, readMovement } from './mt940-fields.ts'
import { type Mt940Text, readEntryText } from './mt940-text.ts'

/** An entry (61 with its 86). `line` is the physical line of its 61; `raw` its lines as the file has them, joined by LF. */
export type Mt940Entry = Mt940Movement &
  Mt940Text & { kind: 'entry'; line: number; account: string | null; currency: string | null; raw: string }

/** A statement that has ended, its pages joined. `closes`: opening + entries = closing; null when a balance is missing. */
export type Mt940Statement = {
  kind: 'statement'
  line: number
  account: string | null
  currency: string | null
  opening: Mt940Balance | null
  closing: Mt940Balance | null
  closes: boolean | null
}

/** What is wrong: `broken_entry` with an entry, which is then not told. */
export type Mt940Problem = { kind: 'problem' | 'broken_entry'; line: number; message: string }
export type Mt940Item = Mt940Entry | Mt940Statement | Mt940Problem

const limits = { lineChars: 2_000, textChars: 2_000, rawLines: 100 }

/**
 * The entries, statements and problems of a file, in its order; an entry comes before the statement that it is in. A statement without currency is
 * read as one in đồng. Never throws for what is in the file. Throws what the stream throws.
 */
export async function* readMt940(stream: ReadableStream<Uint8Array>): AsyncGenerator<Mt940Item> {
  const reader: Reader = {
    field: '',
    account: null,
    number: null,
    statement: null,
    entry: null,
    ended: new Map(),
    doubts: createDoubts(),
  }
  for await (const lines of readLines(stream, { maxChars: limits.lineChars })) {
    for (const line of lines) yield* readLine(reader, line)
  }
  yield* endEntry(reader)
  yield* endStatement(reader)
}

type OpenStatement = Omit<Mt940Statement, 'kind' | 'closes'> & {
  /** 28C, which banks count from 1 each year. */
  number: string | null
  sum: bigint
  entries: number
  isBroken: boolean
  /** The first entries, to name the one that keeps the balances apart. */
  seen: { line: number; amount: bigint }[]
}
type OpenEntry = {
  line: number
  isDoubtful: boolean
  movement: Mt940Movement | null
  problem: string | null
  details: string
  text: string
  raw: string[]
}

type DoubtedEntry = Mt940Entry & { isDoubtful: boolean }

/** Where reading stands. `field` is the tag that lines without one go on with; `ended` has the lines of statements that were told, by what they say. */
type Reader = {
  field: string
  account: string | null
  number: string | null
  statement: OpenStatement | null
  entry: OpenEntry | null
  ended: Map<string, number>
  doubts: ReturnType<typeof createDoubts<DoubtedEntry>>
}

/** Between the first line of an entry and the next field that may follow it stands what others have written. */
const isInText = ({ entry, field }: Reader): boolean => entry !== null && (field === '61' || field === '86')

const tagShape = /^:(\d\d[A-Z]?|NS):(.*)$/
/** The blocks around a message (`{1:…}{2:…}{4:` to `-}`), or a line with nothing but its end. */
const frameShape = /^-?(?:\}?\{\d:.*|\}.*|)$/

function* readLine(reader: Reader, line: TextLine): Generator<Mt940Item> {
  if (line.problem) return yield* brokenLine(reader, line, line.problem)
  const text = withoutControls(line.text)
  if (text === '') return
  if (frameShape.test(text) && !isInText(reader)) {
    yield* endWhole(reader)
    reader.field = ''
    const inner = text.lastIndexOf('{4:')
    if (inner >= 0) yield* readLine(reader, { ...line, text: text.slice(inner + 3) })
    return
  }
  const [, tag, content = ''] = tagShape.exec(text) ?? []
  const field = { tag: tag ?? '', content, text, line: line.line }
  if (tag === undefined) continueField(reader, text)
  else if (isInText(reader) && !endsText(field)) yield* readAsText(reader, field)
  else yield* readField(reader, field)
}

/** Behind an entry come its text, the next entry or the closing balance, and nothing else (SWIFT, MT940, format specifications). */
const endsText = ({ tag, content }: Field): boolean =>
  tag === '61' || tag === '86' || ((tag === '62F' || tag === '62M') && typeof readBalance(content, false) !== 'string')

function* readAsText(reader: Reader, { tag, text, line }: Field): Generator<Mt940Item> {
  continueField(reader, text)
  // Structured lines of some banks, which say nothing that is needed.
  if (tag === 'NS') return
  const message = `the text of an entry has a line that looks like a field (${tag}) and cannot be one; it is read as text`
  yield { kind: 'problem', line, message }
}

const controls = ['\u0001', '\u0002', '\u0003', '\u0004', '\u001a']
const withoutControls = (text: string): string =>
  controls.reduce((rest, control) => (rest.includes(control) ? rest.replaceAll(control, '') : rest), text)

function* brokenLine(reader: Reader, { line, text }: TextLine, problem: LineProblem): Generator<Mt940Item> {
  const [, tag] = tagShape.exec(withoutControls(text)) ?? []
  if (tag === '61') {
    yield* endEntry(reader)
    reader.entry = { line, isDoubtful: false, movement: null, problem: null, details: '', text: '', raw: [] }
  }
  reader.field = tag ?? reader.field
  const message = lineProblems[problem]
  if (reader.entry && (reader.field === '61' || reader.field === '86')) {
    reader.entry.problem ??= line === reader.entry.line ? `the line ${message}` : `line ${line} ${message}`
  } else yield { kind: 'problem', line, message: `the line ${message}` }
}

const lineProblems: Record<LineProblem, string> = {
  bad_encoding: 'holds bytes that are no text',
  line_too_long: `has more than ${limits.lineChars} characters`,
}

type Field = { tag: string; content: string; text: string; line: number }

function* readField(reader: Reader, field: Field): Generator<Mt940Item> {
  const { tag, content, line } = field
  const isDoubtful = reader.field === '86' && isInText(reader) && reader.doubts.isBehindFullLine()
  reader.field = tag
  if (tag === '86') return continueField(reader, field.text, content)
  if (tag === '61') {
    yield* endEntry(reader)
    return startEntry(reader, field, isDoubtful)
  }
  if (tag === '20') {
    yield* endWhole(reader)
    reader.account = null
    reader.number = null
  }
  if (tag === '28C' || tag === '28') reader.number = content.trim() || null
  if (tag === '25' || tag === '25P') reader.account = content.trim() || null
  if (tag === '60F' || tag === '60M') {
    yield* endEntry(reader)
    yield* openStatement(reader, field)
  }
  if (tag === '62F' || tag === '62M') {
    yield* endEntry(reader)
    const { statement } = reader
    const balance = readBalance(content, tag === '62M')
    if (typeof balance === 'string') yield { kind: 'problem', line, message: balance }
    else if (!statement || (statement.closing && !statement.closing.isIntermediate)) {
      yield { kind: 'problem', line, message: 'a closing balance without a statement' }
    } else {
      statement.closing = balance
      statement.currency ??= balance.currency
      if (balance.currency !== statement.currency) statement.isBroken = true
    }
  }
}

function* openStatement(reader: Reader, { tag, content, line }: Field): Generator<Mt940Item> {
  const balance = readBalance(content, tag === '60M')
  const opening = typeof balance === 'string' ? null : balance
  if (typeof balance === 'string') yield { kind: 'problem', line, message: balance }
  const { account, number, statement } = reader
  // A further page of the same statement opens with the balance that the page before it closed with.
  if (tag === '60M' && statement?.closing?.isIntermediate && (account ?? statement.account) === statement.account) {
    const { closing } = statement
    statement.closing = null
    if (opening?.amount === closing.amount && opening.currency === closing.currency) return
    statement.isBroken = true
    yield {
      kind: 'problem',
      line,
      message: 'the page does not open with the balance that the page before it closed with',
    }
    return
  }
  yield* endStatement(reader)
  reader.statement = { ...newStatement(line, account), number, currency: opening?.currency ?? null, opening }
}

const newStatement = (line: number, account: string | null): OpenStatement => ({
  line,
  account,
  number: null,
  currency: null,
  opening: null,
  closing: null,
  sum: 0n,
  entries: 0,
  isBroken: false,
  seen: [],
})

const startEntry = (reader: Reader, { content, text, line }: Field, isDoubtful: boolean): void => {
  const movement = readMovement(content, reader.statement?.currency ?? 'VND')
  const isRead = typeof movement !== 'string'
  reader.entry = {
    line,
    isDoubtful,
    movement: isRead ? movement : null,
    problem: isRead ? null : movement,
    details: '',
    text: '',
    raw: [text],
  }
}

/** A line that belongs to the field before it; `content` is what it adds to that field's text. */
const continueField = (reader: Reader, text: string, content = text): void => {
  const { entry, field, doubts } = reader
  if (!entry || !isInText(reader)) return
  if (field === '86') doubts.noteText(content.length, content !== text)
  entry.raw.push(text)
  // Banks cut words in two at a line's end, so nothing is put between lines.
  if (field === '61') entry.details += content
  else entry.text += content
  if (entry.text.length + entry.details.length <= limits.textChars && entry.raw.length <= limits.rawLines) return
  entry.problem ??= `the text of the entry is longer than ${limits.textChars} characters or ${limits.rawLines} lines`
  Object.assign(entry, { details: '', text: '', raw: [] })
}

const behindClosing = ({ statement }: Reader): boolean =>
  statement?.closing != null && !statement.closing.isIntermediate

/** A message has ended, and with it a statement that has its closing balance. */
function* endWhole(reader: Reader): Generator<Mt940Item> {
  yield* endEntry(reader)
  if (behindClosing(reader)) yield* endStatement(reader)
}

function* endEntry(reader: Reader): Generator<Mt940Item> {
  const { entry } = reader
  if (!entry) return
  reader.entry = null
  if (reader.statement && behindClosing(reader)) {
    reader.statement.isBroken = true
    yield { kind: 'problem', line: entry.line, message: 'the entry stands behind the closing balance of its statement' }
    yield* endStatement(reader)
  }
  // Before a first page: a statement that does not say what it opens with.
  reader.statement ??= newStatement(entry.line, reader.account)
  const { statement } = reader
  const { line, isDoubtful, movement, problem } = entry
  statement.entries += 1
  if (problem || !movement) {
    statement.isBroken = true
    yield { kind: 'broken_entry', line, message: problem ?? 'the entry cannot be read' }
    return
  }
  statement.sum += movement.amount
  if (statement.seen.length < seenMax) statement.seen.push({ line, amount: movement.amount })
  if (movement.isOddFundsCode) {
    const message = 'the letter behind the mark is not the last one of the currency; the entry is read as written'
    yield { kind: 'problem', line, message }
  }
  const { account, currency } = statement
  const text = readEntryText(entry.text || entry.details)
  const raw = entry.raw.join('\n')
  const { told, undone } = reader.doubts.take({
    ...movement,
    ...text,
    kind: 'entry',
    line,
    account,
    currency,
    raw,
    isDoubtful,
  })
  yield* told.map(withoutDoubt)
  for (const each of undone) {
    statement.isBroken = true
    const message = `the entry cancels others of the lines ${undone[0]?.line} to ${line}, and a payer's text may have put them here; it is not taken`
    yield { kind: 'broken_entry', line: each.line, message }
  }
}

const withoutDoubt = ({ isDoubtful: _, ...entry }: DoubtedEntry): Mt940Entry => entry

function* endStatement(reader: Reader): Generator<Mt940Item> {
  yield* reader.doubts.release().map(withoutDoubt)
  const { statement } = reader
  if (!statement) return
  reader.statement = null
  const { sum, isBroken, number, entries, seen, ...told } = statement
  const { line, opening, closing } = told
  yield* repetition(reader, statement)
  if (!opening || !closing) {
    const message = `the statement has no ${opening ? 'closing' : 'opening'} balance, so nobody can tell whether it is whole`
    yield { kind: 'problem', line, message }
    yield { ...told, kind: 'statement', closes: null }
    return
  }
  if (closing.isIntermediate) yield { kind: 'problem', line, message: 'the last page of the statement is missing' }
  const gap = opening.amount + sum - closing.amount
  const closes = !isBroken && gap === 0n
  if (!closes)
    yield { kind: 'problem', line, message: 'opening balance and entries do not add up to the closing balance' }
  if (gap !== 0n && entries <= seenMax) yield* surplus(seen.filter(({ amount }) => amount === gap))
  yield { ...told, kind: 'statement', closes }
}

const seenMax = 10_000
const surplusMax = 3

/** Entries of the amount that is too much: one of them has moved no money. */
function* surplus(entries: readonly { line: number }[]): Generator<Mt940Item> {
  for (const { line } of entries.slice(0, surplusMax)) {
    const message = 'without this entry the balances would close: see whether the bank has it, or a text of a payer'
    yield { kind: 'problem', line, message }
  }
}

const endedMax = 10_000

/** A bank that sends a statement again sends the same account, number, days, balances and sum. Its entries are told again: which of them count is not decided here. */
function* repetition({ ended }: Reader, statement: OpenStatement): Generator<Mt940Item> {
  const { line, account, number, opening, closing, sum, entries } = statement
  if (!opening || !closing || entries === 0) return
  const key = [account, number, opening.date, opening.amount, closing.date, closing.amount, sum, entries].join('\n')
  const before = ended.get(key)
  if (before !== undefined) yield { kind: 'problem', line, message: `the statement repeats the one of line ${before}` }
  else if (ended.size < endedMax) ended.set(key, line)
}
