// What the benchmark prints: a row for each size, and the whole against the aim.
import { cpus } from 'node:os'
import { table } from '../../src/node/commands/table.ts'
import { type FloorTimes, totalOf } from './bench-floor.ts'

const aim = { linesPerSecond: 200_000, ratio: 1.5, peakMiB: 300 }

export type Measured = {
  lines: number
  takeInSeconds: number
  importSeconds: number
  runSeconds: number
  floor: FloorTimes
  /** What leaves the same rows, by hand; null where it was left out. */
  hand: FloorTimes | null
  peakMiB: number
  /** Of import and run together, in this process and in the server. */
  cpuSeconds: number | null
}

const perSecond = (count: number, seconds: number) => String(Math.round(count / seconds))
const both = ({ importSeconds, runSeconds }: Measured) => importSeconds + runSeconds
const ratio = (mine: number | null, floor: number | null) => (mine === null || !floor ? '' : (mine / floor).toFixed(2))

const columns: readonly [string, (each: Measured) => string][] = [
  ['lines', ({ lines: count }) => String(count)],
  ['take in s', ({ takeInSeconds }) => takeInSeconds.toFixed(2)],
  ['import s', ({ importSeconds }) => importSeconds.toFixed(2)],
  ['run s', ({ runSeconds }) => runSeconds.toFixed(2)],
  ['import/s', (each) => perSecond(each.lines, each.importSeconds)],
  ['run/s', (each) => perSecond(each.lines, each.runSeconds)],
  ['both/s', (each) => perSecond(each.lines, both(each))],
  ['by hand/s', (each) => (each.hand ? perSecond(each.lines, totalOf(each.hand)) : '')],
  ['bare/s', (each) => perSecond(each.lines, totalOf(each.floor))],
  ['× by hand', (each) => ratio(both(each), each.hand && totalOf(each.hand))],
  ['× bare', (each) => ratio(both(each), totalOf(each.floor))],
  ['µs/line', (each) => perLine(both(each), each.lines)],
  ['cpu µs/line', (each) => perLine(each.cpuSeconds, each.lines)],
  ['by hand cpu', (each) => perLine(each.hand?.cpuSeconds ?? null, each.lines)],
  ['bare cpu', (each) => perLine(each.floor.cpuSeconds, each.lines)],
  ['× by hand cpu', (each) => ratio(each.cpuSeconds, each.hand?.cpuSeconds ?? null)],
  ['× bare cpu', (each) => ratio(each.cpuSeconds, each.floor.cpuSeconds)],
  ['peak MiB', ({ peakMiB }) => String(peakMiB)],
]

function perLine(seconds: number | null, count: number): string {
  return seconds === null ? '' : ((seconds * 1_000_000) / count).toFixed(2)
}

const explanation = `
${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}; the server runs without fsync, for all alike.
Import reads, checks and hashes the sealed file and stores its lines; the run writes an item with its proof for each of them. Taking the file in is not in the figures
of import. Two floors, the faster of two runs of each:
- by hand: COPY of the same file and two plain statements that leave the same rows under the same indexes (lines with their hashes, items with class, both sides and
  proof), and check nothing, open nothing sealed, prove no payout and look for nothing that is left over;
- bare: COPY into a plain table and one join with attempts and facts that writes as many rows, without indexes, hashes and proof.
Processor time is that of this process and of the whole server, which others who use the machine do not lengthen as much as they do the wall clock.
`

export function tell(all: readonly Measured[]): void {
  console.log(explanation)
  for (const line of table(
    columns.map(([name]) => name),
    all.map((each) => columns.map(([, show]) => show(each))),
  ))
    console.log(line)
  const last = all.at(-1)
  if (!last) return
  const [smallest = last] = all
  const growth = both(last) / last.lines / (both(smallest) / smallest.lines)
  console.log(
    `\naim: ${aim.linesPerSecond} lines/s, ratio ${aim.ratio} to the work by hand, ${aim.peakMiB} MiB, linear growth`,
  )
  console.log(
    `got: ${perSecond(last.lines, both(last))} lines/s, ratio ${handRatio(last)}${ratio(both(last), totalOf(last.floor))} to the bare floor (${ratio(last.cpuSeconds, last.floor.cpuSeconds)}), ${Math.max(...all.map(({ peakMiB }) => peakMiB))} MiB, time per line × ${growth.toFixed(2)} from ${smallest.lines} to ${last.lines} lines`,
  )
}

const handRatio = ({ hand, ...mine }: Measured): string =>
  hand
    ? `${ratio(both({ hand, ...mine }), totalOf(hand))} to the work by hand (${ratio(mine.cpuSeconds, hand.cpuSeconds)} by processor time), `
    : ''
