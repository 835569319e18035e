/** ZaloPay's answers to our calls: two code fields that are read together, and failures that are not the end. */
import { describe, expect, test } from 'vitest'
import type { Payment } from '../../src/providers/contract.ts'
import { zalopay } from '../../src/providers/zalopay/index.ts'
import { kit } from './zalopay.kit.ts'
import { askBack, connect, created, giveBack, paid, payment, query, refund, start, wordOf } from './zalopay.server.ts'

type Codes = { return_code?: unknown; sub_return_code?: unknown }
const minutesAfterStart = (minutes: number) => new Date(payment.createdAt.getTime() + minutes * 60_000)

describe('an order', () => {
  const body = async (changes: Partial<Payment> = {}, settings: object = {}) => {
    const { client, sent } = connect(created, { account: { ...kit.account, ...settings } })
    await client.startPayment({ ...payment, ...changes })
    return sent[0]?.body ?? {}
  }

  test('lives from 5 minutes to 30 days there, whatever our own deadline is', async () => {
    const life = async (minutes: number) =>
      (await body({ expiresAt: minutesAfterStart(minutes) })).expire_duration_seconds
    expect(await Promise.all([-5, 1, 15, 60 * 24 * 90].map(life))).toEqual([300, 300, 900, 2_592_000])
  })

  test('names methods, bank and sub app only where the contract or the payer does', async () => {
    expect(await body()).not.toHaveProperty('sub_app_id')
    expect(await body()).toMatchObject({
      ...{ app_user: 'lephi', bank_code: '', item: '[]' },
      embed_data: '{"redirecturl":"https://gateway.example/returns/zalopay/mac_1"}',
    })
    const preferred_payment_method = ['vietqr', 'zalopay_wallet']
    expect(await body({ bankCode: 'VTB' }, { preferred_payment_method, sub_app_id: 'so-tu-phap' })).toMatchObject({
      ...{ bank_code: 'VTB', sub_app_id: 'so-tu-phap' },
      embed_data: expect.stringContaining('"preferred_payment_method":["vietqr","zalopay_wallet"]}'),
    })
  })

  test('is shown to the payer in words of at most 256 bytes or characters', async () => {
    const { description } = await body({ description: 'Lệ phí | đăng\tký '.repeat(100) })
    expect(String(description).length).toBeLessThanOrEqual(128)
    expect(description).toMatch(/^Lệ phí đăng ký Lệ/)
  })

  test('goes nowhere but to a page of the web, and not from https to http', async () => {
    for (const order_url of ['', 'javascript:alert(1)', '/pay', 'http://zalopay.example/', 7, null, undefined]) {
      expect(await start({ ...created, order_url }), String(order_url)).toBe('malformed')
    }
  })

  test('never goes out with an address that would break the signed text', async () => {
    expect(await start(created, { returnUrl: 'https://gateway.example/a|b' })).toBe('rejected')
    expect(await start(created, { callbackUrl: 'https://gateway.example/a b' })).toBe('rejected')
    expect(await start(created, { bankCode: 'A|B' })).toBe('rejected')
  })

  test.each<[string, Codes]>([
    ['started', { return_code: 1 }],
    ['started', { return_code: '1', sub_return_code: '1' }],
    ['rejected', { return_code: 2, sub_return_code: -401 }],
    ['rejected', { return_code: 2, sub_return_code: -402 }],
    ['rejected', { return_code: -402, sub_return_code: undefined }],
    ['rejected', { return_code: 2, sub_return_code: -92 }],
    // The reference is used: perhaps by an earlier copy of this call, so we ask.
    ['unknown', { return_code: 2, sub_return_code: -68 }],
    ['unknown', { return_code: 2, sub_return_code: -429 }],
    ['unknown', { return_code: -500, sub_return_code: undefined }],
    ['unknown', { return_code: 2, sub_return_code: -9999 }],
    ['unknown', { return_code: 3, sub_return_code: 3 }],
    ['malformed', { return_code: undefined }],
    ['malformed', { return_code: true }],
    ['malformed', { return_code: 1, sub_return_code: -402.5 }],
  ])('is %s when the answer is %j', async (expected, codes) => {
    expect(await start({ ...created, sub_return_code: undefined, ...codes })).toBe(expected)
  })
})

describe('a query', () => {
  test.each<[string, Codes]>([
    ['captured', { return_code: 1, sub_return_code: 1 }],
    ['captured', { return_code: 1, sub_return_code: undefined }],
    ['captured', { return_code: '1', sub_return_code: '1' }],
    // A success that something contradicts, and what no page lists.
    ['pending', { return_code: 1, sub_return_code: -217 }],
    ['pending', { return_code: 1, sub_return_code: 3 }],
    ['pending', { return_code: 3, sub_return_code: 1 }],
    ['pending', { return_code: 0, sub_return_code: 1 }],
    ['pending', { return_code: 4, sub_return_code: 1 }],
    ['pending', { return_code: 3, sub_return_code: -101 }],
    ['failed', { return_code: 2, sub_return_code: -54 }],
    ['failed', { return_code: -54, sub_return_code: undefined }],
    ['not known', { return_code: 2, sub_return_code: -101 }],
    ['not known', { return_code: -101, sub_return_code: undefined }],
    ['rejected', { return_code: 2, sub_return_code: -401 }],
    ['rejected', { return_code: -401, sub_return_code: 1 }],
    ['rejected', { return_code: 1, sub_return_code: -402 }],
    ['rejected', { return_code: 2, sub_return_code: -403 }],
    ['rejected', { return_code: 2, sub_return_code: -92 }],
    ['unknown', { return_code: 2, sub_return_code: -429 }],
    ['unknown', { return_code: -500, sub_return_code: -500 }],
    ['unknown', { return_code: 2, sub_return_code: -999 }],
    ['malformed', { return_code: undefined }],
    ['malformed', { return_code: 'paid' }],
  ])('is %s when the answer is %j', async (expected, codes) => {
    expect(await query({ ...paid, ...codes })).toBe(expected)
  })

  const mayYetBePaid = [-63, -217, -332, -333, -1330, -1333, -1340, -1343, -49, -9999, 2]
  test.each(mayYetBePaid)(
    'is pending at 2/%i while the payer may try again, and failed when that time is over',
    async (sub) => {
      const refused = { return_code: 2, sub_return_code: sub }
      expect(await query(refused)).toBe('pending')
      expect(await query(refused, minutesAfterStart(16.9))).toBe('pending')
      expect(await query(refused, minutesAfterStart(17))).toBe('failed')
    },
  )

  test('does not give up before ZaloPay does: an order lives five minutes at least', async () => {
    const short = { expiresAt: minutesAfterStart(1) }
    const refused = { return_code: 2, sub_return_code: -63 }
    expect(await query(refused, minutesAfterStart(6), short)).toBe('pending')
    expect(await query(refused, minutesAfterStart(7), short)).toBe('failed')
  })

  test('never turns into failed by waiting', async () => {
    const late = minutesAfterStart(60 * 24 * 30)
    expect(await query({ return_code: 3, sub_return_code: 3 }, late)).toBe('pending')
    expect(await query({ return_code: 2, sub_return_code: 21 }, late)).toBe('pending')
    expect(await query({ return_code: 2, sub_return_code: -63, is_processing: true }, late)).toBe('pending')
  })

  test('is not money while it is being processed, nor without amount or number', async () => {
    expect(await query({ ...paid, is_processing: true })).toBe('pending')
    for (const change of [{ amount: undefined }, { amount: 0 }, { amount: 1.5 }, { zp_trans_id: undefined }]) {
      expect(await query({ ...paid, ...change }), JSON.stringify(change)).toBe('malformed')
    }
  })

  test('reports ZaloPay’s amount and time, not ours', async () => {
    const answer = { ...paid, amount: '140000', zp_trans_id: '261122000000123', server_time: 1_795_316_529_000 }
    expect(await connect(answer).client.queryPayment?.(payment)).toMatchObject({
      outcomes: [{ amount: 140_000n, providerReference: '261122000000123', occurredAt: new Date(1_795_316_529_000) }],
    })
  })

  test('under an HTTP error settles nothing, whatever the body says', async () => {
    const answers = [{ ...paid }, { return_code: 2, sub_return_code: -54 }, { return_code: 2, sub_return_code: -101 }]
    for (const body of answers) {
      const { client } = connect(Response.json(body, { status: 400 }))
      expect(await wordOf(client.queryPayment?.(payment))).toBe('unknown')
    }
    const refused = connect(Response.json({ return_code: 2, sub_return_code: -402 }, { status: 400 }))
    expect(await wordOf(refused.client.queryPayment?.(payment))).toBe('rejected')
    const proxy = connect(Response.json({ error: 'no route' }, { status: 404 }))
    expect(await wordOf(proxy.client.queryPayment?.(payment))).toBe('rejected')
  })
})

describe('a refund', () => {
  test.each<[string, string, Codes]>([
    ['refunded', 'refunded', { return_code: 1, sub_return_code: 1 }],
    ['refunded', 'refunded', { return_code: 1 }],
    // One source calls -101 a success; return_code tells.
    ['refunded', 'refunded', { return_code: 1, sub_return_code: -101 }],
    ['failed', 'not known', { return_code: 2, sub_return_code: -101 }],
    ['failed', 'not known', { return_code: -101 }],
    ['pending', 'pending', { return_code: 3, sub_return_code: -101 }],
    ['pending', 'pending', { return_code: 3, sub_return_code: 2 }],
    ['pending', 'pending', { return_code: 3, sub_return_code: -1 }],
    ['pending', 'pending', { return_code: 1, sub_return_code: -14 }],
    // Listed for the call alone: to the question, -13 may be about its own timestamp, and the refund was carried out.
    ['failed', 'pending', { return_code: 2, sub_return_code: -13 }],
    ['failed', 'pending', { return_code: -13 }],
    ['failed', 'pending', { return_code: 2, sub_return_code: -14 }],
    // 2 is what a refund under way has.
    ['pending', 'pending', { return_code: 2, sub_return_code: 2 }],
    ['failed', 'failed', { return_code: 2, sub_return_code: -32 }],
    // The refund is asynchronous: only the question about it makes a failure without a reason one.
    ['pending', 'failed', { return_code: 2, sub_return_code: 0 }],
    ['pending', 'failed', { return_code: 2 }],
    ['pending', 'pending', { return_code: 2, sub_return_code: -9999 }],
    ['pending', 'pending', { return_code: 2, sub_return_code: 5 }],
    // The reference is used: an earlier copy of this call arrived, so we ask.
    ['unknown', 'unknown', { return_code: 2, sub_return_code: -23 }],
    ['unknown', 'unknown', { return_code: 2, sub_return_code: -500 }],
    ['rejected', 'rejected', { return_code: 2, sub_return_code: -25 }],
    ['rejected', 'rejected', { return_code: -402 }],
  ])('is %s by the call and %s by the question when the answer is %j', async (called, asked, codes) => {
    expect(await giveBack({ ...codes })).toBe(called)
    expect(await askBack({ ...codes })).toBe(asked)
  })

  test('is asked for at this moment, by ZaloPay’s number, in words without a bar', async () => {
    const { client, sent } = connect({ return_code: 3 })
    await client.refundPayment?.({ ...refund, reason: `Thu thừa | nộp hai lần ${'x'.repeat(200)}` })
    expect(sent[0]).toMatchObject({
      url: 'https://zalopay.example/v2/refund',
      body: { zp_trans_id: '261122000000123', amount: 50_000, timestamp: 1_795_316_700_000 },
    })
    expect(String(sent[0]?.body.description)).toMatch(/^Thu thừa nộp hai lần x{1,100}$/)
    expect(String(sent[0]?.body.description).length).toBeLessThanOrEqual(100)
    expect(sent[0]?.body).not.toHaveProperty('refund_fee_amount')
  })

  test('is asked for with words even where nobody gave a reason', async () => {
    const { client, sent } = connect({ return_code: 3 })
    await client.refundPayment?.({ ...refund, reason: '|||' })
    expect(sent[0]?.body.description).toBe('Hoàn tiền')
  })

  test('of a payment whose number is not known is not asked for', async () => {
    const unnumbered = { payment: { ...payment, providerReference: null } }
    expect(await giveBack({ return_code: 3 }, unnumbered)).toBe('rejected')
  })

  test('has a number of its own where ZaloPay gives one', async () => {
    const { client } = connect({ return_code: 1, refund_id: 261123000000077 })
    expect(await client.refundPayment?.(refund)).toMatchObject({
      providerReference: '261123000000077',
      amount: 50_000n,
    })
    const asked = connect({ return_code: 1 }).client.queryRefund?.({ ...refund, providerReference: '261123000000077' })
    expect((await asked)?.outcomes).toMatchObject([{ status: 'refunded', providerReference: '261123000000077' }])
    expect(zalopay.capabilities).toMatchObject({ queryRefund: true, idempotentRefund: false })
  })
})
