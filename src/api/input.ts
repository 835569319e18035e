/** Turns what a stranger sent into what a route declared, or into a refusal that names each wrong member. Nothing is guessed or repaired. */
import type { z } from 'zod'
import localeOf from 'zod/v4/locales/vi.js'
import { Refusal } from '../domain/refusal.ts'
import { decodeUtf8, readLimited, singleQueryParams } from '../lib/body.ts'
import { parseJson, type UnfaithfulNumber } from '../lib/json.ts'
import type { Language } from './problem.ts'

type Fault = { pointer: string; message: string }

/**
 * Checks a value against a schema. Throws Refusal `invalid_input` with a JSON pointer below `prefix` for each wrong member; unknown members are named
 * one by one. Messages never quote a value.
 */
export const validate = async <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { prefix = '', language = 'en' }: { prefix?: string; language?: Language },
): Promise<z.output<Schema>> => {
  const parsed = await schema.safeParseAsync(value, language === 'vi' ? { error: vietnamese } : {})
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.slice(0, faultsMax).flatMap((issue) => faultsOf(issue, prefix))
  throw new Refusal('invalid_input', invalidMessage(errors), { errors: errors.slice(0, faultsMax) })
}

/**
 * The JSON value of a body. Throws BodyTooLarge, Refusal `invalid_request` naming the position of what is not JSON, and `invalid_input` naming each number
 * that would change by being read, each text that cannot be stored, and each member that no object may have.
 */
export const readJson = async (request: Request, bytesMax: number): Promise<unknown> => {
  const text = decodeUtf8(await readLimited(request, bytesMax))
  if (text === null) throw new Refusal('invalid_request', 'The body is not UTF-8.')
  if (text.trim() === '') return undefined
  const parsed = parseJson(text)
  if (parsed.ok) {
    // Only an escape can bring in what PostgreSQL cannot store, so most bodies are not walked.
    refuseFaults(/\\u(0000|005f|d[89a-f])|__proto__/i.test(text) ? findFaults(parsed.value, unstorable) : [])
    return parsed.value
  }
  refuseFaults((parsed.numbers ?? []).map(numberFault))
  throw new Refusal('invalid_request', `The body is ${parsed.message}${place(parsed.position)}.`)
}

/** The members of a form (application/x-www-form-urlencoded). Throws as readJson, and for a member that comes twice. */
export const readForm = async (request: Request, bytesMax: number): Promise<Record<string, string>> => {
  const text = decodeUtf8(await readLimited(request, bytesMax))
  if (text === null) throw new Refusal('invalid_request', 'The body is not UTF-8.')
  return readParams(text, '')
}

/** The parameters of a query string. Throws Refusal `invalid_request` for a bad percent sign and a name that comes twice. */
export const readQuery = (search: string): Record<string, string> => readParams(search, '/query')

const readParams = (text: string, prefix: string): Record<string, string> => {
  const read = singleQueryParams(text)
  if (!read.ok) {
    const message = read.problem === 'duplicate' ? 'is given twice' : 'is not percent-encoded UTF-8'
    throw new Refusal('invalid_request', `The parameter ${shorten(read.name)} ${message}.`, {
      errors: [{ pointer: `${prefix}/${escapePointer(read.name)}`, message }],
    })
  }
  const params = Object.fromEntries(read.params)
  const faults = findFaults(params, unstorable).map(({ pointer, message }) => ({
    pointer: `${prefix}${pointer}`,
    message,
  }))
  refuseFaults(faults)
  return params
}

const refuseFaults = (faults: readonly Fault[]): void => {
  if (faults.length > 0) throw new Refusal('invalid_input', invalidMessage(faults), { errors: faults })
}

const faultsMax = 50
const vietnamese = localeOf().localeError

const faultsOf = (issue: z.core.$ZodIssue, prefix: string): Fault[] => {
  const path = [prefix, ...issue.path.map((step) => escapePointer(String(step)))].join('/')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: `${path}/${escapePointer(key)}`, message: 'is not a known field' }))
  }
  return [{ pointer: path, message: issue.message }]
}

const invalidMessage = (errors: readonly Fault[]): string => {
  const [first] = errors
  if (!first) return 'The input is not valid.'
  const others = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  const isPredicate = /^(is|must|may|holds) /.test(first.message)
  return `${first.pointer === '' ? 'The body' : first.pointer}${isPredicate ? '' : ':'} ${first.message}${others}.`
}

const place = (position: number | undefined): string => (position === undefined ? '' : ` at character ${position + 1}`)

const escapePointer = (name: string): string => shorten(name).replaceAll('~', '~0').replaceAll('/', '~1')

/** A name that a stranger chose is repeated only as far as it helps them. */
const shorten = (name: string): string => (name.length <= 60 ? name : `${name.slice(0, 60)}…`)

/** PostgreSQL's text holds neither a NUL nor half of a surrogate pair. */
const unstorable = (value: unknown): string | null =>
  typeof value === 'string' && (value.includes('\u0000') || !value.isWellFormed())
    ? 'holds a character that is not text'
    : null

const numberFault = ({ path, problem }: UnfaithfulNumber): Fault => ({
  pointer: path.map((step) => `/${escapePointer(step)}`).join(''),
  message: problem === 'too_large' ? 'is too large a number' : 'is too precise a number',
})

const findFaults = (root: unknown, fault: (value: unknown) => string | null): Fault[] => {
  const found: Fault[] = []
  const waiting: { pointer: string; value: unknown }[] = [{ pointer: '', value: root }]
  for (let next = waiting.pop(); next && found.length < faultsMax; next = waiting.pop()) {
    const { pointer, value } = next
    const message = fault(value)
    if (message) found.push({ pointer, message })
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      const below = `${pointer}/${escapePointer(name)}`
      if (fault(name)) found.push({ pointer: `${pointer}/?`, message: 'is a name that is not text' })
      // Objects inherit it, so a schema that walks the members of an object would not see it.
      if (name === '__proto__') found.push({ pointer: below, message: 'is not a known field' })
      waiting.push({ pointer: below, value: inner })
    }
  }
  return found
}
