// The README's table of providers is compared with the registry and the kits, so that it says what is true.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { registry } from '../src/providers/registry.ts'
import type { ProviderKit } from './providers/kit.ts'

const rows = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `') && line.split('|').length === 7)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

test('names every provider once, and no other', () => {
  expect(rows.map(([name]) => /^`(\w+)`/.exec(name ?? '')?.[1]).sort()).toEqual(Object.keys(registry).sort())
})

test.for(Object.entries(registry))('says truly what %s can do', async ([name, { capabilities }]) => {
  const { kit }: { kit: ProviderKit } = await import(`./providers/${name}.kit.ts`)
  const row = rows.find(([title]) => title?.startsWith(`\`${name}\``)) ?? []
  expect(row.slice(2)).toEqual([
    capabilities.query ? 'yes' : 'no, its statement',
    capabilities.refund ? 'yes' : 'by hand',
    kit.callback.proves === 'reference' ? 'its reference: we ask' : 'the payment',
  ])
})
