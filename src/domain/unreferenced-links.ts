/**
 * Bank lines and payouts that no reference connects. They belong together only when amount and days leave one solution: of every line that is one payout, or
 * the sum of several, and every payout that is the sum of several lines, a solution counts when nothing in it is part of another. Pure, and blind to order.
 */
import { givingWay } from '../lib/give-way.ts'
import { readClaims } from './payout-claims.ts'

/** `day` is a running number of working days. */
export type BankSide = { number: number; amount: bigint; day: number; text: string }
/** `net` may be negative: more refunds than captures, or provider fees that go out by themselves. */
export type PayoutSide = { key: number; reference: string; name: string; net: bigint; day: number }

export type UnreferencedLinks = {
  links: { lines: number[]; payouts: number[] }[]
  /** Lines with more than one solution, or whose solution shares something with another; never a link. At most a hundred payouts are told of each. */
  ties: { line: number; payouts: number[] }[]
}

/** A bank line is looked for from two working days before a payout's expected day to ten after it: a week's holiday fits, four weeks do not. */
export const windowDays = { before: 2, after: 10 }
/** Sums are searched among at most so many candidates of one line or payout (14,892 sets); with more only single amounts are compared. */
export const candidatesMax = 16
/** At most so many make one sum. */
export const membersMax = 6
const toldMax = 100

/** Gives way now and then: thousands of leftovers on both sides take seconds, and payments wait meanwhile. */
export const linkUnreferenced = async (
  lines: readonly BankSide[],
  payouts: readonly PayoutSide[],
): Promise<UnreferencedLinks> => {
  const giveWay = givingWay()
  const { add, decide } = newFindings(lines, payouts)
  const claims = await readClaims(lines, payouts)
  const amountOf = (at: number): bigint => lines[at]?.amount ?? 0n
  const netOf = (at: number): bigint => payouts[at]?.net ?? 0n
  const [ofLines, ofPayouts] = [heapsByDay(lines, amountOf), heapsByDay(payouts, netOf)]
  for (const [at, { amount, day }] of lines.entries()) {
    const isOpen = (payout: number): boolean => !claims.excludes(at, payout)
    const near = within(ofPayouts, day - windowDays.after, day + windowDays.before)
    const few = candidatesOf(near, { amount, value: netOf, isOpen, isAnyClosed: claims.has(at) })
    for (const members of few ? sums(few, amount, netOf) : singles(near, amount, isOpen))
      add({ lines: [at], payouts: members })
    await giveWay(few ? few.length * candidateBytes : searchBytes)
  }
  for (const [at, { net, day }] of payouts.entries()) {
    const near = within(ofLines, day - windowDays.before, day + windowDays.after)
    // A payout that comes in parts comes in parts of its own sign.
    const ownSign = near.map((heap) =>
      net > 0n ? { ...heap, falling: [], down: 0n } : { ...heap, rising: [], up: 0n },
    )
    const isOpen = (line: number): boolean => !claims.excludes(line, at)
    const few = candidatesOf(ownSign, { amount: net, value: amountOf, isOpen, isAnyClosed: false })
    for (const members of few ? sums(few, net, amountOf) : [])
      if (members.length > 1) add({ lines: members, payouts: [at] })
    await giveWay(few ? few.length * candidateBytes : searchBytes)
  }
  return decide()
}

/** What a search costs, as the reading of so many bytes: a turn is a handful of searches among as many candidates as there may be. */
const [candidateBytes, searchBytes] = [500, 2_000]

/** Places in the lists. */
type Solution = { lines: readonly number[]; payouts: readonly number[] }

/** Counts what is part of how many solutions. Of them only those are kept that may be alone in the end. */
const newFindings = (lines: readonly BankSide[], payouts: readonly PayoutSide[]) => {
  const uses = { lines: new Array<number>(lines.length).fill(0), payouts: new Array<number>(payouts.length).fill(0) }
  const couldBe = new Map<number, Set<number>>()
  const kept: Solution[] = []
  const isUsed = ({ lines: some, payouts: others }: Solution, times: number): boolean =>
    some.every((at) => uses.lines[at] === times) && others.every((at) => uses.payouts[at] === times)
  const add = (solution: Solution): void => {
    if (isUsed(solution, 0)) kept.push(solution)
    for (const at of solution.payouts) uses.payouts[at] = (uses.payouts[at] ?? 0) + 1
    for (const at of solution.lines) {
      uses.lines[at] = (uses.lines[at] ?? 0) + 1
      const known = couldBe.get(at) ?? new Set()
      for (const payout of solution.payouts) if (known.size < toldMax) known.add(payout)
      couldBe.set(at, known)
    }
  }
  const decide = (): UnreferencedLinks => {
    const links = kept
      .filter((solution) => isUsed(solution, 1))
      .map((solution) => ({
        lines: solution.lines.flatMap((at) => lines[at]?.number ?? []),
        payouts: solution.payouts.flatMap((at) => payouts[at]?.key ?? []),
      }))
    const linked = new Set(links.flatMap((link) => link.lines))
    const ties = [...couldBe].flatMap(([at, keys]) => {
      const line = lines[at]
      if (!line || linked.has(line.number)) return []
      const told = [...keys].flatMap((key) => payouts[key]?.key ?? []).toSorted((a, b) => a - b)
      return [{ line: line.number, payouts: told }]
    })
    return { links, ties }
  }
  return { add, decide }
}

/** The places of one day: those above 0 from the smallest on, the others from the one next to 0 on, the sums of both, and all by value. */
type Heap = { rising: number[]; falling: number[]; up: bigint; down: bigint; byValue: Map<bigint, number[]> }

const heapsByDay = (items: readonly { day: number }[], value: (at: number) => bigint): ReadonlyMap<number, Heap> => {
  const heaps = new Map<number, Heap>()
  for (const [at, { day }] of items.entries()) {
    const heap = heaps.get(day) ?? { rising: [], falling: [], up: 0n, down: 0n, byValue: new Map() }
    heaps.set(day, heap)
    const own = value(at)
    if (own > 0n) heap.up += own
    else heap.down += own
    ;(own > 0n ? heap.rising : heap.falling).push(at)
    const equal = heap.byValue.get(own)
    if (equal) equal.push(at)
    else heap.byValue.set(own, [at])
  }
  const compare = (one: number, other: number): number => Number(value(one) - value(other)) || one - other
  for (const heap of heaps.values()) {
    heap.rising.sort(compare)
    heap.falling.sort((one, other) => compare(other, one))
  }
  return heaps
}

const within = (heaps: ReadonlyMap<number, Heap>, from: number, to: number): Heap[] => {
  const near: Heap[] = []
  for (let day = from; day <= to; day += 1) {
    const heap = heaps.get(day)
    if (heap) near.push(heap)
  }
  return near
}

type Search = {
  amount: bigint
  value: (at: number) => bigint
  isOpen: (at: number) => boolean
  /** False when `isOpen` may be taken for true in the sums. */
  isAnyClosed: boolean
}

/** Those that could be in a sum: what overshoots by more than all others of the other sign could bring back is in none. Null when they are too many. */
const candidatesOf = (near: readonly Heap[], { amount, value, isOpen, isAnyClosed }: Search): number[] | null => {
  const total = (places: readonly number[]) => places.reduce((sum, at) => (isOpen(at) ? sum + value(at) : sum), 0n)
  let [up, down] = [0n, 0n]
  for (const heap of near) {
    up += isAnyClosed ? total(heap.rising) : heap.up
    down += isAnyClosed ? total(heap.falling) : heap.down
  }
  const found: number[] = []
  for (const { rising, falling } of near) {
    for (const at of rising) {
      if (value(at) + down > amount) break
      if (isOpen(at)) found.push(at)
      if (found.length > candidatesMax) return null
    }
    for (const at of falling) {
      if (value(at) + up < amount) break
      if (isOpen(at)) found.push(at)
      if (found.length > candidatesMax) return null
    }
  }
  return found.toSorted((one, other) => one - other)
}

function* singles(near: readonly Heap[], amount: bigint, isOpen: (at: number) => boolean): Generator<number[]> {
  for (const { byValue } of near) for (const at of byValue.get(amount) ?? []) if (isOpen(at)) yield [at]
}

/** Every set of candidates that adds up to the amount. */
function* sums(
  candidates: readonly number[],
  amount: bigint,
  value: (index: number) => bigint,
  chosen: readonly number[] = [],
): Generator<number[]> {
  for (const [at, index] of candidates.entries()) {
    const members = [...chosen, index]
    const rest = amount - value(index)
    if (rest === 0n) yield members
    if (members.length < membersMax) yield* sums(candidates.slice(at + 1), rest, value, members)
  }
}
