/** MoMo, what it tells us unasked: the IPN and the browser that comes back. */
import { describe, expect, test } from 'vitest'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import { momo } from '../../src/providers/momo/index.ts'
import { kit } from './momo.kit.ts'
import { arrived, connect, ipn, payment, readCallback, silent, wordOf } from './momo.server.ts'

describe('an IPN', () => {
  test('carries the payment, its number, its amount and its time', async () => {
    expect(await readCallback(ipn())).toEqual({
      merchantReference: payment.merchantReference,
      outcomes: [
        {
          status: 'captured',
          merchantReference: payment.merchantReference,
          amount: 150_000n,
          providerReference: '60318823606',
          occurredAt: new Date('2026-11-22T03:02:09Z'),
          code: '0',
        },
      ],
    })
  })

  test('of a failure carries a millisecond stamp that is no transaction', async () => {
    const { outcomes } = await readCallback(ipn({ resultCode: '1006', transId: '1795316529000' }))
    expect(outcomes).toMatchObject([{ status: 'failed', providerReference: null, code: '1006' }])
  })

  test('may write its numbers as text, which signs alike', async () => {
    const genuine = await readCallback(ipn())
    const text = new TextDecoder()
      .decode(ipn().body)
      .replace(/"(amount|transId|responseTime|resultCode)":(\d+)/g, '"$1":"$2"')
    expect(text).toContain('"amount":"150000"')
    expect(await readCallback(arrived({ body: new TextEncoder().encode(text) }))).toEqual(genuine)
  })

  test('may bring unsigned members and an access key, none of which has a say', async () => {
    const genuine = await readCallback(ipn())
    const more = '{"accessKey":"attacker","userFee":5,"promotionInfo":null,"paymentOption":"momo","status":"failed",'
    const text = new TextDecoder().decode(ipn().body).replace('{', more)
    expect(await readCallback(arrived({ body: new TextEncoder().encode(text) }))).toEqual(genuine)
  })

  test('with a member twice counts with its last value, in the check and in the reading', async () => {
    const text = new TextDecoder().decode(ipn().body)
    const read = (body: string) => readCallback(arrived({ body: new TextEncoder().encode(body) }))
    expect((await read(text.replace('{', '{"amount":1,'))).outcomes).toMatchObject([{ amount: 150_000n }])
    expect(await wordOf(read(text.replace(/}$/, ',"amount":1}')))).toBe('forged')
  })

  test('is refused when genuine but not of a payment that this gateway started', async () => {
    expect(await wordOf(readCallback(ipn({ requestId: 'another-request' })))).toBe('rejected')
    expect(await wordOf(readCallback(ipn({ extraData: 'e30=' })))).toBe('rejected')
    expect(await wordOf(readCallback(ipn({ partnerCode: 'SOMEBODYELSE' })))).toBe('rejected')
  })

  test('is refused when its signing text could be read in two ways', async () => {
    // The same text, and so the same signature, as an honest failure of an order whose description an attacker wrote.
    const genuine = ipn({ resultCode: '1006', orderInfo: 'x&orderType=y&partnerCode=z' })
    expect(await wordOf(readCallback(genuine))).toBe('malformed')
    expect(await wordOf(readCallback(ipn({ payType: 'qr&requestId=1' })))).toBe('malformed')
    expect(await wordOf(readCallback(ipn({ message: 'Hỏi & đáp: a=b' })))).toBe('captured')
  })

  test('is refused when it says paid without a number of the payment', async () => {
    for (const transId of ['0', '-5', '1.5', '""', '"abc"']) {
      const expected = transId.startsWith('"') ? ['forged', 'malformed'] : ['malformed']
      expect(expected, transId).toContain(await wordOf(readCallback(ipn({ transId }))))
    }
  })

  test('is refused with half a surrogate pair, for two such texts sign alike', async () => {
    const text = new TextDecoder().decode(ipn({ message: 'Xong \ufffd' }).body)
    expect(await wordOf(readCallback(arrived({ body: new TextEncoder().encode(text) })))).toBe('captured')
    const other = text.replace('\ufffd', '\\ud800')
    expect(await wordOf(readCallback(arrived({ body: new TextEncoder().encode(other) })))).toBe('malformed')
  })

  test('is refused as a form, as a GET and above 64 KB', async () => {
    expect(await wordOf(readCallback({ ...ipn(), method: 'GET' }))).toBe('malformed')
    const form = new URLSearchParams({ orderId: payment.merchantReference, resultCode: '0' })
    expect(await wordOf(readCallback(arrived({ body: new TextEncoder().encode(String(form)) })))).toBe('malformed')
    const padded = new Uint8Array([...ipn().body, ...new Uint8Array(65_536).fill(0x20)])
    expect(await wordOf(readCallback(arrived({ body: padded })))).toBe('malformed')
  })

  test('that is forged still tells which order it claims, and nothing that is no order', () => {
    const body = (value: unknown) => arrived({ body: new TextEncoder().encode(JSON.stringify({ orderId: value })) })
    expect(momo.claimedReference?.(body('LP1'))).toBe('LP1')
    for (const value of ['', '-', 'a b', 'x'.repeat(51), null, {}, ['LP1']]) {
      expect(momo.claimedReference?.(body(value))).toBeNull()
    }
  })

  test('is answered 204 without a body once it is stored, another amount included', async () => {
    for (const verdict of ['accepted', 'already_confirmed', 'amount_mismatch'] as const) {
      const answer = await momo.answerStranger(verdict, arrived({}), () => new Date())
      expect(answer.status).toBe(204)
      expect(answer.body).toBeNull()
    }
  })
})

describe('a return', () => {
  const genuine = (message = 'Thành công.') => {
    if (!kit.returning) throw new Error('MoMo sends the browser back')
    const spec = { says: 'captured', merchantReference: payment.merchantReference, amount: 150_000n } as const
    const more = { occurredAt: new Date('2026-11-22T03:02:09Z'), providerReference: '60318823606' }
    const fields = kit.returning.fields({ ...spec, ...more })
    const worded = fields.map(([name, value]) => [name, name === 'message' ? message : value] as const)
    return kit.returning.send(kit.returning.sign(worded, kit.account))
  }
  const read = (request: IncomingRequest) => connect(kit.account, silent.fetch).readReturn?.(request)

  test('names its payment among parameters of our own address', async () => {
    const { search } = genuine()
    expect(await read({ ...genuine(), search: `from=a&${search}&utm=%C4%91` })).toBe(payment.merchantReference)
  })

  test('is decoded once', async () => {
    const { search } = genuine('100%2B %25')
    expect(search).toContain('100%252B+%2525')
    expect(await read({ ...genuine(), search })).toBe(payment.merchantReference)
    expect(await read({ ...genuine(), search: search.replace('%252B', '%2B') })).toBeNull()
  })

  test('names none when a parameter comes twice, the signature is in capitals, or it is a POST', async () => {
    const { search } = genuine()
    expect(await read({ ...genuine(), search: `${search}&resultCode=0` })).toBeNull()
    const capitals = search.replace(/signature=\w+/, (found) => `signature=${found.slice(10).toUpperCase()}`)
    expect(await read({ ...genuine(), search: capitals })).toBeNull()
    expect(await read({ ...genuine(), method: 'POST' })).toBeNull()
  })
})
