// npm: installs from what this project has, and builds in earnest.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../../../src/node/migrations.ts'
import { need, Refused, type StandIn, textOf } from './machine.ts'

const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      devOptional: z.boolean().default(false),
    }),
  ),
})

const kinds = ['--include=dev', '--omit=dev', '--omit=optional']

/** `npm ci`, and `npm run` of a script that there is. */
export const npm: StandIn = (machine, [verb, ...words]) => {
  if (verb === 'ci') install(words)
  else if (verb === 'run' && words.length === 1) run(words[0] ?? '')
  else throw new Refused(`no command ${verb} ${words.join(' ')}`)
  machine.note(['npm', verb, ...words].join(' '))
}

const install = (words: string[]): void => {
  const strange = words.filter((word) => !kinds.includes(word))
  if (strange.length > 0) throw new Refused(`no option ${strange}`)
  const { packages } = lock.parse(JSON.parse(textOf('package-lock.json')))
  const from = join(packageRoot(), 'node_modules')
  rmSync('node_modules', { recursive: true, force: true })
  if (!words.includes('--omit=dev')) {
    symlinkSync(from, 'node_modules')
    return
  }
  for (const [path, { dev, optional, devOptional }] of Object.entries(packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1]
    if (!name || dev || devOptional || (optional && words.includes('--omit=optional'))) continue
    mkdirSync(dirname(join('node_modules', name)), { recursive: true })
    symlinkSync(join(from, name), join('node_modules', name))
  }
}

const run = (name: string): void => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')))
  const script = need(scripts[name], `script ${name}`)
  // What the others do is tried elsewhere; only what this one leaves is used by the lines that follow.
  if (name !== 'build') return
  const { status, stderr } = spawnSync('/bin/bash', ['-c', script], { encoding: 'utf8' })
  if (status !== 0) throw new Refused(stderr)
}
