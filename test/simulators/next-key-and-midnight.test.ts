// Two faults of a day in a provider's life: it signs with a key that nobody was given yet, and it takes money in the last second of a day.
import { describe, expect, it } from 'vitest'
import { isMomoSigned, isVnpaySigned, momo, openTown, openVnpay, type Town, vnpayQuery } from './merchant.ts'

const param = (town: Town, index: number, name: string) =>
  new URL(town.told[index]?.url ?? 'http://none').searchParams.get(name)
const paid = async (town: Town, reference: string) => {
  await openVnpay(town, reference)
  await town.complete('vnpay', reference)
}

describe('faults of keys and days', () => {
  it('callback_next_key: the first call is signed with another key, the repeat with the known one', async () => {
    const town = openTown()
    town.answer = (request) => Response.json({ RspCode: isVnpaySigned(request.url) ? '00' : '97' })
    await town.fault('vnpay', { fault: 'callback_next_key' })
    await openVnpay(town, 'HS1')
    expect((await town.complete('vnpay', 'HS1')).delivered).toMatchObject([{ kind: 'next_key', accepted: false }])
    town.pass(299)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
    town.pass(1)
    await town.sim.tick()
    const told = town.told.map(({ url }) => new URL(url).searchParams)
    expect(town.told.map((one) => isVnpaySigned(one.url))).toEqual([false, true])
    for (const params of told) params.delete('vnp_SecureHash')
    expect(String(told[0])).toBe(String(told[1]))
  })

  it('callback_next_key: who repeats nothing has told all with the other key', async () => {
    const town = openTown()
    await town.fault('momo', { fault: 'callback_next_key' })
    await momo(town, 'create')
    await town.complete('momo', 'DVC-1')
    town.pass(86_400)
    await town.sim.tick()
    expect(town.told.map((one) => isMomoSigned(JSON.parse(one.body)))).toEqual([false])
  })

  const nextDay = Date.parse('2026-11-21T00:00:00+07:00')
  const row = (town: Town) => town.sim.ledger('vnpay')[0]

  it('captured_at_day_end: pending until midnight at UTC+7, then taken in the second before and told', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'captured_at_day_end' })
    await openVnpay(town, 'HS1')
    expect(await town.complete('vnpay', 'HS1')).toMatchObject({ status: 'pending', occurred_at: null, delivered: [] })
    town.clock.at = nextDay - 1
    await town.sim.tick()
    expect([row(town)?.status, (await vnpayQuery(town)).vnp_TransactionStatus, town.told]).toEqual([
      'pending',
      '01',
      [],
    ])
    town.clock.at = nextDay
    // A start anew in between loses nothing.
    town.sim.restore(town.sim.snapshot())
    await town.sim.tick()
    await town.sim.tick()
    expect(row(town)).toMatchObject({ status: 'success', occurred_at: '2026-11-20T16:59:59.000Z', amount: 150_000n })
    expect([town.told.length, param(town, 0, 'vnp_PayDate')]).toEqual([1, '20261120235959'])
    const lines = await (await town.app.request('/simulators/vnpay/settlements/2026-11-20.csv')).text()
    expect(lines).toContain('2026-11-20T23:59:59+07:00,HS1')
  })

  it('captured_at_day_end: a payment that is completed by hand meanwhile is not taken twice', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'captured_at_day_end' })
    await paid(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    town.clock.at = nextDay
    await town.sim.tick()
    expect([town.told.length, row(town)?.occurred_at]).toEqual([1, '2026-11-20T03:00:00.000Z'])
  })

  it('captured_at_day_end and wrong_amount: the other amount is taken then', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'captured_at_day_end' })
    await town.fault('vnpay', { fault: 'wrong_amount', amount: 149_999 })
    await paid(town, 'HS1')
    town.clock.at = nextDay + 5_000
    await town.sim.tick()
    expect(row(town)).toMatchObject({ status: 'success', amount: 149_999n })
  })
})
