// What a command of `npx lephi` is, and what it is handed.
import type { Config } from '../../config.ts'
import type { Log } from '../../lib/log.ts'
import type { Progress } from '../../lib/progress.ts'
import type { OpenedDeps } from '../open-deps.ts'
import type { Shutdown } from '../shutdown.ts'

export type Options = Readonly<Record<string, string | boolean | undefined>>

/** Asks a person; a secret is not shown while it is typed. */
export type Ask = (question: string, how?: { isSecret?: boolean }) => Promise<string>

export type CommandContext = {
  /** The environment, read. Throws ConfigError. */
  readonly config: Config
  /** Database, keys and network; opened on first use, closed when the command is over. Throws UnreachableError. */
  open: () => Promise<OpenedDeps>
  /** The database brought up to date and nothing else, or up to the migration of that name; answers the migrations that were applied and those that are left. */
  migrate: (until: string | null) => Promise<{ applied: readonly string[]; left: readonly string[] }>
  /** As it is, for who looks into a wrong one. */
  env: NodeJS.ProcessEnv
  log: Log
  /** What is opened is closed by it when the command is over. */
  shutdown: Shutdown
  options: Options
  /** What stands behind the options. */
  operands: readonly string[]
  /** Says how far a long command is, to whoever waits: a bar on a terminal, else not more than a line every few seconds. */
  progress: Progress
  /** Prints a line of the answer before the command is over: for one that goes on until it is told to end. */
  print: (line: string) => void
  /** Says something beside the answer at once. */
  tell: (text: string) => void
  /** Null where nobody sits at a terminal. */
  ask: Ask | null
  /** Aborted by Ctrl-C or SIGTERM, which from the first call on end the command and not the process; a second one ends that. */
  interruption: () => AbortSignal
}

/** `lines` are for people, `json` for programs; `exitCode` is 1 when the answer is bad news. */
export type CommandAnswer = { exitCode: number; lines: readonly string[]; json: unknown }

/** `value` is what stands behind it, such as `DAY`: for every option but a switch. */
export type CommandOption =
  | { type: 'boolean'; help: string; isHidden?: boolean }
  | { type: 'string'; value: string; help: string; isHidden?: boolean }

/** The headings under which help lists the commands, in its order. */
export const commandGroups = ['Set up', 'Day by day', 'Check', 'Keys and people', 'Develop and try'] as const

export type Command = {
  group: (typeof commandGroups)[number]
  /** What stands behind the name, such as `FILE --account mac_…`. */
  usage: string
  /** One line. */
  summary: string
  /** What else one has to know before. */
  about?: string
  /** A line for a shell. */
  example: string
  options: Readonly<Record<string, CommandOption>>
  /** So many words may stand behind the options: none unless given. */
  operandsMax?: number
  /** What exit code 1 says of this command, where it is more than that it failed. */
  found?: string
  run: (context: CommandContext) => Promise<CommandAnswer>
}

/** The command line is wrong; answered with exit code 2 and the command's usage. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The text of an option that has to be there. Throws UsageError. */
export const needed = (options: Options, name: string): string => {
  const value = options[name]
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is missing`)
  return value
}
