// A short run of `npm run fuzz`, with fixed seeds, so that a believed forgery stops the suite.
import { beforeAll, describe, expect, test } from 'vitest'
import { registry } from '../../src/providers/registry.ts'
import { now } from '../providers/conformance/subject.ts'
import type { ProviderKit } from '../providers/kit.ts'
import { emptyTally, fuzz, prepare, type Target } from './fuzz.ts'
import { foreignKey, kinds, mutate } from './kinds.ts'
import { changeWithin, textAlong } from './layers.ts'
import { createRandom } from './random.ts'

let targets: Target[]
beforeAll(async () => {
  targets = await prepare()
})

describe('altered callbacks', () => {
  test.for(Object.keys(registry))('of %s: none is believed, none breaks the adapter', async (name) => {
    const target = targets.find(({ provider }) => provider === name)
    if (!target) throw new Error(`${name} has no genuine callbacks`)
    expect(target.tally.genuine).toBeGreaterThanOrEqual(24)
    await fuzz(target, { seed: 20261128, count: 800 })
    expect(target.tally.findings).toEqual([])
    expect(target.tally).toMatchObject({ mutated: 800, believed: 0, broken: 0 })
    // A fuzz run whose messages are all refused, or all harmless, alters nothing that matters.
    expect(target.tally.refused).toBeGreaterThan(400)
    // Each way of altering applies to each protocol: none is there in name only.
    expect(kinds.filter((kind) => (target.tally.kinds[kind] ?? 0) < 3)).toEqual([])
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
    tally: emptyTally(genuine.provider, genuine.tally.genuine),
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

test.for(Object.keys(registry))('the run finds that %s believes the key of another account', async (name) => {
  const target = targets.find(({ provider }) => provider === name)
  const [own] = target?.sources ?? []
  if (!target || !own) throw new Error(`${name} has no genuine callbacks`)
  // An adapter that tries the keys of every account that it knows.
  const { kit }: { kit: ProviderKit } = await import(`../providers/${name}.kit.ts`)
  const other = registry[name]?.connect(kit.accountWithOtherSecrets, {
    fetch: () => Promise.reject(new TypeError('no network')),
    now: () => now,
    newId: () => 'id',
  })
  const careless: Target = {
    ...target,
    tally: emptyTally(name, 0),
    sources: [
      {
        ...own,
        client: {
          ...own.client,
          readCallback: (request, hearing) =>
            own.client.readCallback(request, hearing).catch((error: unknown) => {
              if (!other) throw error
              return other.readCallback(request, hearing)
            }),
        },
      },
    ],
  }
  await fuzz(careless, { seed: 3, count: 400 })
  expect(careless.tally.believed).toBeGreaterThan(0)
  expect(careless.tally.findings.every((finding) => finding.includes(foreignKey))).toBe(true)
})

describe('messages within messages', () => {
  const xml = '<n><order_no>LP1</order_no><sum>150000</sum></n>'
  const outer = `<p><Data>${btoa(xml)}</Data><KeyFields>a|b</KeyFields></p>`
  const json = '{"paymentResult":{"order":{"id":"LP1","amount":"150000"}}}'
  const wrapped = {
    'base64 of XML in XML in a form': [`x=1&NotifyData=${encodeURIComponent(outer)}`, [1, 0], xml],
    'base64 of JSON in JSON': [JSON.stringify({ data: btoa(json), checksum: 'AB' }), [0], json],
    'JSON in JSON': [JSON.stringify({ data: json, mac: 'ab' }), [0], json],
    'JSON in a form': [`data=${encodeURIComponent(json)}`, [0], json],
  } as const satisfies Record<string, readonly [string, readonly number[], string]>

  test.for(Object.entries(wrapped))(
    '%s: is found, and written again around what was changed',
    ([, [text, path, inner]]) => {
      expect(textAlong(text, path)).toBe(inner)
      const random = createRandom(7)
      const changed = Array.from({ length: 40 }, () =>
        changeWithin(text, random, (each) => each.replace('150000', '999')),
      )
      expect(changed.map((each) => textAlong(each, path))).toContain(inner.replace('150000', '999'))
    },
  )

  test.for(Object.entries(wrapped))('%s: every way of altering reaches it', ([, [text, path, inner]]) => {
    const request = { method: 'POST', search: '', headers: new Headers(), body: new TextEncoder().encode(text) }
    const random = createRandom(20261128)
    const reached = new Set<string>()
    for (let turn = 0; turn < 3_000; turn += 1) {
      const { request: altered, applied } = mutate(request, random, { others: [request], references: [], foreign: [] })
      const within = textAlong(new TextDecoder().decode(altered.body), path)
      if (within !== '' && within !== inner && applied.length === 1) reached.add(applied[0] ?? '')
    }
    for (const way of [
      'a digit',
      'a member replaced',
      'two members swapped',
      'characters slid to the neighbour',
      'a parameter again',
      'members in another order',
      'a number in another spelling',
      'a name in another spelling',
      'a name that objects inherit',
      'something nested where it was flat',
    ])
      expect([...reached], way).toContain(way)
  })
})
