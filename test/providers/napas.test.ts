/** What is particular to NAPAS: a sealed text, two calls that begin nothing, a page of somebody else's, and words that nobody published. */
import { describe, expect, test } from 'vitest'
import type { FetchPort, Payment } from '../../src/providers/contract.ts'
import { napas } from '../../src/providers/napas/index.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import type { Call } from './kit.ts'
import { wordOf } from './momo.server.ts'
import { checkSum, kit } from './napas.kit.ts'

const subject: Subject = { name: 'napas', provider: napas, kit }
const paid = {
  ...{ apiOperation: 'PAY', result: 'SUCCESS', order: { id: 'LP1', amount: '150000', currency: 'VND' } },
  transaction: { id: '1', amount: '150000', currency: 'VND', acquirer: { id: 'LAB' } },
}
const read = (paymentResult: unknown, change: (data: string) => string = (data) => data) => {
  const data = change(Buffer.from(JSON.stringify({ paymentResult }), 'utf8').toString('base64'))
  const body = JSON.stringify({ data, checksum: checkSum(data, kit.account.client_secret) })
  const request = { method: 'POST', search: '', headers: new Headers(), body: new TextEncoder().encode(body) }
  return napas.connect(kit.account, portsOf()).readCallback(request)
}

describe('a result', () => {
  test('is money only for a payment with the exact word', async () => {
    const said: [string, string, string][] = [
      ['PAY', 'SUCCESS', 'captured'],
      ['PURCHASE', 'SUCCESS', 'captured'],
      ['REFUND', 'SUCCESS', 'reversed'],
      ['REFUND_DOMESTIC', 'SUCCESS', 'reversed'],
      ['REFUND', 'FAILURE', 'nothing'],
      ...['FAILURE', 'ERROR', 'PENDING', 'success', 'SUCCESS '].map((word): [string, string, string] => [
        'PAY',
        word,
        'pending',
      ]),
      ...['AUTHORIZE', 'VOID', 'REFUNDS', 'pay', 'PAY_WITH_TOKEN'].map((word): [string, string, string] => [
        word,
        'SUCCESS',
        'pending',
      ]),
    ]
    for (const [apiOperation, result, expected] of said)
      expect(await wordOf(read({ ...paid, apiOperation, result })), `${apiOperation} ${result}`).toBe(expected)
  })

  test('names no number of the payment, and keeps two refunds of it apart', async () => {
    expect((await read(paid)).outcomes).toMatchObject([{ status: 'captured', providerReference: null }])
    const refund = { ...paid, apiOperation: 'REFUND' }
    const numberOf = async (id: string, transaction: string) =>
      (await read({ ...refund, order: { ...paid.order, id }, transaction: { ...paid.transaction, id: transaction } }))
        .outcomes[0]?.providerReference
    expect(await numberOf('LP1', '1')).toBe('LP1.1')
    expect(await numberOf('LP1', '2')).toBe('LP1.2')
    expect(await numberOf('LP2', '1')).toBe('LP2.1')
  })

  test('may write amounts as numbers, and never two of them, nor another currency', async () => {
    const amounts = (order: unknown, transaction: unknown, more = {}) =>
      read({
        ...{ ...paid, ...more },
        order: { ...paid.order, amount: order },
        transaction: { ...paid.transaction, amount: transaction },
      })
    expect(await wordOf(amounts(150000, '150000'))).toBe('captured')
    expect(await wordOf(amounts(150000, 150001))).toBe('malformed')
    expect(await wordOf(amounts(150000, 15000))).toBe('malformed')
    expect(await wordOf(amounts(150000.5, 150000.5))).toBe('malformed')
    expect(await wordOf(amounts(undefined, 150000))).toBe('malformed')
    // A part may go back, and never more than there was.
    const back = await amounts(150000, 50000, { apiOperation: 'REFUND' })
    expect(back.outcomes).toMatchObject([{ status: 'reversed', amount: 50_000n }])
    expect(await wordOf(amounts(150000, 150001, { apiOperation: 'REFUND' }))).toBe('malformed')
    expect(await wordOf(read({ ...paid, order: { ...paid.order, currency: 'USD' } }))).toBe('malformed')
    expect(await wordOf(read({ ...paid, transaction: { ...paid.transaction, currency: undefined } }))).toBe('malformed')
  })

  test('that is genuine and no result is malformed', async () => {
    for (const wrong of [null, [], 'SUCCESS', {}, { ...paid, order: null }, { ...paid, transaction: [] }])
      expect(await wordOf(read(wrong)), JSON.stringify(wrong)).toBe('malformed')
    for (const id of ['', 'a b', 'a.b', 'a'.repeat(51), 7.5, null])
      expect(await wordOf(read({ ...paid, order: { ...paid.order, id } })), String(id)).toBe('malformed')
    for (const each of ['', '*', '=', 'e30', 'e30==', '////'])
      expect(await wordOf(read(paid, () => each)), each).toBe('malformed')
    expect(await wordOf(read(paid, (data) => `${data} `)), 'spaces are no base64').toBe('malformed')
  })

  test('may have its base64 in lines, and is sealed over them as they came', async () => {
    const inLines = (data: string) => data.replaceAll(/.{76}/g, '$&\r\n')
    expect((await read(paid, inLines)).outcomes).toEqual((await read(paid)).outcomes)
    const data = Buffer.from(JSON.stringify({ paymentResult: paid })).toString('base64')
    const body = JSON.stringify({ data: inLines(data), checksum: checkSum(data, kit.account.client_secret) })
    const request = { method: 'POST', search: '', headers: new Headers(), body: new TextEncoder().encode(body) }
    expect(await wordOf(napas.connect(kit.account, portsOf()).readCallback(request))).toBe('forged')
  })
})

describe('a start', () => {
  const start = async (answers: { token?: Response; keys?: Response }, changes: Partial<Payment> = {}) => {
    const { fetch, calls } = serverOf((call) =>
      call.url.endsWith('/token')
        ? (answers.token ?? Response.json({ access_token: 'token' }))
        : (answers.keys ?? Response.json({ result: 'SUCCESS', dataKey: 'd', napasKey: 'n' })),
    )
    const client = napas.connect(kit.account, portsOf(fetch))
    return { calls, word: await wordOf(client.startPayment(paymentOf(subject, { memo: {}, ...changes }))) }
  }

  test('needs a token, then keys, and stops at the first that is not given', async () => {
    const json = (body: unknown, status = 200) => Response.json(body, { status })
    expect(await start({})).toMatchObject({ word: 'started', calls: [{}, {}] })
    const tokens: [Response, string][] = [
      [json({ error: 'invalid_grant' }, 401), 'rejected'],
      [json({ access_token: '' }), 'malformed'],
      [json({ access_token: 'line\r\nbreak: 1' }), 'malformed'],
      [json({}), 'malformed'],
      [json({}, 500), 'unreachable'],
      [json({}, 429), 'unreachable'],
    ]
    for (const [token, word] of tokens) expect(await start({ token })).toMatchObject({ word, calls: { length: 1 } })
    const keys: [Response, string][] = [
      [json({ result: 'ERROR', error: { cause: 'INVALID_REQUEST' } }), 'rejected'],
      [json({ result: 'SUCCESS', dataKey: 'd', napasKey: 'n' }, 400), 'rejected'],
      [json({ error: 'invalid_token' }, 401), 'rejected'],
      [json({}), 'malformed'],
      [json({ result: 'SUCCESS' }), 'malformed'],
      [json({ result: 'SUCCESS', dataKey: 'd', napasKey: '' }), 'malformed'],
      [json({}, 503), 'unreachable'],
    ]
    for (const [answer, word] of keys)
      expect(await start({ keys: answer })).toMatchObject({ word, calls: { length: 2 } })
  })

  test('whose second call is not answered is unreachable too: a data key that nobody got takes no money', async () => {
    const lost: FetchPort = async (url) => {
      if (url.endsWith('/token')) return Response.json({ access_token: 'token' })
      throw new DOMException('the operation ended', 'TimeoutError')
    }
    const client = napas.connect(kit.account, portsOf(lost))
    expect(await wordOf(client.startPayment(paymentOf(subject, { memo: {} })))).toBe('unreachable')
  })

  test('sends the secrets with the token only, and the order with the keys only', async () => {
    const { calls } = await start({})
    const [token, keys] = calls as [Call, Call]
    expect(token.body).not.toContain('LP7KZQ')
    expect(token.url + keys.url + keys.body + keys.headers.get('authorization')).not.toMatch(/made-up/)
    expect(JSON.parse(keys.body)).toEqual({
      apiOperation: 'DATA_KEY',
      order: { id: paymentOf(subject).merchantReference, amount: 150_000, currency: 'VND' },
      inputParameters: {
        ...{ clientIP: '203.0.113.77', deviceId: paymentOf(subject).merchantReference, environment: 'WebApp' },
        ...{ cardScheme: 'AtmCard', enable3DSecure: false },
      },
    })
  })

  test('gives the page what its script needs, and no secret', async () => {
    const { fetch } = serverOf((call) =>
      Response.json(
        call.url.endsWith('/token') ? { access_token: 't' } : { result: 'SUCCESS', dataKey: 'd', napasKey: 'n' },
      ),
    )
    const account = { ...kit.account, card_scheme: 'CreditCard' }
    const { action } = await napas
      .connect(account, portsOf(fetch))
      .startPayment(paymentOf(subject, { payerIp: 'unknown' }))
    expect(action).toEqual({
      type: 'form',
      url: 'https://page.example/napas',
      fields: {
        ...{ merchantId: 'LEPHIKIT', clientIP: '198.51.100.7', deviceId: paymentOf(subject).merchantReference },
        ...{ environment: 'WebApp', cardScheme: 'CreditCard', enable3DSecure: 'true', apiOperation: 'PAY' },
        ...{ orderAmount: '150000', orderCurrency: 'VND', orderId: paymentOf(subject).merchantReference },
        orderReference: 'Lệ phí đăng ký khai sinh, hồ sơ H56.12.03-261122-0007',
        ...{ channel: '6014', sourceOfFundsType: 'CARD', dataKey: 'd', napasKey: 'n' },
        returnUrl: 'https://gateway.example/returns/napas/mac_1',
      },
    })
  })

  test('with a reference that is no order id sends nothing', async () => {
    for (const merchantReference of ['a.b', 'a/b', '', 'a'.repeat(51)])
      expect(await start({}, { merchantReference })).toMatchObject({ word: 'rejected', calls: [] })
  })
})
