/** How much time each thing that a provider is asked for may take, all its network calls together. */

/** What is asked of a provider: to start a payment, how one stands, to return money, how a refund stands. */
export const operations = ['start', 'query', 'refund', 'refund_query'] as const
export type Operation = (typeof operations)[number]

export type CallBudgets = Readonly<Record<Operation, number>>

/** Milliseconds. A citizen waits for a start; for a refund nobody waits, and what is cut off has to be settled by asking. */
export const defaultBudgetsMs: CallBudgets = { start: 20_000, query: 10_000, refund: 30_000, refund_query: 10_000 }

export type Allowance = {
  allowedMs: number
  /** False where the caller had so little time left that silence says nothing about the provider. */
  isFair: boolean
}

/** The budget, never below what the protocol asks its merchants to wait, and never beyond the caller's own deadline. */
export const allowanceOf = (
  budgetMs: number,
  { patienceMs, deadline, now }: { patienceMs: number; deadline: Date | null; now: Date },
): Allowance => {
  const wantedMs = Math.max(budgetMs, patienceMs)
  const leftMs = deadline ? deadline.getTime() - now.getTime() : wantedMs
  const allowedMs = Math.max(0, Math.min(wantedMs, leftMs))
  return { allowedMs, isFair: allowedMs * 2 >= wantedMs }
}
