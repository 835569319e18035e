// What the exit code of a command says, for scripts and for people.

/** The one table: what a command makes of 0 and 1 it says itself. */
export const exitCodes = {
  fine: 0,
  found: 1,
  wrong: 2,
  unreachable: 3,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodeWords: Readonly<Record<ExitCode, string>> = {
  0: 'all is well',
  1: 'it found something, which is named, or it failed',
  2: 'the command line or a variable of the environment is wrong; nothing was done',
  3: 'what it needs could not be reached, such as the database',
}
