// The generated client as a portal uses it: typed by operation, refusals by code, and calls sent again only where that is safe. test/stories/ tells its stories with it.
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import {
  type ClientOptions,
  createClient,
  NoAnswer,
  type Order,
  type RefusalOf,
  type Takes,
} from '../../client/lephi.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp
beforeAll(async () => {
  gateway = await startTestApp()
})
afterAll(() => gateway.close())

const body: Takes<'placeOrder'>['body'] = {
  dossier_code: 'H56.12.03-261122-0001',
  agency_code: 'H56.12.03',
  payer: { name: 'Nguyễn Thị Lan' },
  lines: [{ kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: 150_000 }],
  return_url: 'https://portal.example.vn/dossiers/7',
}

const clientOf = (more: Partial<ClientOptions> = {}) =>
  createClient({
    baseUrl: 'http://gateway.test',
    token: () => gateway.token(),
    fetch: (url, init) => gateway.app.request(url, init),
    ...more,
  })

it('places, reads and finds an order, each by its operation', async () => {
  const { call } = clientOf()
  const placed = await call('placeOrder', { body, idempotencyKey: 'client-1' })
  if (!placed.ok) throw new Error(placed.problem.detail)
  expectTypeOf(placed.data).toEqualTypeOf<Order>()
  expect(placed).toMatchObject({ status: 201, data: { amount: 150_000, status: 'open' } })
  const read = await call('readOrder', { id: placed.data.id })
  expect(read).toMatchObject({ ok: true, data: placed.data })
  const found = await call('findOrders', { dossier_code: body.dossier_code, limit: 1 })
  expect(found).toMatchObject({ ok: true, data: { data: [{ id: placed.data.id }] } })
})

it('hands back a refusal by a code that the operation declares', async () => {
  const refused = await clientOf().call('readOrder', { id: 'ord_none' })
  if (refused.ok) throw new Error('found')
  expectTypeOf(refused.problem.code).toEqualTypeOf<RefusalOf<'readOrder'>>()
  expectTypeOf<'order_waived'>().not.toExtend<RefusalOf<'readOrder'>>()
  expect(refused).toMatchObject({ status: 404, problem: { code: 'not_found' } })
})

it('asks for a token as a form, and needs none for that', async () => {
  const { clientId, secret } = await gateway.client(['orders:read'])
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret } as const
  const { fetch } = { fetch: (url: string, init: RequestInit) => gateway.app.request(url, init) }
  const issued = await createClient({ baseUrl: 'http://gateway.test', fetch }).call('issueToken', { body: form })
  expect(issued).toMatchObject({ ok: true, data: { token_type: 'Bearer' } })
})

it('keeps what stands in a path within its part', async () => {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    return Response.json({})
  }
  await clientOf({ fetch }).call('readOrder', { id: '../clients?x#' })
  expect(asked).toEqual(['http://gateway.test/v1/orders/..%2Fclients%3Fx%23'])
})

describe('sends again', () => {
  const busy = (after: string) =>
    new Response('{"code":"overloaded"}', { status: 503, headers: { ...problem, 'retry-after': after } })
  const problem = { 'content-type': 'application/problem+json' }
  /** A gateway that answers these by turns, null by breaking the connection. */
  const answering = (answers: (Response | null)[], more: Partial<ClientOptions> = {}) => {
    const waited: number[] = []
    const keys: (string | null)[] = []
    const client = clientOf({
      wait: async (milliseconds) => void waited.push(milliseconds),
      fetch: async (_url, init) => {
        keys.push(new Headers(init.headers).get('idempotency-key'))
        const answer = answers.shift()
        if (!answer) throw new TypeError('connection lost')
        return answer
      },
      ...more,
    })
    return { ...client, waited, keys }
  }

  it('what has a key, under the same key, after as long as it is told', async () => {
    const { call, waited, keys } = answering([busy('2'), null, Response.json({}, { status: 201 })])
    expect(await call('placeOrder', { body, idempotencyKey: 'k' })).toMatchObject({ ok: true, status: 201 })
    expect([waited, keys]).toEqual([
      [2000, 2000],
      ['k', 'k', 'k'],
    ])
  })

  it('no write without a key', async () => {
    const { call, keys } = answering([null, Response.json({})])
    await expect(call('cancelOrder', { id: 'ord_1', body: { reason: 'x' } })).rejects.toThrow(NoAnswer)
    expect(keys).toHaveLength(1)
  })

  it('nothing more often, or after longer, than was set', async () => {
    const often = answering([busy('1'), busy('1'), busy('1'), busy('1')])
    expect(await often.call('listProviders')).toMatchObject({ ok: false, status: 503 })
    expect(often.keys).toHaveLength(3)
    const late = answering([busy('31'), Response.json({})])
    expect(await late.call('listProviders')).toMatchObject({ ok: false, status: 503 })
    expect(late.waited).toEqual([])
  })

  it('nothing that would be answered the same way', async () => {
    const { call, keys } = answering([new Response('{"code":"not_found"}', { status: 404, headers: problem })])
    expect(await call('readOrder', { id: 'ord_1' })).toMatchObject({ ok: false, problem: { code: 'not_found' } })
    expect(keys).toHaveLength(1)
  })
})

it('takes no page of somebody in between for an answer', async () => {
  const fetch = async () =>
    new Response('<h1>Bad gateway</h1>', { status: 504, headers: { 'content-type': 'text/html' } })
  await expect(clientOf({ fetch }).call('readOrder', { id: 'ord_1' })).rejects.toThrow('somebody else answers 504')
})
