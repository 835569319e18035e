// One town: what it came to, and, where it failed, with which rows, by which shortest script, and how to see it again.

import { stringifyMoney } from '../../../lib/json.ts'
import { faultNames } from '../../../simulation/fault-kinds.ts'
import { addTown, noTotals, totalsLine } from '../../../simulation/report.ts'
import { type Outcome, runTown } from '../../../simulation/run.ts'
import { writeScript } from '../../../simulation/script.ts'
import { type Shrunk, shrinkScript } from '../../../simulation/shrink.ts'
import type { Ground, TownPlan } from '../../../simulation/town.ts'
import type { CommandAnswer } from '../command.ts'

export type Watching = { isTwice: boolean; progress: (text: string) => void }

const triesMax = 200

/** Exit code 0 when everything held, 1 when an invariant is broken or two runs of the same plan differ. */
export const oneTown = async (ground: Ground, plan: TownPlan, watching: Watching): Promise<CommandAnswer> => {
  const outcome = await runTown(ground, plan)
  const again = watching.isTwice ? await runTown(ground, plan) : outcome
  const differing = differingTables(outcome, again)
  const shrunk = outcome.broken ? await shrink(ground, plan, { outcome, progress: watching.progress }) : null
  const totals = noTotals()
  addTown(totals, outcome, outcome.broken ? plan.seed : null)
  const isSame = outcome.digest === again.digest
  return {
    exitCode: outcome.broken || !isSame ? 1 : 0,
    lines: [
      totalsLine(totals),
      `digest ${outcome.digest}`,
      ...(isSame
        ? []
        : [`NOT THE SAME when it was run again: ${differing.join(', ') || 'the order of steps, or what was said'}`]),
      ...(shrunk ? failureLines(outcome, plan, shrunk) : []),
    ],
    json: { ...jsonOf(outcome, plan), is_same: isSame, differing, ...(shrunk ? shrunkJson(shrunk) : {}) },
  }
}

export const differingTables = (one: Outcome, other: Outcome): string[] =>
  one.tables.filter(({ sha256 }, index) => sha256 !== other.tables[index]?.sha256).map(({ table }) => table)

type Failed = { outcome: Outcome; progress: (text: string) => void }

/** Fails in the same way: the same invariant is broken. */
export const shrink = (ground: Ground, plan: TownPlan, { outcome, progress }: Failed): Promise<Shrunk> =>
  shrinkScript(plan.script, {
    triesMax,
    progress,
    // What had not broken by then has not failed in the same way, so nothing later is lived through again.
    fails: async (script) =>
      (await runTown(ground, { ...plan, script, checksMax: outcome.checks })).broken?.invariant ===
      outcome.broken?.invariant,
  })

export const reproduction = ({ seed, size }: TownPlan, { script }: Shrunk): string =>
  `npx lephi simulate --seed ${seed} --days ${size.days} --orders ${size.orders} --script '${writeScript(script)}'`

const failureLines = ({ broken }: Outcome, plan: TownPlan, shrunk: Shrunk): string[] => [
  `BROKEN: ${broken?.invariant}: ${broken?.what}`,
  ...(broken?.rows ?? []).map((row) => `  ${stringifyMoney(row)}`),
  `${shrunk.isShortest ? 'The shortest script' : 'A shorter script'} that still fails (${shrunk.script.length} of ${plan.script.length} faults, ${shrunk.tries} tries):`,
  `  ${writeScript(shrunk.script) || '(no faults at all)'}`,
  `  ${reproduction(plan, shrunk)}`,
]

const shrunkJson = ({ script, tries, isShortest }: Shrunk) => ({
  shortest: { script: writeScript(script), faults: script.length, tries, is_shortest: isShortest },
})

export const jsonOf = (outcome: Outcome, { seed, size, script }: TownPlan) => ({
  seed,
  ...size,
  script: writeScript(script),
  digest: outcome.digest,
  tables: Object.fromEntries(outcome.tables.map(({ table, sha256 }) => [table, sha256])),
  orders: outcome.orders,
  paid: outcome.paid,
  compared: outcome.compared,
  difference: outcome.difference,
  faults: Object.fromEntries(
    faultNames.flatMap((name) => (outcome.faults[name] ? [[name, outcome.faults[name]]] : [])),
  ),
  units: outcome.units,
  steps: outcome.steps,
  broken: outcome.broken,
})
