/** The API as a screen calls it: for the person who has signed in, each answer read by a schema of what the screen needs of it. */
import { z } from 'zod'
import type { Caller } from '../../domain/access.ts'
import { stringifyMoney } from '../../lib/json.ts'
import type { Language } from '../language.ts'

/** The same routes that everybody calls, with the caller as a value; app.ts makes it. */
export type InnerApi = (
  request: Request,
  call: { caller: Caller; clientAddress: string; requestId: string },
) => Promise<Response>

const problemShape = z.object({
  status: z.int(),
  code: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).default([]),
})

/** The API said no. `title` is in the person's language, and `errors` name the members of what was sent. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | null
  readonly errors: readonly { pointer: string; message: string }[]
  constructor({ status, code, title, detail, errors }: z.output<typeof problemShape>) {
    super(code)
    this.status = status
    this.code = code
    this.title = title
    this.detail = detail ?? null
    this.errors = errors
  }
}

export type Query = Readonly<Record<string, string | number | null | undefined>>

export type ConsoleApi = {
  /** Throws ApiProblem for every answer that is none, and an Error where the answer lacks what `schema` asks for. */
  get: <Schema extends z.ZodType>(schema: Schema, path: string, query?: Query) => Promise<z.output<Schema>>
  /** A deed. Repeated with the same form it has one effect: the form's own key goes along. */
  send: <Schema extends z.ZodType>(
    schema: Schema,
    call: { method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; json?: unknown },
  ) => Promise<z.output<Schema>>
  /** An answer that is no JSON (a file), or a body that is passed on as it comes. Throws ApiProblem too. */
  raw: (path: string, init?: RequestInit & { query?: Query }) => Promise<Response>
}

export type CallerAround = {
  caller: Caller
  clientAddress: string
  requestId: string
  language: Language
  publicUrl: string
  /** Of the form that is being acted on; null when a page is only read. */
  once: string | null
}

export const createConsoleApi = (inner: InnerApi, around: CallerAround): ConsoleApi => {
  let sent = 0
  const raw: ConsoleApi['raw'] = async (path, { query = {}, ...init } = {}) => {
    const headers = new Headers(init.headers)
    headers.set('accept-language', around.language)
    const { caller, clientAddress, requestId } = around
    refuseOtherPath(path)
    const request = new Request(`${around.publicUrl}${path}${searchOf(query)}`, { ...init, headers })
    const answer = await inner(request, { caller, clientAddress, requestId })
    if (answer.status < 400) return answer
    throw new ApiProblem(problemShape.parse(await answer.json()))
  }
  return {
    raw,
    get: async (schema, path, query = {}) => schema.parse(await (await raw(path, { query })).json()),
    send: async (schema, { method = 'POST', path, json }) => {
      sent += 1
      const answer = await raw(path, {
        method,
        headers: {
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          // A deed of several calls makes them in the same order each time, so each has a key of its own that lasts.
          ...(around.once === null ? {} : { 'idempotency-key': `${around.once}-${sent}` }),
        },
        ...(json === undefined ? {} : { body: stringifyMoney(json) }),
      })
      const text = await answer.text()
      return schema.parse(text === '' ? undefined : JSON.parse(text))
    },
  }
}

/** What stands in an address of ours, such as `..%2Fclients`, is part of a path here: it leads to no other call than the screen meant. */
const refuseOtherPath = (path: string): void => {
  if (URL.parse(path, 'http://inner')?.href === `http://inner${path}` && !/[?#]/.test(path)) return
  throw new ApiProblem({ status: 404, code: 'not_found', title: '', errors: [] })
}

/** For what a filter asks: what the API says no to is shown beside the filter, and nothing is found. */
export const asked = async <Found>(
  answer: Promise<Found>,
): Promise<{ found: Found; problem: null } | { found: null; problem: ApiProblem }> => {
  try {
    return { found: await answer, problem: null }
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 404 || error.status === 422))
      return { found: null, problem: error }
    throw error
  }
}

/** A member of an answer that is whole đồng. */
export const dong = z.int().transform(BigInt)
/** A member of an answer that is an instant. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
/** A page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() })

/** `?a=1&b=2`; what is null or empty is left out. */
export const searchOf = (query: Query): string => {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
