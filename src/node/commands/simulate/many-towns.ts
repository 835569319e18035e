// Many small towns, shared out among processes: a town has its process to itself, for while it lives the runtime follows its clock.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Config } from '../../../config.ts'
import { stringifyMoney } from '../../../lib/json.ts'
import type { Progress } from '../../../lib/progress.ts'
import type { FaultKind } from '../../../simulation/fault-kinds.ts'
import { planTown } from '../../../simulation/plan.ts'
import { addTown, type Counted, neverHappened, noTotals, type Totals, totalsLine } from '../../../simulation/report.ts'
import { runTown } from '../../../simulation/run.ts'
import type { Ground } from '../../../simulation/town.ts'
import type { CommandAnswer } from '../command.ts'
import { openGround } from './kept-ground.ts'
import { oneTown } from './one-town.ts'

export type Many = {
  from: number
  count: number
  workers: number
  kinds: readonly FaultKind[]
  /** As on the command line, for the workers. */
  faults: string
  isTwice: boolean
}

type Way = { isWorker: boolean; progress: Progress }

/** What a worker says of one town, as a line. */
type Told = Omit<Counted, 'compared' | 'difference'> & {
  seed: string
  compared: string
  difference: string
  broken: string | null
  isSame: boolean
}

export const manyTowns = async (config: Config, many: Many, { isWorker, progress }: Way): Promise<CommandAnswer> => {
  const { ground, close } = await openGround(config.dataDir)
  try {
    if (isWorker) {
      await work(ground, many)
      return { exitCode: 0, lines: [], json: {} }
    }
    const begunAt = performance.now()
    const totals = noTotals()
    const broken = new Map<string, string>()
    const hear = (told: Told) => {
      const problem = told.broken ?? (told.isSame ? null : 'two runs of the same seed differ')
      if (problem !== null) broken.set(told.seed, problem)
      const counted = { ...told, compared: BigInt(told.compared), difference: BigInt(told.difference) }
      addTown(totals, counted, problem === null ? null : told.seed)
      const failures = [...broken].map(([seed, what]) => `; seed ${seed}: ${what}`)
      const so = `${totals.seeds} of ${many.count} seeds, ${totals.failed.length} failed`
      progress(`${so}${failures.slice(-3).join('')}`, totals.seeds / many.count)
    }
    await Promise.all(blocksOf(many).map((block) => runWorker(block, hear)))
    if (totals.seeds !== many.count) throw new Error(`only ${totals.seeds} of ${many.count} seeds were run`)
    const seconds = (performance.now() - begunAt) / 1_000
    return await answerOf(ground, many, { totals, broken, seconds, progress })
  } finally {
    await close()
  }
}

const work = async (ground: Ground, { from, count, kinds, isTwice }: Many): Promise<void> => {
  for (let seed = from; seed < from + count; seed += 1) {
    const plan = planTown({ seed: String(seed), kinds })
    const outcome = await runTown(ground, plan)
    const isSame = !isTwice || (await runTown(ground, plan)).digest === outcome.digest
    const { orders, paid, faults, happenings, customs, units } = outcome
    const broken = outcome.broken ? `${outcome.broken.invariant}: ${outcome.broken.what}` : null
    const amounts = { compared: String(outcome.compared), difference: String(outcome.difference) }
    const told: Told = { seed: plan.seed, orders, paid, faults, happenings, customs, units, ...amounts, broken, isSame }
    process.stdout.write(`${JSON.stringify(told)}\n`)
  }
}

const blocksOf = (many: Many): Many[] => {
  const size = Math.ceil(many.count / many.workers)
  return Array.from({ length: many.workers }, (_, index) => ({
    ...many,
    from: many.from + index * size,
    count: Math.max(0, Math.min(size, many.count - index * size)),
  })).filter(({ count }) => count > 0)
}

/** Resolves when the worker has done its block; rejects when it ended before. */
const runWorker = (block: Many, hear: (told: Told) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const [entry = ''] = process.argv.slice(1)
    const args = ['--seeds', block.count, '--from', block.from, '--faults', block.faults, '--worker'].map(String)
    const twice = block.isTwice ? ['--twice'] : []
    const child = spawn(
      process.execPath,
      ['--max-semi-space-size=32', '--enable-source-maps', entry, 'simulate', ...args, ...twice],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    child.on('error', reject)
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) hear(JSON.parse(line) as Told)
    })
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))))
  })

export type Run = {
  totals: Totals
  broken: ReadonlyMap<string, string>
  seconds: number
  progress: (text: string) => void
}

/** The first seed that failed is run again here, told with its rows, and made short. So many towns in which something never happened have failed, too. */
export const answerOf = async (ground: Ground, many: Many, run: Run): Promise<CommandAnswer> => {
  const { totals, broken, seconds, progress } = run
  const [first] = totals.failed.toSorted((a, b) => Number(a) - Number(b))
  const told =
    first === undefined
      ? null
      : await oneTown(ground, planTown({ seed: first, kinds: many.kinds }), { isTwice: many.isTwice, progress })
  const never = neverHappened(totals, many.kinds)
  return {
    exitCode: first === undefined && never.length === 0 ? 0 : 1,
    lines: [
      `${totalsLine(totals)}; ${seconds.toFixed(0)} s with ${many.workers} workers`,
      ...[...broken].slice(0, 20).map(([seed, problem]) => `seed ${seed}: ${problem}`),
      ...(never.length > 0 ? [`NEVER HAPPENED in ${totals.seeds} towns: ${never.join(', ')}`] : []),
      ...(told?.lines ?? []),
    ],
    json: {
      ...JSON.parse(stringifyMoney(totals)),
      seconds: Number(seconds.toFixed(1)),
      failures: Object.fromEntries(broken),
      never_happened: never,
      first: told?.json ?? null,
    },
  }
}
