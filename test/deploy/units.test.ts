// deploy/systemd: what the units run is what is built, and what they are told is what the gateway reads.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { packageRoot } from '../../src/node/migrations.ts'

const root = packageRoot()
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')

/** Settings of a unit in order; one that stands several times has all its values. */
const settingsOf = (name: string): Map<string, string[]> => {
  const settings = new Map<string, string[]>()
  for (const [, key = '', value = ''] of read('deploy', 'systemd', name).matchAll(/^(\w+)=(.*)$/gm))
    settings.set(key, [...(settings.get(key) ?? []), value])
  return settings
}
const one = (unit: Map<string, string[]>, key: string) => unit.get(key)?.join(' ') ?? ''

const gateway = settingsOf('lephi@.service')
const migrate = settingsOf('lephi-migrate.service')
const key = Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7)).toString('base64')
const environmentOf = (unit: Map<string, string[]>): Record<string, string> => {
  const file = read('deploy', 'systemd', one(unit, 'EnvironmentFile').replace('/etc/lephi/', ''))
  const lines = [...file.split('\n'), ...one(unit, 'Environment').replace('%i', '8787').split(' ')]
  const pairs = lines.flatMap((line) => {
    const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? []
    return name === '' ? [] : [[name, value.replace(/^KEY$/, key).replace(/^TOKEN$/, 'a-token-of-some-length')]]
  })
  return Object.fromEntries(pairs) as Record<string, string>
}

test.for([
  ['gateway', gateway],
  ['migrations', migrate],
] as const)('the variables of the %s are ones that are read, and make a configuration', ([, unit]) => {
  const environment = environmentOf(unit)
  const config = read('src', 'config.ts')
  for (const name of Object.keys(environment)) if (name !== 'NODE_ENV') expect(config, name).toContain(`  ${name}: `)
  expect(readConfig(environment)).toMatchObject({ mode: 'production' })
})

describe('a process', () => {
  it('runs what is built', () => {
    const built = [...read('scripts', 'build.mjs').matchAll(/'src\/(\w+)\.ts'/g)].map(([, name]) => `dist/${name}.mjs`)
    const run = [gateway, migrate].map((unit) => / \/opt\/lephi\/(dist\/\S+)/.exec(one(unit, 'ExecStart'))?.[1])
    expect(run).toEqual(built)
    expect(one(migrate, 'ExecStart')).toMatch(/ migrate$/)
    expect([one(gateway, 'Wants'), one(gateway, 'Requires')]).toEqual([
      'network-online.target lephi-migrate.service',
      '',
    ])
  })

  it('has the port of its name, and time to end', () => {
    expect(one(gateway, 'Environment')).toContain('PORT=%i')
    const { port, drainMs } = readConfig(environmentOf(gateway))
    expect(port).toBe(8787)
    expect(Number(one(gateway, 'TimeoutStopSec'))).toBe(drainMs / 1_000 + 30)
  })

  it('is locked in as tightly as the migrations are, and the other way round', () => {
    const locks = (unit: Map<string, string[]>) =>
      [...unit].filter(([name]) =>
        /^(Dynamic|UMask|Protect|Private|ProcSubset|NoNew|Capability|Ambient|Restrict|Lock|RemoveIPC|SystemCall)/.test(
          name,
        ),
      )
    expect(locks(gateway).length).toBeGreaterThan(20)
    expect(locks(migrate)).toEqual(locks(gateway))
  })
})
