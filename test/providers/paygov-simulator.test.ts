/** The adapter meets the simulator: two readings of one protocol that share no code, from INIT with its receipt block to the query. */
import { expect, test } from 'vitest'
import { paygov } from '../../src/providers/paygov/index.ts'
import { paymentOf, type Subject } from './conformance/subject.ts'
import { kit } from './paygov.kit.ts'
import { pipedSimulatorCases } from './piped-simulator.cases.ts'
import { openSimulated } from './simulated.ts'

const subject: Subject = { name: 'paygov', provider: paygov, kit }

pipedSimulatorCases(subject)

test('the receipt block is complete for the platform: with a procedure, without one, and with phí and lệ phí', async () => {
  const { bill } = paymentOf(subject)
  if (!bill) throw new Error('the payments of the suite have a bill')
  const lines = [
    { kind: 'phi', code: null, description: 'Phí thẩm định', amount: 100_000n },
    { kind: 'le_phi', code: null, description: 'Lệ phí', amount: 50_000n },
  ] as const
  for (const changes of [{}, { procedure: null }, { lines }]) {
    const { started } = await openSimulated(subject).start({ bill: { ...bill, ...changes } })
    expect(started.action.type).toBe('redirect')
  }
})
