/** Reads an order, decides, commits; and starts again when somebody else changed the order first. Every flow that changes an order goes this way. */
import type { OrderFacts } from '../domain/order-facts.ts'
import { Refusal } from '../domain/refusal.ts'
import type { SpanBegin } from '../lib/tracing.ts'
import { isConflict, isDuplicate, type Query, type Sql } from '../store/database.ts'
import { loadFacts, type OrderKey } from '../store/facts.ts'
import { commitOrder, type OrderWrite } from '../store/order-commit.ts'
import type { Deps } from './deps.ts'
import { withinOrder } from './trace-order.ts'

/** What a decision came to: an answer, and what must be written for it; no `write` when nothing has to be. */
export type Decision<Answer> = { answer: Answer; write?: Omit<OrderWrite, 'read'> }

export type ChangeTarget = {
  /** The caller's part of the agency tree. */
  scope: string
  order: OrderKey
  /** Statements that run once, before the order is read, in the same round trip. */
  before?: (sql: Sql) => readonly Query[]
  /** What the change is called by whoever follows the order. */
  span?: Pick<SpanBegin, 'name' | 'facts'>
}

/** Fifty copies of one callback at once is a case that must end well; each turn lets one of them through. */
const turnsMax = 80
/** A new attempt's reference is another one's already: short references are drawn by chance, and the next turn draws again. */
const referenceTaken = 'attempts_merchant_account_id_merchant_reference_index'
/** Somebody decided the discrepancy of a credit in the instant in which the credit was attributed, so that both would have told of it under one number. */
const eventNumbered = 'events_subject_id_sequence_index'
const again = [referenceTaken, eventNumbered]

/**
 * `decide` must be free of effects, since it runs again after a conflict; `facts` is null when the scope holds no such order. Throws Refusal `conflict`
 * when the order does not come to rest.
 */
export const changeOrder = async <Answer>(
  deps: Deps,
  target: ChangeTarget,
  decide: (facts: OrderFacts | null) => Decision<Answer> | Promise<Decision<Answer>>,
): Promise<Answer> => {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const facts = await loadFacts(deps.db, target.scope, target.order, turn === 0 ? target.before : undefined)
    if (!facts) return (await decide(null)).answer
    const { order } = facts
    const done = await withinOrder(deps, order, target.span ?? { name: 'order change' }, async () => {
      const { answer, write } = await decide(facts)
      return !write || (await commitUnlessMoved(deps, target.scope, { read: order, ...write })) ? { answer } : null
    })
    if (done) return done.answer
  }
  throw new Refusal('conflict', 'The order is being changed by others; try again.', { retryAfterSeconds: 1 })
}

/** False when somebody else was first, so that the order must be read again. */
const commitUnlessMoved = async (deps: Deps, scope: string, write: OrderWrite): Promise<boolean> => {
  try {
    await commitOrder(deps.db, scope, write)
    return true
  } catch (error) {
    if (!isConflict(error) && !again.some((index) => isDuplicate(error, index))) throw error
    return false
  }
}
