// multipart/form-data, read as it arrives (RFC 7578). Request.formData() holds every file in memory, and a statement is
// hundreds of megabytes.

/** A body that is no such form, or beyond its limits. The message names no content. */
export class MultipartError extends Error {
  override name = 'MultipartError'
}

/** A part. `body` gives its bytes in pieces; whatever is left of it is skipped when the next part is asked for. */
export type Part = {
  name: string
  /** Null for an ordinary field. */
  fileName: string | null
  body: AsyncGenerator<Uint8Array, undefined>
}

export type MultipartLimits = { maxBytes: number; maxParts: number }

/** The parts of a form, in order. `contentType` is the header with its boundary. Throws MultipartError. */
export async function* readMultipart(
  stream: ReadableStream<Uint8Array>,
  contentType: string,
  limits: MultipartLimits,
): AsyncGenerator<Part> {
  const source = byteSource(stream, limits.maxBytes)
  try {
    const boundary = boundaryOf(contentType)
    // The first boundary has no line end before it: with one put in front, all boundaries look alike.
    source.unread(encoder.encode('\r\n'))
    for await (const _ of upTo(source, boundary, { isAtEnd: false }));
    for (let count = 0; ; count++) {
      if (await isClosed(source)) return
      if (count >= limits.maxParts) throw new MultipartError(`the form has more than ${limits.maxParts} parts`)
      const state = { isAtEnd: false }
      yield { ...readPartHead(await readHead(source)), body: upTo(source, boundary, state) }
      if (!state.isAtEnd) for await (const _ of upTo(source, boundary, state));
    }
  } finally {
    await source.cancel()
  }
}

/** The text of a field of at most `maxBytes`. Throws MultipartError when it is longer or not UTF-8. */
export async function readField(part: Part, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let length = 0
  try {
    for await (const piece of part.body) {
      length += piece.length
      if (length > maxBytes) throw new MultipartError(`the field "${part.name}" is longer than ${maxBytes} bytes`)
      text += decoder.decode(piece, { stream: true })
    }
    return text + decoder.decode()
  } catch (error) {
    if (error instanceof TypeError) throw new MultipartError(`the field "${part.name}" is not UTF-8`)
    throw error
  }
}

const encoder = new TextEncoder()
const headBytesMax = 8_192

type ByteSource = {
  /** The next piece, never empty; null at the end. */
  next: () => Promise<Uint8Array | null>
  /** Gives bytes back, so that `next` answers them first. */
  unread: (bytes: Uint8Array) => void
  cancel: () => Promise<void>
}

function byteSource(stream: ReadableStream<Uint8Array>, maxBytes: number): ByteSource {
  const reader = stream.getReader()
  const waiting: Uint8Array[] = []
  let length = 0
  return {
    next: async () => {
      const kept = waiting.pop()
      if (kept) return kept
      for (;;) {
        const part = await reader.read()
        if (part.done) return null
        length += part.value.length
        if (length > maxBytes) throw new MultipartError(`the form is longer than ${maxBytes} bytes`)
        if (part.value.length > 0) return part.value
      }
    },
    unread: (bytes) => {
      if (bytes.length > 0) waiting.push(bytes)
    },
    cancel: () => reader.cancel().catch(() => undefined),
  }
}

/** The bytes before the next boundary, which is taken away. A boundary may be cut anywhere between two pieces. */
async function* upTo(
  source: ByteSource,
  boundary: Uint8Array,
  state: { isAtEnd: boolean },
): AsyncGenerator<Uint8Array, undefined> {
  let held = new Uint8Array(0)
  try {
    for (;;) {
      const piece = await source.next()
      if (!piece) throw new MultipartError('the form ends before its last boundary')
      const bytes = held.length === 0 ? piece : concat(held, piece)
      const found = indexOf(bytes, boundary)
      if (found >= 0) {
        source.unread(bytes.subarray(found + boundary.length))
        state.isAtEnd = true
        if (found > 0) yield bytes.subarray(0, found)
        return undefined
      }
      const sure = bytes.length - Math.min(bytes.length, boundary.length - 1)
      // Copied, because the piece belongs to the stream.
      held = bytes.slice(sure)
      if (sure > 0) yield bytes.subarray(0, sure)
    }
  } finally {
    // A reader that stops early must not take half a boundary with it.
    if (!state.isAtEnd) source.unread(held)
  }
}

/** After a boundary stand two hyphens at the end of the form, else a line end (RFC 2046, section 5.1.1). */
async function isClosed(source: ByteSource): Promise<boolean> {
  let mark = new Uint8Array(0)
  while (mark.length < 2) {
    const piece = await source.next()
    if (!piece) throw new MultipartError('the form ends before its last boundary')
    mark = concat(mark, piece)
  }
  source.unread(mark.subarray(2))
  if (mark[0] === hyphen && mark[1] === hyphen) return true
  if (mark[0] === 0x0d && mark[1] === 0x0a) return false
  throw new MultipartError('a boundary of the form is followed by something else than a line end')
}

async function readHead(source: ByteSource): Promise<string> {
  let bytes = new Uint8Array(0)
  for (;;) {
    const piece = await source.next()
    if (!piece) throw new MultipartError('the form ends within the head of a part')
    bytes = concat(bytes, piece)
    const end = indexOf(bytes, headEnd)
    if (end > headBytesMax || (end < 0 && bytes.length > headBytesMax)) {
      throw new MultipartError('the head of a part is too long')
    }
    if (end < 0) continue
    source.unread(bytes.subarray(end + headEnd.length))
    return new TextDecoder().decode(bytes.subarray(0, end))
  }
}

const hyphen = 0x2d
const headEnd = encoder.encode('\r\n\r\n')

function readPartHead(head: string): { name: string; fileName: string | null } {
  const disposition = head.split('\r\n').find((line) => /^content-disposition\s*:\s*form-data\b/i.test(line))
  const name = disposition && parameterOf(disposition, 'name')
  if (!disposition || name === null || name === undefined) throw new MultipartError('a part of the form has no name')
  return { name, fileName: parameterOf(disposition, 'filename') }
}

/** Browsers write quotes and line ends within a name as %22, %0D and %0A (WHATWG HTML, multipart/form-data encoding). */
function parameterOf(header: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header)
  const raw = match?.[1] ?? match?.[2]
  if (raw === undefined) return null
  return raw.replace(/\\(["\\])/g, '$1').replace(/%(22|0D|0A)/gi, (code) => decodeURIComponent(code))
}

function boundaryOf(contentType: string): Uint8Array {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw new MultipartError('the body is not multipart/form-data')
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s"]{1,70}))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2]
  if (!boundary) throw new MultipartError('the content type has no boundary')
  return encoder.encode(`\r\n--${boundary}`)
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

/** indexOf of a Uint8Array finds one byte fast; a boundary begins with CR, which is rare or as frequent as rows. */
function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1
    let same = 1
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++
    if (same === wanted.length) return at
  }
  return -1
}
