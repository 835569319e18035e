// ZaloPay's side: its signing against the published vectors, orders with their rules, the page, callback and redirect, query, refunds.
import { createHmac } from 'node:crypto'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { type CallName, callText, checksumOf, isSignedCall, macOfData } from '../../src/simulators/zalopay/messages.ts'
import file from '../vectors/zalopay.json' with { type: 'json' }

const account = {
  app_id: '990001',
  key1: 'vecKey1-zalopay-2026-aaaaaaaaaaaa',
  key2: 'vecKey2-zalopay-2026-bbbbbbbbbbbb',
  callback_url: 'https://merchant.example.vn/registered',
}

describe('the vectors', () => {
  const isCall = (kind: string): kind is CallName => ['create', 'query', 'refund', 'query_refund'].includes(kind)
  for (const vector of file.vectors) {
    const { kind, secrets, signature, signingString } = vector
    const params: Record<string, unknown> = vector.params
    it(`${vector.valid ? 'accept' : 'refuse'} ${vector.name}`, async () => {
      if (isCall(kind)) {
        expect(callText(kind, params, secrets.key1)).toBe(signingString)
        return expect(await isSignedCall(kind, { ...params, mac: signature }, secrets.key1)).toBe(vector.valid)
      }
      if (kind === 'redirect') return expect((await checksumOf(params, secrets.key2)) === signature).toBe(vector.valid)
      if (kind === 'callback')
        return expect((await macOfData(String(params.data), secrets.key2)) === signature).toBe(vector.valid)
      // Cancelling has no published path, and nobody here shows a list of banks.
      expect(['cancel', 'bank_list']).toContain(kind)
    })
  }
})

interface Told {
  url: string
  body: string
}

const openTown = () => {
  const clock = { at: Date.parse('2026-11-20T10:00:00+07:00') }
  const told: Told[] = []
  let ids = 0
  const town = {
    clock,
    told,
    answer: (): Response => Response.json({ return_code: 1, return_message: 'success' }),
    pass: (seconds: number) => {
      clock.at += seconds * 1000
    },
  }
  const sim = createSimulators({
    fetch: async (url, init) => {
      told.push({ url, body: String(init.body) })
      return town.answer()
    },
    now: () => new Date(clock.at),
    newId: () => `id-${++ids}`,
    publicUrl: 'http://127.0.0.1:8787',
    accounts: { zalopay: [account] },
  })
  const app = new Hono().route('/simulators', sim.app)
  const post = (path: string, body: unknown) =>
    app.request(`/simulators/zalopay/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const complete = async (reference: string, result = 'success') =>
    (await (await post(`payments/${reference}/complete`, { result })).json()) as Answer
  return Object.assign(town, { sim, app, post, complete })
}
type Town = ReturnType<typeof openTown>
type Answer = Record<string, unknown> & { order_url: string; return_url: string | null; provider_reference: string }

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text, 'utf8').digest('hex')
const signed: Record<string, string> = {
  create: 'app_id app_trans_id app_user amount app_time embed_data item',
  query: 'app_id app_trans_id',
  refund: 'app_id zp_trans_id amount description timestamp',
  query_refund: 'app_id m_refund_id timestamp',
}

const bodyOf = (town: Town, name: string, change: object): Record<string, unknown> => {
  const defaults: Record<string, object> = {
    create: {
      ...{ app_trans_id: '261120_DVC1', app_user: 'lephi', app_time: town.clock.at, amount: 50_000 },
      ...{ item: '[]', embed_data: '{"redirecturl":"https://merchant.example.vn/back?tenant=hcm"}' },
      ...{ description: 'Lệ phí hồ sơ DVC1', bank_code: '', callback_url: 'https://merchant.example.vn/callback' },
    },
    query: { app_trans_id: '261120_DVC1' },
    refund: { m_refund_id: '261120_990001_RF1', amount: 20_000, description: 'Hoàn', timestamp: town.clock.at },
    query_refund: { m_refund_id: '261120_990001_RF1', timestamp: town.clock.at },
  }
  const body: Record<string, unknown> = { app_id: 990_001, ...defaults[name], ...change }
  const values = (signed[name] ?? '').split(' ').map((field) => body[field])
  const mac = hmac(account.key1, (name === 'query' ? [...values, account.key1] : values).join('|'))
  return { mac, ...body }
}
const call = async (town: Town, name: string, change: object = {}): Promise<Answer> => {
  const response = await town.post(`v2/${name}`, bodyOf(town, name, change))
  expect(response.status).toBe(200)
  return response.json()
}
const codes = async (answer: Promise<Answer>) => {
  const { return_code, sub_return_code } = await answer
  return [return_code, sub_return_code]
}
const press = (town: Town, url: string, result: string) =>
  town.app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })

describe('create', () => {
  it('answers a page for the payer, and an order that can be asked for', async () => {
    const town = openTown()
    const created = await call(town, 'create')
    expect(created).toMatchObject({ return_code: 1, sub_return_code: 1, zp_trans_token: expect.any(String) })
    expect(created.order_url).toMatch(/^http:\/\/127\.0\.0\.1:8787\/simulators\/zalopay\/openinapp\?/)
    expect(await call(town, 'query')).toMatchObject({ return_code: 3, is_processing: false })
    expect(await call(town, 'query')).not.toHaveProperty('amount')
  })

  it('takes a form as well as JSON', async () => {
    const town = openTown()
    const fields = Object.entries(bodyOf(town, 'create', {})).map(([name, value]) => [name, String(value)])
    const body = new URLSearchParams(fields)
    const response = await town.app.request('/simulators/zalopay/v2/create', { method: 'POST', body })
    expect(await response.json()).toMatchObject({ return_code: 1 })
  })

  it.each([
    [-402, { mac: 'a'.repeat(64) }],
    [-402, { app_id: 990_002 }],
    [-401, { mac: 'A'.repeat(64) }],
    [-401, { amount: 0 }],
    [-401, { amount: 1.5 }],
    [-401, { app_user: '' }],
    [-401, { description: '' }],
    [-401, { description: 'x'.repeat(257) }],
    [-401, { item: [] }],
    [-401, { item: '{}' }],
    [-401, { embed_data: {} }],
    [-401, { embed_data: '[]' }],
    [-401, { embed_data: '{' }],
    [-401, { expire_duration_seconds: 299 }],
    [-401, { expire_duration_seconds: 2_592_001 }],
    [-401, { callback_url: 'ftp://merchant.example.vn' }],
    [-401, { app_time: Date.parse('2026-11-20T09:44:00+07:00') }],
    // Of another day in Vietnam, in another order, without a day, too long, with another sign.
    [-92, { app_trans_id: '261119_DVC1' }],
    [-92, { app_trans_id: '201126_DVC1' }],
    [-92, { app_trans_id: 'DVC1' }],
    [-92, { app_trans_id: '261120_a|b' }],
    [-401, { app_trans_id: `261120_${'x'.repeat(34)}` }],
  ])('answers %i to %o', async (code, change) => {
    const town = openTown()
    expect(await codes(call(town, 'create', change))).toEqual([2, code])
    expect(town.sim.ledger('zalopay')).toEqual([])
  })

  it('knows the day in Vietnam, not in UTC', async () => {
    const town = openTown()
    town.clock.at = Date.parse('2026-11-20T17:30:00Z')
    expect(await codes(call(town, 'create'))).toEqual([2, -92])
    expect(await codes(call(town, 'create', { app_trans_id: '261121_DVC1' }))).toEqual([1, 1])
  })

  it('answers -68 to an id that was used, and keeps the order as it is', async () => {
    const town = openTown()
    await call(town, 'create')
    expect(await codes(call(town, 'create', { amount: 60_000 }))).toEqual([2, -68])
    expect(town.sim.ledger('zalopay')).toMatchObject([{ amount: 50_000n }])
  })
})

describe('the payer', () => {
  it('pays on the page: a callback under key2 over the text of data, and a way back with a checksum', async () => {
    const town = openTown()
    const { order_url } = await call(town, 'create', { item: '[{"itemname":"Lệ phí “khẩn”"}]' })
    expect(await (await town.app.request(order_url)).text()).toContain('Trang mô phỏng')
    const back = new URL((await press(town, order_url, 'success')).headers.get('location') ?? '')
    const { data, mac, type } = JSON.parse(town.told[0]?.body ?? '')
    expect([town.told[0]?.url, type, mac]).toEqual([
      'https://merchant.example.vn/callback',
      1,
      hmac(account.key2, data),
    ])
    expect(JSON.parse(data)).toMatchObject({
      ...{ app_id: 990_001, app_trans_id: '261120_DVC1', amount: 50_000, app_user: 'lephi', discount_amount: 0 },
      ...{ item: '[{"itemname":"Lệ phí “khẩn”"}]', server_time: town.clock.at },
    })
    expect(String(JSON.parse(data).zp_trans_id)).toMatch(/^261120\d{9}$/)
    const { checksum, tenant, ...fields } = Object.fromEntries(back.searchParams)
    expect({ tenant, ...fields }).toMatchObject({ tenant: 'hcm', status: '1', bankcode: '', pmcid: '38' })
    expect(checksum).toBe(hmac(account.key2, '990001|261120_DVC1|38||50000|0|1'))
    expect(await call(town, 'query')).toMatchObject({ return_code: 1, sub_return_code: 1, amount: 50_000 })
  })

  it('is called back at the registered address where the order names none', async () => {
    const town = openTown()
    await call(town, 'create', { callback_url: undefined })
    await town.complete('261120_DVC1')
    expect(town.told[0]?.url).toBe('https://merchant.example.vn/registered')
  })

  it.each([
    ['insufficient', '-63', [2, -63]],
    ['wrong_otp', '-217', [2, -217]],
    ['cancelled', '-49', [3, 3]],
  ])('who ends as %s is not called back, and may still pay while the order lives', async (result, status, asked) => {
    const town = openTown()
    const { order_url } = await call(town, 'create')
    const back = new URL((await press(town, order_url, result)).headers.get('location') ?? '')
    expect([back.searchParams.get('status'), back.searchParams.get('pmcid')]).toEqual([status, '0'])
    expect(town.told).toEqual([])
    expect(await codes(call(town, 'query'))).toEqual(asked)
    expect(town.sim.ledger('zalopay')).toMatchObject([{ status: 'open', occurred_at: null }])
    await press(town, order_url, 'success')
    expect(town.told).toHaveLength(1)
    expect(await codes(call(town, 'query'))).toEqual([1, 1])
  })

  it('comes too late after the life of the order, fifteen minutes or as it says', async () => {
    for (const [seconds, change] of [
      [900, {}],
      [3_600, { expire_duration_seconds: 3_600 }],
    ] as const) {
      const town = openTown()
      const { order_url } = await call(town, 'create', change)
      town.pass(seconds)
      expect((await town.app.request(order_url)).status).toBe(200)
      town.pass(1)
      expect(await (await town.app.request(order_url)).text()).toContain('hết hạn')
      expect(await codes(call(town, 'query'))).toEqual([2, -54])
    }
  })

  it.each(['pending', 'suspicious'])('whose money is %s is in progress', async (result) => {
    const town = openTown()
    await call(town, 'create')
    expect((await town.complete('261120_DVC1', result)).return_url).toBeNull()
    expect(await call(town, 'query')).toMatchObject({ return_code: 3, is_processing: true })
    expect(town.told).toEqual([])
  })

  it('is not let in by an address that somebody made up', async () => {
    const town = openTown()
    const { order_url } = await call(town, 'create')
    expect((await town.app.request(`${order_url.slice(0, -1)}x`)).status).toBe(400)
  })
})

describe('the callback', () => {
  const answered = async (answer: () => Response) => {
    const town = openTown()
    town.answer = answer
    await call(town, 'create')
    await town.complete('261120_DVC1')
    for (let minute = 0; minute < 10; minute += 1) {
      town.pass(60)
      await town.sim.tick()
    }
    return town.told.length
  }

  it('comes once, also when the merchant says failure, and three times when it says again or nothing', async () => {
    for (const return_code of [1, 2, -1]) expect(await answered(() => Response.json({ return_code }))).toBe(1)
    expect(await answered(() => Response.json({ return_code: 0 }))).toBe(3)
    expect(await answered(() => new Response('', { status: 500 }))).toBe(3)
    expect(await answered(() => new Response('<html>'))).toBe(3)
  })

  it('is never sent about a failure, whatever fault is ordered', async () => {
    const town = openTown()
    await call(town, 'create')
    await town.post('faults', { fault: 'callback_failed_then_captured' })
    await town.post('faults', { fault: 'captured_then_failed' })
    await town.post('faults', { fault: 'callback_forged' })
    await town.complete('261120_DVC1', 'insufficient')
    expect(town.told).toEqual([])
    await town.complete('261120_DVC1')
    const macs = town.told.map(({ body }) => JSON.parse(body)).map(({ data, mac }) => mac === hmac(account.key2, data))
    expect(macs).toEqual([false, true])
  })
})

describe('refunds', () => {
  const paid = async () => {
    const town = openTown()
    await call(town, 'create')
    const { provider_reference: zp_trans_id } = await town.complete('261120_DVC1')
    return { town, refund: (change: object = {}) => call(town, 'refund', { zp_trans_id, ...change }), zp_trans_id }
  }

  it('take their time, and are found by their own id', async () => {
    const { town, refund } = await paid()
    expect(await codes(call(town, 'query_refund'))).toEqual([2, -101])
    const taken = await refund()
    expect(taken).toMatchObject({ return_code: 3, sub_return_code: 2 })
    expect(String(taken.refund_id)).toMatch(/^261120\d{9}$/)
    expect(await codes(call(town, 'query_refund'))).toEqual([3, 2])
    for (let minute = 0; minute < 2; minute += 1) {
      town.pass(60)
      await town.sim.tick()
    }
    expect(await codes(call(town, 'query_refund'))).toEqual([1, 1])
    expect(town.sim.ledger('zalopay')[1]).toMatchObject({
      ...{ kind: 'refund', merchant_reference: '261120_990001_RF1', amount: 20_000n, status: 'success' },
    })
  })

  it('never return more than was paid, nor the same twice', async () => {
    const { town, refund } = await paid()
    expect(await codes(refund({ amount: 50_001 }))).toEqual([2, -14])
    expect(await codes(refund())).toEqual([3, 2])
    expect(await codes(refund())).toEqual([2, -23])
    expect(await codes(refund({ m_refund_id: '261120_990001_RF2', amount: 30_001 }))).toEqual([2, -14])
    expect(await codes(refund({ m_refund_id: '261120_990001_RF2', amount: 30_000 }))).toEqual([3, 2])
    expect(town.sim.ledger('zalopay').filter(({ kind }) => kind === 'refund')).toHaveLength(2)
  })

  it('may be refused by the bank, at once or later', async () => {
    const { town, refund } = await paid()
    await town.post('faults', { fault: 'refund_refused' })
    await town.post('faults', { fault: 'refund_immediate' })
    expect(await codes(refund())).toEqual([2, 0])
    expect(await codes(call(town, 'query_refund'))).toEqual([2, 0])
  })

  it.each([
    [-402, { mac: 'a'.repeat(64) }],
    [-401, { description: 'x'.repeat(101) }],
    [-24, { m_refund_id: '261120_RF1' }],
    [-25, { m_refund_id: '261119_990001_RF1' }],
    [-26, { m_refund_id: '261120_990002_RF1' }],
    [-13, { timestamp: Date.parse('2026-11-20T09:44:00+07:00') }],
    [-101, { zp_trans_id: '261120000000001' }],
    // A fee is signed in between; without it in the text the mac does not hold.
    [-402, { refund_fee_amount: 2_000 }],
  ])('are answered %i for %o', async (code, change) => {
    const { refund, town } = await paid()
    expect(await codes(refund(change))).toEqual([2, code])
    expect(town.sim.ledger('zalopay')).toHaveLength(1)
  })

  it('of what was not paid do not exist', async () => {
    const town = openTown()
    await call(town, 'create')
    expect(await codes(call(town, 'refund', { zp_trans_id: '261120000000123' }))).toEqual([2, -101])
  })
})

describe('query', () => {
  it('denies what it does not have, and who cannot sign', async () => {
    const town = openTown()
    expect(await codes(call(town, 'query'))).toEqual([2, -101])
    expect(await codes(call(town, 'query', { mac: 'a'.repeat(64) }))).toEqual([2, -402])
    expect(await codes(call(town, 'query', { app_trans_id: '' }))).toEqual([2, -401])
  })

  it('meets outages and silence as they were ordered', async () => {
    const town = openTown()
    await call(town, 'create')
    await town.post('faults', { fault: 'http_500', operation: 'query' })
    expect((await town.post('v2/query', bodyOf(town, 'query', {}))).status).toBe(500)
    await town.post('faults', { fault: 'timeout_after', delay_seconds: 0, merchant_reference: '261120_DVC1' })
    expect((await town.post('v2/query', bodyOf(town, 'query', {}))).status).toBe(504)
    expect(await codes(call(town, 'query'))).toEqual([3, 3])
  })
})
