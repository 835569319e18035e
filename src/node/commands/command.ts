// What a command of `npx lephi` is, and what it is handed.
import type { ParseArgsConfig } from 'node:util'
import type { Config } from '../../config.ts'
import type { OpenedDeps } from '../open-deps.ts'

export type Options = Readonly<Record<string, string | boolean | undefined>>

export type CommandContext = {
  config: Config
  /** Database, keys and network; opened on first use, closed when the command is over. */
  open: () => Promise<OpenedDeps>
  /** The database brought up to date and nothing else; answers the migrations that were applied. */
  migrate: () => Promise<readonly string[]>
  options: Options
  /** What stands behind the options. */
  operands: readonly string[]
  /** Says how far a long command is, to whoever waits: not more than a line every few seconds. */
  progress: (text: string) => void
  /** Prints a line of the answer before the command is over: for one that goes on until it is told to end. */
  print: (line: string) => void
  /** Says something beside the answer at once. */
  tell: (text: string) => void
  /** Aborted by Ctrl-C or SIGTERM, which from the first call on end the command and not the process; a second one ends that. */
  interruption: () => AbortSignal
}

/** `lines` are for people, `json` for programs; `exitCode` is 1 when the answer is bad news. */
export type CommandAnswer = { exitCode: number; lines: readonly string[]; json: unknown }

export type Command = {
  /** What stands behind the name, such as `FILE --account mac_…`. */
  usage: string
  summary: string
  example: string
  options: NonNullable<ParseArgsConfig['options']>
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
