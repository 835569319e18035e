// MegaPay's side: the form that a browser posts, the page, the IPN, status and cancel. Vectors first: the simulator's hasher is its own.
import { describe, expect, it } from 'vitest'
import { tokens } from '../../src/simulators/megapay/terms.ts'
import vectorFile from '../vectors/megapay.json' with { type: 'json' }
import { openTown, sha256, type Town } from './merchant.ts'

const account = { mer_id: 'MGTOWN', encode_key: 'key-of-a-town/0001==', refund_password: 'password-of-a-town' }
const open = () => {
  const town = openTown({ accounts: { megapay: [account] } })
  town.answer = () => Response.json({ result: 'accepted' })
  return town
}
type Form = Record<string, string>
const hash = (...values: (string | undefined)[]) => sha256([...values, account.encode_key].join(''))
const send = (town: Town, path: string, form: Form) =>
  town.app.request(`/simulators/megapay/pg_was/${path}`, { method: 'POST', body: new URLSearchParams(form) })

const init = (town: Town, change: Form = {}) => {
  const form: Form = {
    ...{
      merId: 'MGTOWN',
      currency: 'VND',
      amount: '150000',
      invoiceNo: 'HS1',
      goodsNm: 'Le phi',
      description: 'Le phi HS1',
    },
    ...{ payType: 'QR', callBackUrl: 'https://merchant.example.vn/back', notiUrl: 'https://merchant.example.vn/ipn' },
    ...{ reqDomain: 'https://merchant.example.vn', timeStamp: '1795143600000', merTrxId: 'HS1', windowType: '0' },
    ...{ windowColor: '#0f766e', userLanguage: 'VN', fee: '0', ...change },
  }
  const merchantToken = hash(form.timeStamp, form.merTrxId, form.merId, form.amount)
  return send(town, 'order/init.do', { merchantToken, ...form })
}
interface Told {
  resultCd: string
  cancelTrxId?: string
  data?: Form
}
const status = async (town: Town, change: Form = {}): Promise<Told> => {
  const form = { timeStamp: '1795143700000', merTrxId: 'HS1', merId: 'MGTOWN', ...change }
  const merchantToken = hash(form.timeStamp, form.merTrxId, form.merId)
  return (await send(town, 'order/trxStatus.do', { merchantToken, ...form })).json()
}
const cancel = async (town: Town, trxId: string, change: Form = {}): Promise<Told & Form> => {
  const form: Form = {
    ...{ timeStamp: '1795143800000', merTrxId: 'RF1', trxId, merId: 'MGTOWN', amount: '150000', payType: 'QR' },
    ...{ cancelMsg: 'Hoan tien', ...change },
  }
  const merchantToken = hash(form.timeStamp, form.merTrxId, form.trxId, form.merId, form.amount)
  const proof = sha256(`${form.merTrxId}${account.refund_password}${account.encode_key}`)
  return (await send(town, 'cancel/paymentCancel.do', { merchantToken, hash: proof, ...form })).json()
}
const resultToken = (told: Form) =>
  hash(told.resultCd, told.timeStamp, told.merTrxId, told.trxId, told.merId, told.amount)

describe('the hasher', () => {
  const kinds: Record<string, (values: Form, key: string, password: string) => Promise<string>> = {
    ...{ REQUEST: tokens.request, IPN: tokens.result, STATUS: tokens.status, CANCEL: tokens.cancel },
    CANCEL_HASH: (values, key, password) => tokens.cancelHash(values, password, key),
  }
  it.each(vectorFile.vectors.filter(({ kind }) => kind in kinds))('$kind $name', async (vector) => {
    const values: Form = Object.fromEntries(Object.entries(vector.params))
    const made = await kinds[vector.kind]?.(values, vector.secrets.encodeKey, vector.secrets.refundPassword)
    expect(made === vector.signature).toBe(vector.valid)
  })
})

describe('the form', () => {
  it('leads to a page that shows the payment, as often as it is posted', async () => {
    const town = open()
    const first = await init(town)
    expect(first.status).toBe(303)
    expect(await (await town.app.request(first.headers.get('location') ?? '')).text()).toContain('150.000')
    expect((await init(town)).headers.get('location')).toBe(first.headers.get('location'))
    expect(town.sim.ledger('megapay')).toHaveLength(1)
    expect((await init(town, { amount: '150001' })).status).toBe(400)
  })

  it.each<Form>([
    { merchantToken: 'f'.repeat(64) },
    { merId: 'NOBODY' },
    { amount: '0' },
    { amount: '0150000' },
    { currency: 'USD' },
    { merTrxId: 'x'.repeat(51) },
    { invoiceNo: 'x'.repeat(41) },
    { goodsNm: 'Lệ phí' },
    { description: 'a|b' },
    { payType: 'CASH' },
    { notiUrl: 'javascript:alert(1)' },
  ])('is refused with %o', async (change) => {
    const town = open()
    expect((await init(town, change)).status).toBe(400)
    expect(town.sim.ledger('megapay')).toEqual([])
  })
})

describe('IPN and status', () => {
  it('tells what was taken, as a form, with a token', async () => {
    const town = open()
    await init(town)
    expect(await status(town)).toMatchObject({ resultCd: '00_000', data: { resultCd: '99_001' } })
    const { delivered } = await town.complete('megapay', 'HS1', { result: 'success', amount: 140_000 })
    expect(delivered).toMatchObject([{ accepted: true }])
    const told: Form = Object.fromEntries(new URLSearchParams(town.told[0]?.body ?? ''))
    expect(told).toMatchObject({ resultCd: '00_000', merTrxId: 'HS1', amount: '140000', merId: 'MGTOWN' })
    expect(told.merchantToken).toBe(resultToken(told))
    const { data = {} } = await status(town)
    expect(data).toMatchObject({ resultCd: '00_000', amount: '140000' })
    expect(data.merchantToken).toBe(resultToken(data))
  })

  it.each([
    ['insufficient', 'DC_103'],
    ['cancelled', 'PG_ER5'],
    ['suspicious', '99_001'],
  ])('tells %s as %s', async (result, code) => {
    const town = open()
    await init(town)
    await town.complete('megapay', 'HS1', { result })
    expect(Object.fromEntries(new URLSearchParams(town.told[0]?.body ?? ''))).toMatchObject({ resultCd: code })
    expect(await status(town)).toMatchObject({ resultCd: '00_000', data: { resultCd: code } })
  })

  it('answers nothing about strangers, to strangers, or about what it never saw', async () => {
    const town = open()
    expect(await status(town)).toMatchObject({ resultCd: 'OR_140' })
    expect(await status(town, { merId: 'NOBODY' })).toMatchObject({ resultCd: 'OR_101' })
    expect(await status(town, { merchantToken: 'f'.repeat(64) })).toMatchObject({ resultCd: 'OR_102' })
  })
})

describe('cancel', () => {
  const paid = async (change: Form = {}) => {
    const town = open()
    await init(town, change)
    const { provider_reference } = await town.complete('megapay', 'HS1')
    return { town, trxId: String(provider_reference) }
  }

  it('returns money in parts, each under a number of its own, and answers with a token', async () => {
    const { town, trxId } = await paid()
    const first = await cancel(town, trxId, { amount: '50000' })
    expect(first).toMatchObject({ resultCd: '00_000', merTrxId: 'RF1', trxId, amount: '50000' })
    expect(first.merchantToken).toBe(resultToken(first))
    expect((await cancel(town, trxId, { merTrxId: 'RF2', amount: '100001' })).resultCd).toBe('PG_ER1')
    const second = await cancel(town, trxId, { merTrxId: 'RF3', amount: '100000' })
    expect(second.cancelTrxId).not.toBe(first.cancelTrxId)
    expect(town.sim.ledger('megapay').filter((row) => row.kind === 'refund')).toHaveLength(2)
  })

  it.each<[string, Form]>([
    ['OR_102', { merchantToken: 'f'.repeat(64) }],
    ['PG_ER2', { hash: 'f'.repeat(64) }],
    ['PG_ER2', { cancelPw: 'another password' }],
    ['OR_140', { trxId: 'MGTOWN1' }],
    ['OR_101', { amount: '-1' }],
    ['OR_103', { merTrxId: 'HS1' }],
  ])('answers %s to %o', async (code, change) => {
    const { town, trxId } = await paid()
    expect((await cancel(town, trxId, change)).resultCd).toBe(code)
    expect(town.sim.ledger('megapay').filter((row) => row.kind === 'refund')).toEqual([])
  })

  it('takes the password itself as well, and returns no deposit', async () => {
    const { town, trxId } = await paid()
    expect((await cancel(town, trxId, { cancelPw: account.refund_password })).resultCd).toBe('00_000')
    const deposit = await paid({ payType: 'VA' })
    expect((await cancel(deposit.town, deposit.trxId)).resultCd).toBe('PG_ER1')
  })
})
