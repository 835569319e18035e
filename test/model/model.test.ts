// The order, its attempts and its refunds, explored whole within bounds: with the tables and rules that the code runs, every invariant holds in every state.
import { expect, it } from 'vitest'
import { explore, tellTrace } from './explore.ts'
import { presets } from './presets.ts'

for (const { name, start, bounds } of presets)
  it(`breaks no invariant in any state of the world "${name}"`, () => {
    const { broken, isWhole, states } = explore({ start, bounds })
    expect(broken && tellTrace(broken)).toBeNull()
    expect(isWhole).toBe(true)
    expect(states).toBeGreaterThan(3)
  })
