type Place = {
  readonly method: string
  readonly path: string
  readonly query: readonly string[]
  readonly key: boolean
  readonly type: string | null
}

export type OperationId = keyof Operations

/** Everything an operation takes, in one object: the parts of its path, its query, `body` and `idempotencyKey`. */
export type Takes<Id extends OperationId> = Operations[Id]['takes']
export type Answers<Id extends OperationId> = Operations[Id]['answers']
export type RefusalOf<Id extends OperationId> = Operations[Id]['refuses']

/** An answer with its HTTP status, or the problem of RFC 9457 by whose `code` a program decides. */
export type Answered<Id extends OperationId> =
  | { readonly ok: true; readonly status: number; readonly headers: Headers; readonly data: Answers<Id> }
  | {
      readonly ok: false
      readonly status: number
      readonly headers: Headers
      readonly problem: Problem & { readonly code: RefusalOf<Id> }
    }

export type ClientOptions = {
  /** Where the gateway is, such as `https://fees.example.vn`, without a slash at its end. */
  baseUrl: string
  /** A bearer token, asked for before every call that is sent; absent for operations that need none. */
  token?: () => string | Promise<string>
  fetch?: (url: string, init: RequestInit) => Response | Promise<Response>
  /** How often a call is sent at most, 3 unless given; a write only again where it has an `idempotencyKey`. */
  triesMax?: number
  /** The longest `Retry-After` that is waited for, 30 unless given: a longer one is handed back as the refusal that it is. */
  waitSecondsMax?: number
  /** How long one try may take, 30 unless given. */
  timeoutSeconds?: number
  wait?: (milliseconds: number) => Promise<void>
}

/** The gateway did not answer, or answered with something that is no answer of it. A write may or may not have been done: send it again with the same key. */
export class NoAnswer extends Error {}

export type GatewayClient = {
  call: <Id extends OperationId>(
    id: Id,
    ...takes: Record<string, never> extends Takes<Id> ? [takes?: Takes<Id>] : [takes: Takes<Id>]
  ) => Promise<Answered<Id>>
}

/** A client of the gateway. `call('placeOrder', { body, idempotencyKey })` is typed by the operation's name in openapi.yaml. */
export const createClient = (options: ClientOptions): GatewayClient => {
  const { triesMax = 3, waitSecondsMax = 30, wait = (ms) => new Promise((done) => setTimeout(done, ms)) } = options
  const send = async (place: Place, takes: Given): Promise<Response> => {
    const mayRepeat = place.method === 'GET' || takes.idempotencyKey !== undefined
    for (let tries = 1; ; tries += 1) {
      const isLast = tries >= triesMax || !mayRepeat
      const answer = await tryOnce(options, place, takes).catch((error: unknown) => {
        if (isLast) throw new NoAnswer(`${place.method} ${place.path} got no answer`, { cause: error })
        return null
      })
      const seconds = answer === null ? tries : secondsToWait(answer)
      if (answer && (isLast || seconds === null || seconds > waitSecondsMax)) return answer
      await answer?.body?.cancel()
      await wait((seconds ?? 0) * 1000)
    }
  }
  return {
    call: async (id, takes?) => read(await send(operations[id], (takes ?? {}) as Given)),
  }
}

type Given = { readonly [name: string]: unknown } & { readonly body?: unknown; readonly idempotencyKey?: string }

/** After how many seconds the same may be asked again; null where the answer would be the same. */
const secondsToWait = (answer: Response): number | null => {
  if (![409, 429, 502, 503].includes(answer.status)) return null
  const told = answer.headers.get('retry-after')
  if (told === null) return answer.status === 409 || answer.status === 502 ? null : 1
  return /^\d{1,9}$/.test(told) ? Number(told) : Math.max(0, (Date.parse(told) - Date.now()) / 1000)
}

const tryOnce = async (options: ClientOptions, place: Place, takes: Given): Promise<Response> => {
  const { baseUrl, token, fetch: ask = fetch, timeoutSeconds = 30 } = options
  const headers = new Headers({ accept: 'application/json, application/problem+json;q=0.9, */*;q=0.1' })
  if (token) headers.set('authorization', `Bearer ${await token()}`)
  if (place.key && takes.idempotencyKey !== undefined) headers.set('idempotency-key', takes.idempotencyKey)
  // A form with a file brings its own boundary.
  if (takes.body !== undefined && place.type && !/^multipart|^\*/.test(place.type))
    headers.set('content-type', place.type)
  const body = bodyOf(place, takes.body)
  return ask(`${baseUrl}${addressOf(place, takes)}`, {
    method: place.method,
    headers,
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  })
}

const addressOf = (place: Place, takes: Given): string => {
  const path = place.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(takes[name])))
  const query = place.query.flatMap((name) => (takes[name] === undefined ? [] : [[name, String(takes[name])]]))
  return query.length > 0 ? `${path}?${new URLSearchParams(query)}` : path
}

const bodyOf = (place: Place, body: unknown): string | FormData | URLSearchParams | undefined => {
  if (body === undefined || body instanceof FormData || typeof body === 'string') return body
  if (place.type === 'application/x-www-form-urlencoded') {
    const members = Object.entries(body as object).filter(([, value]) => value !== undefined)
    return new URLSearchParams(members.map(([name, value]) => [name, String(value)]))
  }
  return JSON.stringify(body)
}

const read = async <Id extends OperationId>(answer: Response): Promise<Answered<Id>> => {
  const { status, headers } = answer
  const text = await answer.text()
  const isJson = /^application\/(problem\+)?json\b/.test(headers.get('content-type') ?? '')
  if (status >= 400 && !isJson) throw new NoAnswer(`somebody else answers ${status}`)
  const data = text === '' ? null : isJson ? JSON.parse(text) : text
  if (status >= 400) return { ok: false, status, headers, problem: data }
  return { ok: true, status, headers, data }
}
