// Cloudflare, as wrangler would find it: the words of each command are the real wrangler's, and what they name is there.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { helpOfWrangler, type WranglerHelp, wranglerCommand } from '../wrangler-help.ts'
import { type Machine, need, Refused, readWords, type StandIn, textOf, type Words } from './machine.ts'

type Command = (machine: Machine, words: Words) => string

/** `npx wrangler`. */
export const npx: StandIn = async (machine, [program, ...words]) => {
  if (program !== 'wrangler') throw new Refused(`no program ${program}`)
  const name = wranglerCommand(words)
  const { plainMin, plainMax, ...options } = await helpKeptAt(machine.root, name)
  const read = readWords(words.slice(name.split(' ').length), options)
  if (read.plain.length < plainMin || read.plain.length > plainMax) throw new Refused(`${name} ${read.plain.join(' ')}`)
  machine.note(need(commands[name], `command ${name}`)(machine, read))
}

/** It takes seconds to say, and says the same each time. */
const helpKeptAt = async (root: string, name: string): Promise<WranglerHelp> => {
  const kept = join(root, 'run', `wrangler ${name}.json`)
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as WranglerHelp
  const help = await helpOfWrangler(name)
  writeFileSync(kept, JSON.stringify(help))
  return help
}

const commands: Record<string, Command> = {
  'hyperdrive create': (_, { given, plain: [name] }) => {
    const { protocol, username, password } = new URL(given.get('--connection-string') ?? '')
    if (!/^postgres(?:ql)?:$/.test(protocol) || !username || !password) throw new Refused('no such connection string')
    const id = createHash('md5').update(`${name}`).digest('hex')
    console.log(`"hyperdrive": [{ "binding": "HYPERDRIVE", "id": "${id}" }]`)
    return `hyperdrive ${id} of ${username}, ${given.has('--caching-disabled') ? 'without' : 'with'} a cache`
  },
  'secret put': (_, words) => `secret ${words.plain[0]} of ${workerOf(words).name}`,
  deploy: (machine, words) => {
    const { name, file, text } = workerOf(words)
    textOf(join(dirname(file), one(text, 'main')))
    const done = machine.done()
    if (!done.some((line) => line.startsWith(`hyperdrive ${one(text, 'id')} `))) throw new Refused('no such Hyperdrive')
    for (const [, other] of text.matchAll(/^service = "(.*)"$/gm))
      if (!done.includes(`deployed ${other}`)) throw new Refused(`${name} names ${other}, which is not there`)
    return `deployed ${name}`
  },
  rollback: (machine, words) => {
    const { name } = workerOf(words)
    const versions = machine.done().filter((line) => line === `deployed ${name}`)
    if (versions.length < 2) throw new Refused(`${name} has no former version`)
    return `rolled back ${name}`
  },
}

const one = (text: string, name: string): string => need(new RegExp(`^${name} = "(.*)"$`, 'm').exec(text)?.[1], name)

const workerOf = ({ given }: Words): { name: string; file: string; text: string } => {
  const file = given.get('--config') ?? 'wrangler.toml'
  const text = textOf(file)
  return { name: one(text, 'name'), file, text }
}
