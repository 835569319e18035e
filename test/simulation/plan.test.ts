// What the seeds are shared out among: most are hamlets, half of those read files only where sums differ, and nothing is left out of all of them.
import { expect, test } from 'vitest'
import { customNames, drawCustoms, kindOf } from '../../src/simulation/customs.ts'
import { faultKinds, faultNames } from '../../src/simulation/fault-kinds.ts'
import { planTown } from '../../src/simulation/plan.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'

const plans = Array.from({ length: 1_000 }, (_, index) => planTown({ seed: String(index + 1), kinds: faultNames }))
const hamlets = plans.filter(({ size, providers }) => kindOf(size, providers) === 'hamlet')
const towns = plans.filter((plan) => !hamlets.includes(plan))

test('most seeds are hamlets of one to three orders on one day, and the others are as large as ever', () => {
  expect(hamlets.length).toBeGreaterThan(820)
  expect(hamlets.length).toBeLessThan(900)
  expect([...new Set(hamlets.map(({ size }) => size.orders))].toSorted()).toEqual([1, 2, 3])
  expect([...new Set(hamlets.map(({ providers }) => providers))].toSorted()).toEqual([1, 2])
  expect(new Set(hamlets.map(({ size }) => size.days))).toEqual(new Set([1]))
  expect(Math.min(...towns.map(({ size }) => size.orders))).toBe(4)
  expect(Math.max(...towns.map(({ size }) => size.orders))).toBe(12)
  expect(new Set(towns.map(({ size }) => size.days))).toEqual(new Set([1, 2, 3]))
})

test('seven of ten hamlets do not reconcile by themselves, every other town does', () => {
  const frugal = hamlets.filter(({ customs }) => !customs?.reconciles)
  expect(frugal.length).toBeGreaterThan(hamlets.length * 0.6)
  expect(frugal.length).toBeLessThan(hamlets.length * 0.8)
  expect(towns.filter(({ customs }) => !customs?.reconciles)).toEqual([])
  // Where nobody reconciles, nobody signs for a day, and what is wrong in a file is not drawn.
  expect(frugal.filter(({ customs }) => customs?.closesDays)).toEqual([])
  const inFiles = faultNames.filter((kind) => 'inFiles' in faultKinds[kind])
  expect(inFiles.length).toBe(6)
  expect(frugal.flatMap(({ script }) => script).filter(({ kind }) => inFiles.includes(kind))).toEqual([])
})

test('hamlets have every kind of fault and every custom, in a thousand seeds', () => {
  const drawn = new Set(hamlets.flatMap(({ script }) => script.map(({ kind }) => kind)))
  expect(faultNames.filter((kind) => !drawn.has(kind))).toEqual([])
  expect(customNames.filter((custom) => !hamlets.some(({ customs }) => customs?.[custom]))).toEqual([])
})

test('a city has all providers and all customs', () => {
  const { providers, customs } = planTown({ seed: '1', kinds: faultNames, size: { days: 1, orders: 200 } })
  expect(providers).toBe(Object.keys(simulatedProviders).length)
  expect(customNames.filter((custom) => !customs?.[custom])).toEqual([])
  expect(customs).toEqual(drawCustoms(createRandom('1').fork('customs'), 'city'))
})

test('a plan is found again by its seed and its size, as a failing seed is told', () => {
  for (const { seed, size, providers, customs } of plans.slice(0, 100))
    expect(planTown({ seed, size, kinds: faultNames, script: [] })).toEqual({
      seed,
      size,
      providers,
      customs,
      script: [],
    })
})
