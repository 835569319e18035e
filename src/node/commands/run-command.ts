// Runs one command: reads its line, opens what it asks for, prints its answer, and closes everything.
import { readConfig } from '../../config.ts'
import { stringifyMoney } from '../../lib/json.ts'
import { createLog } from '../../lib/log.ts'
import { nearest } from '../../lib/nearest.ts'
import { migrateUntil, openMigratedDatabase } from '../open-database.ts'
import { openDeps } from '../open-deps.ts'
import { createShutdown } from '../shutdown.ts'
import { commands } from './all.ts'
import { type Command, type CommandContext, UsageError } from './command.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { exitCodes } from './exit-codes.ts'
import { commandHelpJson, commandHelpLines, helpJson, helpLines } from './help.ts'
import { problemLines, problemOf } from './tell-problem.ts'
import { type Terminal, withProgress } from './terminal.ts'

/** The exit code: see exit-codes.ts. */
export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv, given: Terminal): Promise<number> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name)) return help(rest, given)
  const command = commandOf(name)
  if (!command) return unknownCommand(name, rest, given)
  const terminal = withProgress(given, () => performance.now())
  const shutdown = createShutdown(quietLog(env, terminal))
  const interruption = createInterruption()
  try {
    const line = readCommandLine(command, rest)
    if (line.options.help === true) return help([name, ...rest.filter((word) => word === '--json')], given)
    const answer = await command.run(contextOf(env, { ...line, shutdown, terminal, interruption }))
    terminal.clear()
    if (line.options.json === true) terminal.out(stringifyMoney(answer.json))
    else for (const text of answer.lines) terminal.out(text)
    return answer.exitCode
  } catch (error) {
    const problem = problemOf(error)
    if (rest.includes('--json')) terminal.out(stringifyMoney(problem))
    else for (const text of problemLines(error, { name, command })) terminal.error(text)
    return problem.exit_code
  } finally {
    interruption.forget()
    await shutdown.run()
  }
}

const commandOf = (name: string): Command | undefined => (Object.hasOwn(commands, name) ? commands[name] : undefined)

const help = (words: readonly string[], { out, error }: Terminal): number => {
  const isJson = words.includes('--json')
  const [name] = words.filter((word) => !word.startsWith('-'))
  if (name === undefined || name === 'help') {
    if (isJson) out(stringifyMoney(helpJson(commands)))
    else for (const line of helpLines(commands)) out(line)
    return exitCodes.fine
  }
  const command = commandOf(name)
  if (!command) return unknownCommand(name, words, { out, error })
  if (isJson) out(stringifyMoney(commandHelpJson(name, command)))
  else for (const line of commandHelpLines(name, command)) out(line)
  return exitCodes.fine
}

const unknownCommand = (name: string, words: readonly string[], { out, error }: Terminal): number => {
  const meant = nearest(name, [...Object.keys(commands), 'help'])
  const text = `There is no command ${JSON.stringify(name)}.${meant ? ` Did you mean ${meant}?` : ''}`
  if (words.includes('--json')) out(stringifyMoney(problemOf(new UsageError(text))))
  else for (const line of [text, 'npx lephi help lists the commands.']) error(line)
  return exitCodes.wrong
}

type Around = {
  shutdown: ReturnType<typeof createShutdown>
  terminal: ReturnType<typeof withProgress>
  interruption: ReturnType<typeof createInterruption>
}

const contextOf = (
  env: NodeJS.ProcessEnv,
  { options, operands, shutdown, terminal, interruption }: CommandLine & Around,
): CommandContext => {
  const log = quietLog(env, terminal)
  return {
    // Read when it is asked for: what looks into a wrong environment must be able to begin.
    get config() {
      return readConfig(env)
    },
    env,
    log,
    shutdown,
    options,
    operands,
    progress: terminal.progress,
    print: terminal.out,
    tell: terminal.error,
    ask: terminal.ask ?? null,
    interruption: interruption.signal,
    open: () => openDeps(readConfig(env), { log, shutdown, isCommand: true }),
    migrate: async (until) => {
      if (until !== null) return migrateUntil(readConfig(env), until)
      const { applied, close } = await openMigratedDatabase(readConfig(env), () => undefined)
      shutdown.add('database', close)
      return { applied, left: [] }
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

/** Only what goes wrong: a program reads what is printed. */
const quietLog = (env: NodeJS.ProcessEnv, terminal: Terminal) =>
  createLog({
    write: terminal.error,
    now: () => new Date(),
    level: env.LEPHI_LOG_LEVEL === 'debug' ? 'debug' : 'warn',
  })
