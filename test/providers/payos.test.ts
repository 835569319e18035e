/** payOS, what is particular: sliding separators, members of unsettled kinds, the confirmation sample, forged links, several transfers, the unsigned return. */
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../src/providers/contract.ts'
import { payos } from '../../src/providers/payos/index.ts'
import { paymentOf, portsOf, refusalOf } from './conformance/subject.ts'
import { kit } from './payos.kit.ts'
import { vietQr } from './payos.qr.ts'
import {
  answer,
  connect,
  createdData,
  link,
  linkData,
  posted,
  query,
  read,
  refusal,
  signatureOf,
  start,
  subject,
  transfer,
  webhook,
} from './payos.server.ts'
import { vectorOf } from './payos.vectors.ts'

const { merchantReference } = paymentOf(subject)
const other = '598765432199999'
const got = (search: string) => ({ method: 'GET', search, headers: new Headers(), body: new Uint8Array() })

describe('order codes', () => {
  const at = (time: string, id: string) =>
    payos.newReference?.({ now: () => new Date(time), newId: () => id }) ?? 'no reference'

  test('are whole numbers of 15 or 16 digits below 2^53, at every time', () => {
    for (const year of ['2026', '2030', '2053', '2054', '2099', '2024', '1999']) {
      for (let n = 0; n < 50; n++) {
        const code = at(`${year}-06-30T10:00:00Z`, `ref_${n}`)
        expect(code).toMatch(/^[1-9][0-9]*$/)
        expect(Number(code)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER)
        expect(String(Number(code))).toBe(code)
        if (year === '2026') expect(code).toHaveLength(15)
        if (year === '2030') expect(code).toHaveLength(16)
      }
    }
  })

  test('differ by the second and by the id, and repeat for the same of both', () => {
    const now = '2026-11-22T10:00:00Z'
    expect(at(now, 'ref_a')).toBe(at(now, 'ref_a'))
    expect(at(now, 'ref_a')).not.toBe(at(now, 'ref_b'))
    expect(at(now, 'ref_a')).not.toBe(at('2026-11-22T10:00:01Z', 'ref_a'))
    // Ids that differ in one place give digits all over the range.
    const digits = Array.from({ length: 2_000 }, (_, n) => Number(at(now, `ref_01kc${n}`).slice(-7)))
    const average = digits.reduce((sum, each) => sum + each, 0) / digits.length
    expect(average).toBeGreaterThan(4_700_000)
    expect(average).toBeLessThan(5_300_000)
  })

  test('of another shape are refused before anything is sent', async () => {
    for (const reference of ['LP1', '0123', '9007199254740992', '1e3', '-1', '0', '', ' 1']) {
      const client = connect(() => refusal('20'))
      const payment = paymentOf(subject, { merchantReference: reference })
      await refusalOf(() => client.startPayment(payment), ['rejected'], reference)
      await refusalOf(async () => client.queryPayment?.(payment), ['rejected'], reference)
      expect(client.calls).toEqual([])
    }
  })
})

describe('the link', () => {
  test('is asked for with our code, the end of it as transfer text, and nothing about the payer', async () => {
    const client = connect(() => answer(createdData()))
    const started = await client.startPayment(paymentOf(subject, { memo: {} }))
    expect(started).toEqual({
      action: { type: 'redirect', url: `https://pay.payos.example/web/${link}` },
      providerReference: link,
      memo: { payment_link_id: link },
    })
    const body = JSON.parse(client.calls[0]?.body ?? '')
    expect(Object.keys(body).toSorted().join(' ')).toBe(
      'amount cancelUrl description expiredAt orderCode returnUrl signature',
    )
    expect(body).toMatchObject({
      orderCode: Number(merchantReference),
      description: `LP${merchantReference.slice(-7)}`,
    })
    expect(body.expiredAt).toBe(Date.parse('2026-11-22T10:15:00+07:00') / 1000)
  })

  test('has the whole code as its text where the account is linked', async () => {
    const client = connect(() => answer(createdData()), { ...kit.account, description_length: 25 })
    await client.startPayment(paymentOf(subject, { memo: {} }))
    expect(JSON.parse(client.calls[0]?.body ?? '').description).toBe(`LP${merchantReference}`)
  })

  test.each([
    ['another order', { orderCode: Number(other) }],
    ['the order code as text', { orderCode: merchantReference }],
    ['another amount', { amount: 150_001 }],
    ['the amount as text', { amount: '150000' }],
    ['another currency', { currency: 'USD' }],
    ['no currency', { currency: null }],
    ['another bank than its QR', { bin: '970436' }],
    ['another account than its QR', { accountNumber: '113366668888' }],
    [
      'a QR of another amount',
      { qrCode: vietQr({ bin: '970415', account: 'V8HCC0012345', amount: '1500000', text: 'x' }) },
    ],
    ['a QR with a broken checksum', { qrCode: `${String(createdData().qrCode).slice(0, -1)}_` }],
    ['no QR', { qrCode: null }],
    ['a link id of another shape', { paymentLinkId: '../x' }],
    ['no link id', { paymentLinkId: null }],
    ['a page on another host', { checkoutUrl: `https://pay.payos.evil.example/web/${link}` }],
    ['a page whose host is a user name', { checkoutUrl: `https://pay.payos.example@evil.example/web/${link}` }],
    ['a page with a user name', { checkoutUrl: `https://a:b@pay.payos.example/web/${link}` }],
    ['a page on another port', { checkoutUrl: `https://pay.payos.example:8443/web/${link}` }],
    ['a page without encryption', { checkoutUrl: `http://pay.payos.example/web/${link}` }],
    ['a script for a page', { checkoutUrl: 'javascript:alert(1)' }],
    ['no page', { checkoutUrl: '' }],
  ])('is not opened for the payer when the signed answer has %s', async (_, change) => {
    await refusalOf(() => start(answer(createdData(change))), ['malformed'])
  })

  test('is not believed without a signature, nor with the API key for a key', async () => {
    const data = createdData()
    await refusalOf(() => start(answer(data, { signature: undefined })), ['unknown'])
    await refusalOf(() => start(answer(data, { signature: '' })), ['unknown'])
    await refusalOf(
      () => start(answer(data, { signature: signatureOf(data, String(kit.account.api_key)) })),
      ['forged'],
    )
    await refusalOf(() => start(answer({ ...data, meta: { a: 1 } })), ['malformed'])
    await refusalOf(() => start(Response.json({ code: '00', data: null })), ['malformed'])
  })

  test('may exist where its order code does: the query decides', async () => {
    for (const status of [200, 400, 409]) {
      expect((await refusalOf(() => start(refusal('231', status)), ['unknown'])).code).toBe('231')
    }
    await refusalOf(() => start(refusal('7777')), ['unknown'])
    await refusalOf(() => start(refusal('00', 409)), ['unknown'])
  })

  test('does not exist where payOS refused the call', async () => {
    for (const [code, status] of [
      ['20', 200],
      ['01', 200],
      ['201', 200],
      ['20', 400],
      ['401', 401],
      ['7777', 403],
    ] as const) {
      expect((await refusalOf(() => start(refusal(code, status)), ['rejected'])).code).toBe(code)
    }
    await refusalOf(() => start(new Response('<html></html>', { status: 403 })), ['rejected'])
  })

  test("keeps to the agency's own limits", async () => {
    const account = { ...kit.account, amount_minimum: 2_000, amount_maximum: 100_000 }
    const error = await refusalOf(() => start(answer(createdData()), {}, account), ['rejected'])
    expect(error.code).toBe('amount_outside_provider_limits')
    expect(payos.connect(account, portsOf()).limits).toEqual({ minimum: 2_000n, maximum: 100_000n })
  })
})

describe('a webhook', () => {
  test('is decided by its signed data, whatever stands around it', async () => {
    const { data, signature } = JSON.parse(new TextDecoder().decode(webhook().body))
    const captured = { status: 'captured', amount: 150_000n, code: '00' }
    for (const around of [{}, { success: false }, { code: '99', desc: 'failed' }, { data2: { amount: 1 } }]) {
      expect((await read(posted({ ...around, data, signature }))).outcomes).toMatchObject([captured])
    }
    const failed = { ...data, code: '99' }
    const flattered = posted({
      code: '00',
      desc: 'success',
      success: true,
      data: failed,
      signature: signatureOf(failed),
    })
    expect((await read(flattered)).outcomes).toMatchObject([{ status: 'pending', code: '99', subject: 'payment' }])
  })

  test('with a code that is no success is pending, whatever else it says', async () => {
    for (const code of ['01', '99', '000', '0', 'CANCELLED']) {
      const { outcomes } = await read(webhook({ code, amount: 0, reference: '' }))
      expect(outcomes).toMatchObject([{ status: 'pending', code }])
    }
    for (const code of [null, '', 0, true, 'x'.repeat(41)])
      await refusalOf(() => read(webhook({ code })), ['malformed'])
  })

  test('whose values could be read in two ways is refused, though its signature holds', async () => {
    // The payer wrote a transfer text that names another order; whoever sits between splits it where it suits them.
    const written = webhook({ description: `x&orderCode=${other}&p=z` })
    expect((await read(written)).merchantReference).toBe(merchantReference)
    const { data, signature } = JSON.parse(new TextDecoder().decode(written.body))
    const slid = { ...data, description: 'x', orderCode: Number(other), p: `z&orderCode=${merchantReference}` }
    expect(signatureOf(slid)).toBe(signature)
    await refusalOf(() => read(posted({ data: slid, signature })), ['malformed'])
    for (const name of ['accountNumber', 'reference', 'paymentLinkId', 'virtualAccountName', 'zeta']) {
      await refusalOf(() => read(webhook({ [name]: 'a&b' })), ['malformed'], name)
    }
    for (const name of ['counterAccountName', 'desc', 'description']) {
      expect((await read(webhook({ [name]: 'Công ty A & B = C' }))).outcomes).toHaveLength(1)
    }
    for (const name of ['a=b', 'a&b', '', 'tên'])
      await refusalOf(() => read(webhook({ [name]: 'x' })), ['malformed'], name)
  })

  test('with a member of an unsettled kind is refused', async () => {
    for (const value of [{ a: 1 }, {}, [1, 2], ['a'], [null], [[]], [{ a: { b: 1 } }], [{ a: [1] }]]) {
      await refusalOf(() => read(webhook({ meta: value })), ['malformed'], JSON.stringify(value))
    }
    expect((await read(webhook({ items: [{ b: 1, a: null }], none: [] }))).outcomes).toHaveLength(1)
  })

  test('of money that cannot be booked is refused: another currency, no reference, no order', async () => {
    const odd = [{ currency: 'USD' }, { currency: null }, { reference: '' }, { reference: null }, { reference: 7 }]
    odd.push({ reference: ' ' }, { reference: 'a\nb' }, { reference: 'x'.repeat(101) })
    for (const change of odd) await refusalOf(() => read(webhook(change)), ['malformed'], JSON.stringify(change))
    for (const orderCode of [0, -1, 1.5, '123', null, true]) {
      await refusalOf(() => read(webhook({ orderCode })), ['malformed'], String(orderCode))
    }
    // Beyond 2^53 two readers would see two numbers.
    const body = new TextDecoder().decode(webhook().body).replace(merchantReference, '9007199254740993')
    await refusalOf(() => read(posted(body)), ['malformed'])
  })

  test('tells its time in Vietnam, or with its own offset, or not at all', async () => {
    const at = async (transactionDateTime: unknown) =>
      (await read(webhook({ transactionDateTime }))).outcomes[0]?.occurredAt ?? null
    const time = new Date('2026-11-22T10:02:09+07:00')
    expect(await at('2026-11-22 10:02:09')).toEqual(time)
    expect(await at('2026-11-22T10:02:09+07:00')).toEqual(time)
    expect(await at('2026-11-22T03:02:09.000Z')).toEqual(time)
    for (const odd of ['2026-11-22T10:02:09', '22/11/2026 10:02', '2026-02-30 10:00:00', '', null, 5]) {
      expect(await at(odd), String(odd)).toBeNull()
    }
  })

  test('that only confirms the address is genuine, no money, and answered 200', async () => {
    const sample = vectorOf('docs-webhook-sample')
    const client = connect(() => refusal('20'), { ...kit.account, checksum_key: sample.secret })
    expect(await client.readCallback(posted(sample.payload))).toEqual({ merchantReference: '123', outcomes: [] })
    for (const verdict of ['accepted', 'unknown_order'] as const) {
      const answered = await client.answerCallback(verdict, posted(sample.payload))
      expect([answered.status, await answered.json()]).toEqual([200, { success: true }])
    }
    // Either text alone, or the order code alone, is somebody's money.
    const thisOne = { orderCode: 123, description: 'Ma giao dich thu nghiem' }
    expect((await read(webhook(thisOne))).outcomes).toEqual([])
    for (const change of [{ orderCode: 123 }, { description: 'VQRIO123' }, { ...thisOne, description: 'VQRIO1234' }]) {
      expect((await read(webhook(change))).outcomes).toMatchObject([{ status: 'captured', amount: 150_000n }])
    }
  })

  test('is looked for by GET: that, and nothing else, is answered 200', async () => {
    const client = connect(() => refusal('20'))
    await refusalOf(() => client.readCallback(got('')), ['malformed'])
    const statusOf = async (verdict: Verdict, method: string) =>
      (await client.answerCallback(verdict, { ...got(''), method })).status
    expect(await statusOf('malformed', 'GET')).toBe(200)
    expect(await statusOf('malformed', 'POST')).toBe(400)
    for (const verdict of ['forged', 'unknown_account', 'try_again'] as const) {
      expect(await statusOf(verdict, 'GET'), verdict).toBe(await statusOf(verdict, 'POST'))
    }
  })
})

describe('a return', () => {
  const back = (search: string, lookups = { findPayment: async () => paymentOf(subject) }) =>
    connect(() => refusal('20')).readReturn?.(got(search), lookups)
  const search = `code=00&id=${link}&cancel=false&status=PAID&orderCode=${merchantReference}`

  test('names our payment, paid or not, to whoever knows its link', async () => {
    for (const each of [search, search.replace('PAID', 'CANCELLED').replace('false', 'true'), `x=1&${search}`]) {
      expect(await back(each)).toBe(merchantReference)
    }
  })

  test('names nothing without the link, for another method, twice the same name or a payment that never had a link', async () => {
    for (const each of [
      search.replace(link, ''),
      search.replace(link, link.toUpperCase()),
      `orderCode=${merchantReference}`,
      `${search}&orderCode=${other}`,
      `${search}&id=${link}`,
      search.replace(merchantReference, '1e3'),
      `${search}&%`,
    ]) {
      expect(await back(each), each).toBeNull()
    }
    const unstarted = { findPayment: async () => paymentOf(subject, { memo: {} }) }
    expect(await back(search, unstarted)).toBeNull()
    expect(await back(search.replace(link, ''), unstarted)).toBeNull()
    const posting = { ...got(search), method: 'POST' }
    expect(await connect(() => refusal('20')).readReturn?.(posting, unstarted)).toBeNull()
  })
})

describe('a query', () => {
  const captured = { status: 'captured', merchantReference }

  test('tells the transfer that the webhook told, under the same reference', async () => {
    const [told] = (await read(webhook())).outcomes
    const paid = linkData({
      status: 'PAID',
      amountPaid: 150_000,
      transactions: [transfer('FT26326123456789', 150_000)],
    })
    const { outcomes } = await query(answer(paid))
    expect(outcomes).toEqual([{ ...told, code: 'PAID' }])
  })

  test('and a webhook name a transfer by its link too where the bank counts anew after some thousand', async () => {
    const [told] = (await read(webhook({ reference: '3516' }))).outcomes
    const paid = linkData({ status: 'PAID', amountPaid: 150_000, transactions: [transfer('3516', 150_000)] })
    const [asked] = (await query(answer(paid))).outcomes
    const elsewhere = (await read(webhook({ reference: '3516', orderCode: Number(other) }))).outcomes
    expect(told).toMatchObject({ providerReference: `3516-${merchantReference}` })
    expect(asked).toMatchObject({ providerReference: `3516-${merchantReference}` })
    expect(elsewhere).toMatchObject([{ providerReference: `3516-${other}` }])
  })

  test('tells every transfer, whatever state the link is in', async () => {
    const transactions = [transfer('FT26326001', 50_000), transfer('FT26326002', 100_000)]
    for (const status of ['UNDERPAID', 'PAID', 'CANCELLED', 'EXPIRED', 'FAILED', 'PENDING', 'PROCESSING', 'NEW']) {
      const { outcomes } = await query(answer(linkData({ status, amountPaid: 150_000, transactions })))
      expect(outcomes, status).toMatchObject([
        { ...captured, providerReference: 'FT26326001', amount: 50_000n, code: status },
        { ...captured, providerReference: 'FT26326002', amount: 100_000n, code: status },
      ])
    }
  })

  test('of a link without transfers tells what its state says', async () => {
    const expected = { PENDING: 'pending', PROCESSING: 'pending', UNDERPAID: 'pending', NEW: 'pending' }
    const ended = { CANCELLED: 'failed', EXPIRED: 'failed', FAILED: 'failed' }
    for (const [status, says] of Object.entries({ ...expected, ...ended })) {
      expect((await query(answer(linkData({ status })))).outcomes).toEqual([
        {
          ...{ merchantReference, providerReference: null, occurredAt: null },
          code: status,
          status: says,
          subject: 'payment',
        },
      ])
    }
  })

  test('is not believed where the link contradicts itself or is not ours', async () => {
    const one = [transfer('FT26326001', 150_000)]
    for (const change of [
      { status: 'PAID' },
      { status: 'PAID', amountPaid: 150_000 },
      { status: 'PAID', amountPaid: 150_000, transactions: null },
      { status: 'CANCELLED', amountPaid: 1 },
      { status: 'PAID', amountPaid: 140_000, transactions: one },
      { status: 'PAID', amountPaid: '150000', transactions: one },
      { status: 'PAID', amountPaid: 300_000, transactions: [...one, ...one] },
      { status: 'PAID', amountPaid: 150_000, transactions: [transfer('', 150_000)] },
      { status: 'PAID', amountPaid: 0, transactions: [transfer('FT26326001', 0)] },
      { status: 'PAID', amountPaid: 0, transactions: [transfer('FT26326001', 5), transfer('FT26326002', -5)] },
      { status: 'PAID', amountPaid: 150_000, transactions: ['FT26326001'] },
      { status: null },
      { orderCode: Number(other) },
      { id: 'ffffffffffffffffffffffffffffffff' },
    ]) {
      await refusalOf(() => query(answer(linkData(change))), ['malformed'], JSON.stringify(change))
    }
  })

  test('takes any link of our order code where the start gave none', async () => {
    const { outcomes } = await query(answer(linkData({ id: 'ffffffffffffffffffffffffffffffff' })), { memo: {} })
    expect(outcomes).toMatchObject([{ status: 'pending' }])
  })

  test('tells a link that is not known from a call that was refused', async () => {
    for (const each of [refusal('101'), refusal('101', 404), refusal('x', 404), refusal('101', 400)]) {
      expect(await query(each)).toEqual({ known: false, outcomes: [] })
    }
    for (const each of [refusal('20'), refusal('201'), refusal('401', 401), refusal('403', 403), refusal('20', 400)]) {
      await refusalOf(() => query(each), ['rejected'])
    }
    await refusalOf(() => query(new Response('<html>no such page</html>', { status: 404 })), ['rejected'])
    // Nor does a proxy that has no such route deny a link.
    await refusalOf(() => query(Response.json({ message: 'no Route matched' }, { status: 404 })), ['rejected'])
    for (const each of [refusal('231'), refusal('7777'), answer(linkData(), { signature: null })]) {
      await refusalOf(() => query(each), ['unknown'])
    }
  })
})
