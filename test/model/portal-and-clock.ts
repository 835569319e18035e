// A portal that takes its order back, a citizen who needs more time, an accountant who settles a discrepancy, and the time that passes.
import { refusedBy } from '../../src/domain/guards.ts'
import { extensionOf } from '../../src/domain/order-deadline.ts'
import { orderMoves, unsettledAttempts } from '../../src/domain/states.ts'
import { decide } from './decide.ts'
import { unheard } from './payments.ts'
import { type Action, type Actor, load, now } from './world.ts'

export const portal: Actor = (world, bounds) =>
  world.orders.flatMap(({ order }, index) => {
    const status = orderMoves[order.status].cancel
    if (!bounds.cancels || !status) return []
    return decide(world, bounds, {
      order: index,
      label: `the portal cancels ${order.id}`,
      write: { order: { status } },
    })
  })

/** Its providers are asked first. Whoever is heard tells what there is to tell, so that is another action; here they say nothing, or there is nothing. */
export const deadline: Actor = (world, bounds, rules) =>
  world.orders.flatMap((facts, index) => {
    const { order, attempts } = facts
    const status = orderMoves[order.status].expire
    if (!status || !bounds.clock) return []
    const isUnsettled = attempts.some((attempt) => unsettledAttempts.includes(attempt.status))
    const answers = [...(unheard(world, index) ? [] : [false]), ...(isUnsettled ? [true] : [])]
    return answers
      .filter((isSilent) => !refusedBy(rules.order.expire, { order, now: now(world), isSilent }))
      .flatMap((isSilent) =>
        decide(world, bounds, {
          order: index,
          label: `${order.id} expires, ${isSilent ? 'without an answer of its providers' : 'its providers know of nothing'}`,
          write: { order: { status } },
        }),
      )
  })

export const moreTime: Actor = (world, bounds, rules) =>
  world.orders.flatMap((_, index) => {
    if (!bounds.extends) return []
    const facts = load(world, index)
    const extension = extensionOf(facts, now(world), rules.extension)
    if (!extension.may) return []
    const order = { expiresAt: extension.until, extensions: facts.order.extensions + 1 }
    return decide(world, bounds, {
      order: index,
      label: `a citizen is given more time for ${facts.order.id}`,
      write: { order },
    })
  })

/** Calls end long before the next instant: a process that is still in the middle of one then has crashed. */
export const clock: Actor = (world, bounds) => {
  if (!bounds.clock || world.hands.length > 0 || world.clock + 1 >= world.instants.length) return []
  const next = { ...world, clock: world.clock + 1 }
  return [
    {
      label: `time passes, to ${now(next).toISOString().slice(8, 16).replace('T', ' at ')}`,
      kind: 'clock',
      world: next,
    },
  ]
}

export const accountant: Actor = (world, bounds) =>
  world.orders.flatMap((facts, index): Action[] =>
    bounds.persons
      ? facts.discrepancies
          .filter(({ isOpen }) => isOpen)
          .flatMap(({ id, class: name, attemptId }) =>
            decide(world, bounds, {
              order: index,
              label: `an accountant settles the discrepancy ${name} of ${attemptId}`,
              write: { settled: [id] },
            }),
          )
      : [],
  )

/** From now on the agency takes money after the deadline; what it has refused before stays refused. */
export const agency: Actor = (world, bounds) =>
  bounds.relents && !world.takesLateMoney
    ? [{ label: 'the agency begins to take late money', kind: 'outside', world: { ...world, takesLateMoney: true } }]
    : []
