// What goes wrong with refunds: over several days, twice, together with a chargeback, and in the books of each day.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { reportJson } from '../../src/flows/report.ts'
import { requestRefund } from '../../src/flows/request-refund.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { day } from '../kit/due-work.ts'
import { due, openHouse } from '../kit/house.ts'
import { createScript, scriptedProvider } from '../kit/scripted-provider.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(createScript(), { query: true, queryRefund: true, refund: true })
  house = await openHouse({ providers: { test } })
})
afterEach(() => house.deps.settled())
afterAll(async () => {
  expect((await verifyLedger(house.deps)).fault).toBeNull()
  await house.database.drop()
})

const paid = async (): Promise<{ orderId: string; attempt: Attempt }> => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  await house.deps.settled()
  return { orderId, attempt }
}
let keys = 0
const ask = async (orderId: string): Promise<{ id: string; merchantReference: string }> => {
  const input = { orderId, amount: null, reason: 'Thu thừa' }
  const idempotency = { key: `k${++keys}`, body: {} }
  const answer = await requestRefund(house.deps, { clientId: 'cli_maker', agency: 'H56' }, input, idempotency)
  const { id, merchant_reference: merchantReference } = JSON.parse(answer.body)
  return { id, merchantReference }
}
const approve = async (refundId: string) => {
  await decideRefund(house.deps, { clientId: 'cli_checker', agency: 'H56' }, { refundId, decision: 'approved' })
  await house.deps.settled()
}
/** What the report of refunds says of one day. */
const returnedOn = async (from: string) => {
  const filter = { from, to: from, agencyCode: null, merchantAccountId: house.account, asOf: null }
  const report = await reportJson(house.deps, 'H56', { name: 'refunds', ...filter })
  return { refunds: report.rows.map((row) => row.refund), amount: report.totals.amount }
}

describe('a refund', () => {
  it('over several days is in the books of the day on which the money went back, and of no other', async () => {
    const { orderId } = await paid()
    const refund = await ask(orderId)
    house.deps.clock.advance(day)
    await approve(refund.id)
    house.deps.clock.advance(day)
    await house.tell(house.refunded(refund, 'R-LATE', due))
    // A callback of the same news, days later, moves it nowhere.
    house.deps.clock.advance(3 * day)
    await house.tell(house.refunded(refund, 'R-LATE', due))
    expect(await returnedOn('2026-11-23')).toEqual({ refunds: [], amount: 0n })
    expect(await returnedOn('2026-11-24')).toEqual({ refunds: [], amount: 0n })
    expect(await returnedOn('2026-11-25')).toEqual({ refunds: [refund.id], amount: due })
    expect(await returnedOn('2026-11-28')).toEqual({ refunds: [], amount: 0n })
  })

  it('that was paid back twice is named, and the excess is in the books', async () => {
    const { orderId } = await paid()
    const refund = await ask(orderId)
    await approve(refund.id)
    await house.tell(house.refunded(refund, 'R-1', due))
    await house.tell(house.refunded(refund, 'R-2', due))
    const { open, sums, order } = await house.read(orderId)
    expect(open.map(([name]) => name)).toContain('refund_mismatch')
    expect([sums.provider_receivable, order.amountRefunded]).toEqual([-due, 2n * due])
    await expect(ask(orderId)).rejects.toMatchObject({ code: 'nothing_to_refund' })
  })

  it('and a chargeback of the same money are both booked and named, whichever comes first, and nothing more goes back', async () => {
    for (const first of ['refund', 'chargeback'] as const) {
      const { orderId, attempt } = await paid()
      const refund = await ask(orderId)
      await approve(refund.id)
      const refunded = () => house.tell(house.refunded(refund, `R${refund.id.slice(-9)}`, due))
      const reversed = () => house.tell(house.reversed(attempt, `V${attempt.id.slice(-9)}`))
      for (const step of first === 'refund' ? [refunded, reversed] : [reversed, refunded]) await step()
      const { open, sums } = await house.read(orderId)
      expect(open.map(([name]) => name).toSorted()).toEqual(['refund_mismatch', 'reversed'])
      expect(sums.provider_receivable).toBe(-due)
      await expect(ask(orderId)).rejects.toMatchObject({ code: 'nothing_to_refund' })
    }
  })
})
