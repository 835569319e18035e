/** An attempt as its adapter sees it: what the provider was, or will be, asked for. */
import type { Attempt, Order } from '../domain/order-facts.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import type { Bill, Payment } from '../providers/contract.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { type PaymentExtras, readBillExtras, readPaymentExtras } from '../store/payment-extras.ts'
import type { Deps } from './deps.ts'

/** The payment of an attempt that is at hand. */
export const paymentOf = (
  deps: Pick<Deps, 'publicUrl'>,
  order: Pick<Order, 'dossierCode' | 'language'>,
  attempt: Attempt,
  extras: PaymentExtras,
): Payment => ({
  merchantReference: attempt.merchantReference,
  amount: attempt.amount,
  dossierCode: order.dossierCode,
  description: `Thanh toán lệ phí hồ sơ ${order.dossierCode}`,
  language: order.language,
  bankCode: extras.bankCode,
  payerIp: extras.payerIp,
  createdAt: attempt.createdAt,
  expiresAt: attempt.expiresAt,
  callbackUrl: `${deps.publicUrl}/callbacks/${attempt.provider}/${attempt.merchantAccountId}`,
  returnUrl: `${deps.publicUrl}/returns/${attempt.provider}/${attempt.merchantAccountId}`,
  providerReference: attempt.providerReference,
  memo: extras.memo,
  bill: null,
})

/** The payment under a reference of ours at this account; null when the account has no attempt of that reference. */
export const readPayment = async (
  deps: Deps,
  key: { merchantAccountId: string; merchantReference: string },
): Promise<Payment | null> => {
  const facts = await loadFacts(deps.db, everyAgency, key)
  const attempt = facts?.attempts.find(
    (each) => each.merchantReference === key.merchantReference && each.merchantAccountId === key.merchantAccountId,
  )
  if (!facts || !attempt) return null
  return paymentOf(deps, facts.order, attempt, await readPaymentExtras(deps.db, attempt.id))
}

/** What the fee of an order is for, with the payer's sealed data opened. */
export const readBill = async (deps: Pick<Deps, 'db' | 'box'>, order: Order): Promise<Bill> => {
  const { agencyName, payerSealed } = await readBillExtras(deps.db, order.id)
  const personal: unknown = payerSealed
    ? JSON.parse(new TextDecoder().decode(await deps.box.open(payerSealed, sealedFor.payer(order.id))))
    : {}
  const { identity_number, address } = personal as { identity_number?: string | null; address?: string | null }
  return {
    agency: { code: order.agencyCode, name: agencyName },
    procedure: order.procedureCode ? { code: order.procedureCode, name: order.procedureName ?? '' } : null,
    lines: order.lines.map(({ kind, feeCode, description, amount }) => ({ kind, code: feeCode, description, amount })),
    payer: { name: order.payerName, identityNumber: identity_number ?? null, address: address ?? null },
    payee: order.payeeAccount,
  }
}
