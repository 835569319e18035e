// `npm run model -- [--attempts N] [--takes N] [--refunds N] [--crashes N] [--racers N] [--world NAME] [--without RULE]`: explores each world whole, within bounds that may be
// wider than those of the tests; exit 1, and the way there, when an invariant is broken.
import { parseArgs } from 'node:util'
import { explore, invariantCount, tellTrace } from './explore.ts'
import { presets } from './presets.ts'
import { allRules, ruleNames, without } from './rules.ts'
import type { Bounds } from './world.ts'

const wide = {
  attempts: 'attempts',
  takes: 'takesEach',
  reversals: 'reversals',
  refunds: 'refunds',
  crashes: 'crashes',
  racers: 'racers',
} as const
const { values } = parseArgs({
  options: {
    ...Object.fromEntries(Object.keys(wide).map((name) => [name, { type: 'string' as const }])),
    world: { type: 'string' },
    without: { type: 'string' },
  },
})
const given = values as Partial<Record<keyof typeof wide | 'world' | 'without', string>>

const usage = (why: string): never => {
  console.error(
    `${why}\nusage: npm run model -- ${Object.keys(wide)
      .map((name) => `[--${name} N]`)
      .join(' ')} [--world NAME] [--without RULE]`,
  )
  process.exit(2)
}

const numbers = Object.entries(wide).flatMap(([name, bound]) => {
  const text = given[name as keyof typeof wide]
  if (text === undefined) return []
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= 0 && value <= 4
    ? [[bound, value] as const]
    : usage(`--${name} must be 0 to 4`)
})
const chosen = presets.filter(({ name }) => given.world === undefined || name === given.world)
if (chosen.length === 0) usage(`--world is one of ${presets.map(({ name }) => name).join(', ')}`)
if (given.without !== undefined && !ruleNames.includes(given.without))
  usage(`--without is one of\n  ${ruleNames.join('\n  ')}`)

/** A world without refunds stays without, and one about one attempt stays with one, however many are asked for: its bounds say what it is about. */
const widened = (bounds: Bounds): Bounds => ({
  ...bounds,
  ...Object.fromEntries(numbers.filter(([bound]) => bounds[bound] > (bound === 'attempts' ? 1 : 0))),
})

const begun = performance.now()
const secondsSince = (at: number): string => ((performance.now() - at) / 1_000).toFixed(1)
const sum = { states: 0, transitions: 0, depth: 0, broken: 0 }
for (const { name, start, bounds } of chosen) {
  const at = performance.now()
  const rules = given.without === undefined ? allRules : without(given.without)
  const { states, transitions, depth, broken } = explore({ start, bounds: widened(bounds), rules })
  console.log(`${name}: ${states} states, ${transitions} transitions, depth ${depth}, ${secondsSince(at)} s`)
  sum.states += states
  sum.transitions += transitions
  sum.depth = Math.max(sum.depth, depth)
  if (!broken) continue
  sum.broken += 1
  console.log(tellTrace(broken))
}
console.log(
  `${chosen.length} worlds, ${sum.states} states, ${sum.transitions} transitions, depth ${sum.depth}, ${invariantCount} invariants, ${sum.broken} broken, ${secondsSince(begun)} s`,
)
process.exitCode = sum.broken === 0 ? 0 : 1
