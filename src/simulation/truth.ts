/** The providers' own books: what really happened to money, whatever anybody was told of it. */
import type { LedgerRow } from '../simulators/simulator.ts'
import type { World } from './world.ts'

/** `saidFailed`: the provider contradicts itself about it, so that it has said, or will, that it failed. */
export type TruePayment = {
  reference: string
  providerReference: string
  status: LedgerRow['status']
  amount: bigint
  saidFailed: boolean
}
export type TrueRefund = { reference: string; status: LedgerRow['status']; amount: bigint }

export type Truth = {
  payment: (merchantAccountId: string, reference: string) => TruePayment | null
  /** The refunds of a payment, by the payment's reference. */
  refunds: (merchantAccountId: string, paymentReference: string) => readonly TrueRefund[]
  /** Every payment for which money was taken, whether or not anybody here has heard of it. */
  takenPayments: readonly { merchantAccountId: string; reference: string; amount: bigint }[]
  /** All that was taken, đồng. */
  taken: bigint
}

/** One row of a provider's own books, under the merchant account that it is about. */
export type TrueRow = { merchantAccountId: string; row: LedgerRow; saidFailed: boolean }

export const readTruth = ({ accounts, simulators, seen }: World): Truth =>
  truthOf(
    accounts.flatMap(({ provider, id }) =>
      simulators.ledger(provider).map((row) => {
        const saidFailed = seen.contradicted.has(`${provider} ${row.payment_reference}`)
        return { merchantAccountId: id, row, saidFailed }
      }),
    ),
  )

/** The same from the rows themselves. */
export const truthOf = (rows: readonly TrueRow[]): Truth => {
  const payments = new Map<string, TruePayment>()
  const refunds = new Map<string, TrueRefund[]>()
  for (const { merchantAccountId, row, saidFailed } of rows) {
    const { merchant_reference: reference, provider_reference: providerReference, status, amount } = row
    const key = `${merchantAccountId} ${row.payment_reference}`
    if (row.kind === 'refund') refunds.set(key, [...(refunds.get(key) ?? []), { reference, status, amount }])
    else payments.set(key, { reference, providerReference, status, amount, saidFailed })
  }
  const takenPayments = rows.flatMap(({ merchantAccountId, row }) =>
    row.kind === 'payment' && row.status === 'success'
      ? [{ merchantAccountId, reference: row.payment_reference, amount: row.amount }]
      : [],
  )
  return {
    payment: (merchantAccountId, reference) => payments.get(`${merchantAccountId} ${reference}`) ?? null,
    refunds: (merchantAccountId, reference) => refunds.get(`${merchantAccountId} ${reference}`) ?? [],
    takenPayments,
    taken: takenPayments.reduce((total, { amount }) => total + amount, 0n),
  }
}
