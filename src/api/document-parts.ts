/** What openapi.yaml says beyond the shapes of the routes: which codes each refusal may carry, what a call and its answer look like, and which calls may follow. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import recorded from './examples.json' with { type: 'json' }
import { nextActions } from './next-actions.ts'
import { type ProblemCode, problems } from './problem.ts'

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

export type MoreOfOperation = { codes: readonly ProblemCode[] }

/** A call as it was made, and what it was answered: `path` and `query` by name, `body` and `answer` as JSON, or as text where they are none. */
export type Example = {
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  body?: unknown
  status: number
  answer?: unknown
}

/** By operationId. Every operation has one; test/api/openapi-examples.test.ts holds each against the shapes. */
export const examples: Readonly<Record<string, Example>> = recorded

type Schema = { $ref?: string; allOf?: unknown; properties?: Record<string, { items?: Schema }> }
type Media = Record<string, { schema?: Schema; example?: unknown; examples?: unknown }>
type Answered = { description: string; content?: Media; links?: Record<string, unknown> }
type Parameter = { name: string; in: string; schema?: { type?: unknown }; example?: unknown }
type Operation = {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Media }
  responses: Record<string, Answered>
}

/** The same document with more in it; nothing that was there is changed but the shape of refusals, which names the codes that may stand there. */
export const describeMore = (
  document: OpenApiDocument,
  more: ReadonlyMap<string, MoreOfOperation>,
): OpenApiDocument => {
  const used = new Set<ProblemCode>()
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => {
    const operations = Object.entries(item as Record<string, Operation>).map(([method, operation]) => {
      const { codes } = more.get(operation.operationId) ?? { codes: [] }
      for (const code of codes) used.add(code)
      return [method, describeOperation(operation, codes)]
    })
    return [path, Object.fromEntries(operations)]
  })
  const told = [...used].toSorted().map((code) => [code, problemExample(code)])
  const components = { ...document.components, examples: Object.fromEntries(told) }
  return withNulls({ ...document, paths: Object.fromEntries(paths), components }) as OpenApiDocument
}

/** What may be null of a shape with a name is written as both that shape and an object or null, which null is not (zod-to-openapi 9.1): either of them, then. */
const withNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withNulls)
  if (typeof value !== 'object' || value === null) return value
  const members = value as Record<string, unknown>
  const [named, alone] = Array.isArray(members.allOf) ? (members.allOf as Record<string, unknown>[]) : []
  const isEither = named?.$ref !== undefined && JSON.stringify(alone) === '{"type":["object","null"]}'
  const { allOf: _, ...others } = members
  if (isEither) return { anyOf: [named, { type: 'null' }], ...others }
  return Object.fromEntries(Object.entries(members).map(([name, each]) => [name, withNulls(each)]))
}

const describeOperation = (operation: Operation, codes: readonly ProblemCode[]) => {
  const example = examples[operation.operationId]
  return {
    ...operation,
    'x-error-codes': codes,
    ...(operation.parameters ? { parameters: operation.parameters.map((each) => withValue(each, example)) } : {}),
    ...(operation.requestBody ? { requestBody: withBody(operation.requestBody, example?.body) } : {}),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, answer]) => [
        status,
        Number(status) < 400 ? answerWith(answer, { status, example }) : refusalWith(answer, { status, codes }),
      ]),
    ),
  }
}

const withValue = (parameter: Parameter, example: Example | undefined): Parameter => {
  if (parameter.name === 'Idempotency-Key') return { ...parameter, example: '5f0c7c1e-9a54-4a53-8a43-1d6f0f6f5b1e' }
  const given = (parameter.in === 'path' ? example?.path : example?.query)?.[parameter.name]
  if (given === undefined) return parameter
  return { ...parameter, example: parameter.schema?.type === 'integer' ? Number(given) : given }
}

const withBody = (body: { content: Media }, example: unknown) => ({
  ...body,
  content: firstWith(body.content, example),
})

const answerWith = (answer: Answered, { status, example }: { status: string; example: Example | undefined }) => {
  const links = linksOf(Object.values(answer.content ?? {})[0]?.schema)
  return {
    ...answer,
    ...(answer.content && String(example?.status) === status
      ? { content: firstWith(answer.content, example?.answer) }
      : {}),
    ...(links ? { links } : {}),
  }
}

/** An example belongs to the first type that is offered, which is what comes when nobody asks for another. */
const firstWith = (content: Media, example: unknown): Media => {
  if (example === undefined) return content
  return Object.fromEntries(
    Object.entries(content).map(([type, media], index) => [type, index ? media : { ...media, example }]),
  )
}

const refusalWith = (answer: Answered, { status, codes }: { status: string; codes: readonly ProblemCode[] }) => {
  const problem = answer.content?.['application/problem+json']
  if (!problem) return answer
  const here = codes.filter((code) => problems[code].status === Number(status))
  const schema = { allOf: [problem.schema, { type: 'object', properties: { code: { enum: here } } }] }
  const told = Object.fromEntries(here.map((code) => [code, { $ref: `#/components/examples/${code}` }]))
  return { ...answer, content: { 'application/problem+json': { schema, examples: told } } }
}

const problemExample = (code: ProblemCode) => ({
  summary: problems[code].title,
  description: `[What it means](/docs#${code}); causes and cures are in docs/errors.md.`,
  value: {
    type: `https://fees.example.vn/docs#${code}`,
    code,
    title: problems[code].title,
    status: problems[code].status,
    request_id: 'req_01m8323b80egbt68hysdgr8w4a',
  },
})

const linksOf = (schema: Schema | undefined) => {
  const name = schema?.$ref?.split('/').at(-1) ?? ''
  const next = nextActions[name]
  if (!next) return null
  return Object.fromEntries(
    next.map(({ operationId, takes, states, when }) => [
      operationId,
      {
        operationId,
        parameters: Object.fromEntries(Object.entries(takes).map(([name, at]) => [name, `$response.body#${at}`])),
        description: wordsOf(states, when),
        ...(states ? { 'x-states': states } : {}),
      },
    ]),
  )
}

const wordsOf = (states: readonly string[] | undefined, when: string | undefined): string => {
  if (!states) return when ? `When ${when}.` : 'In every state.'
  return `While \`status\` is ${states.map((state) => `\`${state}\``).join(' or ')}${when ? `, and ${when}` : ''}.`
}
