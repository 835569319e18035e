/**
 * A provider's message as it may be shown to a person: field by field, and of each value only what cannot be personal or secret. What its adapter names in `redact` is
 * masked, and so is whatever looks like a name, a number of a person or of a card, a signature or a free text: a field that nobody has thought of is masked until it
 * shows that it is a code, an amount or a time.
 */
import { decodeUtf8 } from '../lib/body.ts'
import { parseJson } from '../lib/json.ts'
import { clip } from '../lib/text.ts'

/** `value` is null where it is masked. */
export type ShownField = { in: 'query' | 'body'; name: string; value: string | null }

export type Message = { search: string; contentType: string | null; body: Uint8Array }

const fieldsMax = 200
const nameMax = 100
const valueMax = 64
const depthMax = 8

/** The fields of a message, at most 200, and whether there are more. */
export const maskMessage = (
  { search, contentType, body }: Message,
  redact: readonly string[],
): { fields: readonly ShownField[]; isCut: boolean } => {
  const hidden = new Set(redact.map(plainName))
  const query = pairs(search).map(([name, value]) => ({ in: 'query' as const, name, value }))
  const inBody = readBody(contentType, body).map(([name, value]) => ({ in: 'body' as const, name, value }))
  const fields: ShownField[] = []
  for (const { in: place, name, value } of [...query, ...inBody]) {
    for (const [path, shown] of shownOf({ name, value, hidden, depth: 0 })) {
      if (fields.length >= fieldsMax) return { fields, isCut: true }
      fields.push({ in: place, name: clip(path, nameMax), value: shown })
    }
  }
  return { fields, isCut: false }
}

type Named = readonly [name: string, value: unknown]

const pairs = (text: string): readonly Named[] => [...new URLSearchParams(text)]

/** What nobody can take apart here (XML, an encrypted envelope) is one field without a name, and masked. */
const readBody = (contentType: string | null, body: Uint8Array): readonly Named[] => {
  if (body.length === 0) return []
  const text = decodeUtf8(body)
  if (text === null) return [['', unreadable]]
  const json = /^\s*[{[]/.test(text) ? parseJson(text) : null
  if (json?.ok) return [['', json.value]]
  return contentType?.includes('x-www-form-urlencoded') || /^[\w.[\]-]{1,60}=/.test(text)
    ? pairs(text)
    : [['', unreadable]]
}

const unreadable = Symbol('unreadable')

type Shown = readonly [name: string, value: string | null]

function* shownOf(field: {
  name: string
  value: unknown
  hidden: ReadonlySet<string>
  depth: number
}): Generator<Shown> {
  const { name, value, hidden, depth } = field
  const last =
    name
      .split('.')
      .at(-1)
      ?.replace(/\[\d+\]$/, '') ?? ''
  if (isHidden(last, hidden) || depth > depthMax) {
    yield [name, null]
    return
  }
  const inner = typeof value === 'string' && /^\s*[{[]/.test(value) ? parseJson(value) : null
  const opened = inner?.ok ? inner.value : value
  if (typeof opened === 'object' && opened !== null) {
    const isList = Array.isArray(opened)
    for (const [key, each] of Object.entries(opened)) {
      const path = isList ? `${name}[${key}]` : name === '' ? key : `${name}.${key}`
      yield* shownOf({ name: path, value: each, hidden, depth: depth + 1 })
    }
    return
  }
  yield [name, typeof value === 'symbol' ? null : shownText(value === null ? '' : String(value))]
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Names of people and of what belongs to them, of what opens doors, and of what proves who speaks, in any protocol. */
const hiddenNames =
  /(name|hoten|phone|phoneno|phonenumber|mobile|msisdn|sdt|email|mail|address|diachi|customer|payer|buyer|holder|owner|identity|identityno|identitynumber|cccd|cmnd|passport|taxcode|mst|birth|card|cardno|cardnum|cardnumber|account|accountno|accountnumber|stk|taikhoan|ip|ipaddr|useragent|user|userid|device|signature|sign|securehash|hash|checksum|mac|hmac|secret|password|passphrase|token|key|auth|authorization|content|description|info|note|memo|remark|noidung|data64)$/

const isHidden = (name: string, hidden: ReadonlySet<string>): boolean => {
  const plain = plainName(name)
  return hidden.has(plain) || hiddenNames.test(plain)
}

const time = /^\d{1,4}[-/]\d{1,2}[-/]\d{1,4}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/
const code = /^[\x21-\x7e]*$/
const phone = /^(\+?84|0)\d{9}$/
/** The number on a căn cước has twelve digits and begins with that of a province, and so with 0. */
const identity = /^0\d{11}$/
const network = /^(\d{1,3}\.){3}\d{1,3}$|^(?=.*::|(?:[^:]*:){7})[0-9a-f:]{2,39}$/i
const email = /@/

const shownText = (text: string): string | null => {
  if (time.test(text)) return text
  if (text.length > valueMax || !code.test(text) || email.test(text) || phone.test(text)) return null
  if (identity.test(text) || network.test(text)) return null
  return isCardNumber(text) ? null : text
}

/**
 * 13 to 19 digits, of an industry that issues cards to pay with, whose last one is the check digit (ISO/IEC 7812-1, sections 4.2 and annex B). A reference that looks so
 * is masked with them; an instant in milliseconds begins with 1, which is none of those.
 */
const isCardNumber = (text: string): boolean => {
  const digits = text.replace(/[ -]/g, '')
  if (!/^[2-9]\d{12,18}$/.test(digits)) return false
  const sum = [...digits].toReversed().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 1 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}
