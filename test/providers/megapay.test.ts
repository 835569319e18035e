/** What is particular to MegaPay: texts without separators that slide into their neighbours, two envelopes, refunds with a password. */
import { describe, expect, test } from 'vitest'
import { type IncomingRequest, ProviderError } from '../../src/providers/contract.ts'
import { megapay } from '../../src/providers/megapay/index.ts'
import { clientOf, paymentOf, refundOf, type Subject, serverOf, specOf, withField } from './conformance/subject.ts'
import type { Field } from './kit.ts'
import { kit, resultFields, signResult } from './megapay.kit.ts'

const subject: Subject = { name: 'megapay', provider: megapay, kit }
const told = (error: unknown) => (error instanceof ProviderError ? `${error.kind} ${error.code ?? ''}`.trim() : error)
const changed = (fields: readonly Field[], changes: Record<string, string>): Field[] =>
  Object.entries(changes).reduce<Field[]>((before, [name, value]) => withField(before, name, value), [...fields])
const ipn = (changes: Record<string, string> = {}): Field[] =>
  signResult()(changed(resultFields(specOf(subject)), changes), kit.account)
const read = (request: IncomingRequest) => clientOf(subject).readCallback(request).catch(told)
const { merchantReference } = specOf(subject)
const captured = { status: 'captured', amount: 150_000n, merchantReference, providerReference: '14226112' }
const asks = { merchantReference, outcomes: [], ask: true }

describe('text that slides', () => {
  /** The genuine IPN with text moved between fields: the token is that of the genuine one. */
  const slid = (from: Record<string, string>, to: Record<string, string>) =>
    read(kit.callback.send(changed(ipn(from), to)))

  test('from a fee or a payToken into the amount makes us ask, and books nothing', async () => {
    expect(await read(kit.callback.send(ipn({ userFee: '1100' })))).toMatchObject({ outcomes: [captured] })
    expect(await slid({ userFee: '1100' }, { amount: '1500001100', userFee: '' })).toEqual(asks)
    expect(await slid({ userFee: '1100' }, { amount: '1500001', userFee: '100' })).toEqual(asks)
    expect(await slid({ payToken: '77' }, { amount: '15000077', payToken: '' })).toEqual(asks)
    expect(await slid({}, { amount: '15000', payToken: '0' })).toEqual(asks)
  })

  test('from a small payment up to the amount of a larger one: whoever pays 15 đồng has not paid 150,000', async () => {
    const small = { ...specOf(subject), amount: 15n }
    const genuine = signResult()(changed(resultFields(small), { userFee: '7' }), kit.account)
    const raised = kit.callback.send(changed(genuine, { amount: '157', userFee: '' }))
    const findPayment = async () => paymentOf(subject, { merchantReference, amount: 15n })
    expect(await clientOf(subject).readCallback(raised, { findPayment })).toEqual(asks)
  })

  test('out of a payToken of the payer: no second message lies in the first, neither for another payment nor as another number', async () => {
    const other = paymentOf(subject, { merchantReference: 'LPOTHER', amount: 9_000_000n })
    const findPayment = async (reference: string) =>
      [paymentOf(subject), other].find((each) => each.merchantReference === reference) ?? null
    const within = async (payToken: string, swallowing: Record<string, string>) => {
      const request = kit.callback.send(changed(ipn({ payToken }), { ...swallowing, payToken: '' }))
      return clientOf(subject).readCallback(request, { findPayment })
    }
    const { timeStamp = '', merId = '' } = Object.fromEntries(ipn())
    const first = `${merchantReference}14226112${merId}150000`
    expect(
      await within(`LPOTHER7${merId}9000000`, {
        ...{ timeStamp: `${timeStamp}${first}`, merTrxId: 'LPOTHER', trxId: '7', amount: '9000000' },
      }),
    ).toEqual({ merchantReference: 'LPOTHER', outcomes: [], ask: true })
    // With the time as it was, the number is what could grow: one payment would be told as two.
    expect(await within(`x${merId}150000`, { trxId: `14226112${merId}150000x` })).toEqual(asks)
    const genuine = await read(kit.callback.send(ipn({ payToken: `x${merId}150000` })))
    expect(genuine).toMatchObject({ outcomes: [captured] })
  })

  test('between our reference and the number of MegaPay names a payment that is not stored', async () => {
    const moved = { merTrxId: merchantReference.slice(0, -1), trxId: `${merchantReference.slice(-1)}14226112` }
    const request = kit.callback.send(changed(ipn(), moved))
    const findPayment = async (reference: string) => (reference === merchantReference ? paymentOf(subject) : null)
    const reading = await clientOf(subject).readCallback(request, { findPayment })
    expect(reading).toEqual({ merchantReference: moved.merTrxId, outcomes: [], ask: true })
  })

  test('between code and time makes no failure of a success, and no success of anything', async () => {
    const time = new Map(ipn()).get('timeStamp') ?? ''
    expect(await slid({}, { resultCd: '00_0001', timeStamp: time.slice(1) })).toEqual(asks)
    expect(await slid({}, { resultCd: '00_00', timeStamp: `0${time}` })).toEqual(asks)
    expect(await slid({ resultCd: '00_005' }, { resultCd: '00_00', timeStamp: `5${time}` })).toEqual(asks)
  })

  test('between merchant and amount is another merchant', async () => {
    expect(await slid({}, { merId: 'LABMER00011', amount: '50000' })).toBe('rejected')
    expect(await slid({}, { merId: 'LABMER000', amount: '1150000' })).toBe('rejected')
  })
})

describe('an IPN', () => {
  test('is a form, a JSON object, or the query of the address', async () => {
    const expected = await read(kit.callback.send(ipn()))
    expect(expected).toMatchObject({ outcomes: [captured] })
    const request = kit.callback.send(ipn())
    const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(ipn())))
    expect(await read({ ...request, body: json })).toEqual(expected)
    const numbers = JSON.stringify({ ...Object.fromEntries(ipn()), amount: 150_000, userFee: 0, payToken: null })
    expect(await read({ ...request, body: new TextEncoder().encode(numbers) })).toEqual(expected)
    const search = new TextDecoder().decode(request.body)
    expect(await read({ ...request, search, body: new Uint8Array() })).toEqual(expected)
    // The body decides where there is one.
    expect(await read({ ...request, search: 'resultCd=99_000' })).toEqual(expected)
    expect(await read({ ...request, method: 'GET' })).toBe('malformed')
  })

  test('that is no success decides nothing: not an assigned deposit account, not what is unknown, not a failure', async () => {
    for (const resultCd of ['00_005', '99_000', '99', '00', '00_00', 'DC_103', 'PG_ER5', '00_001', 'OR_140'])
      expect(await read(kit.callback.send(ipn({ resultCd }))), resultCd).toEqual(asks)
  })
})

describe('status', () => {
  const payment = paymentOf(subject)
  const query = (answer: unknown) => {
    const { fetch } = serverOf(() => Response.json(answer))
    return clientOf(subject, fetch).queryPayment?.(payment).catch(told)
  }
  const data = (changes: Record<string, string> = {}) => Object.fromEntries(ipn(changes))

  test('reads the transaction in `data` and never the outer code for it', async () => {
    expect(await query({ resultCd: '00_000', data: data() })).toMatchObject({ outcomes: [captured] })
    expect(await query({ resultCd: '00_000', data: data({ resultCd: 'DC_103' }) })).toMatchObject({
      outcomes: [{ status: 'failed' }],
    })
    for (const resultCd of ['00_005', '99_000', '99', '00', 'SUCCESS'])
      expect(await query({ resultCd: '00_000', data: data({ resultCd }) })).toMatchObject({
        outcomes: [{ status: 'pending', code: resultCd }],
      })
    expect(await query({ resultCd: '00_000', data: data({ resultCd: 'SUCCESS' }) })).toMatchObject({
      outcomes: [{ status: 'pending' }],
    })
    for (const answer of [
      { resultCd: '00_000' },
      { resultCd: '00_000', data: [] },
      { resultCd: 'OR_140', data: data() },
    ])
      expect(await query(answer)).toMatch(/^unknown/)
    // A transaction without its wrapper is no answer to the question.
    expect(await query(data())).toMatch(/^unknown/)
    expect(await query({ data: data() })).toBe('malformed')
  })
})

describe('refunds', () => {
  const refund = async (account: Record<string, unknown>, answer: unknown = {}) => {
    const { fetch, calls } = serverOf(() => Response.json(answer))
    const asked = refundOf(subject)
    const outcome = await clientOf(subject, fetch, { ...kit.account, ...account })
      .refundPayment?.(asked)
      .catch(told)
    return { outcome, sent: calls.map(({ body }) => Object.fromEntries(new URLSearchParams(body))), asked }
  }
  const answer = (changes: Record<string, string> = {}) => {
    const { merchantReference, amount } = refundOf(subject)
    const spec = { ...specOf(subject), merchantReference, amount }
    return Object.fromEntries(signResult()(changed(resultFields(spec), changes), kit.account))
  }

  test('send the password itself only where the account says so', async () => {
    expect((await refund({})).sent).toMatchObject([
      { cancelPw: '', refundData: '', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
    const password = kit.account.refund_password
    expect((await refund({ refund_password_sent: 'clear' })).sent).toMatchObject([
      { cancelPw: password, refundData: password },
    ])
  })

  test('name the way that was paid: not at all for deposit accounts, by setting where the payer chose', async () => {
    expect(await refund({ pay_type: 'VA' })).toMatchObject({ outcome: 'rejected cancel_pay_type', sent: [] })
    expect(await refund({ pay_type: 'NO' })).toMatchObject({ outcome: 'rejected cancel_pay_type', sent: [] })
    expect((await refund({ pay_type: 'NO', cancel_pay_type: 'DC' })).sent).toMatchObject([{ payType: 'DC' }])
  })

  test('are returned only by a success with a genuine token over this refund', async () => {
    expect((await refund({}, answer())).outcome).toMatchObject({ status: 'refunded', amount: 150_000n })
    const { merchantToken: _, ...unsigned } = answer()
    expect((await refund({}, unsigned)).outcome).toBe('forged')
    expect((await refund({}, { ...answer(), amount: '1' })).outcome).toBe('forged')
    expect((await refund({}, answer({ amount: '100000' }))).outcome).toBe('malformed')
    expect((await refund({}, answer({ merTrxId: 'LPOTHER' }))).outcome).toBe('malformed')
    expect((await refund({}, { resultCd: 'PG_ER1' })).outcome).toBe('rejected PG_ER1')
    for (const resultCd of ['99_001', '00_005', 'what'])
      expect((await refund({}, { resultCd })).outcome).toBe(`unknown ${resultCd}`)
    expect((await refund({}, {})).outcome).toBe('malformed')
  })

  test('keep the number of the refund and not that of the payment', async () => {
    const number = async (changes: Record<string, string>, more: object = {}) => {
      const { outcome } = await refund({}, { ...answer(changes), ...more })
      return (outcome as { providerReference: unknown }).providerReference
    }
    expect(await number({ trxId: '14226112' }, { cancelTrxId: '14226990' })).toBe('14226990')
    expect(await number({ trxId: '14226991' })).toBe('14226991')
    expect(await number({ trxId: '14226112' })).toBeNull()
  })
})
