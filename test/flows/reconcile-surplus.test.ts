// A surplus that its provider returned in part only: the day is reconciled all the same, and the rest stays named.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runWaitingReconciliations, startReconciliation } from '../../src/flows/reconcile.ts'
import { findReconciliation } from '../../src/store/reconciliations.ts'
import { due, openHouse } from '../kit/house.ts'
import { accountant } from '../kit/reconciliation.ts'
import { importFile, providerFile } from '../kit/statements.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

it('ends the run over a day on which one surplus was returned in part only', async () => {
  const orderId = await house.place()
  const [first, second] = [await house.attempt(orderId), await house.attempt(orderId)]
  await house.tell(house.captured(first, 'M1'))
  await house.tell(house.captured(second, 'M2'))
  const proposal = (await house.read(orderId)).refunds[0]
  await house.sql`update refunds set status = 'pending', decided_by = 'cli_checker' where id = ${proposal?.id ?? ''}`
  const row = {
    type: 'refund' as const,
    reference: proposal?.merchantReference ?? '',
    providerReference: 'M2R',
    amount: 100_000,
    at: '2026-11-23T09:30:00+07:00',
  }
  await importFile(house.deps, house.account, providerFile([row]))
  const period = { merchantAccountId: house.account, from: '2026-11-23', to: '2026-11-25' }
  const { id } = await startReconciliation(house.deps, accountant, period)
  for (let turn = 0; turn < 3; turn += 1) await runWaitingReconciliations(house.deps, 10)
  expect((await findReconciliation(house.deps.db, '*', id))?.status).toBe('completed')
  const { open, sums } = await house.read(orderId)
  expect(sums).toEqual({ provider_receivable: 2n * due - 100_000n, collected: -due, suspense: -50_000n })
  expect(open).toContainEqual(['refund_mismatch', 100_000n])
})
