// Finding orders as people know them: by a part of a name, an amount, our reference at the provider.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inScope } from '../../src/store/database.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, orderInput, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'

let gateway: TestApp
let token: string
const ids: Record<string, string> = {}

const place = async (name: string, { amount = 150_000n, agencyCode = 'H56.12.03' } = {}) => {
  const [line] = orderInput().lines
  if (!line) throw new Error('no line')
  const id = await placeTestOrder(gateway.deps, {
    agencyCode,
    payer: { name },
    dossierCode: `${agencyCode}-261122-${String(Object.keys(ids).length).padStart(4, '0')}`,
    lines: [{ ...line, unitAmount: amount }],
  })
  ids[name] = id
  return id
}

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['orders:read'])
  await place('Nguyễn Thị Lan')
  await place('NGUYỄN THỊ LÀNH'.normalize('NFD'), { amount: 8_000n })
  await place('Đặng Văn Lâm', { agencyCode: 'H56.14' })
  await place("O'Brien Nguyễn-Smith (Công ty TNHH 1%)", { amount: 70_001n })
})
afterAll(() => gateway.close())

const find = async (query: Record<string, string>, as = token) => {
  const answer = await gateway.request(`/v1/orders?${new URLSearchParams(query)}`, { token: as })
  if (answer.status !== 200) return answer.status
  const { data } = (await answer.json()) as { data: { id: string }[] }
  return data.map(({ id }) =>
    Object.keys(ids)
      .find((name) => ids[name] === id)
      ?.split(' ')
      .at(-1)
      ?.normalize('NFC'),
  )
}

describe('finds the orders of a payer', () => {
  it.each([
    ['lan', ['LÀNH', 'Lan']],
    ['LÀN', ['LÀNH', 'Lan']],
    ['lan nguyen', ['LÀNH', 'Lan']],
    ['nguyễn thị lan', ['LÀNH', 'Lan']],
    ['thi lanh', ['LÀNH']],
    ['đặng', ['Lâm']],
    ['dang lam', ['Lâm']],
    ['smith', ['1%)']],
    ['brien, o', ['1%)']],
    ['1%', ['1%)']],
    ['uyen', []],
    ['lan dang', []],
    ["' or 1=1 --", []],
  ])('by %s', async (name, found) => {
    expect(await find({ payer_name: name })).toEqual(found)
  })

  it('page by page, with other filters, and none of another agency', async () => {
    expect(await find({ payer_name: 'l', status: 'open', agency_code: 'H56.14' })).toEqual(['Lâm'])
    const first = await gateway.request('/v1/orders?payer_name=nguyen&limit=2', { token })
    const page = (await first.json()) as { data: unknown[]; next_cursor: string }
    expect(page.data).toHaveLength(2)
    expect(await find({ payer_name: 'nguyen', limit: '2', cursor: page.next_cursor })).toEqual(['Lan'])
    expect(await find({ payer_name: 'lan' }, await gateway.token(['orders:read'], 'H56.14'))).toEqual([])
  })

  it('refuses a name without a letter', async () => {
    expect(await find({ payer_name: ' - ' })).toBe(422)
    expect(await find({ payer_name: 'x'.repeat(151) })).toBe(422)
  })
})

it('finds orders by amount and by our reference at the provider', async () => {
  expect(await find({ amount: '8000' })).toEqual(['LÀNH'])
  expect(await find({ amount: '8000', payer_name: 'smith' })).toEqual([])
  expect(await find({ amount: '80.00' })).toBe(422)
  const account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
  const attempt = await addAttempt(gateway.deps, ids['Đặng Văn Lâm'] ?? '', account, { providerReference: 'P-1' })
  expect(await find({ merchant_reference: attempt.merchantReference })).toEqual(['Lâm'])
  expect(await find({ provider_reference: 'P-1' })).toEqual(['Lâm'])
  expect(await find({ merchant_reference: 'P-1' })).toEqual([])
})

it('looks names and amounts up in their indexes also below row-level security', async () => {
  const plans = await inScope(gateway.deps.db, 'H56.12', (sql) => [
    sql`set local enable_seqscan = off`,
    sql`explain select order_id from payer_words where word ~>=~ lephi_fold('Làn') and word ~<~ (lephi_fold('Làn') || chr(1114111))`,
    sql`explain select id from orders where amount = 8000 order by id desc limit 51`,
  ])
  expect(JSON.stringify(plans[1])).toMatch(/Index Cond.*lan/)
  expect(JSON.stringify(plans[2])).toMatch(/Index Cond.*amount = /)
})
