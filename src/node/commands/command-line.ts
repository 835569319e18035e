// Reads the words behind a command's name, and says of a wrong one which was probably meant.
import { parseArgs } from 'node:util'
import { nearest } from '../../lib/nearest.ts'
import { type Command, type Options, UsageError } from './command.ts'

/** What every command takes besides its own. */
export const commonOptions = {
  json: { type: 'boolean', help: 'print one JSON object, also where something goes wrong' },
  help: { type: 'boolean', help: 'explain the command and do nothing' },
} as const

export type CommandLine = { options: Options; operands: readonly string[] }

/** Throws UsageError that names the first wrong word. */
export const readCommandLine = (command: Command, args: readonly string[]): CommandLine => {
  const known = { ...command.options, ...commonOptions }
  const { tokens } = parseArgs({ args: [...args], options: typesOf(known), strict: false, tokens: true })
  const options: Record<string, string | boolean> = {}
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind === 'option') options[token.name] = readValue(known, token)
  }
  const max = command.operandsMax ?? 0
  if (operands.length > max && options.help !== true)
    throw new UsageError(`${JSON.stringify(operands[max])} is one word too many`)
  return { options, operands }
}

type Known = Command['options']
type Token = { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }

const readValue = (known: Known, { name, rawName, value, inlineValue }: Token): string | boolean => {
  const option = Object.hasOwn(known, name) ? known[name] : undefined
  if (!option) {
    const meant = nearest(name, Object.keys(known))
    throw new UsageError(`there is no option ${rawName}${meant ? `; did you mean --${meant}?` : ''}`)
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`)
    return true
  }
  // What looks like the next option is one: a value that begins with a hyphen is written --name=-value.
  if (value === undefined || (inlineValue !== true && value.startsWith('-') && value.length > 1))
    throw new UsageError(`--${name} needs a ${option.value} behind it`)
  return value
}

const typesOf = (known: Known) => ({
  ...Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }])),
  help: { type: 'boolean' as const, short: 'h' },
})
