// One province-month from its seed to its score: into the database, through the real import and the real reconciliation, and compared.
import type { Deps } from '../../src/flows/deps.ts'
import { runReconciliation, startReconciliation } from '../../src/flows/reconcile.ts'
import type { Sql } from '../../src/store/database.ts'
import { findReconciliation, listItems, type ReconciliationItem } from '../../src/store/reconciliations.ts'
import { importFile } from '../kit/statements.ts'
import { dayOf } from './calendar.ts'
import { bankFiles, providerFiles } from './files.ts'
import { fillDatabase } from './fill-database.ts'
import type { makeWorld } from './make-world.ts'
import { createChance } from './random.ts'
import { addToScore, type Demand, type Score } from './score.ts'
import { type AccountMonth, isWithin, type Label, type Period } from './world.ts'

export type SeedRun = { lines: number; importSeconds: number; runSeconds: number }

/** Adds the first run of every account to `first`, and a second run on the same data to `again`: there only what was healed has changed, and is matched. */
export const runSeed = async (
  { deps, sql }: { deps: Deps; sql: Sql },
  world: ReturnType<typeof makeWorld>,
  { first, again }: { first: Score; again: Score },
): Promise<SeedRun> => {
  await fillDatabase(deps, sql, world)
  const run: SeedRun = { lines: 0, importSeconds: 0, runSeconds: 0 }
  for (const month of world.months) {
    const begun = performance.now()
    const demands = await importMonth(deps, world, month)
    await sql.unsafe('analyze statement_lines')
    const imported = performance.now()
    const about = { demands, either: month.either }
    addToScore(first, { ...about, items: await reconcile(deps, month.account.id, world.period) })
    addToScore(again, {
      ...about,
      demands: demands.map(healed),
      items: await reconcile(deps, month.account.id, world.period),
    })
    run.lines += month.providerLines.length + month.bankLines.length
    run.importSeconds += (imported - begun) / 1_000
    run.runSeconds += (performance.now() - imported) / 1_000
  }
  return run
}

const healed = (demand: Demand): Demand => {
  const isHealed = demand.label.class === 'missing_here' && demand.label.attempt !== null
  return isHealed
    ? {
        ...demand,
        label: { ...demand.label, class: 'matched', story: `${demand.label.story}, healed by the first run` },
      }
    : demand
}

/** Imports all files of an account; answers what is demanded of each line of the period and of what has no line. */
const importMonth = async (
  deps: Deps,
  { seed, period }: { seed: number; period: Period },
  month: AccountMonth,
): Promise<Demand[]> => {
  const chance = createChance(seed + 7_777_777)
  const demands: Demand[] = [...month.unlisted].map(([key, label]) => ({ key, group: key, label }))
  const take = async (
    source: 'provider' | 'bank',
    file: { text: string; lines: readonly { twins: string | null; label: Label }[] },
    days: readonly string[],
  ) => {
    const statement = await importFile(deps, month.account.id, file.text, source)
    if (statement.status !== 'imported' || statement.accepted !== file.lines.length)
      throw new Error(
        `seed ${seed}: a file of the generator was not imported whole: ${JSON.stringify(statement.problems)} ${statement.reason}`,
      )
    for (const [index, { twins, label }] of file.lines.entries()) {
      const key = `line:${statement.id}:${index + 2}`
      if (isWithin(period, days[index] ?? ''))
        demands.push({ key, group: twins === null ? key : `${source} ${twins}`, label })
    }
  }
  for (const file of providerFiles(month, chance))
    await take(
      'provider',
      file,
      file.lines.map(({ at }) => dayOf(at)),
    )
  for (const file of bankFiles(month, chance))
    await take(
      'bank',
      file,
      file.lines.map(({ valueDate }) => valueDate),
    )
  return demands
}

const reconcile = async (
  deps: Deps,
  merchantAccountId: string,
  { from, to }: Period,
): Promise<Map<string, ReconciliationItem>> => {
  const { id } = await startReconciliation(
    deps,
    { scope: 'H56', actor: 'cli_accountant' },
    { merchantAccountId, from, to },
  )
  await runReconciliation(deps, id)
  const done = await findReconciliation(deps.db, '*', id)
  if (done?.status !== 'completed') throw new Error(`the run is ${done?.status}: ${done?.failure}`)
  const items = await listItems(deps.db, '*', { reconciliationId: id, class: null, after: '', limit: 1_000_000 })
  return new Map(items.map((item) => [keyOf(item), item]))
}

const keyOf = (item: ReconciliationItem & { payoutReferences?: readonly string[] }): string => {
  if (item.statementId !== null) return `line:${item.statementId}:${item.line}`
  if (item.source === 'bank') return `payout:${item.payoutReferences?.[0] ?? item.payoutReference}`
  return item.refundId === null ? `attempt:${item.attemptId}` : `refund:${item.refundId}`
}
