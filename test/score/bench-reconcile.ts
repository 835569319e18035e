// `npm run bench:reconcile [-- --lines 1000000] [--plain]`: a settlement file of a million lines against as many payments. Measures the import and the
// reconciliation of LePhi against two floors (see bench-floor.ts) in one run on one server, at a tenth, three tenths and the whole of the size, so that growth shows.
// --plain measures the whole size only. Beyond three million lines the floor by hand is left out: its indexes, filled row by row in no order, outgrow the server's
// memory, so that it takes hours and says nothing of us. --floors all measures it all the same.
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { importStatement } from '../../src/flows/import-statement.ts'
import { receiveStatement, spoolFile } from '../../src/flows/receive-statement.ts'
import { runReconciliation, startReconciliation } from '../../src/flows/reconcile.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { findReconciliation } from '../../src/store/reconciliations.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { type CpuClock, cpuClock, spent } from './bench-cpu.ts'
import { type FloorTimes, runByHand, runFloor, totalOf } from './bench-floor.ts'
import { type Measured, tell } from './bench-report.ts'
import { account, fillPayments, period, writeFile } from './bench-town.ts'
import { type ScoreServer, startScoreServer } from './score-database.ts'

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    plain: { type: 'boolean', default: false },
    floors: { type: 'string' },
  },
})
const lines = Number(values.lines)
const handLinesMax = 3_000_000
const floors = values.floors ?? (lines > handLinesMax ? 'bare' : 'all')
if (!Number.isSafeInteger(lines) || lines < 10 || lines > 10_000_000 || !['all', 'bare'].includes(floors)) {
  console.error(
    'usage: npm run bench:reconcile -- [--lines 1000000] [--plain] [--floors all|bare], at most 10000000 lines',
  )
  process.exit(2)
}

const server = await startScoreServer()
const measured: Measured[] = []
try {
  for (const size of values.plain ? [lines] : [Math.round(lines / 10), Math.round((lines * 3) / 10), lines])
    measured.push(await measure(server, size))
} finally {
  await server.stop()
}
tell(measured)

async function measure(from: ScoreServer, size: number): Promise<Measured> {
  const folder = join(packageRoot(), '.tmp', 'bench')
  const path = join(folder, `settlement-${size}.csv`)
  await mkdir(folder, { recursive: true })
  const { database, sql, drop } = await from.open('bench')
  try {
    console.log(`${size} payments and their settlement file …`)
    await fillPayments(sql, size)
    await writeFile(path, size)
    console.log('the floors, LePhi, and the floors again …')
    const peak = watchMemory()
    // Before and after: the faster of the two counts, so that a disturbance of the machine makes the ratio worse and not better.
    const cpu = await cpuClock(sql)
    const byHand = () => (floors === 'all' ? runByHand(sql, path, cpu) : null)
    const [before, handBefore] = [await runFloor(sql, path, cpu), await byHand()]
    const deps = createTestDeps(database, { clock: createClock('2026-12-05T02:00:00Z') })
    const ours = await runOurs(deps, { path, size, cpu })
    const [handAfter, after] = [await byHand(), await runFloor(sql, path, cpu)]
    for (const floor of [before, after, handBefore, handAfter])
      if (floor && floor.rows !== size) throw new Error(`a floor has ${floor.rows} rows of ${size}`)
    for (const [name, count] of Object.entries(handAfter?.classes ?? {}))
      if (ours.classes[name] !== count)
        throw new Error(`by hand ${count} are ${name}, and ${ours.classes[name]} of ours`)
    const hand = handBefore && handAfter ? faster(handBefore, handAfter) : null
    return { lines: size, ...ours, floor: faster(before, after), hand, peakMiB: peak() }
  } finally {
    await drop()
    await rm(path, { force: true })
  }
}

async function runOurs(
  deps: TestDeps,
  { path, size, cpu }: { path: string; size: number; cpu: CpuClock },
): Promise<
  Pick<Measured, 'takeInSeconds' | 'importSeconds' | 'runSeconds' | 'cpuSeconds'> & { classes: Record<string, number> }
> {
  const uploader = { scope: account.agencyCode, actor: 'cli_bench' }
  const begun = performance.now()
  const { size: bytes } = await stat(path)
  const spooled = await spoolFile(deps, uploader, {
    fileName: 'settlement.csv',
    body: createReadStream(path),
    maxBytes: bytes,
  })
  const { id: statement } = await receiveStatement(deps, uploader, {
    spooled,
    form: { source: 'provider', merchantAccountId: account.id },
  })
  const [taken, cpuTaken] = [performance.now(), cpu()]
  await importStatement(deps, statement)
  const imported = performance.now()
  const { id } = await startReconciliation(deps, uploader, { merchantAccountId: account.id, ...period })
  await runReconciliation(deps, id)
  const done = await findReconciliation(deps.db, '*', id)
  const [ended, cpuEnded] = [performance.now(), cpu()]
  // An item for each line, and one for each payout: no bank statement is here.
  const { unsettled, ...listed } = done?.summary ?? {}
  const items = Object.values(listed).reduce((sum, { count }) => sum + count, 0)
  if (done?.status !== 'completed' || items !== size || !unsettled)
    throw new Error(`the run is ${done?.status} with ${items} items of ${size}: ${done?.failure}`)
  return {
    takeInSeconds: (taken - begun) / 1_000,
    importSeconds: (imported - taken) / 1_000,
    runSeconds: (ended - imported) / 1_000,
    cpuSeconds: spent(cpuTaken, cpuEnded),
    classes: Object.fromEntries(Object.entries(listed).map(([name, { count }]) => [name, count])),
  }
}

/** The highest resident memory of this process while something runs, in MiB. */
function watchMemory(): () => number {
  let highest = 0
  const look = () => {
    highest = Math.max(highest, process.memoryUsage.rss())
  }
  look()
  const timer = setInterval(look, 50)
  return () => {
    clearInterval(timer)
    look()
    return Math.round(highest / 1_048_576)
  }
}

function faster(one: FloorTimes, other: FloorTimes): FloorTimes {
  return totalOf(one) < totalOf(other) ? one : other
}
