// Every route that takes a body or a query, and everything that a stranger could put there: 4xx, named, nothing written, never 5xx.
import { z } from '@hono/zod-openapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Route } from '../../src/api/route.ts'
import { routeTable } from '../../src/api/routes.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp
let token: string

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token([])
})
afterAll(() => gateway.close())

const writes = routeTable.filter((route) => route.scopes.length > 0 && route.method !== 'get' && !route.raw)
const withJson = writes.filter((route) => route.request.json)
const withQuery = routeTable.filter((route) => route.scopes.length > 0 && route.request.query)

/** A path whose parameters have the right shape and name nothing. */
const pathOf = (route: Route): string =>
  route.path
    .replaceAll(/\{(agency_code)\}/g, 'H56.12')
    .replaceAll(/\{(date|day)\}/g, '2026-11-23')
    .replaceAll(/\{name\}/g, 'collections')
    .replaceAll(
      /\{(\w+)\}/g,
      (_all, name: string) => `${prefixOf(route, name)}_01kb1m5x2fefarv7w2m3k1q0ab${endingOf(route, name)}`,
    )

const prefixes: Record<string, string> = {
  merchant_account: 'mac',
  merchant_key: 'key',
  fee_schedule: 'fee',
  client: 'cli',
  order: 'ord',
  attempt: 'att',
  refund: 'rfd',
  dispute: 'dsp',
  receipt: 'rcp',
  journal_entry: 'jrn',
  statement: 'stm',
  statement_draft: 'stm',
  reconciliation: 'rec',
  discrepancy: 'dsc',
  tracing_case: 'trc',
  quarantine_entry: 'qrn',
  legal_hold: 'hld',
  webhook_endpoint: 'whe',
  webhook_delivery: 'whd',
}
// The id of a delivery ends in six more characters, of its endpoint.
const endingOf = (route: Route, name: string): string => (route.objects?.[name] === 'webhook_delivery' ? '0a1b2c' : '')
const prefixOf = (route: Route, name: string): string => prefixes[route.objects?.[name] ?? ''] ?? 'x'

const send = async (route: Route, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
  const init = {
    method: route.method.toUpperCase(),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': 'bad-input',
      ...headers,
    },
    body,
  }
  const answer = await gateway.request(pathOf(route), init)
  const text = await answer.text()
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    problem: text === '' ? {} : JSON.parse(text),
  }
}

type Sent = Awaited<ReturnType<typeof send>>

const expectProblem = (sent: Sent) => {
  expect(sent).toMatchObject({
    status: expect.any(Number),
    type: 'application/problem+json',
    problem: {
      code: expect.any(String),
      title: expect.any(String),
      request_id: expect.any(String),
      type: expect.any(String),
    },
  })
  expect([sent.problem, sent.status >= 400 && sent.status < 500]).toEqual([sent.problem, true])
  expect(sent.problem.status).toBe(sent.status)
}

const countRows = async (): Promise<string> => {
  const tables = [
    'agencies',
    'merchant_accounts',
    'merchant_account_keys',
    'fee_schedules',
    'clients',
    'orders',
    'attempts',
    'refunds',
    'events',
    'webhook_endpoints',
    'statements',
    'reconciliations',
    'idempotency_keys',
  ]
  const counts = await Promise.all(
    tables.map(async (table) => {
      const [row] = await gateway.sql`select count(*)::int as rows from ${gateway.sql(table)}`
      return `${table} ${row?.rows}`
    }),
  )
  return counts.join(', ')
}

/** The members of a route's body, by name. */
const membersOf = (route: Route): string[] => Object.keys(shapeOf(route) ?? {})

/** Null where the body is no object. One without members is: it takes nothing. */
const shapeOf = (route: Route): object | null => {
  let schema: z.ZodType | undefined = route.request.json
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    schema = schema.unwrap() as z.ZodType
  }
  return schema instanceof z.ZodObject ? schema.shape : null
}

/** What no field of ours takes. */
const nasty: [string, string][] = [
  ['a negative number', '-1'],
  ['a fraction', '1.5'],
  ['1e30', '1e30'],
  ['an integer beyond 2^53', '9007199254740993'],
  ['infinity', '1e999'],
  ['a list of lists', '[[]]'],
  ['a NUL', '"a\\u0000b"'],
  ['half a surrogate pair', '"\\ud800"'],
  ['a very long text', JSON.stringify('x'.repeat(50_000))],
]

/** What some fields take: then another member is missing, or the object that the path names. */
const odd = ['{"a":1}', '{"a":{"b":[1,2,{"c":null}]}}', '"a\\u0007b"', '""', '" "', 'null', 'true', '0', '[]', '[null]']

it('finds the routes that it is to try', () => {
  expect(withJson.length).toBeGreaterThan(5)
  for (const route of withJson) expect([route.path, shapeOf(route) !== null]).toEqual([route.path, true])
})

describe.each(writes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  it('refuses what is not JSON, naming the place', async () => {
    for (const body of ['{', '{"a":1,}', '[', 'nonsense', "{'a':1}", '{"a":NaN}']) {
      const sent = await send(route, body)
      expectProblem(sent)
      expect([sent.status, sent.problem.code]).toEqual([400, 'invalid_request'])
    }
    expect((await send(route, '{"a":1,}')).problem.detail).toMatch(/at character \d+/)
  })

  it('refuses bytes that are not UTF-8, 5 MB, deep nesting and other content types', async () => {
    const foul = await send(route, Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d))
    expectProblem(foul)
    expect(foul.status).toBe(400)
    const large = await send(route, `{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`)
    expectProblem(large)
    expect([large.status, large.problem.code]).toEqual([413, 'body_too_large'])
    const deep = await send(route, '['.repeat(10_000) + ']'.repeat(10_000))
    expectProblem(deep)
    expect(deep.status).toBe(400)
    const xml = await send(route, '{"a":1}', { 'content-type': 'application/xml' })
    expectProblem(xml)
    expect(xml.status).toBe(415)
  })

  it('refuses unknown fields by name, and bodies that are no objects', async () => {
    const before = await countRows()
    const proto = await send(route, '{"__proto__":{"a":1}}')
    expect([proto.status, proto.problem.errors?.[0]?.pointer]).toEqual([422, '/__proto__'])
    const sent = await send(route, '{"surprise":1,"__proto__x":2,"a/b~c":3}')
    expectProblem(sent)
    expect(sent.status).toBe(422)
    const pointers = sent.problem.errors.map(({ pointer }: { pointer: string }) => pointer)
    expect(pointers).toEqual(expect.arrayContaining(['/surprise', '/__proto__x', '/a~1b~0c']))
    for (const body of ['[]', '"x"', '1', 'true', 'null']) expectProblem(await send(route, body))
    expect(await countRows()).toBe(before)
  })
})

describe.each(withJson.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  it('refuses what no field takes in every field, naming it, and writes nothing', async () => {
    const before = await countRows()
    for (const member of membersOf(route)) {
      for (const [what, value] of nasty) {
        const sent = await send(route, `{"${member}":${value}}`)
        expectProblem(sent)
        const pointers = (sent.problem.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)
        const isNamed = pointers.some((pointer: string) => pointer.startsWith(`/${member}`))
        expect([member, what, sent.problem, isNamed]).toEqual([member, what, sent.problem, true])
        expect([member, what, sent.status, sent.problem.code]).toEqual([member, what, 422, expect.any(String)])
      }
      // A caller may well say `true` where a yes is asked for: of these only a failure of ours would be wrong.
      for (const value of odd) expect((await send(route, `{"${member}":${value}}`)).status).toBeLessThan(500)
    }
    expect(await countRows()).toBe(before)
  })
})

describe.each(withQuery.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  it('refuses unknown, doubled, undecodable and unstorable parameters', async () => {
    const cases: [string, string][] = [
      ['surprise=1', '/query/surprise'],
      ['limit=1&limit=2', '/query/limit'],
      ['limit=%ff', '/query/limit'],
      ['limit=%zz', '/query/limit'],
      ['cursor=%00', '/query/cursor'],
    ]
    for (const [query, pointer] of cases) {
      const answer = await gateway.request(`${pathOf(route)}?${query}`, { token })
      const problem = (await answer.json()) as { code: string; errors?: { pointer: string }[] }
      expect([query, answer.status >= 400 && answer.status < 500, problem]).toEqual([query, true, problem])
      if (answer.status !== 404)
        expect([query, problem.errors?.map((error) => error.pointer)]).toEqual([
          query,
          expect.arrayContaining([pointer]),
        ])
    }
  })

  it('refuses limits and cursors that are none', async () => {
    if (!('limit' in (route.request.query instanceof z.ZodObject ? route.request.query.shape : {}))) return
    for (const query of [
      // As writeCursor makes them, for a list that there is none of.
      `cursor=${btoa('2:secrets:x').replaceAll('=', '')}`,
      `cursor=${btoa('1:x').replaceAll('=', '')}`,
      'limit=0',
      'limit=201',
      'limit=-1',
      'limit=1.5',
      'limit=1e2',
      'limit=',
      'cursor=x',
      'cursor=%F0%9F%98%80',
    ]) {
      const answer = await gateway.request(`${pathOf(route)}?${query}`, { token })
      expect([query, [404, 422].includes(answer.status)]).toEqual([query, true])
    }
  })
})

it('takes no path parameter for what it is not', async () => {
  for (const route of routeTable.filter(({ path, scopes }) => scopes.length > 0 && path.includes('{'))) {
    for (const foul of ['x', '%00', '%ff', '%2e%2e%2f', "'%20or%201=1", 'ord_', 'a'.repeat(3_000), '%F0%9F%98%80']) {
      const path = route.path.replaceAll(/\{\w+\}/g, foul)
      const init = { method: route.method.toUpperCase(), token, headers: { 'idempotency-key': 'k' } }
      const body = route.method === 'get' || route.raw ? {} : { json: {} }
      const answer = await gateway.request(path, {
        ...init,
        ...body,
        ...('json' in body ? { method: init.method } : {}),
      })
      expect([route.method, path.slice(0, 100), answer.status >= 400 && answer.status < 500]).toEqual([
        route.method,
        path.slice(0, 100),
        true,
      ])
    }
  }
})
