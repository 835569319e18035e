// What the gateway has told others, kept by those whom it told: none of it may be untrue afterwards.

export type Promises = {
  /** By Idempotency-Key. */
  orders: Map<string, ToldOrder>
  attempts: Map<string, { order: string; reference: string; provider: string }>
  /** By Idempotency-Key, which is the refund's reason as well; then the refund. */
  refunds: Map<string, string>
  cancelled: Set<string>
  approved: Set<string>
  statements: Set<string>
  runs: Set<string>
  /** First answers that were another one when they were asked for again. */
  changedAnswers: string[]
  /** Refusals that nobody here expects, by path and code. */
  refusals: Map<string, number>
}

export type ToldOrder = { id: string; amount: bigint }

export const noPromises = (): Promises => ({
  orders: new Map(),
  attempts: new Map(),
  refunds: new Map(),
  cancelled: new Set(),
  approved: new Set(),
  statements: new Set(),
  runs: new Set(),
  changedAnswers: [],
  refusals: new Map(),
})

/** Counts a refusal, for the report. */
export const noteRefusal = ({ refusals }: Promises, path: string, code: unknown): void => {
  const what = `${path.replace(/[a-z]{3}_\w+/g, '{id}')} ${String(code)}`
  refusals.set(what, (refusals.get(what) ?? 0) + 1)
}
