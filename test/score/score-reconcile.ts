// `npm run score:reconcile -- --seeds 20 [--from 1] [--seed N] [--lines 5000] [--verbose] [--verify]`: makes province-months with labelled errors, reconciles
// them, and prints what was found of each class. Exit 1 when a goal is missed. --verify checks the ledger of every seed before and after.
import { parseArgs } from 'node:util'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { createClock, createTestDeps } from '../kit/deps.ts'
import { makeWorld } from './make-world.ts'
import { missedGoals, scoreLines } from './report.ts'
import { runSeed } from './run-seed.ts'
import { newScore, type Score } from './score.ts'
import { startScoreServer } from './score-database.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    lines: { type: 'string', default: '5000' },
    verbose: { type: 'boolean', default: false },
    verify: { type: 'boolean', default: false },
  },
})
const first = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds) : 1
const lines = Number(values.lines)
if (![first, count, lines].every((each) => Number.isSafeInteger(each) && each > 0)) {
  console.error(
    'usage: npm run score:reconcile -- --seeds 20 [--from 1] [--seed 7] [--lines 5000] [--verbose] [--verify]',
  )
  process.exit(2)
}

const server = await startScoreServer()
const scores = { first: newScore(), again: newScore() }
const told = { first: 0, again: 0 }
try {
  for (let seed = first; seed < first + count; seed += 1) await scoreSeed(seed)
} finally {
  await server.stop()
}
for (const line of scoreLines(`\nseeds ${first} to ${first + count - 1}, first run`, scores.first)) console.log(line)
for (const line of scoreLines(
  '\nsecond run on the same data: what was healed is matched, all else stays',
  scores.again,
))
  console.log(line)
const missed = [
  ...missedGoals(scores.first),
  ...missedGoals(scores.again)
    .filter((goal) => !goal.startsWith('missing_here: none'))
    .map((goal) => `second run: ${goal}`),
]
console.log(
  missed.length === 0 ? '\nAll goals are met.' : `\nGoals missed:\n${missed.map((goal) => `  ${goal}`).join('\n')}`,
)
process.exitCode = missed.length === 0 ? 0 : 1

async function scoreSeed(seed: number): Promise<void> {
  const world = makeWorld({ seed, lines })
  const { database, sql, drop } = await server.open('score')
  try {
    const deps = createTestDeps(database, { clock: createClock(world.clock.toISOString()) })
    const run = await runSeed({ deps, sql }, world, scores)
    const check = values.verify ? await verifyLedger(deps) : null
    if (check?.fault) throw new Error(`seed ${seed}: ${check.fault.what} ${check.fault.id} ${check.fault.problem}`)
    const ledger = check ? `, ledger of ${check.orders} orders verified` : ''
    console.log(
      `seed ${seed}: ${world.period.from} to ${world.period.to}, ${run.lines} lines, import ${run.importSeconds.toFixed(1)} s, two runs ${run.runSeconds.toFixed(1)} s${ledger}, ${scores.first.misses.length - told.first} missed`,
    )
  } finally {
    await drop()
  }
  if (values.verbose)
    for (const name of ['first', 'again'] as const) tellMisses(seed, name, scores[name].misses.slice(told[name]))
  for (const name of ['first', 'again'] as const) told[name] = scores[name].misses.length
}

function tellMisses(seed: number, run: string, misses: Score['misses']): void {
  for (const { key, demanded, got, isWrongLink } of misses)
    console.log(
      `  --seed ${seed} ${run} ${isWrongLink ? 'WRONG LINK ' : ''}${key}: demanded ${demanded ? `${demanded.class} (${demanded.story}) ${[demanded.attempt, demanded.refund, ...demanded.payouts].filter(Boolean).join(' + ')}` : 'nothing'}; got ${got ?? 'nothing'}`,
    )
}
