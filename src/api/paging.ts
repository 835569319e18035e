/** Lists a page at a time: by the key of the last row (keyset), so that a page costs the same however far it is and a new row moves nothing. */
import { z } from '@hono/zod-openapi'
import { Refusal } from '../domain/refusal.ts'

const limitMax = 200
/** Rows of a page that names no limit. */
export const pageLimitDefault = 50

/** The two query parameters of every list; spread them into its `strictObject`. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= limitMax, `must be from 1 to ${limitMax}`)
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: limitMax, default: pageLimitDefault } as never),
  cursor: z.string().min(1).max(500).optional().openapi({ description: '`next_cursor` of the page before.' }),
}

/** The answer of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ data: z.array(item), next_cursor: z.string().nullable() })

/**
 * The page that a query asks for: how many, and the key after which it starts (`null` at the beginning). Ask the store for `limit + 1` rows.
 * Throws Refusal `invalid_input` for a cursor that we did not make for this list.
 */
export const readPage = (
  list: string,
  query: { limit?: number | undefined; cursor?: string | undefined },
): { limit: number; after: string | null } => ({
  limit: query.limit ?? pageLimitDefault,
  after: readCursor(list, query.cursor) ?? null,
})

/** The answer's body from `limit + 1` rows or fewer. */
export const pageAnswer = <Row, Item>(
  rows: readonly Row[],
  {
    list,
    limit,
    keyOf,
    present,
  }: { list: string; limit: number; keyOf: (row: Row) => string; present: (row: Row) => Item },
): { data: Item[]; next_cursor: string | null } => {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map(present),
    next_cursor: rows.length > limit && last !== undefined ? writeCursor(list, keyOf(last)) : null,
  }
}

/** The cursor of a key in a list: opaque, so that nobody builds on its inside; versioned, so that its inside may change. */
export const writeCursor = (list: string, key: string): string =>
  btoa(Array.from(new TextEncoder().encode(`2:${list}:${key}`), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** The key of a cursor; undefined without one. Throws Refusal `invalid_input` for a text that `writeCursor` did not make for this list. */
export const readCursor = (list: string, cursor: string | undefined): string | undefined => {
  if (cursor === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    )
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const start = `2:${list}:`
    if (text.startsWith(start) && /^\P{Cc}{1,300}$/u.test(text.slice(start.length))) return text.slice(start.length)
  } catch {
    // Refused below like any other text that is not a cursor.
  }
  const message = 'is not a cursor of this list'
  throw new Refusal('invalid_input', `/query/cursor ${message}.`, { errors: [{ pointer: '/query/cursor', message }] })
}
