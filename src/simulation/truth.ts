/** The providers' own books: what really happened to money, whatever anybody was told of it. */
import type { LedgerRow } from '../simulators/simulator.ts'
import type { World } from './world.ts'

/** `saidFailed`: a contradicting callback was ordered for it, so that the provider itself has said that it failed. */
export type TruePayment = { reference: string; status: LedgerRow['status']; amount: bigint; saidFailed: boolean }
export type TrueRefund = { reference: string; status: LedgerRow['status']; amount: bigint }

export type Truth = {
  payment: (merchantAccountId: string, reference: string) => TruePayment | null
  /** The refunds of a payment, by the payment's reference. */
  refunds: (merchantAccountId: string, paymentReference: string) => readonly TrueRefund[]
  /** All that was taken, đồng. */
  taken: bigint
}

export const readTruth = (world: World): Truth => {
  const payments = new Map<string, TruePayment>()
  const refunds = new Map<string, TrueRefund[]>()
  let taken = 0n
  for (const { provider, id } of world.accounts)
    for (const row of world.simulators.ledger(provider)) {
      const { merchant_reference: reference, status, amount } = row
      const key = `${id} ${row.payment_reference}`
      if (row.kind === 'refund') refunds.set(key, [...(refunds.get(key) ?? []), { reference, status, amount }])
      else payments.set(key, { reference, status, amount, saidFailed: false })
      if (row.kind === 'payment' && status === 'success') taken += amount
    }
  return {
    payment: (merchantAccountId, reference) => payments.get(`${merchantAccountId} ${reference}`) ?? null,
    refunds: (merchantAccountId, reference) => refunds.get(`${merchantAccountId} ${reference}`) ?? [],
    taken,
  }
}
