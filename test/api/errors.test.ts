import { z } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiEnv } from '../../src/api/env.ts'
import { errorResponse } from '../../src/api/errors.ts'
import { createLimiter } from '../../src/api/limits.ts'
import { mountRoutes } from '../../src/api/mount.ts'
import { preferredLanguage } from '../../src/api/problem.ts'
import { type Answer, definePublicRoute } from '../../src/api/route.ts'
import { Refusal } from '../../src/domain/refusal.ts'
import { queryInScope } from '../../src/store/database.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps } from '../kit/deps.ts'

let database: TestDatabase
const lines: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** The pipeline around one route that does what the test says. */
const answerOf = async (handle: () => Promise<Answer>, checkAnswers = false) => {
  const keep = (fields: object, message: string) =>
    void lines.push(
      JSON.stringify({ ...fields, message }, (_key, value) => (value instanceof Error ? value.stack : value)),
    )
  const deps = createTestDeps(database.database, { log: { debug: keep, info: keep, warn: keep, error: keep } })
  const app = new Hono<ApiEnv>()
  app.use(async (c, next) => {
    c.set('requestId', 'req_1')
    await next()
  })
  const route = definePublicRoute({
    method: 'get',
    path: '/try',
    operationId: 'try',
    summary: 'x',
    tag: 'Operations',
    responses: { 200: { description: 'x', schema: z.strictObject({ amount: z.int() }) } },
    handle,
  })
  mountRoutes(app, [route], {
    deps,
    limiter: createLimiter({ read: 10, write: 10, token: 10, checkout: 10, verify: 10, sign_in: 10 }),
    verifyToken: async () => null,
    clientAddress: () => '203.0.113.1',
    checkAnswers,
  })
  app.onError((error, c) => errorResponse(deps, error, c))
  lines.length = 0
  const answer = await app.request('/try')
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

const failWith = (error: unknown) => answerOf(() => Promise.reject(error))
const inDatabase = (scope: string, statement: string) =>
  answerOf(async () => {
    await queryInScope(database.database, scope, (sql) => sql.unsafe(statement))
    return { status: 200, json: {} }
  })

it('writes a bigint as an integer', async () => {
  const { text } = await answerOf(async () => ({ status: 200, json: { amount: 999_999_999_999n } }))
  expect(text).toBe('{"amount":999999999999}')
})

it('fails an answer that its route does not declare, where that is checked', async () => {
  const other = await answerOf(async () => ({ status: 200, json: { amount: '1' } }), true)
  expect([other.status, lines.join()]).toEqual([500, expect.stringContaining('/amount')])
  expect((await answerOf(async () => ({ status: 201, json: { amount: 1 } }), true)).status).toBe(500)
})

describe('words', () => {
  it('a refusal with its code, fields and delay', async () => {
    const errors = [{ pointer: '/amount', message: 'is wrong' }]
    const { status, headers, text } = await failWith(
      new Refusal('request_in_progress', 'Wait.', { errors, retryAfterSeconds: 3 }),
    )
    expect([status, headers.get('retry-after')]).toEqual([409, '3'])
    expect(JSON.parse(text)).toEqual({
      type: 'http://gateway.test/docs#request_in_progress',
      code: 'request_in_progress',
      title: 'The first request is still running',
      status: 409,
      detail: 'Wait.',
      errors,
      request_id: 'req_1',
    })
  })

  it('a bug as a bare 500, whose cause is in the log only', async () => {
    const { status, text } = await failWith(new Error('secret inside'))
    expect([status, JSON.parse(text)]).toEqual([
      500,
      {
        type: 'http://gateway.test/docs#internal_error',
        code: 'internal_error',
        title: 'Something went wrong on our side',
        status: 500,
        request_id: 'req_1',
      },
    ])
    expect(lines.join()).toContain('secret inside')
    expect((await failWith('a text')).status).toBe(500)
  })

  it('the framework’s own refusals', async () => {
    expect((await failWith(new HTTPException(413))).status).toBe(413)
    expect((await failWith(new HTTPException(418))).status).toBe(500)
  })

  it.each([
    ['a duplicate', "insert into agencies (agency_code, name) values ('H1', 'x'), ('H1', 'x')", 409, 'already_exists'],
    [
      'a broken reference',
      "insert into attempts (id, agency_code, order_id, merchant_account_id, provider, merchant_reference, status, amount, payer_ip, created_at, expires_at) values ('a', 'x', 'none', 'm', 'p', 'r', 'created', 1, 'i', now(), now())",
      409,
      'conflict',
    ],
    [
      'a broken rule',
      "insert into postings (entry_id, line_no, agency_code, account, merchant_account_id, amount, business_day) values ('e', 1, 'x', 'collected', 'm', 0, '2026-01-01')",
      409,
      'conflict',
    ],
    ['a changed row', "select lephi_expect(0, 1, 'x')", 409, 'conflict'],
    ['a number out of range', 'select 99999999999999999999::bigint', 422, 'invalid_input'],
    ['a day that is none', "select '2026-02-30'::date", 422, 'invalid_input'],
    [
      'a statement that takes too long',
      'set local statement_timeout = 10; select pg_sleep(5)',
      503,
      'service_unavailable',
    ],
    ['a missing table, which is a bug', 'select * from nothing_here', 500, 'internal_error'],
    ['a missing grant, which is a bug', 'delete from orders', 500, 'internal_error'],
  ])('%s in the database', async (_name, statement, status, code) => {
    const answer = await inDatabase('*', statement)
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code])
  })

  it('a row of another agency as 404', async () => {
    const answer = await inDatabase('H56', "insert into agencies (agency_code, name) values ('H57', 'x')")
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, 'not_found'])
  })

  it('no value that the database complains about, neither in the answer nor in the log', async () => {
    for (const statement of [
      "select 'private-7788'::integer",
      "insert into agencies (agency_code, name) values ('private-7788', 'x'), ('private-7788', 'x')",
    ]) {
      const { text } = await inDatabase('*', statement)
      expect([text, ...lines].join()).not.toContain('private-7788')
    }
  })
})

it('chooses the language by weight', () => {
  expect(preferredLanguage(undefined)).toBe('en')
  expect(preferredLanguage('vi')).toBe('vi')
  expect(preferredLanguage('vi-VN,vi;q=0.9,en;q=0.8')).toBe('vi')
  expect(preferredLanguage('en;q=0.5, vi;q=0.4')).toBe('en')
  expect(preferredLanguage('fr')).toBe('en')
  expect(preferredLanguage('vi;q=abc')).toBe('en')
})
