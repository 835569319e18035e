// XML from strangers, read piece by piece within limits. Document types are refused whole: with them go entities of their own, the files and addresses that those
// may name, and the bombs that are built of them. The five entities that XML itself has, and numbered characters, are read.
import { SaxesParser } from 'saxes'

/** Text that is no XML, or more XML than is taken, seen in this line. The message quotes nothing of it, for it may be somebody's name. */
export class XmlProblem extends Error {
  override name = 'XmlProblem'
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/**
 * An element that has ended: its name without prefix, the names that lead to it from the root (its own last), its attributes, and its own text exactly as
 * written, that of inner elements left out. `line` is where its first tag begins, counted from 1.
 */
export type XmlElement = {
  name: string
  path: readonly string[]
  attributes: ReadonlyMap<string, string>
  text: string
  hasChildren: boolean
  line: number
}

/**
 * `charsMax` is for the whole text, `textMax` for the text and each attribute of one element. `dropsSpace` leaves out white space between elements, of which
 * an element of a million others has more than any limit.
 */
export type XmlLimits = { charsMax: number; depthMax: number; textMax: number; dropsSpace?: boolean }

type OpenElement = XmlElement & { hasChildren: boolean; text: string }

/**
 * A reader that is fed pieces and calls `onElement` at the end of each element, inner ones before outer ones; what it holds is one path and its texts, however
 * long the whole is. `write` and `end` throw XmlProblem.
 */
export function createXmlReader(
  onElement: (element: XmlElement) => void,
  limits: XmlLimits,
): { write: (piece: string) => void; end: () => void } {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const open: OpenElement[] = []
  const problem = (message: string) => new XmlProblem(message, parser.line)
  let [chars, heardAt, line, attributes] = [0, 0, 1, 0]
  const addText = (text: string) => {
    const element = open.at(-1)
    heardAt = chars
    if (!element || (limits.dropsSpace && element.hasChildren && text.trim() === '')) return
    element.text += text
    if (element.text.length > limits.textMax) throw problem('an element is too long')
  }
  parser.on('error', () => {
    throw problem('not well-formed XML')
  })
  parser.on('doctype', () => {
    throw problem('a document type is not taken')
  })
  parser.on('opentagstart', () => {
    // The parser has read the character behind the name by now, which may be the end of the line.
    line = parser.column === 0 ? parser.line - 1 : parser.line
  })
  parser.on('attribute', () => {
    attributes += 1
    if (attributes > attributesMax) throw problem('an element has too many attributes')
  })
  parser.on('opentag', (tag) => {
    heardAt = chars
    attributes = 0
    if (open.length >= limits.depthMax) throw problem('the XML is nested too deep')
    const { name } = tag
    const values = new Map(Object.entries(tag.attributes))
    if ([...values.values()].some((value) => value.length > limits.textMax)) throw problem('an attribute is too long')
    const parent = open.at(-1)
    if (parent) parent.hasChildren = true
    const local = localName(name)
    const path = [...(parent?.path ?? []), local]
    open.push({ name: local, path, attributes: values, text: '', hasChildren: false, line })
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    heardAt = chars
    const element = open.pop()
    if (element) onElement(element)
  })
  return {
    write: (piece) => {
      chars += piece.length
      if (chars > limits.charsMax) throw problem('the XML is too long')
      parser.write(piece)
      // What is not complete yet is held by the parser: a text, a comment, a tag with a million attributes.
      if (chars - heardAt > limits.textMax * quietTimes) throw problem('an element is too long')
    },
    end: () => {
      parser.close()
    },
  }
}

/** Every element of a short XML text, inner ones before outer ones, so that the root is the last. Throws XmlProblem. */
export function readXml(text: string, limits: XmlLimits): XmlElement[] {
  const elements: XmlElement[] = []
  const reader = createXmlReader((element) => elements.push(element), limits)
  reader.write(text)
  reader.end()
  return elements
}

/** A text as the content of an element or a quoted attribute; characters that XML 1.0 cannot hold are left out. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(unwritable, '')
    .replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}

/** A sheet's first element has some twenty, for as many namespaces. */
const attributesMax = 1_000

/** The longest text may be written as numbered characters, and a tag may have several attributes. */
const quietTimes = 16

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
// XML 1.0, production 2: all but these may be written.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is left out.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
