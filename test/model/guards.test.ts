// Each rule that says no is left out once. Some invariant must break, and the way there can be read; where none does, the rule is idle or the model is too small.
import { describe, expect, it } from 'vitest'
import { type Broken, explore, tellTrace } from './explore.ts'
import { presets } from './presets.ts'
import { ruleNames, without } from './rules.ts'

/** In the world that breaks first. Where a rule is left out there may be states without end, so that there is a limit. */
const breakIt = (rule: string): Broken | null => {
  for (const { start, bounds } of presets) {
    const { broken } = explore({ start, bounds, rules: without(rule), statesMax: 200_000 })
    if (broken) return broken
  }
  return null
}

describe('without a rule an invariant breaks', () => {
  it.for(ruleNames.map((rule) => [rule] as const))('%s', ([rule]) => {
    const broken = breakIt(rule)
    expect(broken, `${rule} is idle, or the model is too small`).not.toBeNull()
    expect(broken?.trace.length).toBeGreaterThan(0)
  })
})
void tellTrace
