// The order, its attempts and its refunds, explored whole within bounds: with the tables and rules that the code runs, every invariant holds in every state.
import { expect, it } from 'vitest'
import { attemptMoves, orderMoves, refundMoves } from '../../src/domain/states.ts'
import { explore, tellTrace } from './explore.ts'
import { presets } from './presets.ts'

const taken = new Set<string>()

for (const { name, start, bounds } of presets)
  it(`breaks no invariant in any state of the world "${name}"`, () => {
    const { broken, isWhole, states, moves } = explore({ start, bounds })
    expect(broken && tellTrace(broken)).toBeNull()
    expect(isWhole).toBe(true)
    expect(states).toBeGreaterThan(1)
    for (const move of moves) taken.add(move)
  })

/** A provider that returns money which nobody has asked it for, or which it has refused to return: the door books what it is told, and no party of the model does so. */
const unheardOf = ['proposed', 'requested', 'approved', 'rejected', 'withdrawn', 'failed'].map(
  (from) => `refund ${from} → succeeded`,
)
/** What a source tells of a refund that waits to be sent. */
const untold = ['refund approved → failed']

it('makes every move of the tables somewhere, and none that they do not have', () => {
  const tables = { order: orderMoves, attempt: attemptMoves, refund: refundMoves }
  const listed = Object.entries(tables).flatMap(([kind, moves]) =>
    Object.entries<Partial<Record<string, string>>>(moves).flatMap(([from, row]) =>
      Object.values(row).flatMap((to) => (to === from ? [] : [`${kind} ${from} → ${to}`])),
    ),
  )
  expect([...taken].toSorted()).toEqual(
    [...new Set(listed)].filter((move) => ![...unheardOf, ...untold].includes(move)).toSorted(),
  )
})
