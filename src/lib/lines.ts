/** The lines of a text file from strangers, in memory that does not grow with it. */

/** Why a line could not be read. The lines after it are read all the same. */
export type LineProblem = 'bad_encoding' | 'line_too_long'

/** A line without its end; with `problem` only how it begins, so that its place can be told. `line` counts the file's lines from 1. */
export type TextLine = { line: number; text: string; problem: LineProblem | null }

/**
 * The lines of a UTF-8 file, many at a time. Line ends are LF or CRLF, also mixed; a byte order mark is dropped; empty lines are told like others.
 * Never throws for what is in the file. Throws what the stream throws.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  { maxChars }: { maxChars: number },
): AsyncGenerator<readonly TextLine[]> {
  const decoder = new TextDecoder()
  const splitter: Splitter = { rest: '', line: 0, maxChars, begun: null }
  const reader = stream.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (let from = 0; from < part.value.length; from += stepBytes) {
        yield split(splitter, decoder.decode(part.value.subarray(from, from + stepBytes), { stream: true }))
      }
    }
    const last = split(splitter, decoder.decode())
    if (splitter.rest === '' && splitter.begun === null) yield last
    else yield [...last, ...split(splitter, '\n')]
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

const stepBytes = 65_536

const begunChars = 10

/** `rest` is the line that has not ended yet; once it is too long, only how it began is kept (`begun`). */
type Splitter = { rest: string; line: number; maxChars: number; begun: string | null }

const split = (splitter: Splitter, piece: string): TextLine[] => {
  const parts = (splitter.rest + piece).split('\n')
  const rest = parts.pop() ?? ''
  const lines = parts.map((part) => {
    const { begun } = splitter
    splitter.begun = null
    splitter.line += 1
    return lineOf(splitter, part.endsWith('\r') ? part.slice(0, -1) : part, begun)
  })
  // One more, for the CR of a line that is just as long as allowed.
  if (rest.length > splitter.maxChars + 1) splitter.begun ??= rest.slice(0, begunChars)
  splitter.rest = splitter.begun === null ? rest : ''
  return lines
}

const lineOf = ({ line, maxChars }: Splitter, text: string, begun: string | null): TextLine => {
  if (begun !== null || text.length > maxChars) {
    return { line, text: begun ?? text.slice(0, begunChars), problem: 'line_too_long' }
  }
  // The decoder puts U+FFFD where bytes are not text. A NUL is UTF-16 read as UTF-8, and no database takes it.
  const isText = !text.includes('\ufffd') && !text.includes('\0')
  return isText ? { line, text, problem: null } : { line, text: text.slice(0, begunChars), problem: 'bad_encoding' }
}
