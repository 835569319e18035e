// What a stranger sends, read within limits: bodies, UTF-8 and query strings.

/** A body longer than allowed. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge'
  constructor(readonly maxBytes: number) {
    super(`the body is longer than ${maxBytes} bytes`)
  }
}

/**
 * The bytes of a request's or response's body, at most `maxBytes`. A content-length above the limit is refused before
 * anything is read; a body without one, or with a lying one, as soon as it passes the limit. Throws BodyTooLarge.
 */
export async function readLimited(
  message: Pick<Request, 'headers' | 'body'>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // Number('') is 0 and Number('abc') is NaN: both pass here, and the count below decides.
  if (Number(message.headers.get('content-length')) > maxBytes) {
    await message.body?.cancel().catch(() => undefined)
    throw new BodyTooLarge(maxBytes)
  }
  if (!message.body) return new Uint8Array(0)
  const reader = message.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length
    if (length > maxBytes) {
      await reader.cancel().catch(() => undefined)
      throw new BodyTooLarge(maxBytes)
    }
    chunks.push(part.value)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** The text of UTF-8 bytes, a byte order mark kept as U+FEFF; null when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Parameters by decoded name, in the order in which they came; or what is wrong, with the decoded or raw name. */
export type QueryParams =
  | { ok: true; params: Map<string, string> }
  | { ok: false; problem: 'duplicate' | 'malformed'; name: string }

/**
 * The parameters of a query string (a leading `?` is allowed) or an `application/x-www-form-urlencoded` body, decoded
 * exactly once: `+` is a space, `%XX` a byte of UTF-8. Unlike URLSearchParams it does not guess: a bad percent sign,
 * bytes that are not UTF-8 and a name that comes twice are refused, since two readers would see two different callbacks.
 */
export function singleQueryParams(search: string): QueryParams {
  const params = new Map<string, string>()
  for (const piece of search.replace(/^\?/, '').split('&')) {
    if (piece === '') continue
    const equals = piece.indexOf('=')
    const rawName = equals < 0 ? piece : piece.slice(0, equals)
    const name = formDecode(rawName)
    const value = equals < 0 ? '' : formDecode(piece.slice(equals + 1))
    if (name === null || value === null) return { ok: false, problem: 'malformed', name: name ?? rawName.slice(0, 50) }
    if (params.has(name)) return { ok: false, problem: 'duplicate', name: name.slice(0, 50) }
    params.set(name, value)
  }
  return { ok: true, params }
}

function formDecode(text: string): string | null {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  // Most parameters are plain, and to decode what needs none took a fifth of the time of verifying a callback.
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return null
  }
}
