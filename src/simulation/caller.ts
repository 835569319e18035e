/** A program that calls the gateway with a token: the portal, an accountant. It is patient: what was not answered it sends again, with the same key. */
import { type ClientName, type Json, second, type World } from './world.ts'

export type Call = {
  path: string
  json?: unknown
  method?: string
  /** Sent as Idempotency-Key; the same one at every try. */
  key?: string
  body?: { type: string; text: string }
}

export type Answer = { status: number; body: Json }

export type Caller = (call: Call) => Promise<Answer | null>

const triesMax = 6

/** Calls as one client. Null when nothing usable was answered in all tries: whoever asked knows nothing then. */
export const createCaller = (world: World, client: ClientName): Caller => {
  const random = world.random.fork(`caller ${client}`)
  let token: string | null = null
  const authorise = async (): Promise<string | null> => {
    const { id, secret } = world.clients[client]
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
    const answer = await send(world, '/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
    return answer?.status === 200 ? String(answer.body.access_token) : null
  }
  return async (call) => {
    for (let tried = 0; tried < triesMax; tried += 1) {
      if (tried > 0) await world.schedule.sleep(random.int(1, 4 ** tried) * second)
      token ??= await authorise()
      const answer = token === null ? null : await send(world, call.path, requestOf(call, token))
      if (answer?.status === 401) token = null
      else if (answer && answer.status < 500 && answer.status !== 429) return answer
    }
    return null
  }
}

const requestOf = ({ json, method, key, body }: Call, token: string): RequestInit => {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` }
  if (key !== undefined) headers['idempotency-key'] = key
  if (json !== undefined) headers['content-type'] = 'application/json'
  if (body) headers['content-type'] = body.type
  const content = body?.text ?? (json === undefined ? undefined : JSON.stringify(json))
  return {
    method: method ?? (content === undefined ? 'GET' : 'POST'),
    headers,
    ...(content === undefined ? {} : { body: content }),
  }
}

const patienceMs = 30 * second

/** One request over the network; null when no answer came. */
const send = async (world: World, path: string, init: RequestInit): Promise<Answer | null> => {
  world.seen.requests += 1
  const number = world.seen.requests
  const road = world.faults.take('request_lost', number)
    ? 'lost_there'
    : world.faults.take('answer_lost', number)
      ? 'lost_back'
      : 'open'
  try {
    const call = { road, label: path, init: { ...init, signal: AbortSignal.timeout(patienceMs) } } as const
    const answer = await world.network.carry(call, () => world.cluster.handle(path, init))
    const text = await answer.text()
    world.schedule.tell(text)
    return { status: answer.status, body: readJson(text) }
  } catch (error) {
    if (isNetworkError(error)) return null
    throw error
  }
}

/** Anything else that is thrown is a mistake of the simulation. */
export const isNetworkError = (error: unknown): boolean =>
  (error instanceof TypeError && error.message === 'fetch failed') ||
  (error instanceof DOMException && error.name === 'TimeoutError')

const readJson = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return {} as Json
  }
}
