/**
 * Reads bank statements in ISO 20022 camt.053 (001.02 to 001.08), piece by piece: what it holds is one entry, however long the file is. The shape is taken
 * element by element and not from the version, for the versions between mix both. A broken entry is a problem and never loses the rest.
 */
import { createXmlReader, type XmlElement, type XmlLimits, XmlProblem } from '../lib/xml.ts'
import { type CamtEntry, type CamtProblem, newEntry, noteEntryPart, readEntry } from './statement-camt-entry.ts'
import {
  type CamtStatement,
  newStatement,
  noteStatementPart,
  pageProblems,
  readStatementEnd,
} from './statement-camt-totals.ts'

/** Entries come as they are read, a statement behind its last entry. */
export type CamtItem =
  | { kind: 'entry'; entry: CamtEntry }
  | { kind: 'broken_entry' | 'problem'; problem: CamtProblem }
  | { kind: 'statement'; statement: CamtStatement }

/** A file that is no camt.053, or hostile: nothing of it may be kept. */
export class CamtRefusal extends Error {
  override name = 'CamtRefusal'
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const limits: XmlLimits = { charsMax: 1_073_741_824, depthMax: 64, textMax: 10_000, dropsSpace: true }
const namespace = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.'

/**
 * A reader that is fed the text of a file and answers what has become complete; the lines of a batch are made one by one as they are taken, for there may be
 * thousands. Both functions throw CamtRefusal.
 */
export const createCamtReader = (): { write: (text: string) => Iterable<CamtItem>; end: () => Iterable<CamtItem> } => {
  let items: (CamtItem | Iterable<CamtEntry>)[] = []
  let [statement, entry] = [newStatement(), newEntry()]
  let statements = 0
  const group = new Map<string, string>()
  const told = new Map<string, number>()
  const note = (line: number, messages: readonly string[]) => {
    for (const message of messages) items.push({ kind: 'problem', problem: { line, message } })
  }
  const onElement = (element: XmlElement) => {
    const root = element.path.indexOf('BkToCstmrStmt')
    if (root < 0 || root === element.path.length - 1) return checkNamespace(element)
    const path = element.path.slice(root + 1)
    if (path[0] === 'GrpHdr') {
      if (path.length === 3 && path[1] === 'MsgPgntn') group.set(path[2] ?? '', element.text.trim())
      if (path.length === 1) note(element.line, pageProblems(group.get('PgNb'), group.get('LastPgInd')))
      return
    }
    if (path[0] !== 'Stmt') return
    if (path[1] === 'Ntry' && path.length > 2) {
      if (!noteEntryPart(entry, path.slice(2), element)) throw new CamtRefusal('an entry is too long', element.line)
      return
    }
    if (path[1] === 'Ntry') {
      const read = readEntry(entry, element.line, statement)
      if ('message' in read) items.push({ kind: 'broken_entry', problem: read })
      else items.push(read)
      entry = newEntry()
      return
    }
    if (path.length > 1) return noteStatementPart(statement, path.slice(1).join('/'), element)
    const whole = readStatementEnd(statement, element.line)
    note(element.line, [...whole.problems, ...repetition(told, whole.statement)])
    items.push({ kind: 'statement', statement: whole.statement })
    statements += 1
    statement = newStatement()
  }
  const reader = createXmlReader(onElement, limits)
  const taking = (work: () => void): Iterable<CamtItem> => {
    items = []
    try {
      work()
    } catch (error) {
      if (error instanceof XmlProblem) throw new CamtRefusal(`the file cannot be read: ${error.message}`, error.line)
      throw error
    }
    return each(items)
  }
  return {
    write: (text) => taking(() => reader.write(text)),
    end: () => {
      const last = taking(reader.end)
      if (statements === 0) throw new CamtRefusal('the file holds no camt.053 statement', 1)
      return last
    },
  }
}

function* each(items: readonly (CamtItem | Iterable<CamtEntry>)[]): Generator<CamtItem> {
  for (const item of items) {
    if ('kind' in item) yield item
    else for (const entry of item) yield { kind: 'entry', entry }
  }
}

const toldMax = 10_000

/** A bank that sends a statement again sends the same name, balances and sums. Its entries are told again: which of them count is not decided here. */
const repetition = (told: Map<string, number>, statement: CamtStatement): string[] => {
  const { line, account, id, opening, closing, credits, debits, entries } = statement
  if (id === null || entries === 0) return []
  const key = [account, id, opening, closing, credits, debits, entries].join('\n')
  const before = told.get(key)
  if (before === undefined && told.size < toldMax) told.set(key, line)
  return before === undefined ? [] : [`the statement repeats the one of line ${before}`]
}

/** Elements around the statements may say which message this is; another message may look alike and mean something else. */
const checkNamespace = ({ attributes, line }: XmlElement): void => {
  for (const [name, value] of attributes) {
    const isMessage = name.startsWith('xmlns') && value.startsWith('urn:iso:std:iso:20022:tech:xsd:')
    if (isMessage && !value.startsWith(namespace) && !value.includes(':head.')) {
      throw new CamtRefusal('the file is another message than camt.053', line)
    }
  }
}
