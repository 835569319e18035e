// The kit itself: each way in which a call can differ from openapi.yaml is planted, and found.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { answerProblems, requestProblems } from '../kit/described-calls.ts'
import { createReader, description } from '../kit/description.ts'

const found = (method: string, path: string) => {
  const operation = description().find(method, path)
  if (!operation) throw new Error(`${method} ${path} is not described`)
  return operation
}

const answered = (method: string, path: string, answer: Response, body: string | null) =>
  answerProblems(description(), { answer, body, found: found(method, path) })

const asked = (method: string, path: string, sent: unknown, headers: Record<string, string> = {}) => {
  const body = sent === undefined ? null : JSON.stringify(sent)
  const init = { method, body, headers: { 'content-type': 'application/json', ...headers } }
  const request = new Request(`http://gateway.test${path}`, init)
  return requestProblems(description(), {
    request,
    sent: body,
    found: found(method, request.url.slice(19).split('?')[0] ?? ''),
  })
}

const json = { 'content-type': 'application/json' }
const problem = { 'content-type': 'application/problem+json' }
const refusal = { type: 'http://gateway.test/docs#conflict', title: 'x', status: 404, request_id: 'req_1' }

describe('finds in an answer', () => {
  it.each([
    ['a status', new Response(null, { status: 418 }), null, '418 is not described'],
    ['a type', new Response('', { status: 200, headers: { 'content-type': 'text/plain' } }), null, 'text/plain'],
    ['a member that is missing', new Response('', { headers: json }), '{}', 'required'],
    ['a member too many', new Response('', { headers: json }), '{"status":"ok","more":1}', 'additional'],
    ['another value', new Response('', { headers: json }), '{"status":"well"}', '/status'],
  ])('%s that is not described', (_name, answer, body, problems) => {
    expect(answered('GET', '/healthz', answer, body).join()).toContain(problems)
  })

  it('a code that this operation does not declare', () => {
    const answer = new Response('', { status: 404, headers: problem })
    const told = (code: string) => answered('GET', '/v1/orders/ord_1', answer, JSON.stringify({ ...refusal, code }))
    expect(told('not_found')).toEqual([])
    expect(told('order_already_paid').join()).toContain('/code')
  })
})

describe('finds in a call that was taken', () => {
  const order = { dossier_code: 'a', agency_code: 'H56', payer: { name: 'a' }, return_url: 'https://a.example.vn' }
  const lines = [{ kind: 'phi', description: 'a', unit_amount: 1 }]
  const key = { 'idempotency-key': 'k' }

  it.each([
    ['nothing where all is well', asked('POST', '/v1/orders', { ...order, lines }, key), ''],
    ['a header that is missing', asked('POST', '/v1/orders', { ...order, lines }), 'Idempotency-Key is missing'],
    ['an unknown member', asked('POST', '/v1/orders', { ...order, lines, price: 1 }, key), 'additional'],
    ['a body of another shape', asked('POST', '/v1/orders', { ...order, lines: [] }, key), '/lines'],
    [
      'a body of another type',
      asked('POST', '/v1/orders', order, { ...key, 'content-type': 'text/plain' }),
      'text/plain',
    ],
    ['an unknown parameter', asked('GET', '/v1/orders?colour=red', undefined), 'colour'],
    ['a parameter of another shape', asked('GET', '/v1/orders?limit=many', undefined), 'query limit'],
  ])('%s', (_name, problems, text) => {
    if (text === '') expect(problems).toEqual([])
    else expect(problems.join()).toContain(text)
  })
})

describe('every call of a test', () => {
  let gateway: TestApp
  beforeAll(async () => {
    gateway = await startTestApp()
  })
  afterAll(() => gateway.close())

  it('fails where the answer is another than described', async () => {
    expect((await gateway.request('/healthz')).status).toBe(200)
    const { paths } = description().document
    const health = paths['/healthz']?.get
    if (!health) throw new Error('there is no health')
    const kept = health.responses
    try {
      Object.assign(health, { responses: { 204: { description: 'None.' } } })
      await expect(gateway.request('/healthz')).rejects.toThrow('getHealth 200 is not as openapi.yaml describes it')
    } finally {
      Object.assign(health, { responses: kept })
    }
  })
})

it('reads a path by its constant parts first', () => {
  const paths = { '/a/{id}': { get: { operationId: 'one' } }, '/a/b': { get: { operationId: 'two' } } }
  const reader = createReader({ paths, components: {} } as never)
  expect(reader.find('GET', '/a/b')?.operation.operationId).toBe('two')
  expect(reader.find('GET', '/a/c%20d')).toMatchObject({ operation: { operationId: 'one' }, path: { id: 'c d' } })
  expect([reader.find('POST', '/a/b'), reader.find('GET', '/a')]).toEqual([null, null])
})
