// What a crash test has found, for a person; the verdict, for the exit code; and the same as JSON.
import { cpus, loadavg } from 'node:os'
import { formatDong, table } from '../../src/node/commands/table.ts'
import type { CrashResult } from './run-crash-test.ts'
import type { CrashTown } from './town.ts'

type Comparison = Pick<CrashResult, 'money' | 'broken' | 'promises' | 'webhooks' | 'checks' | 'unanswered'>

/** What was compared, and must be nothing, whoever was killed. */
export const comparedProblems = (result: Comparison): string[] => [
  ...(result.money.difference === 0n ? [] : [`the difference is ${formatDong(result.money.difference)}`]),
  ...result.money.findings,
  ...result.broken,
  ...result.promises,
  ...result.webhooks,
  ...result.checks.filter(({ good }) => !good).map(({ command, json }) => `${command} fails: ${JSON.stringify(json)}`),
  ...result.unanswered.map((path) => `never answered: ${path}`),
  ...(result.money.dong > 0n ? [] : ['nothing was captured, so nothing was shown']),
]

export const problemsOf = (result: CrashResult): string[] => [...comparedProblems(result), ...result.unexplainedEnds]

const problemsShown = 40

export const reportLines = (result: CrashResult, town: CrashTown): string[] => {
  const { money, storm, healed, options, counts } = result
  const { tally } = town.gateways
  const problems = problemsOf(result)
  return [
    '',
    machineLine(result),
    `Killed in ${storm.seconds} s, drawn from seed ${options.seed}`,
    ...indented(
      table(
        ['what', 'count'],
        [
          ['gateway processes, SIGKILL', String(tally.kills)],
          ['  of these while they were starting', String(tally.killedStarting)],
          ['PostgreSQL, immediate shutdown', String(town.database.kills())],
          ['starts of a gateway', String(tally.starts)],
          ['  median from spawn to serving, ms', String(Math.round(median(tally.startMs)))],
          ['requests cut off at the front', String(town.front.tally.cutOff)],
          ['requests that no gateway served', String(town.front.tally.unserved)],
          ['calls that were repeated', String(town.caller.tally.repeats)],
        ],
      ),
    ),
    ...indented(
      table(
        ['moment', 'strikes'],
        [...storm.byMoment].sort().map(([name, count]) => [name, String(count)]),
      ),
    ),
    '',
    `PostgreSQL: ${Object.entries(town.database.durability)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
    '',
    'Told by the gateway, and looked for in the database',
    ...indented(
      table(
        ['what', 'count'],
        Object.entries(counts).map(([name, count]) => [name, String(count)]),
      ),
    ),
    '',
    'Captured payments, by what told of them first',
    ...indented(
      table(
        ['source', 'count'],
        Object.entries(money.sources).map(([name, count]) => [name, String(count)]),
      ),
    ),
    `  in suspense behind a discrepancy, all or a part of it: ${money.held.payments}, ${formatDong(money.held.dong)}`,
    `  not booked when the last kill was over: ${healed.missing}; booked within ${healed.restSeconds} s by themselves: ${healed.byThemselves}, then by statements: ${healed.byStatement}`,
    `  webhooks that the portal asked for again: ${healed.redelivered}`,
    '',
    'Books of the providers against the ledger',
    ...indented(
      table(
        ['provider', 'captured', 'refunded', 'ledger'],
        money.accounts.map(({ provider, captured, refunded, ledger }) => [
          provider,
          formatDong(captured),
          formatDong(refunded),
          formatDong(ledger),
        ]),
      ),
    ),
    '',
    ...result.checks.map(({ command, good }) => `npx lephi ${command}: ${good ? 'good' : 'FAILS'}`),
    ...[...result.refusals].map(([what, count]) => `refused: ${count} of ${what}`),
    ...[...town.caller.tally.internalErrors].map(([path, count]) => `internal errors: ${count} at ${path}`),
    ...problems.slice(0, problemsShown).map((problem) => `PROBLEM ${problem}`),
    ...(problems.length > problemsShown ? [`and ${problems.length - problemsShown} more`] : []),
    '',
    summaryLine(result, town),
  ]
}

/** Figures mean something only with the machine that they were measured on. */
const machineLine = ({ storm }: CrashResult): string => {
  const [first] = cpus()
  const load = loadavg()[1]?.toFixed(1)
  return `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${first?.model.trim()}, Node ${process.version}, ${process.platform}; load of the last 5 minutes ${load}, of which the storm of ${storm.seconds} s is a part`
}

/** One line with all counts. */
export const summaryLine = (result: CrashResult, { gateways, database }: CrashTown): string => {
  const { money, counts } = result
  const problems = problemsOf(result).length
  return `${problems === 0 ? 'Good' : 'BAD'}: ${gateways.tally.kills} gateways and ${database.kills()} databases killed, ${counts.orders} orders, ${money.payments} payments and ${money.refunds} refunds, ${formatDong(money.dong)} compared, difference ${formatDong(money.difference)}, ${counts.webhooks} of ${counts.events} webhooks, ${problems} problems`
}

export const reportJson = (result: CrashResult, town: CrashTown): object => {
  const { compare: _again, ...rest } = result
  return {
    ...rest,
    refusals: Object.fromEntries(result.refusals),
    storm: { ...result.storm, byMoment: Object.fromEntries(result.storm.byMoment) },
    gateways: town.gateways.tally,
    database: { kills: town.database.kills(), ...town.database.durability },
    front: town.front.tally,
    calls: { ...town.caller.tally, internalErrors: Object.fromEntries(town.caller.tally.internalErrors) },
    problems: problemsOf(result),
  }
}

export const exitCodeOf = (result: CrashResult): 0 | 1 => (problemsOf(result).length === 0 ? 0 : 1)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const indented = (lines: readonly string[]): string[] => ['', ...lines.map((line) => `  ${line}`), '']
