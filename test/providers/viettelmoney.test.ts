/** What is particular to Viettel: three kinds of calls at one address, check sums without separators, replies that must not sign for others. */
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createIdSource } from '../../src/lib/id.ts'
import { type IncomingRequest, type Payment, ProviderError, type Verdict } from '../../src/providers/contract.ts'
import { viettelmoney } from '../../src/providers/viettelmoney/index.ts'
import { billcodeOf, newReference } from '../../src/providers/viettelmoney/messages.ts'
import { clientOf, paymentOf, portsOf, referenceOf, refundOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './viettelmoney.kit.ts'

const subject: Subject = { name: 'viettelmoney', provider: viettelmoney, kit }
const { access_code, hash_key, merchant_code } = kit.account as Record<string, string>
const reference = referenceOf(subject)
const billcode = 'H5612032611220007'
const orders = {
  verify: ['billcode', 'merchant_code', 'order_id', 'trans_amount'],
  verifyReply: ['billcode', 'error_code', 'merchant_code', 'order_id', 'trans_amount'],
  result: [
    ...['billcode', 'cust_msisdn', 'error_code', 'merchant_code', 'order_id', 'payment_status', 'trans_amount'],
    'vt_transaction_id',
  ],
  partnerQuery: ['merchant_code', 'order_id'],
  resultReply: ['error_code', 'merchant_code', 'order_id'],
  inquiry: ['merchant_code', 'order_id', 'payment_status', 'version'],
  refund: ['error_code', 'merchant_code', 'order_id', 'version'],
}
type Values = Record<string, string>
const sumOf = (kind: keyof typeof orders, values: Values): string =>
  createHmac('sha1', hash_key ?? '')
    .update(`${access_code}${orders[kind].map((name) => values[name] ?? '').join('')}`, 'utf8')
    .digest('base64')
const post = (values: Values): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(),
  body: new TextEncoder().encode(new URLSearchParams(values).toString()),
})
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)
const storing = (payment: Payment | null) => ({
  findPayment: async (asked: string) => (payment?.merchantReference === asked ? payment : null),
})
const ours = paymentOf(subject)
const read = (values: Values, payment: Payment | null = ours) =>
  clientOf(subject).readCallback(post(values), storing(payment)).catch(kindOf)
const reply = async (verdict: Verdict, values: Values, payment: Payment | null = ours): Promise<Values> =>
  (await clientOf(subject).answerCallback(verdict, post(values), storing(payment))).json()

const order = { billcode, merchant_code: merchant_code ?? '', order_id: reference }
const verify = { ...order, check_sum: sumOf('verify', { ...order, trans_amount: '150000' }) }
const paid = {
  ...order,
  ...{ cust_msisdn: '84900000001', error_code: '00', payment_status: '1', trans_amount: '150000' },
  vt_transaction_id: '250102000000777',
}
const result = (changes: Values = {}): Values => {
  const values = { ...paid, ...changes }
  return { ...values, check_sum: sumOf('result', values) }
}
/** The check sum of the genuine result over values that are cut elsewhere: the same text. */
const slid = (changes: Values): Values => {
  const values = { ...paid, ...changes }
  const { check_sum = '' } = result()
  expect(sumOf('result', values), 'the text is the same').toBe(check_sum)
  return { ...values, check_sum }
}

describe('a result', () => {
  test('proves no more than where its values are cut', async () => {
    const moved = [
      { trans_amount: '1500002', vt_transaction_id: '50102000000777' },
      { trans_amount: '150000250102', vt_transaction_id: '000000777' },
      { trans_amount: '15000', vt_transaction_id: '0250102000000777' },
      { payment_status: '11', trans_amount: '50000' },
      { payment_status: '', trans_amount: '1150000' },
      { cust_msisdn: '8490000000100', error_code: '' },
      { cust_msisdn: '849000000010', error_code: '0' },
      { billcode: `${billcode}8`, cust_msisdn: '4900000001' },
      { error_code: `00${merchant_code}`, merchant_code: '' },
      { order_id: `${reference}1`, payment_status: '1', trans_amount: '50000' },
      { order_id: reference.slice(0, -1), payment_status: '1', trans_amount: '1150000' },
    ]
    for (const changes of moved) {
      expect(['malformed', 'rejected'], JSON.stringify(changes)).toContain(await read(slid(changes)))
    }
  })

  test('with another amount that cannot be ours cut elsewhere is money, and is told', async () => {
    expect(await read(result({ trans_amount: '140000' }))).toMatchObject({
      outcomes: [{ status: 'captured', amount: 140_000n }],
    })
    expect(await read(result({ trans_amount: '1500000' }))).toBe('malformed')
  })

  test('without money counts for our amount and our bill only', async () => {
    const failed = { error_code: '24', payment_status: '2' }
    expect(await read(result(failed))).toMatchObject({ outcomes: [{ status: 'failed', code: '24/2' }] })
    expect(await read(result({ ...failed, trans_amount: '140000' }))).toBe('malformed')
    expect(await read(result({ ...failed, billcode: 'H561203' }))).toBe('malformed')
  })

  test.each([
    ['00', '0', 'pending'],
    ['00', '3', 'pending'],
    ['00', '7', 'pending'],
    ['24', '1', 'pending'],
    ['00', '2', 'failed'],
    ['03', '2', 'failed'],
  ])('with error_code %s and payment_status %s is %s', async (error_code, payment_status, status) => {
    const reading = await read(result({ error_code, payment_status }))
    expect(reading).toMatchObject({ outcomes: [{ status, code: `${error_code}/${payment_status}` }] })
  })

  test('that says -1 says nothing', async () => {
    expect(await read(result({ payment_status: '-1' }))).toEqual({ merchantReference: reference, outcomes: [] })
  })

  test('of an order that is not here must have the shape of ours', async () => {
    const other = `LP7KZQ${'9'.repeat(14)}`
    expect(await read(result({ order_id: other }), null)).toMatchObject({ merchantReference: other, outcomes: [{}] })
    for (const order_id of [other.slice(1), `${other}1`.slice(0, 19), other.toLowerCase()])
      expect(await read(result({ order_id }), null)).toBe('rejected')
    expect(await read(result({ order_id: `${other}1` }), null)).toBe('malformed')
  })

  test('is read with a check sum whose = was escaped twice and whose + came as a space', async () => {
    // The last digits are tried until the check sum has both.
    const found = Array.from({ length: 200 }, (_, n) => result({ vt_transaction_id: `2501020000${n}` })).find(
      ({ check_sum = '' }) => check_sum.includes('+'),
    )
    const { check_sum = '' } = found ?? {}
    for (const text of [check_sum.replaceAll('+', ' '), check_sum.replace('=', '%3D'), check_sum.replace('=', '%3d')])
      expect(await read({ ...found, check_sum: text })).toMatchObject({ outcomes: [{ status: 'captured' }] })
    expect(await read({ ...found, check_sum: check_sum.toLowerCase() })).toBe('forged')
  })
})

describe('the check of an order', () => {
  test('is a question, proven with the amount that is stored', async () => {
    expect(await read(verify)).toEqual({ merchantReference: reference, outcomes: [], question: 'payable' })
    expect(await read(verify, paymentOf(subject, { amount: 140_000n }))).toBe('forged')
    expect(await read(verify, null)).toBe('rejected')
    expect(await read({ ...verify, billcode: 'H561203' })).toBe('forged')
  })

  test.each([
    ['accepted', '00'],
    ['already_confirmed', '01'],
    ['unknown_order', '01'],
    ['malformed', '01'],
    ['forged', '02'],
    ['try_again', '03'],
  ] as const)('%s is worded as %s, signed with its own values', async (verdict, error_code) => {
    const values = { ...order, error_code, trans_amount: '150000' }
    expect(await reply(verdict, verify)).toEqual({ ...values, check_sum: sumOf('verifyReply', values) })
  })
})

describe('the partner query', () => {
  const asked = { merchant_code: order.merchant_code, order_id: reference }
  const query = { ...asked, check_sum: sumOf('partnerQuery', asked) }

  test('is a question, answered in the words of a result: 00 for an end that is stored, 01 for none', async () => {
    expect(await read(query)).toEqual({ merchantReference: reference, outcomes: [], question: 'settled' })
    for (const [verdict, error_code] of [
      ['already_confirmed', '00'],
      ['accepted', '01'],
      ['unknown_order', '01'],
    ] as const) {
      const check_sum = sumOf('resultReply', { ...asked, error_code })
      expect(await reply(verdict, query)).toMatchObject({ ...asked, error_code, check_sum })
    }
  })

  test('is not made of a result or an order check by leaving fields away', async () => {
    const { billcode: _, ...withoutBill } = verify
    const { check_sum = '' } = result()
    expect(await read(withoutBill)).toBe('forged')
    expect(await read({ ...asked, check_sum })).toBe('forged')
    expect(await read({ ...order, check_sum })).toBe('forged')
  })
})

describe('a reply', () => {
  test('to what is not proven is not signed, so that nobody has us sign a text of his choice', async () => {
    // With `02` in the reply this order check would make the text of a result that says "paid".
    const bait = {
      billcode: `${billcode}8490`,
      merchant_code: `00${merchant_code}`,
      order_id: `${reference}1150000250102000000777`,
    }
    for (const verdict of ['forged', 'malformed', 'unknown_order', 'try_again'] as const) {
      const answer = await reply(verdict, { ...bait, check_sum: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' })
      expect(answer.check_sum).toBe('')
    }
    expect((await reply('forged', { ...verify, check_sum: `${verify.check_sum}x` })).check_sum).toBe('')
    expect((await reply('forged', { ...result(), trans_amount: '1' })).check_sum).toBe('')
    expect((await reply('unknown_order', verify, null)).check_sum).toBe('')
  })

  test('of this gateway is no message to this gateway', async () => {
    const own = await reply('accepted', verify)
    // Its text is that of a result, cut elsewhere: paid, 5 đồng, number 0000.
    const cut = { payment_status: '1', trans_amount: '5', vt_transaction_id: '0000' }
    expect(sumOf('result', { ...own, ...cut })).toBe(own.check_sum)
    for (const changes of [{}, cut, { ...cut, trans_amount: '50000', vt_transaction_id: '' }])
      expect(await read({ ...own, ...changes })).toBe('malformed')
    const answered = await reply('accepted', result())
    expect(await read({ ...order, check_sum: answered.check_sum ?? '' })).toBe('forged')
    const { merchant_code: code = '', order_id = '', check_sum = '' } = answered
    expect(await read({ merchant_code: code, order_id, check_sum })).toBe('forged')
  })

  test('repeats no more than a little of a flood', async () => {
    const answer = await reply('forged', { ...order, order_id: 'x'.repeat(10_000), check_sum: 'x' })
    expect(JSON.stringify(answer).length).toBeLessThan(1_000)
  })
})

describe('an inquiry', () => {
  const said = (changes: Values, unsigned: Values = {}) => {
    const values = {
      merchant_code: order.merchant_code,
      order_id: reference,
      payment_status: '1',
      version: '2.0',
      ...changes,
    }
    const more = { error_code: '00', vt_transaction_id: '250102000000777', ...unsigned }
    const { fetch } = serverOf(() => Response.json({ ...values, ...more, check_sum: sumOf('inquiry', values) }))
    return clientOf(subject, fetch).queryPayment?.(ours).catch(kindOf)
  }

  test('tells money with our own amount, since its answer has none', async () => {
    const captured = { status: 'captured', amount: 150_000n, providerReference: '250102000000777' }
    expect(await said({})).toMatchObject({ known: true, outcomes: [captured] })
    expect(await said({}, { trans_amount: '1' })).toMatchObject({ outcomes: [captured] })
  })

  test.each([
    ['0', 'pending'],
    ['2', 'failed'],
    ['3', 'pending'],
    ['9', 'pending'],
  ])('with payment_status %s is %s', async (payment_status, status) => {
    expect(await said({ payment_status })).toMatchObject({ known: true, outcomes: [{ status }] })
  })

  test('is no proof of money where error_code contradicts or the number is missing', async () => {
    expect(await said({}, { error_code: '24' })).toMatchObject({ outcomes: [{ status: 'pending', code: '24/1' }] })
    expect(await said({}, { vt_transaction_id: '' })).toBe('malformed')
  })

  test('reads a status that is a number in JSON', async () => {
    const values = { merchant_code: order.merchant_code, order_id: reference, payment_status: '-1', version: '2.0' }
    const answer = { ...values, payment_status: -1, check_sum: sumOf('inquiry', values) }
    const { fetch } = serverOf(() => Response.json(answer))
    expect(await clientOf(subject, fetch).queryPayment?.(ours)).toEqual({ known: false, outcomes: [] })
  })
})

describe('a refund', () => {
  const answered = (error_code: string) => {
    const values = { error_code, merchant_code: order.merchant_code, order_id: reference, version: '2.0' }
    const more = { refund_request_id: '990', error_msg: 'x', check_sum: sumOf('refund', values) }
    return clientOf(subject, serverOf(() => Response.json({ ...values, ...more })).fetch)
      .refundPayment?.(refundOf(subject))
      .catch(kindOf)
  }

  test('that was taken on is pending: nothing says that its money is back', async () => {
    expect(await answered('00')).toMatchObject({ status: 'pending', providerReference: '990' })
    expect(await answered('77')).toMatchObject({ status: 'pending', providerReference: null, code: '77' })
    expect(await answered('01')).toBe('rejected')
    expect(await answered('02')).toBe('rejected')
    expect(await answered('03')).toBe('unknown')
  })

  test('of a part, or of a payment without a number, is refused before anything is sent', async () => {
    const { fetch, calls } = serverOf(() => Response.json({}))
    const client = clientOf(subject, fetch)
    const part = refundOf(subject, { amount: 50_000n, isFull: false })
    const unnumbered = refundOf(subject, { payment: paymentOf(subject, { providerReference: null }) })
    for (const refund of [part, unnumbered]) expect(await client.refundPayment?.(refund).catch(kindOf)).toBe('rejected')
    expect(calls).toEqual([])
  })

  test('is never promised to be carried out once', () => {
    expect(viettelmoney.capabilities).toMatchObject({ refund: true, queryRefund: false, idempotentRefund: false })
  })
})

describe('references', () => {
  test('are twenty capitals and digits, in order of time, and none comes twice', () => {
    let at = Date.parse('2026-11-22T10:00:00Z')
    const newId = createIdSource({ now: () => new Date(at) })
    const made = Array.from({ length: 20_000 }, (_, n) => {
      at += n % 3 === 0 ? 1 : 0
      return newReference(newId('ref'))
    })
    expect(new Set(made).size).toBe(made.length)
    for (const text of made) expect(text).toMatch(/^[A-Z0-9]{20}$/)
    expect(made.map((text) => text.slice(0, 10))).toEqual(made.map((text) => text.slice(0, 10)).toSorted())
    expect(viettelmoney.newReference?.({ ...portsOf(), newId: () => newId('ref') })).toMatch(/^[A-Z0-9]{20}$/)
  })

  test('a bill is the dossier where its code fits whole, else the reference', () => {
    const bill = (dossierCode: string) => billcodeOf(paymentOf(subject, { dossierCode }))
    expect(bill('H56.12.03-261122-0007')).toBe(billcode)
    for (const code of ['000.00.01.H56-261122-0007-0001', 'Hồ sơ 7', '', '...']) expect(bill(code)).toBe(reference)
  })

  test('a longer one is not sent', async () => {
    const start = clientOf(subject).startPayment(paymentOf(subject, { merchantReference: 'L'.repeat(21) }))
    await expect(start).rejects.toMatchObject({ kind: 'rejected' })
  })
})
