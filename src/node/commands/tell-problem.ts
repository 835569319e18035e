// How a command says that it could not do its work: in words, or as an object with the members of a problem (RFC 9457, section 3.1) for programs.
import { ConfigError } from '../../config.ts'
import { Refusal } from '../../domain/refusal.ts'
import { isConnectionError } from '../../store/database.ts'
import { UnreachableError } from '../unreachable-error.ts'
import { type Command, UsageError } from './command.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { usageLines } from './help.ts'

export type CliProblem = {
  /** One of ours, or the code of a rule that says no. */
  code: string
  title: string
  detail: string
  errors?: readonly { pointer: string; message: string }[]
  exit_code: ExitCode
}

/** What went wrong, for programs. */
export const problemOf = (error: unknown): CliProblem => {
  const detail = error instanceof Error ? error.message : String(error)
  const as = (code: string, title: string, exit_code: ExitCode): CliProblem => ({ code, title, detail, exit_code })
  if (error instanceof UsageError) return as('wrong_usage', 'The command line is wrong', exitCodes.wrong)
  if (error instanceof ConfigError) return as('wrong_environment', 'The environment is wrong', exitCodes.wrong)
  // A file that is not there has a path; what does not answer has an address.
  const isAway = isConnectionError(error) && !(error instanceof Error && 'path' in error)
  if (error instanceof UnreachableError || isAway)
    return as('unreachable', 'Something that is needed cannot be reached', exitCodes.unreachable)
  if (error instanceof Refusal) {
    const refused = as(error.code, 'A rule says no', exitCodes.found)
    return error.errors.length > 0 ? { ...refused, errors: error.errors } : refused
  }
  return as('failed', 'The command failed', exitCodes.found)
}

/** The same for people; a wrong line is answered with what a right one is. */
export const problemLines = (error: unknown, { name, command }: { name: string; command: Command }): string[] => {
  const { detail, errors = [] } = problemOf(error)
  return [
    detail,
    ...errors.map((each) => `  ${each.pointer} ${each.message}`),
    ...(error instanceof UsageError
      ? [...usageLines(name, command), `npx lephi help ${name} explains it; for example: ${command.example}`]
      : []),
  ]
}
