// KeyPay's side, version 3: create with its checks, the payment page, the callback whose status nobody signs, the detail call.
import { describe, expect, it } from 'vitest'
import { hmac, openTown, type Town } from './merchant.ts'

const account = {
  ...{ client_id: 'KPTEST01', client_key_1: 'first-key-of-a-town-0001', client_key_2: 'second-key-of-a-town-0001' },
  callback_url: 'https://merchant.example.vn/callbacks/keypay/mac_3',
}
const open = () => {
  const town = openTown({ accounts: { keypay: [account] } })
  town.answer = () => Response.json({ return_code: 0, return_msg: 'ok' })
  return town
}
const sum = (names: string, fields: Record<string, unknown>, key = account.client_key_1) =>
  hmac(
    'sha256',
    key,
    names
      .split(' ')
      .map((name) => String(fields[name] ?? ''))
      .join('|'),
  )
const paymentNames = 'addition_fee client_id command trans_amount transaction_id version'
const detailNames = 'client_id command transaction_id'

const create = async (town: Town, change: Record<string, unknown> = {}): Promise<Record<string, string>> => {
  const body: Record<string, unknown> = {
    ...{ client_id: account.client_id, transaction_id: '4711_8c1f2a9e-aa11-4', trans_amount: '150000' },
    ...{ command: 'PAY', version: '3.0', addition_fee: '0', description: 'Lệ phí hồ sơ HS1', locale: 'vn' },
    ...{ country_code: 'vi', currency_code: 'VND', environment: '1', return_url: 'https://merchant.example.vn/r' },
    bill_info: {
      ...{ MaDichVu: '2', MaHoSo: 'HS1', NoiDungThanhToan: 'Lệ phí', HoTenNguoiNop: 'Nguyễn Văn A' },
      DSKhoanNop: [{ NoiDung: 'Lệ phí', SoTien: '150000' }],
    },
    ...change,
  }
  return (await town.post('keypay/api/v3/create', { check_sum: sum(paymentNames, body), ...body })).json()
}
const detail = async (town: Town, change: Record<string, unknown> = {}): Promise<Record<string, string>> => {
  const body = { client_id: account.client_id, command: 'DETAIL', transaction_id: '4711_8c1f2a9e-aa11-4', ...change }
  return (await town.post('keypay/api/v3/detail', { check_sum: sum(detailNames, body), ...body })).json()
}

describe('create', () => {
  it('answers an address that shows the payment, once per reference', async () => {
    const town = open()
    const created = await create(town)
    expect(created).toMatchObject({ error: '0', payment_url: expect.stringMatching(/\/simulators\/keypay\/pay\?/) })
    expect(await (await town.app.request(created.payment_url ?? '')).text()).toContain('150.000')
    expect(await create(town)).toMatchObject({ error: '5' })
  })

  it.each([
    ['4', { check_sum: 'f'.repeat(64) }],
    ['3', { client_id: 'NOBODY' }],
    ['2', { trans_amount: 150_000 }],
    ['2', { trans_amount: '0' }],
    ['2', { trans_amount: '1500.5' }],
    ['2', { transaction_id: 'a'.repeat(21) }],
    ['2', { transaction_id: 'a|b' }],
    ['2', { bill_info: undefined }],
    ['2', { bill_info: { DSKhoanNop: [] } }],
    ['2', { return_url: 'javascript:alert(1)' }],
    ['2', { version: '2.0' }],
  ])('answers %s to %o', async (error, change) => {
    const town = open()
    expect(await create(town, change)).toMatchObject({ error })
    expect(town.sim.ledger('keypay')).toEqual([])
  })

  it('refuses an altered and an expired address', async () => {
    const town = open()
    const { payment_url = '' } = await create(town)
    expect((await town.app.request(payment_url.replace('KPTEST01', 'KPTEST02'))).status).toBe(400)
    expect((await town.app.request(`${payment_url.slice(0, -1)}x`)).status).toBe(400)
    town.pass(15 * 60 + 1)
    expect((await town.app.request(payment_url)).status).toBe(400)
    expect(await detail(town)).toMatchObject({ status: '1' })
  })
})

describe('callback and detail', () => {
  it('signs the transaction with the second key and leaves the status outside', async () => {
    const town = open()
    await create(town)
    const { delivered } = await town.complete('keypay', '4711_8c1f2a9e-aa11-4', { result: 'success', amount: 140_000 })
    expect(delivered).toMatchObject([{ accepted: true }])
    const told: Record<string, unknown> = JSON.parse(town.told[0]?.body ?? '{}')
    const signed = { ...told, addition_fee: '0', command: 'PAY', trans_amount: '150000', version: '3.0' }
    expect(told).toEqual({
      ...{ client_id: account.client_id, transaction_id: '4711_8c1f2a9e-aa11-4', status: '0' },
      check_sum: sum(paymentNames, signed, account.client_key_2),
    })
  })

  it('tells what was taken when it is asked, signed over the question', async () => {
    const town = open()
    expect(await detail(town)).toMatchObject({ error: '0', status: '9' })
    await create(town)
    expect(await detail(town)).toMatchObject({ status: '2' })
    await town.complete('keypay', '4711_8c1f2a9e-aa11-4', { result: 'success', amount: 140_000 })
    const told = await detail(town)
    expect(told).toMatchObject({
      status: '0',
      trans_amount: '140000',
      transaction_code: expect.stringMatching(/^\d+$/),
    })
    expect(told.check_sum).toBe(sum(detailNames, told, account.client_key_2))
  })

  it('answers 4 to a question that the second key signed, and 3 to a stranger', async () => {
    const town = open()
    const fields = { client_id: account.client_id, command: 'DETAIL', transaction_id: '4711_8c1f2a9e-aa11-4' }
    expect(await detail(town, { check_sum: sum(detailNames, fields, account.client_key_2) })).toMatchObject({
      error: '4',
    })
    expect(await detail(town, { client_id: 'NOBODY' })).toMatchObject({ error: '3' })
  })

  it("takes either writing of the merchant's 0 for an answer, and nothing else", async () => {
    for (const [answer, accepted] of [
      [Response.json({ return_code: '0' }), true],
      [Response.json({ return_code: -1 }), false],
      [new Response('ok'), false],
      [new Response('', { status: 500 }), false],
    ] as const) {
      const town = open()
      town.answer = () => answer
      await create(town)
      expect((await town.complete('keypay', '4711_8c1f2a9e-aa11-4')).delivered).toMatchObject([{ accepted }])
    }
  })
})
