// What is said of dependencies in docs/security/dependencies.md, held against the lockfile.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type Locked = {
  version: string
  integrity?: string
  resolved?: string
  license?: string
  dev?: boolean
  optional?: boolean
}
type Manifest = Record<string, Record<string, string> | undefined>

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const manifest: Manifest = read('package.json')
const packages: [string, Locked][] = Object.entries<Locked>(read('package-lock.json').packages).filter(
  ([path]) => path !== '',
)

describe('every package', () => {
  it('comes from the registry, in one version, with its hash', () => {
    expect(packages.length).toBeGreaterThan(100)
    for (const [path, { integrity, resolved }] of packages) {
      expect(integrity, path).toMatch(/^sha512-/)
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//)
    }
  })

  it('that we ask for is asked for in one version', () => {
    const asked = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    )
    expect(asked.length).toBeGreaterThan(10)
    for (const [name, version] of asked) expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
  })

  it('that production runs has a licence that lets us use it', () => {
    const runs = packages.filter(([, { dev, optional }]) => !dev && !optional)
    const free = /^(MIT|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause|OFL-1\.1|Unlicense)$/
    for (const [path, { license = '' }] of runs) {
      const names = license.replace(/[()]/g, '').split(/ OR | AND /)
      for (const name of names) expect(name, path).toMatch(free)
    }
  })
})

it('is written down for whoever asks by one command', () => {
  expect(manifest.scripts?.sbom).toBe('npm sbom --sbom-format cyclonedx --package-lock-only')
})

it('runs no script of a package when it is installed', () => {
  expect(readFileSync(new URL('../../.npmrc', import.meta.url), 'utf8')).toMatch(/^ignore-scripts=true$/m)
})
