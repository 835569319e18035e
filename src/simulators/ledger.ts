// Owns the provider's books as a list: every payment and refund as the provider knows it, for checks from outside.
import type { Payment, Refund } from './records.ts'
import type { World } from './world.ts'

/** Amounts in đồng. `occurred_at` is when money moved, or when the movement was refused; null while it is open. */
export interface LedgerRow {
  kind: 'payment' | 'refund'
  account: string
  merchant_reference: string
  provider_reference: string
  payment_reference: string
  amount: bigint
  status: Payment['status'] | Refund['status']
  code: string
  occurred_at: string | null
}

/** Every payment, each followed by its refunds, in the order in which they were started. */
export const ledgerRows = (world: World, provider: string): LedgerRow[] =>
  [...world.payments.values()]
    .filter((payment) => payment.provider === provider)
    .flatMap((payment) => [
      {
        kind: 'payment' as const,
        account: payment.account,
        merchant_reference: payment.merchant_reference,
        provider_reference: payment.provider_reference,
        payment_reference: payment.merchant_reference,
        amount: payment.amount,
        status: payment.status,
        code: payment.code,
        occurred_at: payment.occurred_at,
      },
      ...payment.refunds.map((refund) => ({
        kind: 'refund' as const,
        account: payment.account,
        merchant_reference: refund.merchant_reference,
        provider_reference: refund.provider_reference,
        payment_reference: payment.merchant_reference,
        amount: refund.amount,
        status: refund.status,
        code: '',
        occurred_at: refund.done_at,
      })),
    ])
