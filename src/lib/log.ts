// Structured logs: one JSON line per event. Our own, since redaction by key at any depth, bigint and size limits are all
// that is needed and have to hold on Workers as well as on Node; the entry decides where lines go.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Writes one event. `fields` are data, `message` is a fixed sentence: never put data into the message. */
export type Log = Record<LogLevel, (fields: LogFields, message: string) => void>

export type LogFields = Readonly<Record<string, unknown>>

export type LogOptions = {
  /** Gets one line of JSON without its line end. Must not throw. */
  write: (line: string) => void
  now: () => Date
  /** The least level that is written; `info` if absent. */
  level?: LogLevel
  /** Further keys to redact, in any spelling: `payerName` also covers `payer_name` and `Payer-Name`. */
  redact?: readonly string[]
}

/**
 * A log of lines `{"time", "level", "message", ...fields}`. Values under a secret or personal key are replaced by
 * `[redacted]` at any depth; texts, lists, nesting and the whole line are bounded; bytes are never written. Never throws
 * for what it is given.
 */
export function createLog({ write, now, level = 'info', redact = [] }: LogOptions): Log {
  const hidden = new Set([...alwaysHidden, ...redact].map(plainKey))
  const at = (wanted: LogLevel) => (fields: LogFields, message: string) => {
    if (levels.indexOf(wanted) < levels.indexOf(level)) return
    const head = { time: now().toISOString(), level: wanted, message: clipped(message) }
    write(lineOf(head, () => own(fields, hidden, head)))
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** The same log, with `trace_id` in each line that is written within a trace. */
export function withTraceId(log: Log, traceId: () => string | null): Log {
  const at = (level: LogLevel) => (fields: LogFields, message: string) => {
    const id = traceId()
    log[level](id === null ? fields : { ...fields, trace_id: id }, message)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const textMax = 1_000
const lineMax = 16_000
const entriesMax = 50
const depthMax = 6

/** Keys whose values are never written: what opens doors, whose money it is, and bodies. */
const alwaysHidden = [
  ...['authorization', 'cookie', 'set_cookie', 'credentials', 'client_secret', 'hash_secret', 'secret_key', 'hash_key'],
  ...['access_key', 'access_code', 'api_key', 'checksum_key', 'key1', 'key2', 'private_key', 'master_key', 'assertion'],
  ...['payer', 'payer_name', 'holder', 'identity_number', 'tax_code', 'phone', 'email', 'address', 'counterparty'],
  ...['body', 'raw', 'account_number', 'card_number', 'database_url'],
]
const hiddenEnding = /(?:secret|password|passphrase|token|privatekey)$/

function isHidden(key: string, hidden: ReadonlySet<string>): boolean {
  const plain = plainKey(key)
  return hidden.has(plain) || hiddenEnding.test(plain)
}

function plainKey(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function own(fields: LogFields, hidden: ReadonlySet<string>, head: object): Record<string, unknown> {
  const shown = shownObject(fields, hidden, 0)
  // A field cannot pass itself off as the time or the level.
  return Object.fromEntries(Object.entries(shown).map(([key, value]) => [key in head ? `field_${key}` : key, value]))
}

function shownObject(value: object, hidden: ReadonlySet<string>, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, entriesMax)
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      clipped(key),
      isHidden(key, hidden) ? '[redacted]' : shown(inner, hidden, depth + 1),
    ]),
  )
}

function shown(value: unknown, hidden: ReadonlySet<string>, depth: number): unknown {
  if (typeof value === 'string') return clipped(value)
  if (typeof value === 'bigint') return value.toString()
  // A toJSON that came along must not run.
  if (typeof value === 'function') return '[function]'
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (depth > depthMax) return '[too deep]'
  if (value instanceof Error) return shownError(value, hidden, depth)
  if (Array.isArray(value)) return value.slice(0, entriesMax).map((inner) => shown(inner, hidden, depth + 1))
  return shownObject(value, hidden, depth)
}

// Not the error's other properties: a database error carries the row that it refused, a fetch error the request.
function shownError(error: Error, hidden: ReadonlySet<string>, depth: number): Record<string, unknown> {
  const code = 'code' in error ? shown(error.code, hidden, depth + 1) : undefined
  const cause = error.cause === undefined ? undefined : shown(error.cause, hidden, depth + 1)
  const parts = { name: error.name, code, message: clipped(error.message), stack: clipped(error.stack ?? ''), cause }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
}

function clipped(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax)}…`
}

function lineOf(head: object, fields: () => object): string {
  try {
    const line = JSON.stringify({ ...head, ...fields() })
    return line.length <= lineMax ? line : JSON.stringify({ ...head, fields_dropped: line.length })
  } catch {
    // A getter that throws: the event is worth more than its fields.
    return JSON.stringify({ ...head, fields_dropped: true })
  }
}
