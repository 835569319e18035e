/** MoMo, what we ask of it: starting, querying and giving back. */
import { describe, expect, test } from 'vitest'
import type { Refund } from '../../src/providers/contract.ts'
import { isReference } from '../../src/providers/momo/messages.ts'
import { sign } from '../../src/providers/momo/signature.ts'
import { kit } from './momo.kit.ts'
import {
  connect,
  echoing,
  giveBack,
  link,
  network,
  payment,
  query,
  queryRefund,
  refund,
  start,
  wordOf,
} from './momo.server.ts'

describe('starting', () => {
  test('sends what the page lists, numbers as numbers, and no access key', async () => {
    const { fetch, sent, urls } = network(echoing(link))
    const account = { ...kit.account, store_name: 'Sở Tư pháp', store_id: 'H56.12' }
    await connect(account, fetch).startPayment({ ...payment, description: ' Lệ phí A & B = C ', language: 'en' })
    expect(urls).toEqual(['https://momo.example/v2/gateway/api/create'])
    expect(sent[0]).toEqual({
      partnerCode: 'MOMOLEPHI20261122',
      requestId: payment.merchantReference,
      amount: 150_000,
      orderId: payment.merchantReference,
      orderInfo: 'Lệ phí A B C',
      redirectUrl: payment.returnUrl,
      ipnUrl: payment.callbackUrl,
      requestType: 'captureWallet',
      extraData: '',
      lang: 'en',
      referenceId: 'H56.12.03-261122-0007',
      storeName: 'Sở Tư pháp',
      storeId: 'H56.12',
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test('keeps the description within 200 characters, whole ones, and never blank', async () => {
    const { fetch, sent } = network(echoing(link))
    const client = connect(kit.account, fetch)
    for (const description of ['🎋'.repeat(300), `a${'🎋'.repeat(300)}`, ' \u0000\u200b\n', '&=']) {
      await client.startPayment({ ...payment, description })
    }
    const texts = sent.map(({ orderInfo }) => String(orderInfo))
    expect(texts.map((text) => [text.length, text.isWellFormed()])).toEqual([
      [200, true],
      [199, true],
      [39, true],
      [39, true],
    ])
    expect(texts[2]).toBe(`Thanh toan ${payment.merchantReference}`)
  })

  test('leaves out a dossier code that is longer than MoMo takes', async () => {
    const { fetch, sent } = network(echoing(link))
    const client = connect(kit.account, fetch)
    for (const length of [200, 201]) await client.startPayment({ ...payment, dossierCode: 'H'.repeat(length) })
    expect(sent.map(({ referenceId }) => referenceId)).toEqual(['H'.repeat(200), undefined])
  })

  test('refuses an amount outside the limits of its way of paying, and sends nothing', async () => {
    const { fetch, sent } = network(echoing(link))
    const cases = [
      { request_type: 'captureWallet', within: [1_000n, 50_000_000n], outside: [999n, 50_000_001n] },
      { request_type: 'payWithATM', within: [10_000n, 50_000_000n], outside: [9_999n, 50_000_001n] },
      { request_type: 'payWithCC', within: [1_000n, 10_000_000n], outside: [999n, 10_000_001n] },
      { request_type: 'payWithMethod', within: [1_000n, 50_000_000n], outside: [999n, 50_000_001n] },
      { request_type: 'payWithCC', amount_maximum: 20_000_000, within: [20_000_000n], outside: [20_000_001n] },
      { request_type: 'captureWallet', amount_minimum: 5_000, within: [5_000n], outside: [4_999n] },
    ]
    for (const { within, outside, ...settings } of cases) {
      const client = connect({ ...kit.account, ...settings }, fetch)
      sent.length = 0
      for (const amount of outside) {
        await expect(client.startPayment({ ...payment, amount })).rejects.toMatchObject({
          kind: 'rejected',
          code: 'amount_outside_provider_limits',
        })
      }
      expect(sent).toEqual([])
      for (const amount of within) await client.startPayment({ ...payment, amount })
      expect(sent).toMatchObject(
        within.map((amount) => ({ amount: Number(amount), requestType: settings.request_type })),
      )
    }
  })

  test('refuses a reference and a callback address that MoMo would not take, and sends nothing', async () => {
    const { fetch, sent } = network(echoing(link))
    const client = connect(kit.account, fetch)
    for (const merchantReference of ['', 'a&b', '-a', 'a-', 'hồ sơ', 'x'.repeat(51)]) {
      expect(await wordOf(client.startPayment({ ...payment, merchantReference })), merchantReference).toBe('rejected')
    }
    for (const callbackUrl of ['https://a.example/cb?x=1', 'https://a.example/thu phí', '', 'https://a.example/&b=']) {
      expect(await wordOf(client.startPayment({ ...payment, callbackUrl })), callbackUrl).toBe('rejected')
    }
    expect(sent).toEqual([])
  })

  test('believes only a link for this very payment', async () => {
    expect(await wordOf(start({}))).toBe('started')
    for (const [name, value] of Object.entries({ orderId: 'X1', requestId: 'X1', partnerCode: 'X1', amount: 1_500 })) {
      expect(await wordOf(start({ [name]: value })), name).toBe('malformed')
    }
    for (const payUrl of [
      undefined,
      null,
      '',
      7,
      'javascript:alert(1)',
      'http://momo.example/pay',
      '//momo.example',
      `https://momo.example/${'x'.repeat(4_096)}`,
    ]) {
      expect(await wordOf(start({ payUrl })), String(payUrl)).toBe('malformed')
    }
    const account = { ...kit.account, api_url: 'http://127.0.0.1:8787/simulators/momo/' }
    expect(await wordOf(start({ payUrl: 'http://127.0.0.1:8787/pay' }, { account }))).toBe('started')
  })

  test('keeps how the answer is signed, and refuses nothing for it', async () => {
    const answer = (names: string[], secretName?: string) => (body: Record<string, unknown>) => {
      const values = { ...body, ...link, resultCode: 0, responseTime: 1795316580000, message: 'Thành công.' }
      const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
      const kind = names.includes('message') ? 'createAnswerWithMessage' : 'createAnswer'
      const keys = {
        access_key: String(kit.account.access_key),
        secret_key: secretName ?? String(kit.account.secret_key),
      }
      return Response.json({ ...values, signature: sign(kind, fields, keys) })
    }
    const memoOf = async (reply: (body: Record<string, unknown>) => Response) =>
      (await connect(kit.account, network(reply).fetch).startPayment(payment)).memo
    expect(await memoOf(answer([]))).toEqual({ create_signature: 'documented' })
    expect(await memoOf(answer(['message']))).toEqual({ create_signature: 'with_message' })
    expect(await memoOf(answer([], 'another secret'))).toEqual({ create_signature: 'differs' })
    expect(await memoOf(echoing(link))).toEqual({ create_signature: 'absent' })
  })

  test('tells a refusal under HTTP 400 with the fields at fault, and a conflict as unknown', async () => {
    const subErrors = [{ field: 'signature', message: 'secret-looking text' }, { field: 'a b' }, null, 'x']
    for (const resultCode of [20, 13]) {
      const error = await start({ resultCode, subErrors }, { status: 400 }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ kind: 'rejected', code: String(resultCode) })
      expect(String(error)).toMatch(/: signature$/)
    }
    expect(await wordOf(start({ resultCode: 7000 }, { status: 422 }))).toBe('unknown')
    expect(await wordOf(start({ resultCode: 41 }, { status: 400 }))).toBe('unknown')
    expect(await wordOf(start({ resultCode: 0 }, { status: 400 }))).toBe('unknown')
    expect(await wordOf(start({ resultCode: undefined }, { status: 404 }))).toBe('rejected')
    expect(await wordOf(start({ resultCode: undefined }))).toBe('malformed')
    expect(await wordOf(start({ resultCode: 'ok' }))).toBe('malformed')
    for (const status of [429, 500, 503]) expect(await wordOf(start({ resultCode: 20 }, { status }))).toBe('unknown')
  })
})

describe('a query', () => {
  test('asks under a new requestId and reads amount, number and time of the payment', async () => {
    const { fetch, sent, urls } = network(echoing({ lastUpdated: 1795316529000, refundTrans: [] }))
    const answer = await connect(kit.account, fetch).queryPayment?.(payment)
    expect(urls).toEqual(['https://momo.example/v2/gateway/api/query'])
    expect(sent[0]).toMatchObject({ requestId: 'id_1', orderId: payment.merchantReference, lang: 'vi' })
    expect(answer).toEqual({
      known: true,
      outcomes: [
        {
          status: 'captured',
          merchantReference: payment.merchantReference,
          amount: 150_000n,
          providerReference: '60318823606',
          occurredAt: new Date(1795316529000),
          code: '0',
        },
      ],
    })
  })

  test("reports MoMo's amount when it is not ours, since the money is there", async () => {
    expect((await query({ amount: 149_999 }))?.outcomes).toMatchObject([{ status: 'captured', amount: 149_999n }])
  })

  test('takes the time of its own answer for no time of the payment', async () => {
    expect((await query({}))?.outcomes).toMatchObject([{ occurredAt: null }])
  })

  test('reports the refunds beside the payment, and skips an entry that it cannot read', async () => {
    const entry = { orderId: 'R1', amount: 50_000, resultCode: 0, transId: 144518121, createdTime: '1795316600000' }
    const refundTrans = [
      entry,
      null,
      'x',
      { ...entry, orderId: 'R2', amount: 'x' },
      { ...entry, orderId: 'R3', resultCode: 1080 },
    ]
    expect((await query({ refundTrans }))?.outcomes).toMatchObject([
      { status: 'captured' },
      {
        status: 'refunded',
        merchantReference: 'R1',
        amount: 50_000n,
        providerReference: '144518121',
        occurredAt: new Date(1795316600000),
      },
      { status: 'failed', subject: 'refund', merchantReference: 'R3', providerReference: null },
    ])
    for (const none of [null, [], undefined, {}]) expect((await query({ refundTrans: none }))?.outcomes).toHaveLength(1)
  })

  test('believes "no such payment" only when it names this payment, under any HTTP status', async () => {
    expect(await query({ resultCode: 42 }, 400)).toEqual({ known: false, outcomes: [] })
    expect(await wordOf(query({ resultCode: 42, orderId: 'X1' }))).toBe('malformed')
    expect(await wordOf(query({ resultCode: 42, requestId: 'id_0' }))).toBe('malformed')
  })

  test('settles nothing by a success or a waiting state under HTTP 4xx', async () => {
    expect(await wordOf(query({ resultCode: 0 }, 400))).toBe('unknown')
    expect(await wordOf(query({ resultCode: 7000 }, 422))).toBe('unknown')
    expect(await wordOf(query({ resultCode: 1006 }, 400))).toBe('failed')
  })

  test('refuses a paid answer without a number of the payment', async () => {
    for (const transId of [0, null, '', 'abc', -1, 1.5, true])
      expect(await wordOf(query({ transId }))).toBe('malformed')
  })
})

describe('a refund', () => {
  test('is asked for under its own reference and names the payment by its MoMo number', async () => {
    const { fetch, sent, urls } = network(echoing({ transId: 144518121 }))
    const outcome = await connect(kit.account, fetch).refundPayment?.(refund)
    expect(urls).toEqual(['https://momo.example/v2/gateway/api/refund'])
    expect(sent[0]).toEqual({
      partnerCode: 'MOMOLEPHI20261122',
      orderId: refund.merchantReference,
      requestId: refund.merchantReference,
      amount: 50_000,
      transId: 60318823606,
      description: 'Hồ sơ bị từ chối',
      lang: 'vi',
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(outcome).toEqual({
      status: 'refunded',
      merchantReference: refund.merchantReference,
      amount: 50_000n,
      providerReference: '144518121',
      occurredAt: new Date(1795316580000),
      code: '0',
    })
  })

  test('sends a number beyond 2^53 as text, digit by digit', async () => {
    const { fetch, sent } = network(echoing({ transId: 144518121 }))
    const big = { ...refund, payment: { ...payment, providerReference: '9007199254740993' } }
    await connect(kit.account, fetch).refundPayment?.(big)
    expect(sent[0]).toMatchObject({ transId: '9007199254740993' })
  })

  test('is not sent without the number of its payment, outside the limits, or under the reference of its payment', async () => {
    const { fetch, sent } = network(echoing({}))
    const wrong: [Partial<Refund>, Record<string, unknown>?][] = [
      [{ payment: { ...payment, providerReference: null } }],
      [{ payment: { ...payment, providerReference: 'abc' } }],
      [{ amount: 999n }],
      [{ amount: 150_001n }],
      [{ amount: 9_999n }, { request_type: 'payWithATM' }],
      [{ amount: 50_000_001n, payment: { ...payment, amount: 60_000_000n } }],
      [{ merchantReference: payment.merchantReference }],
    ]
    for (const [changes, settings] of wrong) {
      const client = connect({ ...kit.account, ...settings }, fetch)
      expect(await wordOf(client.refundPayment?.({ ...refund, ...changes }))).toBe('rejected')
    }
    expect(sent).toEqual([])
  })

  test('is believed only when the answer names it, with its amount and a number', async () => {
    for (const changes of [
      { orderId: 'X1' },
      { requestId: 'X1' },
      { partnerCode: 'X1' },
      { amount: 5 },
      { transId: 0 },
    ]) {
      expect(await wordOf(giveBack(changes)), JSON.stringify(changes)).toBe('malformed')
    }
    expect(await wordOf(giveBack({ resultCode: 1081 }, { status: 400 }))).toBe('failed')
    expect(await wordOf(giveBack({ resultCode: 7000 }, { status: 422 }))).toBe('pending')
    expect(await wordOf(giveBack({ resultCode: 0 }, { status: 400 }))).toBe('unknown')
  })

  test('that the list of its payment lacks is pending, never unknown to MoMo', async () => {
    const other = { orderId: 'R9', amount: 50_000, resultCode: 0, transId: 144518121 }
    for (const refundTrans of [[], [other], null, undefined]) {
      expect(await queryRefund({ refundTrans })).toEqual({
        known: true,
        outcomes: [expect.objectContaining({ status: 'pending', subject: 'refund', code: 'not_listed' })],
      })
    }
    expect(await wordOf(queryRefund({ resultCode: 42 })), 'the payment is denied').toBe('unknown')
  })

  test('whose entry cannot be read is malformed, so that somebody looks', async () => {
    const entry = { orderId: refund.merchantReference, amount: 50_000, resultCode: 0, transId: 144518121 }
    for (const changes of [{ amount: '5e4' }, { transId: '' }, { resultCode: null }]) {
      expect(await wordOf(queryRefund({ refundTrans: [{ ...entry, ...changes }] }))).toBe('malformed')
    }
  })
})

describe('orderId', () => {
  test('accepts exactly what the printed pattern accepts', () => {
    const printed = /^[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*$/
    const letters = ['a', 'Z', '0', '-', '_', '.', '!', ' ']
    let texts = ['']
    for (let length = 0; length <= 5; length++) {
      for (const text of texts) expect(isReference(text), text).toBe(printed.test(text))
      texts = texts.flatMap((text) => letters.map((letter) => text + letter))
    }
  })

  test('is judged in a moment where the printed pattern takes hours', () => {
    expect(isReference(`${'a'.repeat(49)}!`)).toBe(false)
    expect(isReference('a'.repeat(50))).toBe(true)
    expect(isReference('a'.repeat(51))).toBe(false)
  })
})
