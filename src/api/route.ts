/**
 * How every route is declared. A route is one value: where it is, who may call it, what it takes, what it answers, and the function that does it. The
 * pipeline in mount.ts reads the rest of the request from this declaration, and so do openapi.yaml and the tests that visit every route.
 *
 * To add a route: `defineRoute({…})` in the file of its subject under api/ (see agencies.ts), with zod `strictObject` schemas, and put the file's list into
 * `routeTable` in routes.ts; then run `npm run openapi`. The handler gets validated input and returns `{ status, json }`; bigint is written as an integer.
 * It throws Refusal for every no. An object that the caller's agency does not cover is Refusal `not_found`.
 */
import { z } from 'zod'
import type { Caller, Scope } from '../domain/access.ts'
import type { AuditAction } from '../domain/audit.ts'
import { Refusal, type RefusalCode } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { validate } from './input.ts'
import type { LimitClass } from './limits.ts'
import type { Language } from './problem.ts'
import type { Tag } from './tags.ts'

/** What a path parameter names. The isolation tests make one of each kind for another agency and expect 404. */
export type ObjectKind =
  | 'agency'
  | 'merchant_account'
  | 'merchant_key'
  | 'fee_schedule'
  | 'client'
  | 'order'
  | 'attempt'
  | 'refund'
  | 'dispute'
  | 'statement'
  | 'statement_draft'
  | 'reconciliation'
  | 'reconciliation_item'
  | 'discrepancy'
  | 'tracing_case'
  | 'quarantine_entry'
  | 'journal_entry'
  | 'receipt'
  | 'legal_hold'
  | 'webhook_endpoint'
  | 'webhook_delivery'

/** `text` is JSON written before, such as the first answer to an idempotent call, and goes out byte for byte. */
export type Answer =
  | { status: number; json?: unknown; headers?: Record<string, string> }
  | { status: number; text: string; headers?: Record<string, string> }
  | Response

/** What every handler is told besides its own input. */
export type Circumstances = {
  deps: Deps
  /** The request itself. Its body was read already, except on a route with `raw` that is not `isWhole`. */
  request: Request
  /** The bytes of the body on a route with `raw` that is `isWhole`; else empty. */
  body: Uint8Array<ArrayBuffer>
  requestId: string
  language: Language
  /** The address of who calls, as far as we can know it. */
  clientAddress: string
  /** The Idempotency-Key header; null when absent, or when the route does not declare it. */
  idempotencyKey: string | null
}

type Empty = typeof nothing
const nothing = z.strictObject({})

type Declared = { description: string; schema?: z.ZodType; contentTypes?: readonly string[] }

export type Declaration = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** OpenAPI style: `/v1/orders/{id}`. */
  path: string
  operationId: string
  summary: string
  description?: string
  tag: Tag
  /** Whose bucket the call is taken from; `none` is for what must always answer. The default follows the method. */
  limit?: LimitClass | 'none'
  /** `strong` reads its own writes, since every read asks the one database that takes them; `eventual` may be as old as its Cache-Control allows. The default is `strong`. */
  consistency?: 'strong' | 'eventual'
  /** Path parameters that are ids of objects with an owner. A parameter of wrong shape is then 404, not 422. */
  objects?: Readonly<Record<string, ObjectKind>>
  /** Path parameters that name one of a few things that we have. Another name is then 404 too, and the answer says which there are. */
  names?: readonly string[]
  /** `natural`: the header is taken and checked, but a repetition needs no key, since it changes nothing or is refused. */
  idempotencyKey?: 'required' | 'accepted' | 'natural'
  /**
   * For answers with personal data, and for files: what is written down before the answer leaves (domain/audit.ts says of whom). `read` is for JSON, `file` for any other
   * type, whoever asks; with `everybody` also JSON is written down whoever asks. `object` is the path parameter that names what is read.
   */
  audit?: { read?: AuditAction; file?: AuditAction; object?: string; everybody?: true }
  /** `default` is what may come with any other status, where a provider's protocol chooses it. */
  responses: Readonly<Record<number, Declared>> & { readonly default?: Declared }
  /** Refusals beyond those that any route may give. */
  errors?: readonly RefusalCode[]
  /**
   * A body that is no JSON and no form of ours: callbacks and uploads. With `isWhole` the pipeline has read it, at most `bytesMax`, into `body`; else the handler reads it from
   * `request`, and nothing of it was read or limited but its announced length.
   */
  raw?: { contentTypes: readonly string[]; bytesMax: number; isWhole?: true; schema?: z.ZodType }
  /** Refusals in other words than problem+json, where another standard or a provider sets them; null leaves one as it is. */
  wordRefusal?: (refusal: Refusal) => Answer | null
  /** Body bytes at most, for `json` and `form`: 256 KB and 16 KB unless given. */
  bytesMax?: number
}

type Schemas<Params, Query, Json, Form> = {
  request?: { params?: Params; query?: Query; json?: Json; form?: Form }
}

type Input<Params extends z.ZodType, Query extends z.ZodType, Json extends z.ZodType, Form extends z.ZodType> = {
  params: z.output<Params>
  query: z.output<Query>
  json: z.output<Json>
  form: z.output<Form>
}

/** What the pipeline has read of a request, not validated yet. */
export type Received = {
  params: Record<string, string>
  query: Record<string, string>
  json: unknown
  form: Record<string, string>
  body: Uint8Array<ArrayBuffer>
}

/** A declared route with its types folded away, so that all of them fit one table. */
export type Route = Declaration & {
  /** One of these suffices; empty for a public route. */
  scopes: readonly Scope[]
  request: { params?: z.ZodType; query?: z.ZodType; json?: z.ZodType; form?: z.ZodType }
  run: (received: Received, around: Circumstances, caller: Caller | null) => Promise<Answer>
}

/** A route for callers with a token that holds one of `scopes`. */
export const defineRoute = <
  Params extends z.ZodType = Empty,
  Query extends z.ZodType = Empty,
  Json extends z.ZodType = Empty,
  Form extends z.ZodType = Empty,
>(
  definition: Declaration &
    Schemas<Params, Query, Json, Form> & {
      scopes: readonly [Scope, ...Scope[]]
      handle: (input: Input<Params, Query, Json, Form> & Circumstances & { caller: Caller }) => Promise<Answer>
    },
): Route => {
  const { handle, request = {}, ...declaration } = definition
  return {
    ...declaration,
    request,
    run: async (received, around, caller) => {
      if (!caller) throw new Refusal('unauthorized', 'This route needs a token.')
      return handle({ ...(await readInput(definition, received, around.language)), ...around, caller })
    },
  }
}

/** A route that anybody may call: token endpoint, callbacks, operations. */
export const definePublicRoute = <
  Params extends z.ZodType = Empty,
  Query extends z.ZodType = Empty,
  Json extends z.ZodType = Empty,
  Form extends z.ZodType = Empty,
>(
  definition: Declaration &
    Schemas<Params, Query, Json, Form> & {
      handle: (input: Input<Params, Query, Json, Form> & Circumstances) => Promise<Answer>
    },
): Route => {
  const { handle, request = {}, ...declaration } = definition
  return {
    ...declaration,
    request,
    scopes: [],
    run: async (received, around) => handle({ ...(await readInput(definition, received, around.language)), ...around }),
  }
}

/** The class whose bucket a route's calls are taken from. */
export const limitClassOf = (route: Pick<Declaration, 'method' | 'limit'>): LimitClass | 'none' =>
  route.limit ?? (route.method === 'get' ? 'read' : 'write')

const readInput = async <P extends z.ZodType, Q extends z.ZodType, J extends z.ZodType, F extends z.ZodType>(
  { request = {}, objects = {}, names = [] }: Pick<Declaration, 'objects' | 'names'> & Schemas<P, Q, J, F>,
  received: Received,
  language: Language,
): Promise<Input<P, Q, J, F>> => ({
  params: await readParams(request.params, {
    received: received.params,
    named: [...Object.keys(objects), ...names],
    told: names,
    language,
  }),
  query: await validate((request.query ?? nothing) as Q, received.query, { prefix: '/query', language }),
  json: await validate((request.json ?? nothing) as J, received.json, { language }),
  form: await validate((request.form ?? nothing) as F, received.form, { language }),
})

type NamedParams = {
  received: Record<string, string>
  /** Those of which another value names nothing. */
  named: readonly string[]
  /** Those of them whose values are no secret. */
  told: readonly string[]
  language: Language
}

const readParams = async <P extends z.ZodType>(
  schema: P | undefined,
  { received, named, told, language }: NamedParams,
): Promise<z.output<P>> => {
  if (!schema) return validate(nothing as z.ZodType as P, {}, {})
  try {
    return await validate(schema, received, { prefix: '/path', language })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const wrong = error.errors.map(({ pointer }) => pointer.slice('/path/'.length))
    if (!wrong.every((name) => named.includes(name))) throw error
    // An id that cannot be one names nothing: it must not be told apart from one that does not exist.
    const choices = wrong.every((name) => told.includes(name)) ? wrong.map((name) => choicesOf(schema, name)) : []
    throw new Refusal('not_found', choices.join(' ') || 'There is no such object.', { cause: error })
  }
}

const choicesOf = (schema: z.ZodType, name: string): string => {
  const member = schema instanceof z.ZodObject ? schema.shape[name] : null
  return member instanceof z.ZodEnum ? `There is no such ${name}; there are: ${member.options.join(', ')}.` : ''
}
