// Runs one command: reads its line, opens what it asks for, prints its answer, and closes everything.
import { parseArgs } from 'node:util'
import { ConfigError, readConfig } from '../../config.ts'
import { Refusal } from '../../domain/refusal.ts'
import { stringifyMoney } from '../../lib/json.ts'
import { createLog } from '../../lib/log.ts'
import { openMigratedDatabase } from '../open-database.ts'
import { openDeps } from '../open-deps.ts'
import { createShutdown } from '../shutdown.ts'
import { commands } from './all.ts'
import { type Command, type CommandContext, type Options, UsageError } from './command.ts'

export type Terminal = { out: (line: string) => void; error: (line: string) => void }

/** The exit code: 0 good, 1 bad news or failed, 2 a wrong command line or environment. */
export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name)) {
    for (const line of helpLines()) terminal.out(line)
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    terminal.error(`There is no command ${JSON.stringify(name)}.`)
    for (const line of helpLines()) terminal.error(line)
    return 2
  }
  const shutdown = createShutdown(quietLog(env, terminal))
  const interruption = createInterruption()
  try {
    const line = readLine(command, rest)
    if (line.options.help === true) {
      for (const text of usageLines(name, command)) terminal.out(text)
      return 0
    }
    const answer = await command.run(contextOf(env, { ...line, shutdown, terminal, interruption }))
    if (line.options.json === true) terminal.out(stringifyMoney(answer.json))
    else for (const text of answer.lines) terminal.out(text)
    return answer.exitCode
  } catch (error) {
    return explain(error, { name, command, terminal })
  } finally {
    interruption.forget()
    await shutdown.run()
  }
}

type Line = Pick<CommandContext, 'options' | 'operands'>

type Around = {
  shutdown: ReturnType<typeof createShutdown>
  terminal: Terminal
  interruption: ReturnType<typeof createInterruption>
}

const contextOf = (
  env: NodeJS.ProcessEnv,
  { options, operands, shutdown, terminal, interruption }: Line & Around,
): CommandContext => {
  const config = readConfig(env)
  const log = quietLog(env, terminal)
  return {
    config,
    options,
    operands,
    progress: createProgress(terminal),
    print: terminal.out,
    tell: terminal.error,
    interruption: interruption.signal,
    open: () => openDeps(config, { log, shutdown, isCommand: true }),
    migrate: async () => {
      const { applied, close } = await openMigratedDatabase(config, () => undefined)
      shutdown.add('database', close)
      return applied
    },
  }
}

/** Listens for signals only once a command asks: all others end with the process. */
const createInterruption = () => {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const signals = ['SIGINT', 'SIGTERM'] as const
  return {
    signal: () => {
      for (const signal of signals) if (!process.listeners(signal).includes(abort)) process.once(signal, abort)
      return controller.signal
    },
    forget: () => {
      for (const signal of signals) process.off(signal, abort)
    },
  }
}

const progressEveryMs = 3_000

/** On the side of errors, so that what is printed stays the answer alone; a short command says nothing. */
const createProgress = (terminal: Terminal): CommandContext['progress'] => {
  let toldAt = Date.now()
  return (text) => {
    if (Date.now() - toldAt < progressEveryMs) return
    toldAt = Date.now()
    terminal.error(text)
  }
}

/** Only what goes wrong: a program reads what is printed. */
const quietLog = (env: NodeJS.ProcessEnv, terminal: Terminal) =>
  createLog({
    write: terminal.error,
    now: () => new Date(),
    level: env.LEPHI_LOG_LEVEL === 'debug' ? 'debug' : 'warn',
  })

const readLine = (command: Command, args: readonly string[]): Line => {
  const common = { json: { type: 'boolean' as const }, help: { type: 'boolean' as const, short: 'h' } }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...command.options, ...common },
      allowPositionals: true,
      strict: true,
    })
    return { options: values as Options, operands: positionals }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const explain = (
  error: unknown,
  { name, command, terminal }: { name: string; command: Command; terminal: Terminal },
): number => {
  terminal.error(error instanceof Error ? error.message : String(error))
  if (error instanceof Refusal) for (const each of error.errors) terminal.error(`  ${each.pointer} ${each.message}`)
  if (error instanceof UsageError) for (const line of usageLines(name, command)) terminal.error(line)
  return error instanceof UsageError || error instanceof ConfigError ? 2 : 1
}

const usageLines = (name: string, { usage, summary, example }: Command): string[] => [
  summary,
  `  npx lephi ${[name, usage, '[--json]'].filter(Boolean).join(' ')}`,
  `For example: ${example}`,
]

const helpLines = (): string[] => [
  'npx lephi COMMAND',
  '',
  ...Object.entries(commands).flatMap(([name, { usage, summary, example }]) => [
    `  ${[name, usage].filter(Boolean).join(' ')}`,
    `      ${summary}.`,
    `      ${example}`,
  ]),
  '',
  'Every command takes --json and --help. The environment is that of npm start: DATABASE_URL, LEPHI_DATA_DIR, LEPHI_MODE, LEPHI_MASTER_KEY.',
]
