// What no reference connects: checked against trying everything, and blind to order.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namesAnother } from '../../src/domain/payout-claims.ts'
import {
  type BankSide,
  candidatesMax,
  linkUnreferenced,
  membersMax,
  type PayoutSide,
  windowDays,
} from '../../src/domain/unreferenced-links.ts'

const line = (number: number, amount: bigint, day = 0, text = ''): BankSide => ({ number, amount, day, text })
const payout = (key: number, net: bigint, day = 0): PayoutSide => ({
  key,
  reference: `P${key}`,
  name: `po${key}`,
  net,
  day,
})

/** Every non-empty subset of at most six. */
const subsets = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: 2 ** items.length - 1 }, (_, mask) => items.filter((_, at) => ((mask + 1) >> at) & 1)).filter(
    (subset) => subset.length <= membersMax,
  )

/** Everything that could be, tried one by one. */
const everySolution = (lines: readonly BankSide[], payouts: readonly PayoutSide[]) => {
  const isNear = (one: BankSide, other: PayoutSide) =>
    !namesAnother(one.text, other.name) &&
    one.day - other.day >= -windowDays.before &&
    one.day - other.day <= windowDays.after
  const sumOf = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n)
  const found: { lines: number[]; payouts: number[] }[] = []
  for (const one of lines)
    for (const set of subsets(payouts.filter((other) => isNear(one, other))))
      if (sumOf(set.map(({ net }) => net)) === one.amount)
        found.push({ lines: [one.number], payouts: set.map(({ key }) => key) })
  for (const other of payouts)
    for (const set of subsets(lines.filter((one) => isNear(one, other) && one.amount > 0n === other.net > 0n)))
      if (set.length > 1 && sumOf(set.map(({ amount }) => amount)) === other.net)
        found.push({ lines: set.map(({ number }) => number), payouts: [other.key] })
  return found
}

const amounts = fc.integer({ min: -4, max: 12 }).filter((amount) => amount !== 0)
/** Most texts say nothing; some name a payout, another of its shape, or two. */
const texts = fc.constantFrom('', '', '', 'po1', 'ct po 7', 'po1 po2', 'po10')
const sides = fc.record({
  lines: fc.array(fc.tuple(amounts, fc.integer({ min: 0, max: 14 }), texts), { maxLength: 6 }),
  payouts: fc.array(fc.tuple(amounts, fc.integer({ min: 0, max: 14 })), { maxLength: 6 }),
})
const sorted = (links: readonly { lines: number[]; payouts: number[] }[]) =>
  links.map(({ lines, payouts }) => `${lines.toSorted()}=${payouts.toSorted()}`).toSorted()

describe('lines and payouts without a reference', () => {
  test('are linked exactly when nothing in a solution is part of another', async () => {
    await fc.assert(
      fc.asyncProperty(sides, async (input) => {
        const lines = input.lines.map(([amount, day, text], at) => line(at, BigInt(amount), day, text))
        const payouts = input.payouts.map(([net, day], at) => payout(at, BigInt(net), day))
        const all = everySolution(lines, payouts)
        const alone = all.filter((solution) =>
          all.every(
            (other) =>
              other === solution ||
              !(
                other.lines.some((at) => solution.lines.includes(at)) ||
                other.payouts.some((at) => solution.payouts.includes(at))
              ),
          ),
        )
        const { links, ties } = await linkUnreferenced(lines, payouts)
        expect(sorted(links)).toEqual(sorted(alone))
        const linked = new Set(alone.flatMap((solution) => solution.lines))
        const tied = [...new Set(all.flatMap((solution) => solution.lines))].filter((at) => !linked.has(at))
        expect(ties.map((tie) => tie.line).toSorted()).toEqual(tied.toSorted())
        for (const tie of ties) {
          const could = all.filter((solution) => solution.lines.includes(tie.line)).flatMap(({ payouts: keys }) => keys)
          expect(tie.payouts).toEqual([...new Set(could)].toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 400 },
    )
  })

  test('give the same in any order', async () => {
    await fc.assert(
      fc.asyncProperty(sides, fc.infiniteStream(fc.nat()), async (input, keys) => {
        const lines = input.lines.map(([amount, day, text], at) => line(at, BigInt(amount), day, text))
        const payouts = input.payouts.map(([net, day], at) => payout(at, BigInt(net), day))
        const shuffled = <Item>(items: readonly Item[]) =>
          items
            .map((item) => ({ item, key: keys.next().value }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ item }) => item)
        const [one, other] = [
          await linkUnreferenced(shuffled(lines), shuffled(payouts)),
          await linkUnreferenced(lines, payouts),
        ]
        expect(sorted(one.links)).toEqual(sorted(other.links))
      }),
      { numRuns: 200 },
    )
  })

  test('do not explode: with too many candidates only single amounts are compared, and only unique ones linked', async () => {
    const payouts = Array.from({ length: 300 }, (_, at) => payout(at, 1n + (BigInt(at) % 7n)))
    const lines = Array.from({ length: 300 }, (_, at) => line(at, 3n + (BigInt(at) % 3n)))
    const many = await linkUnreferenced([...lines, line(999, 777n)], [...payouts, payout(999, 777n)])
    expect(many.links).toEqual([{ lines: [999], payouts: [999] }])
    expect(many.ties).toHaveLength(300)
    expect(payouts.length).toBeGreaterThan(candidatesMax)
  })
})

test('five thousand on both sides take no time by the square, and others have their turn meanwhile', async () => {
  const count = 5_000
  const name = (at: number) => `po${20_260_000 + at}`
  const payouts = Array.from({ length: count }, (_, at) => ({
    ...payout(at, BigInt(1_000_000 + at * 7), 3),
    name: name(at),
  }))
  const lines = Array.from({ length: count }, (_, at) =>
    line(at, BigInt(1_000_000 + at * 14), 3, at % 2 ? '' : `tt ${name(at)}`),
  )
  const [equal, days] = [
    payouts.map((each) => ({ ...each, net: 9n })),
    lines.map((each, at) => ({ ...each, day: at >> 4 })),
  ]
  let [turns, isOver] = [0, false]
  const turn = () => {
    turns += 1
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const started = performance.now()
  const { links } = await linkUnreferenced(lines, payouts)
  const { ties } = await linkUnreferenced(
    days,
    equal.map((each, at) => ({ ...each, day: at >> 4 })),
  )
  isOver = true
  expect([links.length > 0, ties.length]).toEqual([true, 0])
  expect(turns).toBeGreaterThan(50)
  // Each with each other took three minutes.
  expect(performance.now() - started).toBeLessThan(60_000)
})

test('a sum is found among many that could not be in it', async () => {
  const large = Array.from({ length: 40 }, (_, at) => payout(100 + at, 10_000n + BigInt(at)))
  const small = [payout(1, 70n), payout(2, 33n), payout(3, -5n)]
  const { links } = await linkUnreferenced([line(1, 98n)], [...large, ...small])
  expect(links).toEqual([{ lines: [1], payouts: [1, 2, 3] }])
})

test.each([
  ['ct po 20261199 abc', 'po20261123', true],
  ['ct po20261123 abc', 'po20261123', false],
  ['ct tu vnpay 20261199', 'po20261123', false],
  ['ct po 2026', 'po20261123', false],
  ['7', '12345678', false],
])('%s names another payout than %s: %s', (text, name, expected) => {
  expect(namesAnother(text, name)).toBe(expected)
})
