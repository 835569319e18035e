// Holds each call of a test against openapi.yaml: what was answered must be described, and what was asked too unless it was refused. So nothing is taken that the
// description forbids, and nothing is said of which it is silent.
import type { Hono } from 'hono'
import type { ApiEnv } from '../../src/api/env.ts'
import { description, type Found, type Media, type Reader } from './description.ts'
import { recordExample } from './record-examples.ts'
import { fieldsOf, readSent, type Sent } from './sent-body.ts'

/** Throws where a call of this app is not as it is described. Calls of pages and of other addresses pass. */
export const describeCalls = (app: Hono<ApiEnv>): void => {
  const { fetch } = app
  // What was sent is kept as it was given: a request that is read twice no longer ends as soon as it is too long.
  const kept = new WeakMap<Request, Sent | Promise<Sent>>()
  app.fetch = async (request, ...more) => {
    const found = description().find(request.method, new URL(request.url).pathname)
    const answer = await fetch(request, ...more)
    if (found) await holdAgainstDescription({ request, sent: (await kept.get(request)) ?? null, answer, found })
    return answer
  }
  app.request = (input, init, ...more) => {
    const url = input instanceof Request || input instanceof URL ? input : new URL(input, 'http://localhost')
    const request = new Request(url, init)
    const { body } = init ?? {}
    if (body instanceof FormData) kept.set(request, fieldsOf(body))
    else if (typeof body === 'string' || body instanceof Uint8Array) kept.set(request, readSent(typeOf(request), body))
    else if (body instanceof URLSearchParams) kept.set(request, String(body))
    return app.fetch(request, ...more)
  }
}

type Call = { request: Request; sent: Sent; answer: Response; found: Found }

const holdAgainstDescription = async ({ request, sent, answer, found }: Call): Promise<void> => {
  const body = isJson(mediaTypeOf(answer)) ? await answer.clone().text() : null
  const wrong = callProblem({ request, sent, answer, body, found })
  if (wrong) throw new Error(wrong)
  if (answer.ok) recordExample({ request, sent, answer, body, found })
}

/** In a sentence, what of a call is not as it is described; null where all of it is. `body` is the answer's text where that is JSON. */
export const callProblem = ({ body, ...call }: Call & { body: string | null }): string | null => {
  const { answer, found } = call
  const wrong = answerProblems(description(), { answer, body, found })
  // A bad call must be refused; how bad it is, is the test's own business.
  if (answer.status < 400) wrong.push(...requestProblems(description(), call))
  if (wrong.length === 0) return null
  return `${found.operation.operationId} ${answer.status} is not as openapi.yaml describes it: ${wrong.join('; ')}`
}

/** What is wrong with an answer: its status, its type, its body. `body` is its text where that is JSON. */
export const answerProblems = (
  reader: Reader,
  { answer, body, found }: { answer: Response; body: string | null; found: Found },
): string[] => {
  const status = String(answer.status)
  const { responses } = found.operation
  const place = status in responses && mediaOf(responses[status]?.content, mediaTypeOf(answer)) ? status : 'default'
  const declared = responses[place] ?? responses[status]
  if (!declared) return [`the status ${status} is not described (${body?.slice(0, 200) ?? ''})`]
  const type = mediaTypeOf(answer)
  const media = mediaOf(declared.content, type)
  if (declared.content && !media) return [`the type ${type || 'of nothing'} is not described for ${status}`]
  if (!declared.content && body) return [`${status} is described without a body`]
  if (!media || body === null) return []
  return reader.problems(
    [...found.place, 'responses', place in responses ? place : status, 'content', media, 'schema'],
    JSON.parse(body),
  )
}

/** What is wrong with a call that was accepted: its parameters and its body. */
export const requestProblems = (
  reader: Reader,
  { request, sent, found }: { request: Request; sent: Sent; found: Found },
): string[] => [...parameterProblems(reader, request, found), ...bodyProblems(reader, { request, sent, found })]

const parameterProblems = (reader: Reader, request: Request, found: Found): string[] => {
  const query = new URL(request.url).searchParams
  const described = reader.parametersOf(found)
  const isOpen = (found.operation.security ?? []).length === 0
  const unknown = [...query.keys()].filter(
    (name) => !isOpen && !described.some(({ parameter }) => parameter.in === 'query' && parameter.name === name),
  )
  return [
    ...unknown.map((name) => `the query takes ${name}, which is not described`),
    ...described.flatMap(({ parameter, place }) => {
      const { name } = parameter
      const from = { path: found.path[name], query: query.get(name), header: request.headers.get(name) }
      const given = from[parameter.in] ?? null
      if (given === null) return parameter.required ? [`${name} is missing, and was not asked for`] : []
      return reader.problems(place, given, 'words').map((problem) => `${parameter.in} ${name}: ${problem}`)
    }),
  ]
}

const bodyProblems = (
  reader: Reader,
  { request, sent, found }: { request: Request; sent: Sent; found: Found },
): string[] => {
  const { requestBody } = found.operation
  if (!requestBody) return sent && sent !== '{}' ? ['a body was taken that is not described'] : []
  const type = mediaTypeOf(request)
  if (!sent) return requestBody.required && !request.body ? ['the body is missing, and was not asked for'] : []
  const media = mediaOf(requestBody.content, type)
  if (!media) return [`a body of type ${type} was taken, which is not described`]
  // Bytes of any kind, in the sender's own words: nothing is said of what stands in them.
  if (media === '*/*') return []
  const place = [...found.place, 'requestBody', 'content', media, 'schema']
  if (typeof sent !== 'string') return reader.problems(place, sent, 'words')
  if (isJson(type)) return reader.problems(place, JSON.parse(sent))
  return reader.problems(place, Object.fromEntries(new URLSearchParams(sent)), 'words')
}

const typeOf = ({ headers }: Request | Response): string => headers.get('content-type') ?? ''

const mediaTypeOf = (about: Request | Response): string => typeOf(about).split(';')[0]?.trim().toLowerCase() ?? ''

export const isJson = (type: string): boolean => /^application\/(\w+\+)?json$/.test(type)

const mediaOf = (content: Media | undefined, type: string): string | undefined =>
  [type, '*/*'].find((each) => content && each in content)
