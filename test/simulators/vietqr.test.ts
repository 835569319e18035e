// The bank transfer's side: what the bank app reads in a code, what it sends, and what the two services tell, each signed by its own rule.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { scanCode } from '../../src/simulators/vietqr/code.ts'
import { signatureHeaders } from '../../src/simulators/vietqr/messages.ts'
import vectors from '../vectors/vietqr.json' with { type: 'json' }
import { openTown } from './merchant.ts'

const watched = {
  bank_bin: '970415',
  account_number: '113366668888',
  account_holder: 'KHO BAC',
  sepay_hmac_secret: 'sepay-test-secret-1',
  casso_key: 'casso-test-key-1',
  callback_url: 'https://merchant.example.vn/callbacks/vietqr/mac_1',
}
/** 79,000 đ to that account, with the words LP2611220001. */
const code =
  '00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA53037045405790005802VN62160812LP26112200016304D136'

const open = () => {
  const town = openTown({ accounts: { vietqr: [watched] } })
  const bodies = () => town.told.map(({ body }) => JSON.parse(body))
  const transfer = async (body: object) => (await town.post('vietqr/transfers', body)).json()
  const form = (fields: Record<string, string>) =>
    town.app.request('/simulators/vietqr/bank-app', { method: 'POST', body: new URLSearchParams(fields) })
  return { ...town, town, bodies, transfer, form }
}

describe('the bank app', () => {
  it('reads every good code of the vectors for an account, and no bad one', () => {
    for (const { name, kind, valid, payload, params } of vectors) {
      if (kind !== 'build' && kind !== 'parse') continue
      const isForAccount = valid && !payload?.includes('QRIBFTTC')
      const seen = scanCode(payload ?? '')
      if (!isForAccount) expect(seen?.amount ?? null, name).toBeNull()
      else expect(seen, name).toMatchObject({ bank_bin: params?.bankBin, account_number: params?.account })
    }
  })

  it('shows what the code says, lets the payer change it, and sends it', async () => {
    const { app, form, bodies } = open()
    const page = await (await app.request(`/simulators/vietqr/bank-app?qr=${encodeURIComponent(code)}`)).text()
    for (const said of ['970415', '113366668888', '79000', 'LP2611220001']) expect(page).toContain(`value="${said}"`)
    const fields = { qr: code, bank_bin: '970415', account_number: '113366668888', amount: '79.001', text: 'nop phi' }
    const sent = await (await form({ ...fields, result: 'success' })).text()
    expect(sent).toContain('79.001 đ')
    expect(bodies()).toMatchObject([{ transferAmount: 79_001, transferType: 'in' }])
    expect(JSON.stringify(bodies())).toContain('nop phi')
  })

  it('takes a transfer that is typed by hand', async () => {
    const { form, bodies } = open()
    const typed = { bank_bin: '970415', account_number: '113366668888', amount: '50000', text: 'LP1 nop phi' }
    expect((await form({ ...typed, result: 'success' })).status).toBe(200)
    expect(bodies()).toMatchObject([{ accountNumber: '113366668888', transferAmount: 50_000 }])
  })

  it.each([
    ['another bank', { bank_bin: '970436' }],
    ['another account', { account_number: '1' }],
    ['no amount', { amount: '' }],
    ['half a đồng', { amount: '1e3' }],
    ['words without end', { text: 'x'.repeat(211) }],
  ])('refuses %s, and nobody is told', async (_, wrong) => {
    const { form, told } = open()
    const fields = { bank_bin: '970415', account_number: '113366668888', amount: '1', text: 'a', ...wrong }
    expect((await form(fields)).status).toBe(400)
    expect(told).toEqual([])
  })

  it('sends nothing where the money is missing', async () => {
    const { form, told } = open()
    const fields = { bank_bin: '970415', account_number: '113366668888', amount: '1', text: 'a' }
    expect(await (await form({ ...fields, result: 'insufficient' })).text()).toContain('không thành công')
    expect(told).toEqual([])
  })

  it('refuses a code that it cannot read', async () => {
    const { app } = open()
    for (const wrong of ['https://example.vn', code.replace('D136', 'D137'), code.slice(0, -8)])
      expect((await app.request(`/simulators/vietqr/bank-app?qr=${encodeURIComponent(wrong)}`)).status).toBe(400)
  })
})

describe('a transfer by script', () => {
  it('is completed by the text of its code, as by an address elsewhere', async () => {
    const { complete } = open()
    const told = await complete('vietqr', 'LP2611220001', { result: 'success', pay_url: code })
    expect(told).toMatchObject({ http: 200, status: 'success', amount: 79_000, return_url: null })
    expect(told.provider_reference).toMatch(/^FT\d+$/)
  })

  it('is refused for a code of another account, and for what is no code', async () => {
    const { complete, post } = open()
    const other = code.replace('113366668888', '113366668889')
    expect((await complete('vietqr', 'LP2611220001', { result: 'success', pay_url: other })).http).toBe(422)
    expect((await complete('vietqr', 'LP2611220001', { result: 'success', pay_url: 'hello' })).http).toBe(422)
    for (const body of [{}, { payload: 'x' }, { payload: code, amount: 0 }, { payload: code, service: 'momo' }, '{'])
      expect((await post('vietqr/transfers', body)).status).toBe(422)
  })

  it('is told by the service that is asked for, else by both in turn', async () => {
    const { transfer, bodies } = open()
    for (const service of ['casso', 'casso', 'sepay']) await transfer({ payload: code, service })
    expect(bodies().map((body) => ('data' in body ? 'casso' : 'sepay'))).toEqual(['casso', 'casso', 'sepay'])
  })

  it('is listed under the words that arrived, and under none where they were spoilt', async () => {
    const { transfer, app } = open()
    await transfer({ payload: code })
    await transfer({ payload: code })
    await transfer({ payload: code, text: 'nop phi' })
    const csv = await (await app.request('/simulators/vietqr/settlements/2026-11-20.csv')).text()
    const lines = csv.trim().split('\r\n').slice(1)
    expect(lines.map((line) => line.split(',')[2])).toEqual(['LP2611220001', 'LP2611220001', ''])
    expect(new Set(lines.map((line) => line.split(',')[3])).size).toBe(3)
  })
})

describe('the signatures', () => {
  it("are SePay's and Casso's, by hand", async () => {
    const at = new Date(1_795_313_707_000)
    const body = '{"b":1,"a":{"d":"Đào / 1","c":null}}'
    const sepay = createHmac('sha256', 'key').update(`1795313707.${body}`).digest('hex')
    expect(await signatureHeaders('sepay', body, { secret: 'key', at })).toEqual({
      'x-sepay-timestamp': '1795313707',
      'x-sepay-signature': `sha256=${sepay}`,
    })
    const sorted = '{"a":{"c":null,"d":"Đào / 1"},"b":1}'
    const casso = createHmac('sha512', 'key').update(`1795313707000.${sorted}`).digest('hex')
    expect(await signatureHeaders('casso', body, { secret: 'key', at })).toEqual({
      'x-casso-signature': `t=1795313707000,v1=${casso}`,
    })
  })
})
