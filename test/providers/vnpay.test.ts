/**
 * The rules of VNPAY that no other provider has. Its vectors are in vnpay-vectors.test.ts, what all providers share in
 * conformance.test.ts.
 */
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/domain/outcome.ts'
import { type Payment, ProviderError, type Refund } from '../../src/providers/contract.ts'
import { vnpay } from '../../src/providers/vnpay/index.ts'
import {
  callbackOf,
  clientOf,
  paymentOf,
  refundOf,
  type Subject,
  serverOf,
  specOf,
  withField,
} from './conformance/subject.ts'
import { kit } from './vnpay.kit.ts'

const subject: Subject = { name: 'vnpay', provider: vnpay, kit }
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)

const parameters = async (changes: Partial<Payment>, account = kit.account): Promise<URLSearchParams> => {
  const { action } = await clientOf(subject, undefined, account).startPayment(paymentOf(subject, changes))
  return new URL(action.type === 'redirect' ? action.url : '').searchParams
}

describe('the redirect', () => {
  test('always names version, currency, terminal and deadline', async () => {
    const sent = Object.fromEntries(await parameters({}))
    expect(sent).toMatchObject({
      vnp_Version: '2.1.0',
      vnp_Command: 'pay',
      vnp_CurrCode: 'VND',
      vnp_TmnCode: 'LEPHI001',
    })
    expect(sent).toMatchObject({ vnp_CreateDate: '20261122100000', vnp_ExpireDate: '20261122101500', vnp_Locale: 'vn' })
    expect(sent).toMatchObject({ vnp_Amount: '15000000', vnp_OrderType: 'other', vnp_IpAddr: '203.0.113.77' })
    expect(sent).not.toHaveProperty('vnp_BankCode')
    expect(sent).not.toHaveProperty('vnp_SecureHashType')
  })

  test('writes the description without diacritics and without characters that encoders disagree on', async () => {
    const description = "Lệ phí ĐẤT đai: hồ sơ H56.12 (số 7)!* ~'x' & 100% + “a”|b"
    expect((await parameters({ description })).get('vnp_OrderInfo')).toBe('Le phi DAT dai: ho so H56.12 so 7 x 100 a b')
    expect((await parameters({ description: '🎋' })).get('vnp_OrderInfo')).toMatch(/^Thanh toan [A-Z0-9]+$/)
    expect((await parameters({ description: 'ệ'.repeat(400) })).get('vnp_OrderInfo')).toHaveLength(255)
  })

  test('encodes what encoders disagree on in our own return address', async () => {
    const returnUrl = "https://gateway.example/~a/(b)!*'?x=1&y=ệ"
    const sent = await parameters({ returnUrl: new URL(returnUrl).href })
    expect(sent.get('vnp_ReturnUrl')).toMatch(/^https:\/\/gateway\.example\/%7Ea\/%28b%29%21%2A%27\?x=1&y=%E1%BB%87$/)
  })

  test('refuses references, bank codes and addresses that VNPAY has no room for', async () => {
    const wrong: Partial<Payment>[] = [
      { merchantReference: 'a-b' },
      { merchantReference: '' },
      { merchantReference: 'A'.repeat(101) },
      { bankCode: 'N' },
      { bankCode: 'NCB&x=1' },
      { returnUrl: `https://gateway.example/${'a'.repeat(240)}` },
    ]
    for (const changes of wrong) expect(await parameters(changes).catch(kindOf)).toBe('rejected')
    expect((await parameters({ bankCode: 'VNPAYQR' })).get('vnp_BankCode')).toBe('VNPAYQR')
  })

  test("keeps to the contract's own limits", async () => {
    const account = { ...kit.account, amount_minimum: 5_000, amount_maximum: 1_000_000 }
    expect(await parameters({ amount: 4_999n }, account).catch(kindOf)).toBe('rejected')
    expect(await parameters({ amount: 1_000_001n }, account).catch(kindOf)).toBe('rejected')
    expect((await parameters({ amount: 5_000n }, account)).get('vnp_Amount')).toBe('500000')
  })
})

describe('the two codes of a callback', () => {
  const outcomeOf = async (code: string, status: string): Promise<Outcome | undefined> => {
    const request = callbackOf(subject, specOf(subject), {
      unsigned: (fields) => withField(withField(fields, 'vnp_ResponseCode', code), 'vnp_TransactionStatus', status),
    })
    return (await clientOf(subject).readCallback(request)).outcomes[0]
  }
  const failures = ['09', '10', '11', '12', '13', '24', '51', '65', '75', '79', '99']

  test('mean money only when both are 00', async () => {
    const all = ['00', '07', ...failures, '05', '88', 'xx']
    for (const code of all) {
      for (const status of ['00', '01', '02', '04', '05', '06', '07', '09', '88']) {
        const outcome = await outcomeOf(code, status)
        const expected =
          code === '00' && status === '00'
            ? 'captured'
            : failures.includes(code) && status === '02'
              ? 'failed'
              : 'pending'
        expect(outcome?.status, `${code} and ${status}`).toBe(expected)
      }
    }
  })

  test('are kept for the person who must look', async () => {
    expect((await outcomeOf('07', '07'))?.code).toBe('07')
    expect((await outcomeOf('00', '04'))?.code).toBe('04')
    expect((await outcomeOf('24', '00'))?.code).toBe('24/00')
    expect((await outcomeOf('88', '02'))?.code).toBe('88')
    expect((await outcomeOf('24', '02'))?.code).toBe('24')
  })

  test('leave no number where VNPAY has none', async () => {
    for (const providerReference of ['0', '000', '']) {
      const request = callbackOf(subject, specOf(subject, { says: 'failed', providerReference }))
      expect((await clientOf(subject).readCallback(request)).outcomes[0]).toMatchObject({ providerReference: null })
    }
  })
})

describe('a query', () => {
  const ask = async (changes: Record<string, string>, payment = paymentOf(subject)) => {
    const { fetch, calls } = serverOf((call) => {
      if (!kit.query) throw new Error('no query')
      const fields = kit.query
        .fields({ ...specOf(subject), payment, call })
        .map(([name, value]) => [name, changes[name] ?? value] as const)
      return kit.query.send(kit.query.sign(fields, kit.account))
    })
    const result = await clientOf(subject, fetch)
      .queryPayment?.(payment)
      .catch((error: unknown) => error)
    return { result, sent: JSON.parse(calls[0]?.body ?? '{}') as Record<string, string> }
  }

  test('names the payment by the creation time that was remembered, and itself by 32 characters at most', async () => {
    const { sent } = await ask({}, paymentOf(subject, { memo: { create_date: '20261122095959' } }))
    expect(sent).toMatchObject({
      vnp_TransactionDate: '20261122095959',
      vnp_CreateDate: '20261122100500',
      vnp_IpAddr: '127.0.0.1',
    })
    expect(sent.vnp_RequestId).toMatch(/^[A-Za-z0-9]{1,32}$/)
    expect((await ask({}, paymentOf(subject, { memo: {} }))).sent.vnp_TransactionDate).toBe('20261122100000')
  })

  test("means the payment by VNPAY's number where there is one, and sends no hole where there is none", async () => {
    expect((await ask({})).sent).toMatchObject({ vnp_TransactionNo: '14226112' })
    expect((await ask({}, paymentOf(subject, { providerReference: null }))).sent).not.toHaveProperty(
      'vnp_TransactionNo',
    )
  })

  test('that worked says nothing yet: the status decides', async () => {
    const expected = {
      '00': 'captured',
      '01': 'pending',
      '02': 'failed',
      '04': 'pending',
      '07': 'pending',
      '05': 'pending',
      '08': 'pending',
    }
    for (const [status, outcome] of Object.entries(expected)) {
      expect((await ask({ vnp_TransactionStatus: status })).result, status).toMatchObject({
        known: true,
        outcomes: [{ status: outcome }],
      })
    }
  })

  test('that is answered about a refund does not speak of the payment', async () => {
    for (const type of ['02', '03', '']) {
      for (const status of ['00', '02', '05', '09']) {
        const { result } = await ask({ vnp_TransactionType: type, vnp_TransactionStatus: status })
        expect(result).toMatchObject({
          known: true,
          outcomes: [
            {
              ...{ status: 'pending', subject: 'payment', code: `${type}:${status}` },
              ...{ providerReference: null, occurredAt: null },
            },
          ],
        })
      }
    }
  })

  test('that VNPAY refused needs a person, and one that it could not answer is asked again', async () => {
    const kinds = {
      '02': 'rejected',
      '03': 'rejected',
      '97': 'rejected',
      '08': 'unknown',
      '94': 'unknown',
      '99': 'unknown',
      '55': 'unknown',
    }
    for (const [code, kind] of Object.entries(kinds)) {
      expect((await ask({ vnp_ResponseCode: code })).result, code).toMatchObject({ kind, code })
    }
  })

  test('is not answered by a text that moves the borders of the signed fields', async () => {
    expect((await ask({ vnp_Message: 'x|y' })).result).toMatchObject({ kind: 'malformed' })
  })
})

describe('a refund', () => {
  const answered = async (changes: Record<string, string>, refund: Refund = refundOf(subject)) => {
    const { fetch, calls } = serverOf((call) => {
      if (!kit.refund) throw new Error('no refund')
      const spec = { says: 'accepted' as const, refund, providerReference: '14226990', call }
      const fields = kit.refund.fields(spec).map(([name, value]) => [name, changes[name] ?? value] as const)
      return kit.refund.send(kit.refund.sign(fields, kit.account))
    })
    const result = await clientOf(subject, fetch)
      .refundPayment?.(refund)
      .catch((error: unknown) => error)
    return { result, sent: JSON.parse(calls[0]?.body ?? '{}') as Record<string, string> }
  }

  test('is full or partial, and sends an unknown number as the empty text that it signs', async () => {
    expect((await answered({})).sent).toMatchObject({
      vnp_TransactionType: '02',
      vnp_TransactionNo: '14226112',
      vnp_Amount: '15000000',
    })
    const payment = paymentOf(subject, { providerReference: null })
    const partial = refundOf(subject, { payment, amount: 50_000n, isFull: false })
    expect((await answered({}, partial)).sent).toMatchObject({
      vnp_TransactionType: '03',
      vnp_TransactionNo: '',
      vnp_Amount: '5000000',
    })
  })

  test('is never done by the answer to the call, whatever its codes', async () => {
    const table: Record<string, Record<string, unknown>> = {
      '00': { status: 'pending' },
      '94': { status: 'pending' },
      '08': { status: 'pending' },
      '99': { status: 'pending' },
      '77': { status: 'pending' },
      '16': { status: 'failed' },
      '93': { status: 'failed' },
      '95': { status: 'failed' },
      '02': { kind: 'rejected' },
      '03': { kind: 'rejected' },
      '91': { kind: 'rejected' },
      '97': { kind: 'rejected' },
    }
    for (const [code, expected] of Object.entries(table)) {
      expect((await answered({ vnp_ResponseCode: code })).result, code).toMatchObject({ ...expected, code })
    }
    for (const status of ['00', '05', '06']) {
      expect((await answered({ vnp_TransactionStatus: status })).result, status).toMatchObject({ status: 'pending' })
    }
    expect((await answered({ vnp_TransactionStatus: '09' })).result).toMatchObject({ status: 'failed', code: '09' })
  })

  test("keeps VNPAY's number of it, and neither the payment's nor another refund's", async () => {
    expect((await answered({})).result).toMatchObject({ providerReference: '14226990' })
    expect((await answered({ vnp_TransactionNo: '14226112' })).result).toMatchObject({ providerReference: null })
    const another = refundOf(subject, { takenReferences: ['14226990'] })
    expect((await answered({ vnp_ResponseCode: '94' }, another)).result).toMatchObject({
      ...{ status: 'pending', code: '94', providerReference: null },
    })
  })
})

describe('a refund query', () => {
  const partial = refundOf(subject, { amount: 50_000n, isFull: false })
  const ask = async (changes: Record<string, string>, refund: Refund = partial) => {
    const { fetch } = serverOf((call) => {
      if (!kit.refundQuery) throw new Error('no refund query')
      const spec = { says: 'refunded' as const, refund, providerReference: '14226990', call }
      const fields = kit.refundQuery.fields(spec).map(([name, value]) => [name, changes[name] ?? value] as const)
      return kit.refundQuery.send(kit.refundQuery.sign(fields, kit.account))
    })
    const answer = await clientOf(subject, fetch).queryRefund?.(refund)
    return answer?.outcomes[0]
  }

  test('does not take an earlier partial refund of the same amount for this one', async () => {
    const earlier = { vnp_PayDate: '20261122093000', vnp_TransactionNo: '14226555' }
    expect(await ask(earlier)).toMatchObject({ status: 'pending', subject: 'refund', providerReference: null })
    expect(await ask({ ...earlier, vnp_PayDate: '' })).toMatchObject({ status: 'pending' })
    expect(await ask({ vnp_PayDate: '20261122100500' })).toMatchObject({ status: 'refunded', amount: 50_000n })
    expect(await ask(earlier, { ...partial, providerReference: '14226555' })).toMatchObject({ status: 'refunded' })
  })

  test('does not take the refusal of an earlier full refund for that of this one', async () => {
    const refused = { vnp_TransactionStatus: '09', vnp_PayDate: '20261121100000' }
    expect(await ask(refused, refundOf(subject))).toMatchObject({ status: 'pending', providerReference: null })
    const inTime = { ...refused, vnp_PayDate: '20261122100400' }
    expect(await ask(inTime, refundOf(subject))).toMatchObject({ status: 'failed', providerReference: '14226990' })
    const known = (providerReference: string) => refundOf(subject, { providerReference })
    expect(await ask(refused, known('14226990'))).toMatchObject({ status: 'failed', code: '09' })
    expect(await ask(inTime, known('14226991'))).toMatchObject({ status: 'pending' })
  })

  test('goes by the number alone once it is known, and leaves alone the numbers of other refunds', async () => {
    const known = { ...partial, providerReference: '14226991' }
    expect(await ask({}, known)).toMatchObject({ status: 'pending', providerReference: null })
    expect(await ask({ vnp_TransactionNo: '14226991' }, known)).toMatchObject({ status: 'refunded' })
    const taken = { takenReferences: ['14226555', '14226990'] }
    expect(await ask({}, { ...partial, ...taken })).toMatchObject({ status: 'pending', providerReference: null })
    expect(await ask({}, refundOf(subject, taken))).toMatchObject({ status: 'pending', providerReference: null })
    expect(await ask({ vnp_TransactionNo: '14226991' }, { ...partial, ...taken })).toMatchObject({ status: 'refunded' })
  })

  test("takes the payment's own number for none, in the answer as in what was known", async () => {
    for (const number of ['14226112', '0', '']) {
      for (const status of ['00', '09']) {
        const answer = { vnp_TransactionNo: number, vnp_TransactionStatus: status }
        expect(await ask(answer), `${number} ${status}`).toMatchObject({ status: 'pending', providerReference: null })
        expect(await ask(answer, { ...partial, providerReference: '14226112' })).toMatchObject({ status: 'pending' })
      }
    }
    expect(await ask({}, { ...partial, providerReference: '14226112' })).toMatchObject({ status: 'refunded' })
    const refused = { vnp_TransactionNo: '14226112', vnp_TransactionStatus: '09' }
    const full = refundOf(subject, { createdAt: new Date('2026-11-22T10:04:00.700+07:00') })
    expect(await ask({ ...refused, vnp_PayDate: '20261122100400' }, full)).toMatchObject({ status: 'failed' })
    expect(await ask({ ...refused, vnp_PayDate: '20261122100359' }, full)).toMatchObject({ status: 'pending' })
  })

  test('gives the clocks a minute, and no more', async () => {
    expect(await ask({ vnp_PayDate: '20261122100300' })).toMatchObject({ status: 'refunded' })
    expect(await ask({ vnp_PayDate: '20261122100259' })).toMatchObject({ status: 'pending' })
    expect(await ask({ vnp_PayDate: '99991230000000' })).toMatchObject({ status: 'pending' })
  })

  test("means the refund by its own number, and never by the payment's", async () => {
    const { fetch, calls } = serverOf(() => Response.json({}))
    for (const providerReference of ['14226990', null, undefined, '14226112']) {
      const refund = { ...partial, ...(providerReference === undefined ? {} : { providerReference }) }
      await clientOf(subject, fetch).queryRefund?.(refund).catch(kindOf)
    }
    expect(calls.map(({ body }) => JSON.parse(body).vnp_TransactionNo)).toEqual([
      '14226990',
      undefined,
      undefined,
      undefined,
    ])
  })

  test('knows a full refund by its amount alone', async () => {
    const earlier = { vnp_PayDate: '20261122093000', vnp_TransactionNo: '14226112' }
    expect(await ask(earlier, refundOf(subject))).toMatchObject({
      ...{ status: 'refunded', amount: 150_000n },
      ...{ providerReference: null, occurredAt: new Date('2026-11-22T02:30:00Z') },
    })
    expect(await ask({ vnp_Amount: '14000000' }, refundOf(subject))).toMatchObject({ status: 'pending' })
  })

  test('waits while VNPAY still speaks of the payment', async () => {
    expect(await ask({ vnp_TransactionType: '01' })).toMatchObject({ status: 'pending', code: '01:00' })
    expect(await ask({ vnp_TransactionStatus: '06' })).toMatchObject({ status: 'pending', code: '06' })
    expect(await ask({ vnp_TransactionStatus: '09' })).toMatchObject({ status: 'failed', code: '09' })
  })
})
