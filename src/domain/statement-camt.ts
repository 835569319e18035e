/**
 * Reads bank statements in ISO 20022 camt.053 (001.02 to 001.08), piece by piece: what it holds is one entry, however long the file is. The shape is taken
 * element by element and not from the version, for the versions between mix both. A broken entry is a problem and never loses the rest.
 */
import { createXmlReader, type XmlElement, type XmlLimits, XmlProblem } from '../lib/xml.ts'
import { type CamtEntry, type CamtProblem, newEntry, noteEntryPart, readEntry } from './statement-camt-entry.ts'
import { type CamtStatement, newStatement, noteStatementPart, readStatementEnd } from './statement-camt-totals.ts'

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

/** A reader that is fed the text of a file and answers what has become complete. Both functions throw CamtRefusal. */
export const createCamtReader = (): { write: (text: string) => CamtItem[]; end: () => CamtItem[] } => {
  let items: CamtItem[] = []
  let [statement, entry] = [newStatement(), newEntry()]
  let statements = 0
  const onElement = (element: XmlElement) => {
    const root = element.path.indexOf('BkToCstmrStmt')
    if (root < 0 || root === element.path.length - 1) return checkNamespace(element)
    const path = element.path.slice(root + 1)
    if (path[0] !== 'Stmt') return
    if (path[1] === 'Ntry' && path.length > 2) {
      if (!noteEntryPart(entry, path.slice(2), element)) throw new CamtRefusal('an entry is too long', element.line)
      return
    }
    if (path[1] === 'Ntry') {
      const read = readEntry(entry, element.line, statement)
      if ('message' in read) items.push({ kind: 'broken_entry', problem: read })
      else for (const row of read) items.push({ kind: 'entry', entry: row })
      entry = newEntry()
      return
    }
    if (path.length > 1) return noteStatementPart(statement, path.slice(1).join('/'), element)
    const whole = readStatementEnd(statement, element.line)
    for (const message of whole.problems) items.push({ kind: 'problem', problem: { line: element.line, message } })
    items.push({ kind: 'statement', statement: whole.statement })
    statements += 1
    statement = newStatement()
  }
  const reader = createXmlReader(onElement, limits)
  const taking = (work: () => void): CamtItem[] => {
    items = []
    try {
      work()
    } catch (error) {
      if (error instanceof XmlProblem) throw new CamtRefusal(`the file cannot be read: ${error.message}`, error.line)
      throw error
    }
    return items
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

/** Elements around the statements may say which message this is; another message may look alike and mean something else. */
const checkNamespace = ({ attributes, line }: XmlElement): void => {
  for (const [name, value] of attributes) {
    const isMessage = name.startsWith('xmlns') && value.startsWith('urn:iso:std:iso:20022:tech:xsd:')
    if (isMessage && !value.startsWith(namespace) && !value.includes(':head.')) {
      throw new CamtRefusal('the file is another message than camt.053', line)
    }
  }
}
