// The accountant's page names screens that there are, and every report under the title that it bears.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { reportNames, reportShapes } from '../../src/domain/report-columns.ts'
import { screens } from '../../src/pages/console/screens.ts'

describe.each(['docs/accountant.md', 'docs/vi/accountant.md'])('%s', (page) => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')

  it('leads to screens of the navigation', () => {
    const named = [...text.matchAll(/`\/console([^`]*)`/g)].map(([, path]) => path)
    expect(named.length).toBeGreaterThan(10)
    const shown = screens.filter(({ nav }) => nav).map(({ path }) => path)
    expect(named.filter((path) => !shown.includes(path ?? ''))).toEqual([])
  })

  it('has every report under its title', () => {
    const rows = [...text.matchAll(/^ {3}\| `([\w-]+)` \| ([^|]+) \|/gm)].map(([, name, title]) => [name, title])
    expect(rows).toEqual(reportNames.map((name) => [name, reportShapes[name].title]))
  })
})
