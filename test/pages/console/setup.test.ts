// What an operator sets up in the console: agencies, prices, clients, merchant accounts. Each deed is read back from the database or the API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registry } from '../../../src/providers/registry.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'

let town: TestApp
let operator: Person
let accountant: Person
beforeAll(async () => {
  town = await startTestApp({ providers: registry })
  operator = await signIn(town, 'operator')
  accountant = await signIn(town, 'accountant')
})
afterAll(() => town.close())

const once = () => town.deps.newToken(16)
const hostile = '<script>alert(1)</script>"\''

describe('an agency', () => {
  const form = {
    act: 'add',
    agency_code: 'H56.12.77',
    name: `Phòng ${hostile}`,
    fee_check: 'enforce',
    refund_limit: '2.000.000',
  }
  test('is added, and what it is called is text and nothing else', async () => {
    const added = await operator.send('/agencies/new', { ...form, once: once(), accepts_late_money: 'on' })
    expect([added.status, added.location]).toEqual([303, '/console/agencies/H56.12.77?done=added'])
    const page = await operator.follow(added)
    expect(page.text).toContain('Đã thêm đơn vị.')
    expect(page.html).not.toContain('<script>alert')
    expect(page.text).toContain('Chưa có mã số thuế')
    const [row] = await town.sql`select * from agencies where agency_code = 'H56.12.77'`
    expect(row).toMatchObject({ feeCheck: 'enforce', refundLimit: 2_000_000n, acceptsLateMoney: true })
  })
  test('is changed; what was emptied is empty, and what is wrong is named and typed again', async () => {
    const change = { act: 'change', name: 'Phòng Bảy', phone: '02373.900.900', fee_check: 'warn', refund_limit: '0' }
    const saved = await operator.send('/agencies/H56.12.77', { ...change, once: once(), tax_code: '2800999777' })
    expect(saved.location).toBe('/console/agencies/H56.12.77?done=saved')
    const wrong = await operator.send('/agencies/H56.12.77', { ...change, once: once(), tax_code: '12 345' })
    expect([wrong.status, wrong.text.includes('/tax_code')]).toEqual([422, true])
    expect(wrong.html).toContain('value="12 345"')
    const [row] = await town.sql`select * from agencies where agency_code = 'H56.12.77'`
    expect(row).toMatchObject({ name: 'Phòng Bảy', taxCode: '2800999777', address: null, acceptsLateMoney: false })
  })
  test('is not changed by a page that was open while a colleague changed it', async () => {
    const path = '/agencies/H56.12.77'
    const [, seen = ''] = /name="seen" value="(\w{64})"/.exec((await operator.open(path)).html) ?? []
    const sent = { act: 'change', name: 'Phòng Bảy', fee_check: 'warn', seen }
    expect((await operator.send(path, { ...sent, refund_limit: '5.000', once: once() })).status).toBe(303)
    const late = await operator.send(path, { ...sent, refund_limit: '9.000.000', once: once() })
    expect([late.status, late.text.includes('vừa được người khác sửa')]).toEqual([409, true])
    expect(await town.sql`select refund_limit from agencies where agency_code = 'H56.12.77'`).toEqual([
      { refundLimit: 5_000n },
    ])
  })
  test('is shown to an accountant without a form, and changed by none', async () => {
    const page = await accountant.open('/agencies/H56.12.03')
    expect([page.status, page.html.includes('name="act"')]).toEqual([200, false])
    const refused = await accountant.send('/agencies/H56.12.03', { act: 'change', name: 'X', once: once() })
    expect([refused.status, refused.text.includes('Vai trò của Ông/Bà')]).toEqual([403, true])
    expect((await accountant.open('/agencies/new')).status).toBe(403)
  })
  test('of a neighbour does not exist', async () => {
    const neighbour = await signIn(town, 'operator', { agency: 'H56.14' })
    expect((await neighbour.open('/agencies/H56.12.03')).status).toBe(404)
    const sent = await neighbour.send('/agencies/H56.12.03', { act: 'change', name: 'Mine', once: once() })
    expect(sent.status).toBe(404)
  })
})

describe('a price', () => {
  const form = {
    act: 'add',
    agency_code: 'H56.12.03',
    fee_code: 'LP-THU-01',
    name: 'Lệ phí thử',
    kind: 'le_phi',
    unit_amount: '8.000 đ',
    budget_item: '2771',
    refundable_when_rejected: 'true',
    valid_from: '2026-12-01',
  }
  test('is added with the days on which it holds, and ended', async () => {
    const added = await operator.send('/fees/new', { ...form, once: once() })
    expect(added.status).toBe(303)
    const page = await operator.follow(added)
    for (const shown of ['8.000 đ', '01/12/2026', 'Có', '2771']) expect(page.text).toContain(shown)
    const path = (added.location ?? '').replace('/console', '').replace(/\?.*/, '')
    const ended = await operator.send(path, { act: 'end', valid_to: '2026-12-31', once: once() })
    expect((await operator.follow(ended)).text).toContain('31/12/2026')
    const found = await accountant.open('/fees?fee_code=LP-THU-01&on=2026-12-15')
    expect(found.text).toContain('Lệ phí thử')
    expect((await accountant.open('/fees?fee_code=LP-THU-01&on=2027-01-01')).text).toContain('Không có dữ liệu')
  })
  test('of a formula has no amount; one that is no number is named', async () => {
    const formula = await operator.send('/fees/new', { ...form, fee_code: 'LP-THU-02', unit_amount: '', once: once() })
    expect((await operator.follow(formula)).text).toContain('Theo công thức')
    const wrong = await operator.send('/fees/new', {
      ...form,
      fee_code: 'LP-THU-03',
      unit_amount: '8.00x',
      once: once(),
    })
    expect([wrong.status, wrong.text.includes('/unit_amount')]).toEqual([422, true])
  })
})

describe('a client', () => {
  test('shows its secret once, to the form that made it, and can then use it', async () => {
    const form = { act: 'add', name: 'Cổng DVC', agency_code: 'H56.12', 'scope orders:read': 'on', once: once() }
    const made = await operator.send('/clients/new', form)
    expect([made.status, made.response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const [, id] = /(cli_[0-9a-z]+)/.exec(made.html) ?? []
    const secret = [...made.html.matchAll(/<code>([^<]+)<\/code>/g)].map(([, text]) => text)[1]
    const token = await town.request('/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: id ?? '',
        client_secret: secret ?? '',
      }),
    })
    expect(token.status).toBe(200)
    // Pressed twice, the form made one client and shows the same secret.
    expect((await operator.send('/clients/new', form)).html).toContain(secret ?? 'nothing')
    expect((await operator.open(`/clients/${id}`)).html).not.toContain(secret ?? '')
    const revoked = await operator.send(`/clients/${id}`, { act: 'revoke', sure: 'on', once: once() })
    expect((await operator.follow(revoked)).text).toContain('Đã thu hồi')
  })
  test('is nobody else’s business', async () => {
    expect((await accountant.open('/clients')).status).toBe(403)
  })
})

describe('a merchant account', () => {
  const members = {
    'member tmn_code': 'DEMO0001',
    'member payment_url': 'https://pay.example.vn/start',
    'member api_url': 'https://pay.example.vn/api',
    'member hash_secret': 'a-secret-of-twenty-letters',
  }
  const form = {
    act: 'add',
    agency_code: 'H56.12',
    title: 'VNPAY của Sở Tư pháp',
    payee_number: '0111000000056',
    payee_bank: '970436',
    payee_holder: 'KHO BAC NHA NUOC',
    cutoff: '16:30',
    settlement_days: '1',
    basis_points: '55',
    fixed: '1.100',
    vat_basis_points: '1000',
    netted: 'on',
    ...members,
  }
  test('is added by the form of its provider’s contract, and its secret is never shown', async () => {
    expect((await operator.open('/accounts/new?provider=vnpay')).html).toContain('type="password"')
    const wrong = await operator.send('/accounts/new?provider=vnpay', { ...form, 'member tmn_code': '?', once: once() })
    expect([wrong.status, wrong.text.includes('/settings/tmn_code')]).toEqual([422, true])
    expect(wrong.html).not.toContain(members['member hash_secret'])
    const added = await operator.send('/accounts/new?provider=vnpay', { ...form, once: once() })
    expect(added.status).toBe(303)
    const page = await operator.follow(added)
    expect(page.html).not.toContain(members['member hash_secret'])
    expect(page.text).toContain('16:30')
    expect(page.text).toContain('Vietcombank (970436)')
    expect(page.text).toMatch(/callbacks\/vnpay\/mac_/)
  })
  test('has its credentials rotated, which is seen while two are valid, and the former one ended', async () => {
    const [row] = await town.sql`select id from merchant_accounts where title = ${form.title}`
    const path = `/accounts/${row?.id}`
    const rotated = await operator.send(path, {
      act: 'rotate',
      'member hash_secret': 'another-secret-of-24-chars',
      overlap_hours: '24',
      once: once(),
    })
    expect(rotated.location).toBe(`/console${path}?done=rotated`)
    const page = await operator.follow(rotated)
    expect(page.text).toContain('Đang chuyển khóa')
    expect(page.html).not.toContain('another-secret')
    expect((await accountant.open(path)).html).not.toContain('value="retire"')
    const [former] = await town.sql`
      select id from merchant_account_keys where merchant_account_id = ${row?.id} and retires_at is not null`
    const ended = await operator.send(path, { act: 'retire', item: String(former?.id), once: once() })
    expect((await operator.follow(ended)).text).toContain('Khóa cũ đã hết hiệu lực')
  })
  test('is changed, settings and tariff with it, and stops taking payments', async () => {
    const [row] = await town.sql`select id from merchant_accounts where title = ${form.title}`
    const { 'member hash_secret': _secret, ...rest } = form
    const changed = await operator.send(`/accounts/${row?.id}`, {
      ...rest,
      act: 'change',
      status: 'disabled',
      maximum: '22000',
      'member payment_url': 'https://pay.example.vn/v2',
      once: once(),
    })
    expect(changed.location).toBe(`/console/accounts/${row?.id}?done=changed`)
    const answer = await town.request(`/v1/merchant_accounts/${row?.id}`, { token: await town.token() })
    expect(await answer.json()).toMatchObject({
      status: 'disabled',
      cutoff: '16:30',
      provider_fee: { basis_points: 55, fixed: 1_100, maximum: 22_000, minimum: null, netted: true },
      settings: { payment_url: 'https://pay.example.vn/v2', tmn_code: 'DEMO0001' },
    })
  })
  test('is not changed by a page that was open while a colleague changed it: the payee that it showed is not the present one', async () => {
    const [row] = await town.sql`select id from merchant_accounts where title = ${form.title}`
    const path = `/accounts/${row?.id}`
    const [, seen = ''] = /name="seen" value="(\w{64})"/.exec((await operator.open(path)).html) ?? []
    const { 'member hash_secret': _secret, ...rest } = { ...form, act: 'change', status: 'active', seen }
    const colleague = await signIn(town, 'operator')
    const first = await colleague.send(path, { ...rest, payee_number: '0999', once: once() })
    expect(first.status).toBe(303)
    const late = await operator.send(path, { ...rest, title: 'Tên khác', once: once() })
    expect([late.status, late.text.includes('vừa được người khác sửa')]).toEqual([409, true])
    const [account] = await town.sql`select title, payee_account from merchant_accounts where id = ${row?.id}`
    expect(account).toMatchObject({ title: form.title, payeeAccount: { number: '0999' } })
  })
})
