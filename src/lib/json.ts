// JSON in and out without losing an integer: JSON.parse rounds what is beyond 2^53 and JSON.stringify refuses bigint.

/** The value, or what is wrong: a message without any of the text, and the character or the members where it is known. */
export type ParsedJson =
  | { ok: true; value: unknown }
  | { ok: false; message: string; position?: number; numbers?: readonly UnfaithfulNumber[] }

/** A number that a double cannot hold, by the names and places that lead to it. */
export type UnfaithfulNumber = { path: readonly string[]; problem: 'too_large' | 'too_precise' }

/**
 * The value of a JSON text (RFC 8259). Refused, besides what is not JSON: nesting deeper than 64, and every number that
 * a double cannot hold without changing an integer (9007199254740993, 1e400, 0.99999999999999999999).
 * A repeated key is not refused: as JSON.parse does, the last one wins. Signatures are taken over the received bytes, so
 * this gives nobody a second reading.
 */
export function parseJson(text: string): ParsedJson {
  const tooDeep = positionBeyondDepth(text, maxDepth)
  if (tooDeep !== null) return { ok: false, message: `nested deeper than ${maxDepth}`, position: tooDeep }
  let unsafeNumber = false
  const check = (_key: string, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || isFaithful(value, context?.source ?? '')) return value
    unsafeNumber = true
    return Number.isSafeInteger(value) ? tooPrecise : tooLarge
  }
  try {
    // The reviver is ten times slower, and only a long or an exponential number can be unfaithful.
    const value: unknown = suspiciousNumber.test(text) ? JSON.parse(text, check) : JSON.parse(text)
    if (!unsafeNumber) return { ok: true, value }
    return { ok: false, message: 'a number is too large or too precise', numbers: findUnfaithful(value) }
  } catch (error) {
    // The engine's own message quotes the text, which may be somebody's name.
    const position = /position (\d+)/.exec(String(error))?.[1]
    return { ok: false, message: 'not JSON', ...(position === undefined ? {} : { position: Number(position) }) }
  }
}

/**
 * JSON of a value in which amounts are bigint: a bigint is written as a plain integer. Keys keep their order, so the
 * same construction gives the same bytes. Throws RangeError on a bigint beyond 2^53 or a number that is not finite
 * (JSON.stringify would write null), TypeError on a value that JSON cannot hold at all.
 */
export function stringifyMoney(value: unknown): string {
  const text = JSON.stringify(value, plainNumber)
  if (text === undefined) throw new TypeError('JSON cannot hold this value')
  return text
}

/** As `stringifyMoney`, with the keys of every object sorted by UTF-16 code units: for hashes and signatures. */
export function stringifySorted(value: unknown): string {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    const plain = plainNumber(key, inner)
    if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) return plain
    // Object.fromEntries would move a key such as "10" to the front: it still sorts the same way every time.
    return Object.fromEntries(Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
  if (text === undefined) throw new TypeError('JSON cannot hold this value')
  return text
}

const maxDepth = 64
// At least 16 digits, or an exponent. It also finds such runs within strings, which only costs time.
const suspiciousNumber = /[\d.]{16}|\d[eE][\d+-]/

// What stands in the place of such a number until its members are named.
const tooLarge = Symbol('too large')
const tooPrecise = Symbol('too precise')
const numbersMax = 50

function findUnfaithful(root: unknown): UnfaithfulNumber[] {
  const found: UnfaithfulNumber[] = []
  const waiting: { path: readonly string[]; value: unknown }[] = [{ path: [], value: root }]
  for (let next = waiting.pop(); next && found.length < numbersMax; next = waiting.pop()) {
    const { path, value } = next
    if (value === tooLarge) found.push({ path, problem: 'too_large' })
    if (value === tooPrecise) found.push({ path, problem: 'too_precise' })
    if (typeof value !== 'object' || value === null) continue
    // Backwards, so that they are found in the order in which they came.
    for (const [name, inner] of Object.entries(value).toReversed())
      waiting.push({ path: [...path, name], value: inner })
  }
  return found
}

function isFaithful(value: number, source: string): boolean {
  if (!Number.isInteger(value)) return Number.isFinite(value)
  const [whole = '', fraction = ''] = source.split('.')
  if (/[eE]/.test(source)) return Number.isSafeInteger(value) && !/\d{16}/.test(source.replace('.', ''))
  return Number.isSafeInteger(value) && /^0*$/.test(fraction) && BigInt(whole) === BigInt(value)
}

function plainNumber(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`"${key}" is not a finite number`)
  if (typeof value !== 'bigint') return value
  const plain = Number(value)
  if (!Number.isSafeInteger(plain)) throw new RangeError(`"${key}" is beyond the integers that JSON readers can hold`)
  return plain
}

function positionBeyondDepth(text: string, limit: number): number | null {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === backslash) i++
      else if (code === quote) inString = false
    } else if (code === quote) inString = true
    else if (code === openBracket || code === openBrace) {
      depth++
      if (depth > limit) return i
    } else if (code === closeBracket || code === closeBrace) depth--
  }
  return null
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
