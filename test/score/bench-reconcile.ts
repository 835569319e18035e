// `npm run bench:reconcile [-- --lines 1000000] [--plain]`: a settlement file of a million lines against as many payments. Measures the import and the
// reconciliation of LePhi against the floor (see bench-floor.ts) in one run on one server, at a tenth, three tenths and the whole of the size, so that growth shows.
// --plain measures the whole size only.
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { importStatement } from '../../src/flows/import-statement.ts'
import { receiveStatement, spoolFile } from '../../src/flows/receive-statement.ts'
import { runReconciliation, startReconciliation } from '../../src/flows/reconcile.ts'
import { table } from '../../src/node/commands/table.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { findReconciliation } from '../../src/store/reconciliations.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { type CpuClock, cpuClock, spent } from './bench-cpu.ts'
import { type FloorTimes, runFloor } from './bench-floor.ts'
import { account, fillPayments, period, writeFile } from './bench-town.ts'
import { type ScoreServer, startScoreServer } from './score-database.ts'

const aim = { linesPerSecond: 200_000, ratio: 1.5, peakMiB: 300 }

const { values } = parseArgs({
  options: { lines: { type: 'string', default: '1000000' }, plain: { type: 'boolean', default: false } },
})
const lines = Number(values.lines)
if (!Number.isSafeInteger(lines) || lines < 10 || lines > 10_000_000) {
  console.error('usage: npm run bench:reconcile -- [--lines 1000000] [--plain], at most 10000000 lines')
  process.exit(2)
}

type Measured = {
  lines: number
  takeInSeconds: number
  importSeconds: number
  runSeconds: number
  floor: FloorTimes
  floorSeconds: number
  peakMiB: number
  /** Of import and run together, in this process and in the server. */
  cpuSeconds: number | null
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
    const peak = watchMemory()
    // Before and after: the faster of the two counts, so that a disturbance of the machine makes the ratio worse and not better.
    const cpu = await cpuClock(sql)
    const before = await runFloor(sql, path, cpu)
    const deps = createTestDeps(database, { clock: createClock('2026-12-05T02:00:00Z') })
    const ours = await runOurs(deps, { path, size, cpu })
    const after = await runFloor(sql, path, cpu)
    const floor = total(before) < total(after) ? before : after
    if (floor.rows !== size) throw new Error(`the floor has ${floor.rows} rows of ${size}`)
    return { lines: size, ...ours, floor, floorSeconds: total(floor), peakMiB: peak() }
  } finally {
    await drop()
    await rm(path, { force: true })
  }
}

async function runOurs(
  deps: TestDeps,
  { path, size, cpu }: { path: string; size: number; cpu: CpuClock },
): Promise<Pick<Measured, 'takeInSeconds' | 'importSeconds' | 'runSeconds' | 'cpuSeconds'>> {
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

function total({ copySeconds, joinSeconds }: FloorTimes): number {
  return copySeconds + joinSeconds
}

function tell(all: readonly Measured[]): void {
  const perSecond = (count: number, seconds: number) => String(Math.round(count / seconds))
  const seconds = (value: number) => value.toFixed(2)
  const cpuPerLine = (cpu: number | null, count: number) => (cpu === null ? '' : ((cpu * 1_000_000) / count).toFixed(2))
  const both = ({ importSeconds, runSeconds }: Measured) => importSeconds + runSeconds
  const rows = all.map((each) => [
    String(each.lines),
    seconds(each.takeInSeconds),
    seconds(each.importSeconds),
    seconds(each.runSeconds),
    perSecond(each.lines, each.importSeconds),
    perSecond(each.lines, each.runSeconds),
    perSecond(each.lines, both(each)),
    seconds(each.floor.copySeconds),
    seconds(each.floor.joinSeconds),
    perSecond(each.lines, each.floorSeconds),
    (both(each) / each.floorSeconds).toFixed(2),
    ((both(each) / each.lines) * 1_000_000).toFixed(2),
    String(each.peakMiB),
    cpuPerLine(each.cpuSeconds, each.lines),
    cpuPerLine(each.floor.cpuSeconds, each.lines),
  ])
  console.log(
    `\n${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}; the server runs without fsync, for both alike.`,
  )
  console.log(
    'Import reads, checks and hashes the sealed file and stores its lines; the run writes an item with its proof for each of them. The floor is COPY of the same',
  )
  console.log(
    'file into a plain table and one join with attempts and facts that writes as many rows; the faster of two. Taking the file in is not in the figures of import.',
  )
  console.log(
    'Processor time is that of this process and of the whole server, which others who use the machine do not lengthen as much as they do the wall clock.\n',
  )
  for (const line of table(
    [
      'lines',
      'take in s',
      'import s',
      'run s',
      'import/s',
      'run/s',
      'both/s',
      'floor copy s',
      'floor join s',
      'floor/s',
      'ratio',
      'µs/line',
      'peak MiB',
      'cpu µs/line',
      'floor cpu',
    ],
    rows,
  ))
    console.log(line)
  const last = all.at(-1)
  if (!last) return
  const [smallest = last] = all
  const growth = both(last) / last.lines / (both(smallest) / smallest.lines)
  console.log(`\naim: ${aim.linesPerSecond} lines/s, ratio ${aim.ratio}, ${aim.peakMiB} MiB, linear growth`)
  console.log(
    `got: ${perSecond(last.lines, both(last))} lines/s, ratio ${(both(last) / last.floorSeconds).toFixed(2)}, ${Math.max(...all.map(({ peakMiB }) => peakMiB))} MiB, time per line × ${growth.toFixed(2)} from ${smallest.lines} to ${last.lines} lines`,
  )
}
