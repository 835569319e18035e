// Payments as providers report them, and runs over them, for tests of reconciliation and reports.
import type { Attempt } from '../../src/domain/order-facts.ts'
import type { MoneyOutcome } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { runReconciliation, startReconciliation } from '../../src/flows/reconcile.ts'
import { findReconciliation, listItems, type ReconciliationItem } from '../../src/store/reconciliations.ts'
import { addAttempt, orderInput, placeTestOrder } from './orders.ts'

let count = 0

/** Places an order with one line of `amount` and starts an attempt. Every dossier is another one. */
export const startPayment = async (
  deps: Deps,
  merchantAccountId: string,
  { amount = 150_000n, ...more }: { amount?: bigint } & Partial<Attempt> = {},
): Promise<Attempt> => {
  count += 1
  const [line] = orderInput().lines
  const orderId = await placeTestOrder(deps, {
    dossierCode: `H56.12.03-261122-${String(count).padStart(4, '0')}`,
    lines: line ? [{ ...line, unitAmount: amount }] : [],
  })
  return addAttempt(deps, orderId, merchantAccountId, more)
}

/** The provider says that an attempt was captured. */
export const capture = async (deps: Deps, attempt: Attempt, more: Partial<MoneyOutcome> = {}): Promise<void> => {
  await applyOutcome(deps, {
    merchantAccountId: attempt.merchantAccountId,
    outcome: {
      status: 'captured',
      merchantReference: attempt.merchantReference,
      providerReference: `p-${attempt.merchantReference}`,
      occurredAt: deps.now(),
      code: '00',
      amount: attempt.amount,
      ...more,
    },
    source: 'callback',
  })
}

/** An order that is paid, and the attempt that paid it. */
export const payOrder = async (
  deps: Deps,
  merchantAccountId: string,
  more: { amount?: bigint; at?: string } = {},
): Promise<Attempt> => {
  const attempt = await startPayment(deps, merchantAccountId, { ...(more.amount ? { amount: more.amount } : {}) })
  await capture(deps, attempt, { occurredAt: more.at ? new Date(more.at) : deps.now() })
  return attempt
}

export const accountant = { scope: 'H56', actor: 'cli_accountant' }

export type RanReconciliation = {
  id: string
  items: readonly ReconciliationItem[]
  /** The only item of a class; throws when there are more or none. */
  only: (name: ReconciliationItem['class']) => ReconciliationItem
  classes: readonly string[]
}

/** Runs a reconciliation to its end and reads it. */
export const reconcile = async (
  deps: Deps,
  merchantAccountId: string,
  { from = '2026-11-23', to = '2026-11-25' }: { from?: string; to?: string } = {},
): Promise<RanReconciliation> => {
  const { id } = await startReconciliation(deps, accountant, { merchantAccountId, from, to })
  await runReconciliation(deps, id)
  const done = await findReconciliation(deps.db, '*', id)
  if (done?.status !== 'completed') throw new Error(`the run is ${done?.status}: ${done?.failure}`)
  const items = await listItems(deps.db, 'H56', { reconciliationId: id, class: null, after: '', limit: 100_000 })
  const only = (name: ReconciliationItem['class']) => {
    const [found, ...others] = items.filter((item) => item.class === name)
    if (!found || others.length > 0) throw new Error(`items: ${items.map((item) => item.class).join(', ')}`)
    return found
  }
  return { id, items, only, classes: items.map((item) => item.class).toSorted() }
}
