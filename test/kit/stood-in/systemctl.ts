// systemd: units that are there and known to it, with the files that they need.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Machine, need, Refused, readWords, type StandIn, textOf, variablesIn } from './machine.ts'
import { startsHaproxy, startsPgBouncer } from './proxies.ts'

/** What is looked at before the unit of a package is said to run. */
const ofPackages: Record<string, (machine: Machine) => void | Promise<void>> = {
  haproxy: startsHaproxy,
  pgbouncer: startsPgBouncer,
}

/** `daemon-reload`, `start`, `restart` and `enable`. */
export const systemctl: StandIn = async (machine, [verb = '', ...words]) => {
  const { given, plain: units } = readWords(words, { switches: verb === 'enable' ? ['--now'] : [] })
  if (verb === 'daemon-reload' && units.length === 0) return reload(machine)
  if (!['start', 'restart', 'enable'].includes(verb) || units.length === 0)
    throw new Refused(`${verb} ${units.join(' ')}`)
  for (const unit of units) {
    const text = unitText(machine, unit)
    if (verb === 'enable') {
      if (!text.includes('\n[Install]\n')) throw new Refused(`${unit} is not meant to be enabled`)
      machine.note(`enabled ${unit}`)
    }
    if (verb !== 'enable' || given.has('--now')) await start(machine, unit)
  }
}

const known = (machine: Machine) => join(machine.root, 'run', 'systemd')

const reload = (machine: Machine): void => {
  mkdirSync(known(machine), { recursive: true })
  const folder = join(machine.root, 'etc', 'systemd', 'system')
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(known(machine), name))
  machine.note('systemctl daemon-reload')
}

/** As systemd has read it: what was put there since is not known to it. */
const unitText = (machine: Machine, unit: string): string => {
  const name = `${unit.replace(/@.+$/, '@').replace(/\.service$/, '')}.service`
  const [own, packaged] = ['etc/systemd/system', 'lib/systemd/system'].map((folder) => join(machine.root, folder, name))
  if (packaged && existsSync(packaged)) return textOf(packaged)
  const text = textOf(need(own, name))
  const read = join(known(machine), name)
  if (!existsSync(read) || textOf(read) !== text) throw new Refused(`${name} was changed and wants a daemon-reload`)
  return text
}

const start = async (machine: Machine, unit: string): Promise<void> => {
  const text = unitText(machine, unit)
  const check = ofPackages[unit]
  if (check) await check(machine)
  else {
    for (const [, other = ''] of text.matchAll(/^Wants=.*?\b([\w-]+)\.service$/gm))
      if (!machine.done().includes(`started ${other}`)) await start(machine, other)
    await startOwn(machine, text.replaceAll('%i', unit.split('@')[1] ?? ''))
  }
  machine.note(`started ${unit}`)
}

/** What it is told makes a configuration; work that ends is done in earnest. */
const startOwn = async (machine: Machine, text: string): Promise<void> => {
  const setting = (name: string) => need(new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1], `${name} in the unit`)
  const [file, folder] = [machine.here(setting('EnvironmentFile')), machine.here(setting('WorkingDirectory'))]
  const told = textOf(file)
  if ((statSync(file).mode & 0o077) !== 0) throw new Refused(`${file} holds secrets, and others may read it`)
  if (!existsSync(folder)) throw new Refused(`there is no folder ${folder}`)
  const [, ...words] = setting('ExecStart').split(' ').map(machine.here)
  textOf(words.find((word) => word.endsWith('.mjs')) ?? '')
  const env = { ...variablesIn(told), ...variablesIn(setting('Environment').replaceAll(' ', '\n')) }
  const { readConfig } = await import('../../../src/config.ts')
  try {
    readConfig(env)
  } catch (error) {
    throw new Refused(`${file}: ${error instanceof Error ? error.message : error}`)
  }
  if (setting('Type') !== 'oneshot') return
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Refused(stderr)
}
