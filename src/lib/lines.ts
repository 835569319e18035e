/** The lines of a text file from strangers, in memory that does not grow with it. */

import { givingWay, turnBytes } from './give-way.ts'

/** Why a line could not be read. The lines after it are read all the same. */
export type LineProblem = 'bad_encoding' | 'line_too_long'

/** A line without its end; with `problem` only how it begins, so that its place can be told. `line` counts the file's lines from 1. */
export type TextLine = { line: number; text: string; problem: LineProblem | null }

/**
 * The lines of a file, many at a time. Line ends are LF, CRLF or CR, also mixed; empty lines are told like others. Text is UTF-8, a line that is not is
 * windows-1252, as banks abroad write names; with its byte order mark also UTF-16. A byte order mark is dropped.
 * Never throws for what is in the file. Throws what the stream throws.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  { maxChars }: { maxChars: number },
): AsyncGenerator<readonly TextLine[]> {
  const splitter: Splitter = { rest: noBytes, line: 0, maxChars, begun: null, isAfterCr: false }
  for await (const bytes of utf8Of(stream)) yield split(splitter, bytes)
  if (splitter.rest.length > 0 || splitter.begun !== null) yield split(splitter, Uint8Array.of(lf))
}

const stepBytes = turnBytes
const [lf, cr] = [0x0a, 0x0d]
const noBytes = new Uint8Array(0)

/** The bytes of the file in small pieces; those of UTF-16 made UTF-8. */
async function* utf8Of(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const [encoder, reader, giveWay] = [new TextEncoder(), stream.getReader(), givingWay()]
  let head: Uint8Array = noBytes
  let decoder: TextDecoder | null | undefined
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      let bytes = part.value
      if (decoder === undefined) {
        head = joined(head, bytes)
        if (head.length < 2) continue
        bytes = head
        const name = utf16Name(head)
        decoder = name === null ? null : new TextDecoder(name)
      }
      for (let from = 0; from < bytes.length; from += stepBytes) {
        const step = bytes.subarray(from, from + stepBytes)
        yield decoder ? encoder.encode(decoder.decode(step, { stream: true })) : step
        await giveWay(step.length)
      }
    }
    if (decoder === undefined) yield head
    else if (decoder) yield encoder.encode(decoder.decode())
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

const utf16Name = ([first, second]: Uint8Array): string | null => {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

const begunBytes = 10

/** `rest` is the line that has not ended yet; once it is too long, only how it began is kept (`begun`). */
type Splitter = { rest: Uint8Array; line: number; maxChars: number; begun: string | null; isAfterCr: boolean }

const split = (splitter: Splitter, piece: Uint8Array): TextLine[] => {
  const lines: TextLine[] = []
  let at = splitter.isAfterCr && piece[0] === lf ? 1 : 0
  if (piece.length > 0) splitter.isAfterCr = false
  // Where the next of each kind is, looked for again only when it is passed: a file has mostly one of them.
  let [nextLf, nextCr] = [nextOf(piece, lf, at), nextOf(piece, cr, at)]
  while (at < piece.length) {
    const end = Math.min(nextLf, nextCr)
    if (end >= piece.length) break
    lines.push(endLine(splitter, piece.subarray(at, end)))
    at = end + 1
    if (end === nextCr && piece[at] === lf) at += 1
    if (end === nextCr && end + 1 === piece.length) splitter.isAfterCr = true
    if (nextLf < at) nextLf = nextOf(piece, lf, at)
    if (nextCr < at) nextCr = nextOf(piece, cr, at)
  }
  splitter.rest = joined(splitter.rest, piece.subarray(at))
  // A character has at most four bytes.
  if (splitter.rest.length > splitter.maxChars * 4) splitter.begun ??= textOf(splitter.rest.subarray(0, begunBytes))
  if (splitter.begun !== null) splitter.rest = noBytes
  return lines
}

const nextOf = (bytes: Uint8Array, value: number, from: number): number => {
  const at = bytes.indexOf(value, from)
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  if (first.length === 0) return second.slice()
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}

const endLine = (splitter: Splitter, bytes: Uint8Array): TextLine => {
  const { begun, maxChars, rest } = splitter
  splitter.begun = null
  splitter.rest = noBytes
  splitter.line += 1
  const { line } = splitter
  if (begun !== null) return { line, text: begun, problem: 'line_too_long' }
  const text = textOf(rest.length === 0 ? bytes : joined(rest, bytes))
  if (text.length > maxChars) return { line, text: text.slice(0, begunBytes), problem: 'line_too_long' }
  // A NUL is UTF-16 without its mark, and no database takes it. U+FFFD is what UTF-16 was decoded to where it was none.
  const isText = !text.includes('\ufffd') && !text.includes('\0')
  return isText ? { line, text, problem: null } : { line, text: text.slice(0, begunBytes), problem: 'bad_encoding' }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const latin = new TextDecoder('windows-1252')

const textOf = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return latin.decode(bytes)
  }
}
