/** What is particular to VNPT Pay: three envelopes, codes that nobody lists, signed replies, and answers that are not signed. */
import { describe, expect, test } from 'vitest'
import { type IncomingRequest, ProviderError, type Verdict } from '../../src/providers/contract.ts'
import { vnptpay } from '../../src/providers/vnptpay/index.ts'
import { clientOf, now, paymentOf, portsOf, type Subject, serverOf, specOf, withField } from './conformance/subject.ts'
import type { Field } from './kit.ts'
import { pipedHash } from './piped-sha256.kit.ts'
import { kit, signedIn } from './vnptpay.kit.ts'

const subject: Subject = { name: 'vnptpay', provider: vnptpay, kit }
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)
const post = (body: string): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(),
  body: new TextEncoder().encode(body),
})
/** A genuine IPN with fields changed before it is signed. */
const ipn = (changes: Record<string, string> = {}): Field[] => {
  const fields = Object.entries(changes).reduce<Field[]>(
    (before, [name, value]) => withField(before, name, value),
    kit.callback.fields(specOf(subject)),
  )
  return kit.callback.sign(fields, kit.account)
}
const form = (fields: readonly Field[]) => new URLSearchParams(fields.map(([name, value]) => [name, value])).toString()
const read = (request: IncomingRequest) => clientOf(subject).readCallback(request)
const captured = { status: 'captured', amount: 150_000n, merchantReference: specOf(subject).merchantReference }

describe('the envelope of an IPN', () => {
  test('is read as JSON, as a form with `data`, and as a form of fields, with the same result', async () => {
    const json = new TextDecoder().decode(kit.callback.send(ipn()).body)
    const expected = await read(post(json))
    expect(expected.outcomes).toMatchObject([captured])
    expect(await read(post(` \n${json}`))).toEqual(expected)
    expect(await read(post(`data=${encodeURIComponent(json)}`))).toEqual(expected)
    expect(await read(post(form(ipn())))).toEqual(expected)
  })

  test('has one reading: a repeated field or hash in a form is refused, and so is what is beside `data`', async () => {
    const body = form(ipn())
    expect(await read(post(`${body}&AMOUNT=150000`)).catch(kindOf)).toBe('malformed')
    expect(await read(post(`${body}&SECURE_CODE=x`)).catch(kindOf)).toBe('forged')
    // `data` decides alone: the fields beside it are not the notice.
    expect(await read(post(`${body}&data=%7B%7D`)).catch(kindOf)).toBe('forged')
    for (const data of ['', 'x', '[]', '"a"', '{']) {
      expect(await read(post(`data=${encodeURIComponent(data)}`)).catch(kindOf), data).toBe('malformed')
    }
  })

  test('comes by POST only', async () => {
    expect(await read({ ...post(''), method: 'GET', search: form(ipn()) }).catch(kindOf)).toBe('malformed')
  })

  test('may hold the amount as text or as number', async () => {
    const fields = ipn()
    const quoted = JSON.stringify(Object.fromEntries(fields))
    expect((await read(post(quoted))).outcomes).toMatchObject([captured])
    expect((await read(kit.callback.send(fields))).outcomes).toMatchObject([captured])
  })
})

describe('an IPN that is not a success', () => {
  test('decides nothing, whatever its code: VNPT is asked', async () => {
    for (const code of ['01', '05', '97', '99', '000', '0', '24', 'OK', 'success']) {
      const reading = await read(kit.callback.send(ipn({ RESPONSE_CODE: code })))
      expect(reading, code).toEqual({ merchantReference: captured.merchantReference, outcomes: [], ask: true })
    }
  })

  test('cannot be turned into one', async () => {
    const turned = withField(ipn({ RESPONSE_CODE: '99' }), 'RESPONSE_CODE', '00')
    expect(await read(kit.callback.send(turned)).catch(kindOf)).toBe('forged')
  })

  test('may lack time and number, which a success may not', async () => {
    const bare = { PAY_DATE: '', VNPTPAY_TRANSACTION_ID: '' }
    expect(await read(kit.callback.send(ipn({ ...bare, RESPONSE_CODE: '99' })))).toMatchObject({ ask: true })
    for (const missing of [{ PAY_DATE: '' }, { VNPTPAY_TRANSACTION_ID: '' }, { PAY_DATE: '2026-11-22' }]) {
      expect(await read(kit.callback.send(ipn(missing))).catch(kindOf)).toBe('malformed')
    }
  })
})

describe('genuinely signed, and still refused', () => {
  test('a separator that moved across a border, anywhere but in ADDITIONAL_INFO', async () => {
    for (const name of signedIn.ipn.slice(0, -1)) {
      const result = await read(kit.callback.send(ipn({ [name]: 'a|b' }))).catch(kindOf)
      expect(['malformed', 'rejected'], name).toContain(result)
    }
    expect((await read(kit.callback.send(ipn({ ADDITIONAL_INFO: '|a||b|' })))).outcomes).toMatchObject([captured])
  })

  test('another currency; an absent one is taken as the protocol signs it', async () => {
    expect(await read(kit.callback.send(ipn({ CURRENCY_CODE: 'USD' }))).catch(kindOf)).toBe('malformed')
    expect((await read(kit.callback.send(ipn({ CURRENCY_CODE: '' })))).outcomes).toMatchObject([captured])
  })
})

describe('INIT', () => {
  const start = (answer: unknown, status = 200, account: Record<string, unknown> = kit.account) => {
    const { fetch } = serverOf(() => Response.json(answer, { status }))
    return clientOf(subject, fetch, account).startPayment(paymentOf(subject, { memo: {} }))
  }

  test('sends browsers to hosts of the contract only, over https', async () => {
    const open = 'https://vnptpay.example:8443/gate?x=1'
    expect((await start({ RESPONSE_CODE: '00', REDIRECT_URL: open })).action).toEqual({ type: 'redirect', url: open })
    const wrong = [
      ...['', 'javascript:alert(1)', '/gate', 'https://evil.example/', 'https://pay.vnptpay.example.evil.example/'],
      ...['http://pay.vnptpay.example/', 'https://vnptpay.example/', 'https://pay.vnptpay.example@evil.example/'],
      ...['https://user@pay.vnptpay.example/', `https://pay.vnptpay.example/${'a'.repeat(5000)}`],
    ]
    for (const REDIRECT_URL of wrong) {
      expect(await start({ RESPONSE_CODE: '00', REDIRECT_URL }).catch(kindOf), REDIRECT_URL).toBe('malformed')
    }
    const plain = { ...kit.account, init_url: 'http://127.0.0.1:8787/init', pay_hosts: '127.0.0.1:8787' }
    const url = 'http://127.0.0.1:8787/pay'
    expect((await start({ RESPONSE_CODE: '00', REDIRECT_URL: url }, 200, plain)).action).toMatchObject({ url })
  })

  test('is refused by every other code and by 4xx, and is no answer without a code', async () => {
    const REDIRECT_URL = 'https://pay.vnptpay.example/'
    expect(await start({ RESPONSE_CODE: '99', REDIRECT_URL }).catch(kindOf)).toBe('rejected')
    expect(await start({ RESPONSE_CODE: '00', REDIRECT_URL }, 401).catch(kindOf)).toBe('rejected')
    expect(await start({ REDIRECT_URL }).catch(kindOf)).toBe('malformed')
    expect(await start({ RESPONSE_CODE: { a: 1 }, REDIRECT_URL }).catch(kindOf)).toBe('malformed')
  })

  test('refuses a reference that the protocol cannot carry', async () => {
    const { fetch, calls } = serverOf(() => Response.json({}))
    for (const merchantReference of ['', 'a|b', 'a b', 'x'.repeat(51), 'đ']) {
      const payment = paymentOf(subject, { merchantReference })
      expect(await clientOf(subject, fetch).startPayment(payment).catch(kindOf)).toBe('rejected')
    }
    expect(calls).toEqual([])
  })
})

describe('QUERY', () => {
  const payment = paymentOf(subject)
  const answer = {
    ...{ RESPONSE_CODE: '00', MERCHANT_ORDER_ID: payment.merchantReference, AMOUNT: 150_000, CURRENCY_CODE: 'VND' },
    ...{ VNPTPAY_TRANSACTION_ID: '14226112', PAY_DATE: '20261122100209', TRANSACTION_STATUS: '1' },
  }
  const query = (changes: Record<string, unknown>, account: Record<string, unknown> = kit.account) => {
    const { fetch } = serverOf(() => Response.json({ ...answer, ...changes }))
    return vnptpay.connect(account, portsOf(fetch)).queryPayment?.(payment).catch(kindOf)
  }

  test('settles nothing by an unsigned answer about another reference, amount or currency', async () => {
    expect(await query({})).toMatchObject({
      outcomes: [{ status: 'captured', occurredAt: new Date('2026-11-22T10:02:09+07:00') }],
    })
    for (const TRANSACTION_STATUS of ['1', '4']) {
      for (const other of [
        { MERCHANT_ORDER_ID: 'OTHER' },
        { AMOUNT: 150_001 },
        { AMOUNT: '' },
        { CURRENCY_CODE: 'USD' },
      ]) {
        expect(await query({ TRANSACTION_STATUS, ...other })).toBe('malformed')
      }
    }
    expect(await query({ VNPTPAY_TRANSACTION_ID: '' })).toBe('malformed')
  })

  test('takes its states from the account, and every other state as pending', async () => {
    for (const TRANSACTION_STATUS of [3, '3', '', null, '0', '00', '11', '5', 'paid'])
      expect(await query({ TRANSACTION_STATUS })).toMatchObject({ outcomes: [{ status: 'pending' }] })
    const account = { ...kit.account, paid_statuses: '11,12', failed_statuses: '1' }
    expect(await query({ TRANSACTION_STATUS: 12 }, account)).toMatchObject({ outcomes: [{ status: 'captured' }] })
    expect(await query({ TRANSACTION_STATUS: '1' }, account)).toMatchObject({ outcomes: [{ status: 'failed' }] })
    expect(await query({ TRANSACTION_STATUS: '4' }, account)).toMatchObject({ outcomes: [{ status: 'pending' }] })
  })

  test('repeats the CREATE_DATE of the INIT, also where the INIT was never answered', async () => {
    const { fetch, calls } = serverOf(() => Response.json(answer))
    const client = clientOf(subject, fetch)
    await client.queryPayment?.({ ...payment, memo: { init_time: '20261122095959' } })
    await client.queryPayment?.({ ...payment, memo: {} })
    expect(calls.map(({ body }) => JSON.parse(body).CREATE_DATE)).toEqual(['20261122095959', '20261122100000'])
  })
})

describe('the reply', () => {
  const reply = async (verdict: Verdict, request: IncomingRequest) =>
    (await clientOf(subject).answerCallback(verdict, request)).json()

  test('signs nothing that a stranger could use: no separator and no foreign merchant gets into it', async () => {
    for (const MERCHANT_ORDER_ID of ['a|b', 'x'.repeat(60), '', 'QUERY|1.0.5']) {
      const body = JSON.stringify({ MERCHANT_SERVICE_ID: '6666', MERCHANT_ORDER_ID, ACTION: 'x' })
      const told = await reply('forged', post(body))
      expect(told).toMatchObject({ RESPONSE_CODE: '97', MERCHANT_SERVICE_ID: '9001', MERCHANT_ORDER_ID: '' })
      expect(told.SECURE_CODE).toBe(pipedHash(signedIn.reply, told, kit.account.secret_key))
    }
  })

  test('names the order of a form as of a JSON body, and none of what is no notice', async () => {
    expect(await reply('accepted', post(form(ipn())))).toMatchObject({
      ...{ RESPONSE_CODE: '00', MERCHANT_ORDER_ID: captured.merchantReference, CREATE_DATE: '20261122100500' },
    })
    expect(await reply('malformed', post('{'))).toMatchObject({ RESPONSE_CODE: '99', MERCHANT_ORDER_ID: '' })
    const stranger = await vnptpay.answerStranger('unknown_account', post(form(ipn())), () => now)
    expect(await stranger.json()).not.toHaveProperty('SECURE_CODE')
  })
})
