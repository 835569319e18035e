// What `npx lephi help` says: of all commands, and of one.
import { wrapText } from '../../lib/wrap-text.ts'
import { type Command, commandGroups } from './command.ts'
import { commonOptions } from './command-line.ts'
import { exitCodeWords } from './exit-codes.ts'

type Commands = Readonly<Record<string, Command>>

const width = 100

/** Every command in a line, by what it is for. */
export const helpLines = (commands: Commands): string[] => {
  const widest = Math.max(...Object.keys(commands).map((name) => name.length))
  return [
    'npx lephi COMMAND [options]',
    ...commandGroups.flatMap((group) => [
      '',
      group,
      ...Object.entries(commands)
        .filter(([, command]) => command.group === group)
        .map(([name, { summary }]) => `  ${name.padEnd(widest)}  ${summary}`),
    ]),
    '',
    'npx lephi help COMMAND explains one, with its options and an example. Every command takes --json and --help.',
    '',
    'Exit codes',
    ...Object.entries(exitCodeWords).map(([code, words]) => `  ${code}  ${words}`),
    '',
    ...wrapText(
      'The environment is that of the gateway: DATABASE_URL, DATABASE_MIGRATIONS_URL, LEPHI_MODE, LEPHI_MASTER_KEY, PUBLIC_URL, LEPHI_DATA_DIR and the others of docs/operations.md.',
      width,
    ),
  ]
}

/** All about one command. */
export const commandHelpLines = (name: string, command: Command): string[] => [
  ...wrapText(`${command.summary}.`, width),
  ...(command.about ? ['', ...wrapText(`${command.about}.`, width)] : []),
  '',
  ...usageLines(name, command),
  '',
  'Options',
  ...optionLines(command),
  '',
  'Exit codes',
  ...Object.entries(wordsOfCodes(command)).map(([code, words]) => `  ${code}  ${words}`),
  '',
  'Example',
  `  ${command.example}`,
]

export const usageLines = (name: string, { usage }: Command): string[] => [
  `  npx lephi ${[name, usage, '[--json]'].filter(Boolean).join(' ')}`,
]

/** The same for programs. */
export const helpJson = (commands: Commands) => ({
  commands: Object.entries(commands).map(([name, command]) => commandHelpJson(name, command)),
  exit_codes: exitCodeWords,
})

export const commandHelpJson = (name: string, command: Command) => ({
  name,
  group: command.group,
  summary: command.summary,
  about: command.about ?? null,
  usage: `npx lephi ${[name, command.usage].filter(Boolean).join(' ')}`,
  options: shownOptions(command).map(([option, { help, ...rest }]) => ({
    name: `--${option}`,
    value: 'value' in rest ? rest.value : null,
    help,
  })),
  example: command.example,
  exit_codes: wordsOfCodes(command),
})

const wordsOfCodes = ({ found }: Command): Readonly<Record<string, string>> => ({
  ...exitCodeWords,
  1: found ? `${found}, or it failed` : 'it failed: the message says why',
})

const shownOptions = ({ options }: Command) =>
  Object.entries({ ...options, ...commonOptions } as Command['options']).filter(([, { isHidden }]) => isHidden !== true)

const optionLines = (command: Command): string[] => {
  const options = shownOptions(command).map(([name, option]) => ({
    left: `--${name}${'value' in option ? ` ${option.value}` : ''}`,
    help: option.help,
  }))
  const widest = Math.max(...options.map(({ left }) => left.length))
  return options.flatMap(({ left, help }) =>
    wrapText(help, width - widest - 4).map((line, at) => `  ${(at === 0 ? left : '').padEnd(widest)}  ${line}`),
  )
}
