// `npm run fuzz -- --seconds 60 [--seed N] [--provider NAME]`: prints, for each provider, how many altered callbacks were refused, harmless, and believed; exit 1
// when one was believed or broke an adapter.
import { parseArgs } from 'node:util'
import { table } from '../../src/node/commands/table.ts'
import { fuzz, prepare } from './fuzz.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, provider: { type: 'string' } },
})
const seconds = Number(values.seconds ?? 60)
const first = Number(values.seed ?? Date.now() % 1_000_000_000)
if (!(seconds > 0 && seconds <= 86_400 && Number.isSafeInteger(first) && first >= 0)) {
  console.error('usage: npm run fuzz -- --seconds 60 [--seed 1] [--provider name]')
  process.exit(2)
}

const roundSize = 250
const targets = await prepare(values.provider === undefined ? undefined : [values.provider])
console.log(`${targets.length} providers, ${seconds} s, first seed ${first}`)
const begun = performance.now()
let told = begun
for (let round = 0; performance.now() - begun < seconds * 1000; round += 1) {
  for (const target of targets) await fuzz(target, { seed: first + round, count: roundSize })
  if (performance.now() - told < 10_000) continue
  told = performance.now()
  const mutated = targets.reduce((sum, { tally }) => sum + tally.mutated, 0)
  console.log(`  ${Math.round((told - begun) / 1000)} s: ${mutated} altered`)
}

const tallies = targets.map(({ tally }) => tally)
const rows = tallies.map((tally) => [
  tally.provider,
  ...[tally.genuine, tally.mutated, tally.refused, tally.harmless, tally.believed, tally.broken].map(String),
])
for (const line of table(['provider', 'genuine', 'altered', 'refused', 'harmless', 'believed', 'broken'], rows))
  console.log(line)
for (const { provider, findings } of tallies) for (const finding of findings) console.log(`${provider}: ${finding}`)
const bad = tallies.reduce((sum, { believed, broken }) => sum + believed + broken, 0)
console.log(
  bad === 0 ? 'No altered callback was believed.' : `${bad} altered callbacks were believed or broke an adapter.`,
)
process.exitCode = bad === 0 ? 0 : 1
