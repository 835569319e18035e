// What the bank of a refund by hand is called: by the catalogue that binds the order's agency that day, else by our own table; and a warning where the catalogue lacks it.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { bankName } from '../../src/domain/bank-names.ts'
import { readBanks } from '../../src/store/bank-catalogues.ts'
import { type Json, rowsOf, startTown, type Town } from '../kit/town.ts'

let town: Town
let maker: string
let checker: string
beforeAll(async () => {
  town = await startTown()
  maker = await town.token(['refunds:write', 'orders:read'])
  checker = await town.token(['refunds:approve', 'orders:read'])
})
afterAll(() => town.close())
beforeEach(() => town.sql`delete from catalogue_entries`)

const enter = async (code: string, name: string, more: Record<string, unknown> = {}) => {
  const row = { id: town.deps.newId('cat'), agencyCode: 'H56', catalogue: 'banks', code, name, validFrom: '2026-01-01' }
  await town.sql`insert into catalogue_entries ${town.sql({ ...row, ...more })}`
}
const known = { number: '19034567890123', bank_bin: '970407', holder: 'NGUYEN THI LAN' }
const strange = { ...known, bank_bin: '970499' }
const ask = async (payee: typeof known | null): Promise<Json> => {
  const order = await town.place()
  await town.pay('momo', await town.attempt(order, 'momo'))
  const json = { reason: 'Rút hồ sơ', method: 'manual', ...(payee ? { payee_account: payee } : {}) }
  const { status, body } = await town.api(`/v1/orders/${order}/refunds`, json, { token: maker })
  expect(status).toBe(202)
  return body
}
const told = (refund: Json | undefined) => [
  refund?.payee_account?.bank_name ?? null,
  rowsOf(refund?.warnings).map(({ code, message }) => `${code} ${message}`),
]
const read = async ({ id }: Json) => told((await town.api(`/v1/refunds/${id}`)).body)
const warning = (bin: string) => [
  `bank_not_in_catalogue /payee_account/bank_bin: ${bin} is no bank of the catalogue on 2026-11-23`,
]

it('is what our own table has where no catalogue of banks holds, and nothing is wrong then', async () => {
  await enter('2771', 'Không phải ngân hàng', { catalogue: 'budget_items' })
  await enter('970499', 'Của tỉnh khác', { agencyCode: 'H57' })
  await enter('970499', 'Của sở khác', { agencyCode: 'H56.14' })
  await enter('970499', 'Chưa đến ngày', { validFrom: '2026-11-24' })
  await enter('970407', 'Đã hết hạn', { validTo: '2026-11-22' })
  const [one, two] = [await ask(known), await ask(strange)]
  expect([told(one), await read(one)]).toEqual(Array(2).fill([bankName('970407'), []]))
  expect([told(two), await read(two)]).toEqual(Array(2).fill([null, []]))
  expect(Object.keys(two.payee_account ?? {})).toEqual(['number', 'bank_bin'])
})

it('is what the nearest catalogue has on the day of reading, wherever the refund is read', async () => {
  await enter('970407', 'Tên của tỉnh', { validTo: '2026-11-23' })
  await enter('970407', 'Tên mới', { validFrom: '2026-11-24' })
  const refund = await ask(known)
  expect([told(refund), await read(refund)]).toEqual(Array(2).fill(['Tên của tỉnh', []]))
  const ofOrder = await town.api(`/v1/orders/${refund.order}/refunds`)
  expect(told(rowsOf(ofOrder.body.data)[0])).toEqual(['Tên của tỉnh', []])
  const found = rowsOf((await town.api('/v1/refunds?status=requested&limit=100')).body.data)
  expect(told(found.find(({ id }) => id === refund.id))).toEqual(['Tên của tỉnh', []])
  await enter('970407', 'Tên của sở', { agencyCode: 'H56.12' })
  expect(await read(refund)).toEqual(['Tên của sở', []])
  // Events are told outside and kept for ever: no name that is another one tomorrow.
  const events = await town.api(`/v1/orders/${refund.order}/events`)
  expect(JSON.stringify(events.body)).toContain('970407')
  expect(JSON.stringify(events.body)).not.toContain('bank_name')
})

it('is warned of where the catalogue lacks it, refused nowhere, and no more once the refund has ended', async () => {
  await enter('970436', 'Ngân hàng khác')
  const asked = await ask(strange)
  expect([told(asked), await read(asked)]).toEqual(Array(2).fill([null, warning('970499')]))
  // Our own table has a name all the same; people see both.
  expect(told(await ask(known))).toEqual([bankName('970407'), warning('970407')])
  const path = `/v1/refunds/${asked.id}`
  expect((await town.api(`${path}/approve`, { payee_version: 0 }, { token: checker })).status).toBe(200)
  await town.deps.settled()
  expect(await read(asked)).toEqual([null, warning('970499')])
  const transfer = { bank_reference: 'FT26327000999', paid_on: '2026-11-23', evidence: 'UNC 9' }
  expect((await town.api(`${path}/confirm`, transfer, { token: checker })).body.status).toBe('succeeded')
  expect(await read(asked)).toEqual([null, []])
})

it('is told to who names the account later', async () => {
  await enter('970436', 'Ngân hàng khác')
  const asked = await ask(null)
  expect(told(asked)).toEqual([null, []])
  const path = `/v1/refunds/${asked.id}/payee_account`
  const given = await town.api(path, strange, { token: maker, method: 'PUT' })
  expect([given.status, told(given.body)]).toEqual([200, [null, warning('970499')]])
})

it('keeps agencies apart that are asked for at once', async () => {
  await enter('970499', 'Của sở khác', { agencyCode: 'H56.14' })
  const asked = ['H56.12.03', 'H56.14.01'].map((agencyCode) => ({ agencyCode, bin: '970499' }))
  const banks = await readBanks(town.deps.db, asked, '2026-11-23')
  expect(asked.map((each) => [banks.isBound(each.agencyCode), banks.nameOf(each)])).toEqual([
    [false, null],
    [true, 'Của sở khác'],
  ])
})

it('costs no trip to the database where nobody is named', async () => {
  const banks = await readBanks(null as never, [], '2026-11-23')
  expect([banks.isBound('H56'), banks.nameOf({ agencyCode: 'H56', bin: '970407' })]).toEqual([false, null])
})
