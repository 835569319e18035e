// Placing, finding and owing, as a portal's developer finds out about them: what each field takes, and what a refusal names.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { placeTestOrder } from '../kit/orders.ts'

let gateway: TestApp
let token: string
let keys = 0

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['orders:read', 'orders:write'])
})
afterAll(() => gateway.close())

type Body = Record<string, unknown> & {
  code?: string
  detail?: string
  errors?: { pointer: string; message: string }[]
  data?: { id: string }[]
  next_cursor?: string | null
}

const input = (more: object = {}) => ({
  dossier_code: 'H56.12.03-261122-0007',
  agency_code: 'H56.12.03',
  payer: { name: 'Nguyễn Thị Lan' },
  lines: [{ kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: 8_000 }],
  return_url: 'https://portal.example.vn/dossiers/7',
  ...more,
})

const send = async (body: string) => {
  keys += 1
  const answer = await gateway.request('/v1/orders', {
    method: 'POST',
    token,
    headers: { 'content-type': 'application/json', 'idempotency-key': `order-${keys}` },
    body,
  })
  return { status: answer.status, body: (await answer.json()) as Body }
}
const place = (more: object = {}) => send(JSON.stringify(input(more)))
const get = async (path: string) => {
  const answer = await gateway.request(path, { token })
  return { status: answer.status, body: (await answer.json()) as Body }
}
const pointers = ({ body }: { body: Body }) => (body.errors ?? []).map(({ pointer }) => pointer)

describe('an order', () => {
  it('keeps texts composed, and takes null for what has a default', async () => {
    const name = 'Nguyễn Thị Lan'
    const lines = [{ kind: 'le_phi', description: 'Lệ phí'.normalize('NFD'), unit_amount: 8_000, quantity: null }]
    const placed = await place({ payer: { name: name.normalize('NFD') }, lines, language: null, metadata: null })
    expect(placed).toMatchObject({
      status: 201,
      body: { payer: { name }, language: 'vi', metadata: {}, lines: [{ description: 'Lệ phí', quantity: 1 }] },
    })
  })

  it('may be as long as its longest texts, however they are written', async () => {
    // Each letter as the escape of six bytes that some JSON writers make of it.
    const long = (length: number) => 'ệ'.repeat(length)
    const line = {
      kind: 'phi',
      description: long(255),
      unit_amount: 1,
      exemption: { rule: long(150), evidence: long(255) },
    }
    const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${n}-${long(37)}`, long(500)]))
    const text = JSON.stringify(input({ lines: Array(50).fill(line), metadata })).replaceAll('ệ', '\\u1ec7')
    expect(text.length).toBeGreaterThan(256 * 1024)
    expect((await send(text)).status).toBe(201)
    expect((await send(`${text}${' '.repeat(512 * 1024)}`)).status).toBe(413)
  })
})

describe('a number', () => {
  const withNumber = (number: string) => JSON.stringify(input()).replace('8000', number)
  it.each([
    ['9007199254740993', 'is too large a number'],
    ['1e400', 'is too large a number'],
    ['-1e30', 'is too large a number'],
    ['7999.99999999999999999', 'is too precise a number'],
  ])('that would change by being read is refused by name: %s', async (number, message) => {
    const refused = await send(withNumber(number))
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'invalid_input',
        detail: `/lines/0/unit_amount ${message}.`,
        errors: [{ pointer: '/lines/0/unit_amount', message }],
      },
    })
  })

  it('is named wherever it stands, each of them', async () => {
    const refused = await send('{"a/b":1e400,"c":[0,1e400],"d":1e400}')
    expect([refused.status, pointers(refused)]).toEqual([422, ['/a~1b', '/c/1', '/d']])
    expect((await send('1e400')).body).toMatchObject({ detail: 'The body is too large a number.' })
  })
})

describe('refuses', () => {
  it.each(['\u0007', '\n', '\u202e', '\u2066', '\u200f', '\u2028', '\u0085'])(
    'texts that show something else than they say: %j',
    async (mark) => {
      const foul = `Lệ${mark}phí`
      const refused = await place({
        payer: { name: foul, identity_number: foul, tax_code: foul, phone: foul, address: foul },
        procedure_code: foul,
        procedure_name: foul,
        collection_stage: foul,
        dossier_code: foul,
        metadata: { [foul]: 'x', b: foul },
        lines: [
          {
            kind: 'phi',
            description: foul,
            unit_amount: 1,
            fee_code: foul,
            budget_item: foul,
            exemption: { rule: foul, evidence: foul },
          },
        ],
      })
      expect(refused.status).toBe(422)
      expect(pointers(refused).toSorted()).toEqual(
        [
          '/payer/name',
          '/payer/identity_number',
          '/payer/tax_code',
          '/payer/phone',
          '/payer/address',
          '/procedure_code',
          '/procedure_name',
          '/collection_stage',
          '/dossier_code',
          `/metadata/${foul}`,
          '/metadata/b',
          '/lines/0/description',
          '/lines/0/fee_code',
          '/lines/0/budget_item',
          '/lines/0/exemption/rule',
          '/lines/0/exemption/evidence',
        ].toSorted(),
      )
    },
  )

  it('metadata that is no text, or would not be kept as it is written', async () => {
    for (const value of [1, true, null, {}, ['x']]) {
      const refused = await place({ metadata: { a: value } })
      expect([value, refused.status, pointers(refused)]).toEqual([value, 422, ['/metadata/a']])
    }
    for (const name of ['', ' a', 'a'.repeat(41)]) expect((await place({ metadata: { [name]: 'x' } })).status).toBe(422)
  })

  it.each(['__proto__', '\\u005f_proto__'])('the member %s wherever it stands', async (name) => {
    const own = `"${name}":{"a":"b"}`
    const cases = {
      '/__proto__': JSON.stringify(input()).replace('{', `{${own},`),
      '/metadata/__proto__': JSON.stringify(input({ metadata: { a: 'b' } })).replace('{"a":', `{${own},"a":`),
      '/payer/__proto__': JSON.stringify(input()).replace('{"name":', `{${own},"name":`),
    }
    for (const [pointer, body] of Object.entries(cases)) {
      const refused = await send(body)
      expect([pointer, refused.status, pointers(refused)]).toEqual([pointer, 422, [pointer]])
    }
  })

  it.each([
    'https://user:word@portal.example.vn/',
    'https://user@portal.example.vn/',
    'https://portal.example.vn/a b',
    'https://portal.example.vn/\u0000',
    'https://portal.exa\tmple.vn/',
    'https:\\\\portal.example.vn\\',
    'javascript:alert(1)',
    'nonsense',
  ])('to send the citizen back to %j', async (return_url) => {
    const refused = await place({ return_url })
    expect([refused.status, pointers(refused)]).toEqual([422, ['/return_url']])
  })
})

describe('a list', () => {
  it('takes no cursor of another list', async () => {
    const ids = [await placeTestOrder(gateway.deps), await placeTestOrder(gateway.deps)]
    const orders = await get('/v1/orders?limit=1')
    const timeline = (id = '') => `/v1/orders/${id}/events?limit=1`
    expect((await get(`/v1/orders?limit=1&cursor=${orders.body.next_cursor}`)).status).toBe(200)
    const feed = await get('/v1/events?limit=1')
    for (const path of [
      `/v1/orders?cursor=${feed.body.next_cursor}`,
      `${timeline(ids[0])}&cursor=${orders.body.next_cursor}`,
    ]) {
      expect(await get(path)).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: [{ pointer: '/query/cursor' }] },
      })
    }
    expect(await get(`/v1/events?after=${orders.body.next_cursor}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/query/after' }] },
    })
  })

  it('of orders takes times in the one way of queries, from inclusive and to exclusive', async () => {
    gateway.clock.advance(3_600)
    token = await gateway.token(['orders:read', 'orders:write'])
    const at = gateway.clock.now()
    const id = await placeTestOrder(gateway.deps)
    const found = async (query: string) => (await get(`/v1/orders?${query}`)).body.data?.map((order) => order.id)
    const text = at.toISOString()
    const next = new Date(at.getTime() + 1).toISOString()
    expect(await found(`created_from=${text}&created_to=${next}`)).toEqual([id])
    expect(await found(`created_from=${text}&created_to=${text}`)).toEqual([])
    expect(await found(`created_from=2026-11-23T10:00:00%2B07:00`)).toEqual([id])
    for (const name of ['created_from', 'created_to']) {
      for (const time of ['2026-11-23T10:00:00+07:00', '2026-11-23', '2026-02-30T00:00:00Z']) {
        const refused = await get(`/v1/orders?${name}=${time}`)
        expect([time, refused.status, pointers(refused)]).toEqual([time, 422, [`/query/${name}`]])
      }
    }
  })

  it('of orders of a time come newest first, page by page, also those of one instant', async () => {
    gateway.clock.advance(3_600)
    token = await gateway.token(['orders:read', 'orders:write'])
    const from = gateway.clock.now()
    const made: string[] = []
    for (const seconds of [0, 0, 0, 60, 60]) {
      gateway.clock.advance(seconds)
      made.push(await placeTestOrder(gateway.deps))
    }
    const to = gateway.clock.now()
    gateway.clock.advance(1)
    await placeTestOrder(gateway.deps)
    const pages: string[][] = []
    const asked = `/v1/orders?created_from=${from.toISOString()}&created_to=${new Date(to.getTime() + 1).toISOString()}&limit=2`
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: Body } = await get(`${asked}${cursor && `&cursor=${cursor}`}`)
      pages.push((body.data ?? []).map((order) => String(order.id)))
      cursor = body.next_cursor ?? null
    }
    const [a, b, c, d, e] = made
    expect(pages).toEqual([[e, d], [c, b], [a]])
  })
})

describe('a bill', () => {
  it('sums every open order of the dossier, and says when not all are listed', async () => {
    const dossierCode = 'H56.12.03-261122-0777'
    const first = await placeTestOrder(gateway.deps, { dossierCode })
    const bill = () => get(`/v1/bills?dossier_code=${dossierCode}`)
    expect((await bill()).body).toMatchObject({
      amount_owed: 150_000,
      order_count: 1,
      is_cut: false,
      orders: [{ id: first }],
    })
    for (let n = 0; n < 101; n += 1) await placeTestOrder(gateway.deps, { dossierCode })
    const { body } = await bill()
    expect(body).toMatchObject({ amount_owed: 102 * 150_000, order_count: 102, is_cut: true })
    expect(body.orders).toHaveLength(100)
    expect((await get('/v1/bills?dossier_code=H56.12.03-261122-0778')).body).toMatchObject({
      amount_owed: 0,
      order_count: 0,
      is_cut: false,
      orders: [],
    })
  })
})
