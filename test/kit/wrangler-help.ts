// What wrangler itself says that a command of it takes.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../../src/node/migrations.ts'

export type WranglerHelp = {
  /** Words without an option before them: how many there have to be, and how many there may be. */
  plainMin: number
  plainMax: number
  /** Options that stand alone, and options that are followed by a value. */
  switches: string[]
  values: string[]
}

const program = join(packageRoot(), 'node_modules', 'wrangler', 'bin', 'wrangler.js')

/** Throws when there is no such command. */
export const helpOfWrangler = async (command: string): Promise<WranglerHelp> => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...command.split(' '), '--help'], {
    cwd: packageRoot(),
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1', COLUMNS: '500' },
  })
  const [, plain] = new RegExp(`^wrangler ${command}((?: [<[]\\S+)*)$`, 'm').exec(stdout) ?? []
  if (plain === undefined) throw new Error(`wrangler has no command ${command}`)
  const options = stdout.split(/\n(?= +(?:-\w, +)?--\w)/).slice(1)
  const namesOf = (option: string) => (/^ *((?:-[\w-]+(?:, +)?)+)/.exec(option)?.[1] ?? '').trim().split(/, +/)
  const isSwitch = (option: string) => /\[boolean\]/.test(option.split('\n\n')[0] ?? '')
  return {
    plainMin: plain.split(' <').length - 1,
    plainMax: plain.split(/ [<[]/).length - 1,
    switches: options.filter(isSwitch).flatMap(namesOf),
    values: options.filter((option) => !isSwitch(option)).flatMap(namesOf),
  }
}

/** The command's own name at the head of what is typed behind `npx wrangler`. */
export const wranglerCommand = ([first = '', second = '']: string[]): string =>
  ['hyperdrive', 'secret'].includes(first) ? `${first} ${second}` : first
