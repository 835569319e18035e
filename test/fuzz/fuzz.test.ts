// A short run of `npm run fuzz`, with fixed seeds, so that a believed forgery stops the suite.
import { beforeAll, describe, expect, test } from 'vitest'
import { registry } from '../../src/providers/registry.ts'
import { fuzz, prepare, type Target } from './fuzz.ts'

let targets: Target[]
beforeAll(async () => {
  targets = await prepare()
})

describe('altered callbacks', () => {
  test.for(Object.keys(registry))('of %s: none is believed, none breaks the adapter', async (name) => {
    const target = targets.find(({ provider }) => provider === name)
    if (!target) throw new Error(`${name} has no genuine callbacks`)
    expect(target.tally.genuine).toBeGreaterThanOrEqual(24)
    await fuzz(target, { seed: 20261128, count: 1_500 })
    expect(target.tally.findings).toEqual([])
    expect(target.tally).toMatchObject({ mutated: 1_500, believed: 0, broken: 0 })
    // A fuzz run whose messages are all refused, or all harmless, alters nothing that matters.
    expect(target.tally.refused).toBeGreaterThan(500)
  })
})

test('the run finds an adapter that does not compare the signature, and one that breaks', async () => {
  const genuine = targets.find(({ sources }) =>
    sources.some(({ messages }) => messages.some(({ method }) => method === 'GET')),
  )
  const [source] = genuine?.sources ?? []
  if (!genuine || !source) throw new Error('no provider calls by GET')
  const careless: Target = {
    ...genuine,
    tally: { ...genuine.tally, mutated: 0, refused: 0, harmless: 0, believed: 0, broken: 0, findings: [] },
    sources: [
      {
        ...source,
        client: {
          ...source.client,
          readCallback: async ({ search }) => {
            const amount = BigInt([...new URLSearchParams(search)].find(([name]) => /amount/i.test(name))?.[1] ?? 0)
            const common = { merchantReference: 'x', providerReference: null, occurredAt: null, code: '00' }
            return { merchantReference: 'x', outcomes: [{ ...common, status: 'captured', amount }] }
          },
        },
      },
    ],
  }
  await fuzz(careless, { seed: 1, count: 400 })
  expect(careless.tally.believed).toBeGreaterThan(50)
  expect(careless.tally.broken).toBeGreaterThan(0)
  expect(careless.tally.findings[0]).toContain('seed 1, turn')
})
