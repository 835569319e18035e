// The page of onboarding has a section for every provider, with the address at which the gateway really listens, and settings that the provider really has.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { callbackRoutes } from '../../src/api/callbacks.ts'
import { registry } from '../../src/providers/registry.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Name of the provider and text of its section. */
const sectionsOf = (page: string): Map<string, string> =>
  new Map(
    read(page)
      .split(/^## /m)
      .slice(1)
      .map((section) => [/^`(\w+)`/.exec(section)?.[1] ?? section, section]),
  )

const routes = callbackRoutes.map(({ path }) => path)
const readmeOf = (name: string) => read(`src/providers/${name}/README.md`)

describe.each(['docs/providers.md', 'docs/vi/providers.md'])('%s', (page) => {
  const sections = sectionsOf(page)

  it('has a section for every provider, and no other', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(registry).sort())
  })

  it('names the routes as they are', () => {
    expect(routes).toEqual(expect.arrayContaining([expect.stringContaining('/callbacks/')]))
    for (const route of new Set(routes)) expect(read(page)).toContain(`PUBLIC_URL${route}`)
  })

  it.each([...sections])('says of %s where it calls and what it is set up with', (name, section) => {
    const callback = routes.find((route) => route.startsWith('/callbacks/')) ?? ''
    expect(section).toContain(`\`${callback.replace('{provider}', name)}\``)
    for (const [, path = ''] of section.matchAll(/`(\/(?:callbacks|returns)\/[^`]*)`/g))
      expect(routes.map((route) => route.replace('{provider}', name))).toContain(path)
    const settings = [...section.matchAll(/`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`/g)].map(([, setting]) => setting)
    for (const setting of settings) expect(readmeOf(name), `${name} has no ${setting}`).toContain(setting)
    expect(section.split('\n').filter((line) => line.startsWith('- **'))).toHaveLength(4)
  })
})
