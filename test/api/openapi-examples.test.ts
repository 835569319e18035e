// What openapi.yaml says to people and programs beyond shapes: it is valid OpenAPI, each example is valid, each code, scope and label is there, and each link leads somewhere.
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { problemCodes, problems } from '../../src/api/problem.ts'
import { isScope } from '../../src/domain/access.ts'
import { presentOrder } from '../../src/domain/present.ts'
import { orderMoves, refundMoves } from '../../src/domain/states.ts'
import { description, type Operation } from '../kit/description.ts'
import { bareOrder } from '../kit/order-facts.ts'

const { document, problems: problemsAt, parametersOf, find } = description()

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation, place: ['paths', path, method] })),
)
const byId = new Map(operations.map((each) => [each.operation.operationId, each]))

it('is OpenAPI 3.1 by its own schema', async () => {
  const told = await new Validator().validate(structuredClone(document))
  expect(told).toMatchObject({ valid: true })
})

describe.for(operations.map((each) => [each.operation.operationId, each] as const))('%s', ([, each]) => {
  const { operation, method, place } = each

  it('has an example of what it takes and of what it answers, both of the shapes described', () => {
    const body = operation.requestBody
    if (body) expectExamples([...place, 'requestBody'], body)
    const answers = Object.entries(operation.responses).filter(([status]) => Number(status) < 400)
    const shown = answers.map(([status, answer]) => expectExamples([...place, 'responses', status], answer, false))
    // A redirect and a deletion have nothing to show.
    if (answers.some(([, { content }]) => content)) expect(shown).toContain(true)
  })

  it('has an example of every part of its path', () => {
    const found = { operation, place, path: {} }
    for (const { parameter, place: at } of parametersOf(found)) {
      if (parameter.in === 'path')
        expect([parameter.name, typeof parameter.example]).toEqual([parameter.name, 'string'])
      if (parameter.example === undefined) continue
      expect(problemsAt(at, parameter.example, 'words')).toEqual([])
    }
  })

  it('names its codes, its scopes, its consistency and its limit', () => {
    const codes = operation['x-error-codes'] as string[]
    expect(codes).toContain('internal_error')
    const told = Object.entries(operation.responses).flatMap(([, { content }]) =>
      Object.keys((content?.['application/problem+json']?.examples ?? {}) as object),
    )
    expect(told.toSorted()).toEqual(codes.toSorted())
    for (const need of operation.security ?? []) expect(Object.values(need).flat().every(isScope)).toBe(true)
    expect(operation['x-consistency']).toMatch(/^(strong|eventual)$/)
    // Whatever is written is read back at once; only what others may keep is older.
    if (method !== 'get') expect(operation['x-consistency']).toBe('strong')
    expect(operation['x-rate-limit']).toBeTypeOf('string')
  })

  it('leads to calls that are there, by members that its own example has', () => {
    for (const [status, { links = {}, content }] of Object.entries(operation.responses))
      for (const link of Object.values(links as Record<string, Link>)) {
        const next = byId.get(link.operationId)
        expect([status, link.operationId, next !== undefined]).toEqual([status, link.operationId, true])
        const example = content?.['application/json']?.example as Record<string, unknown> | undefined
        for (const [name, from] of Object.entries(link.parameters)) {
          expect(next?.path).toContain(`{${name}}`)
          if (example) expect(example).toHaveProperty(from.replace('$response.body#/', ''))
        }
      }
  })
})

type Link = { operationId: string; parameters: Record<string, string>; 'x-states'?: string[] }

/** Whether there was one. */
const expectExamples = (
  place: string[],
  { content = {} }: Pick<Operation['responses'][string], 'content'>,
  must = true,
) => {
  const given = Object.entries(content).filter(([, media]) => media.example !== undefined)
  if (must) expect([place.join(' '), given.length]).toEqual([place.join(' '), 1])
  for (const [type, { example }] of given)
    expect(
      problemsAt([...place, 'content', type, 'schema'], example, type.includes('form') ? 'words' : 'json'),
    ).toEqual([])
  return given.length > 0
}

const linksOf = (method: string, path: string, status: string): Record<string, Link> =>
  (find(method, path)?.operation.responses[status]?.links ?? {}) as Record<string, Link>

describe('the next actions of', () => {
  it('an order are those that its answer names, in every state', () => {
    const links = linksOf('GET', '/v1/orders/ord_1', '200')
    for (const status of Object.keys(orderMoves) as (keyof typeof orderMoves)[]) {
      const amountPaid = status === 'paid' ? 150_000n : 0n
      const { next_actions } = presentOrder(bareOrder({ status, amountPaid }), [], '')
      const named = next_actions.map(({ method, href }) => find(method, href)?.operation.operationId)
      const legal = Object.values(links).filter((link) => link['x-states']?.includes(status) ?? true)
      expect([status, named.toSorted()]).toEqual([status, legal.map(({ operationId }) => operationId).toSorted()])
    }
  })

  it('a refund are those of the table of moves', () => {
    const links = linksOf('GET', '/v1/refunds/rfd_1', '200')
    expect(links.approveRefund?.['x-states']).toEqual(['proposed', 'requested'])
    for (const state of links.rejectRefund?.['x-states'] ?? [])
      expect(refundMoves[state as keyof typeof refundMoves]).toHaveProperty('reject')
  })
})

it('shows every code as it is answered, and where it is explained', () => {
  const shown = document.components.examples as Record<string, { value: object; description: string }>
  for (const [code, { value, description: words }] of Object.entries(shown)) {
    expect(problemsAt(['components', 'schemas', 'Problem'], value)).toEqual([])
    expect(problemCodes).toContain(code)
    expect(value).toMatchObject({ code, status: problems[code as keyof typeof problems].status })
    expect(words).toContain(`/docs#${code}`)
  }
})
