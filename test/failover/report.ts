// What a failover test has found, for a person, and the verdict for the exit code.
import { cpus, loadavg } from 'node:os'
import { formatDong, table } from '../../src/node/commands/table.ts'
import { comparedProblems } from '../crash/report.ts'
import type { FailoverResult } from './run-failover-test.ts'

/** Everything that must be nothing. */
export const problemsOf = (result: FailoverResult): string[] => [
  ...comparedProblems(result),
  ...result.ownEnds,
  ...[...result.internalErrors].map(([path, count]) => `${count} internal errors at ${path}`),
  ...(result.failovers.length === result.options.kills ? [] : [`only ${result.failovers.length} primaries were lost`]),
]

export const exitCodeOf = (result: FailoverResult): 0 | 1 => (problemsOf(result).length === 0 ? 0 : 1)

const problemsShown = 40

export const reportLines = (result: FailoverResult, durability: Readonly<Record<string, string>>): string[] => {
  const { failovers, counts, money, healed } = result
  const problems = problemsOf(result)
  const [first] = cpus()
  return [
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${first?.model.trim()}, Node ${process.version}; load of the last 5 minutes ${loadavg()[1]?.toFixed(1)}`,
    Object.entries(durability)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
    '',
    ...table(
      ['lost', 'how', 'new primary', 'first order, s', 'no order for, s'],
      failovers.map(({ from, kind, to, recoveryMs, silentMs }) => [
        from,
        kind,
        to,
        tenths(recoveryMs),
        tenths(silentMs),
      ]),
    ),
    '',
    ...table(
      ['acknowledged and compared', 'count'],
      Object.entries(counts).map(([name, count]) => [name, String(count)]),
    ),
    `payments ${money.payments}, refunds ${money.refunds}, ${formatDong(money.dong)} compared with the books of the providers, difference ${formatDong(money.difference)}`,
    `not booked when the last failover was over: ${healed.missing}; booked by themselves: ${healed.byThemselves}, by statements: ${healed.byStatement}`,
    ...[...result.refusals].map(([what, count]) => `refused: ${count} of ${what}`),
    ...problems.slice(0, problemsShown).map((problem) => `PROBLEM ${problem}`),
    ...(problems.length > problemsShown ? [`and ${problems.length - problemsShown} more`] : []),
    '',
    summaryLine(result),
  ]
}

const tenths = (ms: number): string => (ms / 1_000).toFixed(1)

const summaryLine = (result: FailoverResult): string => {
  const { failovers, counts, seconds } = result
  const times = failovers.map(({ recoveryMs }) => recoveryMs).toSorted((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)] ?? 0
  const lost = result.promises.length + result.money.findings.length
  return `${exitCodeOf(result) === 0 ? 'Good' : 'BAD'}: ${failovers.length} primaries lost in ${seconds} s, recovered after ${tenths(median)} s in the median and ${tenths(times.at(-1) ?? 0)} s at most; ${counts.orders} orders and ${counts['confirmed callbacks']} callbacks acknowledged, lost ${lost}`
}
