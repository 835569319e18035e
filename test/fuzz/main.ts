// `npm run fuzz -- --count 1000000` or `--seconds 60`, `[--seed N] [--provider NAME]`: alters genuine callbacks of all providers, the same number of each, and prints how
// many were refused, harmless and believed, by what they were altered; the last line is the sum. Exit 1 when one was believed or broke an adapter.
import { parseArgs } from 'node:util'
import { table } from '../../src/node/commands/table.ts'
import { fuzz, prepare, type Target } from './fuzz.ts'
import { kinds } from './kinds.ts'

const usage = (): never => {
  console.error('usage: npm run fuzz -- [--count 1000000 | --seconds 60] [--seed 1] [--provider name]')
  process.exit(2)
}

const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    provider: { type: 'string' },
  },
})
const count = values.count === undefined ? Number.POSITIVE_INFINITY : Number(values.count)
const seconds = Number(values.seconds ?? (values.count === undefined ? 60 : 86_400))
const first = Number(values.seed ?? Date.now() % 1_000_000_000)
if (!(seconds > 0 && seconds <= 86_400 && count > 0 && Number.isSafeInteger(first) && first >= 0)) usage()

const sumOf = (targets: readonly Target[], of: (target: Target) => number): number =>
  targets.reduce((sum, target) => sum + of(target), 0)
const mutatedOf = (targets: readonly Target[]) => sumOf(targets, ({ tally }) => tally.mutated)

const roundSize = 250
const targets = await prepare(values.provider === undefined ? undefined : [values.provider])
console.log(`${targets.length} providers, first seed ${first}`)
const begun = performance.now()
let told = begun
const isOver = () => performance.now() - begun >= seconds * 1_000 || mutatedOf(targets) >= count
for (let round = 0; !isOver(); round += 1) {
  for (const target of targets) {
    const left = count - mutatedOf(targets)
    if (left > 0) await fuzz(target, { seed: first + round, count: Math.min(roundSize, left) })
  }
  if (performance.now() - told < 10_000) continue
  told = performance.now()
  console.log(`  ${Math.round((told - begun) / 1_000)} s: ${mutatedOf(targets)} altered`)
}

const tallies = targets.map(({ tally }) => tally)
const columns = ['genuine', 'mutated', 'refused', 'harmless', 'believed', 'broken'] as const
const rows = tallies.map((tally) => [tally.provider, ...columns.map((column) => String(tally[column]))])
for (const line of table(['provider', ...columns.map((each) => (each === 'mutated' ? 'altered' : each))], rows))
  console.log(line)
console.log('\nAltered in this way (a message is altered in one to three ways):')
const byKind = kinds.map((kind) => [kind, ...tallies.map((tally) => String(tally.kinds[kind] ?? 0))])
for (const line of table(['kind', ...tallies.map(({ provider }) => provider)], byKind)) console.log(line)
for (const { provider, findings } of tallies) for (const finding of findings) console.log(`${provider}: ${finding}`)

const total = (column: (typeof columns)[number]) => sumOf(targets, ({ tally }) => tally[column])
const bad = total('believed') + total('broken')
console.log(
  `fuzz: ${targets.length} providers, ${total('genuine')} genuine callbacks, ${total('mutated')} altered in ${kinds.length} ways from seed ${first}: ` +
    `${total('refused')} refused, ${total('harmless')} read as before, ${total('believed')} believed, ${total('broken')} broke an adapter; ` +
    `${((performance.now() - begun) / 1_000).toFixed(0)} s`,
)
process.exitCode = bad === 0 ? 0 : 1
