/** The kinds of fields that many routes take, with the limits of the contract. Texts are composed (NFC) and trimmed, since they are compared and printed. */
import { z } from '@hono/zod-openapi'
import { amountMax } from '../domain/money.ts'
import { isId } from '../lib/id.ts'
import { isBusinessDayText, parseRfc3339 } from '../lib/time.ts'

/**
 * Control characters, line and paragraph separators, and the marks that turn the direction of writing around (Unicode TR 9, section 2): with those a text
 * shows something else than it says.
 */
const invisible = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/** A text of 1 to `max` characters on one line, of which all can be seen. */
export const text = (max: number) => z.string().normalize('NFC').trim().min(1).max(max).refine(isVisible, visible)

/** The same, where nothing at all may be said too. */
export const textOrEmpty = (max: number) => z.string().normalize('NFC').max(max).refine(isVisible, visible)

const visible = 'must not hold control characters'
function isVisible(value: string): boolean {
  return !invisible.test(value)
}

/** A code of 1 to 50 letters, digits and `. _ - /`. */
export const code = z
  .string()
  .trim()
  .min(1)
  .max(50)
  .regex(/^[\p{L}\p{N}._/-]+$/u, 'may hold letters, digits and . _ - / only')
  // A pattern of JSON Schema is written without slashes and flags.
  .openapi({ pattern: '^[\\p{L}\\p{N}._/-]+$' })

/** An agency's code, such as H56.12.03: up to eight steps. */
export const agencyCodeField = z
  .string()
  .max(50)
  .regex(/^[A-Z0-9]{1,10}(\.[A-Z0-9]{1,10}){0,7}$/, 'must be a code such as H56.12.03')

/** Whole đồng: a JSON integer on the wire, bigint inside. */
export const amount = ({ min = 0, max = Number(amountMax) }: { min?: number; max?: number } = {}) =>
  z.int('must be a whole number of đồng').min(min).max(max).transform(BigInt)

/** Whole đồng in an answer. */
export const amountOut = z.int()

/** A day, `yyyy-mm-dd`, in the time of Vietnam. */
export const day = z
  .string()
  .refine(isBusinessDayText, 'must be a day written yyyy-mm-dd')
  .openapi({ format: 'date', example: '2026-11-23' })

const readInstant = (message: string) =>
  z
    .string()
    .max(40)
    .transform((value, context) => {
      const read = parseRfc3339(value)
      if (read) return read
      context.addIssue(message)
      return z.NEVER
    })
    .openapi({ type: 'string', format: 'date-time' })

/** An instant with offset on the wire, a Date inside. */
export const instant = readInstant('must be a time such as 2026-11-23T17:00:00+07:00')

export const queryTimeMessage = 'must be a time such as 2026-11-23T17:00:00+07:00, its + written %2B'

/** An instant in a query, where a + that is not written %2B is a space. */
export const queryInstant = readInstant(queryTimeMessage)

export const instantOut = z.string().openapi({ format: 'date-time' })

/** An id of ours with that prefix. */
export const idField = (prefix: string) =>
  z
    .string()
    .refine((value) => isId(prefix, value), `must be an id such as ${prefix}_…`)
    .openapi({ example: `${prefix}_01kb1m5x2fefarv7w2m3k1q0ab` })
