/** Refunds whose promised day has passed: each is noted once on its order's timeline, and all of them are counted for whoever is on duty. */
import { linkEvents } from '../domain/order-events.ts'
import { tellRefund } from '../domain/present.ts'
import { leavingRefunds } from '../domain/states.ts'
import { businessDay } from '../lib/time.ts'
import { everyAgency } from '../store/database.ts'
import { countOverdue, findOverdue } from '../store/refunds.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'

/** Notes at most `limit` of them; answers how many. One that cannot be noted holds up no other and is tried again in the next round. */
export const noteOverdueRefunds = async (deps: Deps, limit: number): Promise<number> => {
  const today = businessDay(deps.now())
  const overdue = await findOverdue(deps.db, { today, limit })
  let noted = 0
  for (const each of overdue) {
    try {
      await noteOverdue(deps, each)
      noted += 1
    } catch (error) {
      deps.log.error({ refund: each.id, order: each.orderId, error }, 'overdue refund not noted')
    }
  }
  return noted
}

const noteOverdue = async (deps: Deps, { id, orderId }: { id: string; orderId: string }): Promise<void> => {
  await changeOrder<void>(deps, { scope: everyAgency, order: { orderId } }, (facts) => {
    const refund = facts?.refunds.find((each) => each.id === id)
    if (!facts || !refund || refund.overdueAt || !leavingRefunds.includes(refund.status)) return { answer: undefined }
    const now = deps.now()
    const data = tellRefund({ ...refund, overdueAt: now })
    const events = linkEvents(facts.order, [{ type: 'refund.overdue', data }], { newId: deps.newId, now })
    return { answer: undefined, write: { order: {}, refunds: [{ id, overdueAt: now }], events, now } }
  })
  deps.log.error({ refund: id, order: orderId }, 'refund overdue')
}

/** Sets the gauge. Never throws: metrics are answered without a database too. */
export const setRefundGauge = async (deps: Deps): Promise<void> => {
  try {
    const count = await countOverdue(deps.db, businessDay(deps.now()))
    deps.metrics.set('lephi_refunds_overdue', {}, count)
  } catch (error) {
    deps.log.warn({ error }, 'refund gauge not set')
  }
}
