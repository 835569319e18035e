/**
 * The one suite that every line of the registry must pass. Its cases are in conformance/, what differs between
 * providers in each `<name>.kit.ts`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findProvider, registry } from '../../src/providers/registry.ts'
import { conformanceSuite } from './conformance/suite.ts'
import type { ProviderKit } from './kit.ts'

const kits = new Map<string, ProviderKit>()
for (const name of Object.keys(registry)) {
  if (!existsSync(new URL(`./${name}.kit.ts`, import.meta.url))) continue
  const { kit }: { kit: ProviderKit } = await import(`./${name}.kit.ts`)
  kits.set(name, kit)
}

describe('the registry', () => {
  test.for(Object.keys(registry))('has no unfinished line: the checklist of %s has no open box', (name) => {
    const readme = readFileSync(new URL(`../../src/providers/${name}/README.md`, import.meta.url), 'utf8')
    expect(readme.match(/^- \[ \] .*$/gm) ?? []).toEqual([])
  })

  test('has a kit for every line', () => {
    expect([...kits.keys()]).toEqual(Object.keys(registry))
    expect(kits.size).toBeGreaterThan(0)
  })

  test('knows its lines and nothing that an object inherits', () => {
    for (const [name, provider] of Object.entries(registry)) expect(findProvider(name)).toBe(provider)
    for (const name of ['__proto__', 'constructor', 'toString', '', 'nobody']) expect(findProvider(name)).toBeNull()
  })
})

conformanceSuite(kits)
