/**
 * Bank lines and payouts that no reference connects. They belong together only when amount and days leave one solution: of every line that is one payout, or
 * the sum of several, and every payout that is the sum of several lines, a solution counts when nothing in it is part of another. Pure, and blind to order.
 */

/** `day` is a running number of working days. */
export type BankSide = { number: number; amount: bigint; day: number; text: string }
/** `net` may be negative: more refunds than captures, or provider fees that go out by themselves. */
export type PayoutSide = { key: number; reference: string; name: string; net: bigint; day: number }

export type UnreferencedLinks = {
  links: { lines: number[]; payouts: number[] }[]
  /** Lines with more than one solution, or whose solution shares something with another; never a link. */
  ties: { line: number; payouts: number[] }[]
}

/** A bank line is looked for from two working days before a payout's expected day to ten after it: a week's holiday fits, four weeks do not. */
export const windowDays = { before: 2, after: 10 }
/** Sums are searched among at most so many candidates of one line or payout (14,892 sets); with more only single amounts are compared. */
export const candidatesMax = 16
/** At most so many make one sum. */
export const membersMax = 6

export const linkUnreferenced = (lines: readonly BankSide[], payouts: readonly PayoutSide[]): UnreferencedLinks => {
  const near = nearness(lines, payouts)
  const found: Solution[] = []
  for (const [at, line] of lines.entries()) {
    const candidates = near.ofLine[at] ?? []
    for (const members of sums(candidates, line.amount, (index) => payouts[index]?.net ?? 0n))
      found.push({ lines: [at], payouts: members })
  }
  for (const [at, payout] of payouts.entries()) {
    // A payout that comes in parts comes in parts of its own sign.
    const candidates = (near.ofPayout[at] ?? []).filter(
      (index) => (lines[index]?.amount ?? 0n) > 0n === payout.net > 0n,
    )
    for (const members of sums(candidates, payout.net, (index) => lines[index]?.amount ?? 0n))
      if (members.length > 1) found.push({ lines: members, payouts: [at] })
  }
  return decide(found, lines, payouts)
}

/** Places in the lists. */
type Solution = { lines: readonly number[]; payouts: readonly number[] }

const decide = (
  found: readonly Solution[],
  lines: readonly BankSide[],
  payouts: readonly PayoutSide[],
): UnreferencedLinks => {
  const uses = { lines: new Array<number>(lines.length).fill(0), payouts: new Array<number>(payouts.length).fill(0) }
  const couldBe = new Map<number, Set<number>>()
  for (const solution of found) {
    for (const at of solution.payouts) uses.payouts[at] = (uses.payouts[at] ?? 0) + 1
    for (const at of solution.lines) {
      uses.lines[at] = (uses.lines[at] ?? 0) + 1
      const known = couldBe.get(at) ?? new Set()
      for (const payout of solution.payouts) known.add(payout)
      couldBe.set(at, known)
    }
  }
  const isAlone = (solution: Solution) =>
    solution.lines.every((at) => uses.lines[at] === 1) && solution.payouts.every((at) => uses.payouts[at] === 1)
  const links = found.filter(isAlone).map((solution) => ({
    lines: solution.lines.flatMap((at) => lines[at]?.number ?? []),
    payouts: solution.payouts.flatMap((at) => payouts[at]?.key ?? []),
  }))
  const linked = new Set(links.flatMap((link) => link.lines))
  const ties = [...couldBe].flatMap(([at, keys]) => {
    const line = lines[at]
    if (!line || linked.has(line.number)) return []
    return [
      { line: line.number, payouts: [...keys].flatMap((key) => payouts[key]?.key ?? []).toSorted((a, b) => a - b) },
    ]
  })
  return { links, ties }
}

/** Who lies in whose window, by place, without comparing everybody with everybody. */
const nearness = (lines: readonly BankSide[], payouts: readonly PayoutSide[]) => {
  const byDay = new Map<number, number[]>()
  for (const [at, { day }] of payouts.entries()) byDay.set(day, [...(byDay.get(day) ?? []), at])
  const ofPayout: number[][] = payouts.map(() => [])
  const ofLine = lines.map((line, at) => {
    const near: number[] = []
    for (let day = line.day - windowDays.after; day <= line.day + windowDays.before; day += 1)
      for (const index of byDay.get(day) ?? []) {
        const payout = payouts[index]
        if (!payout || namesAnother(line.text, payout.name)) continue
        near.push(index)
        ofPayout[index]?.push(at)
      }
    return near
  })
  return { ofLine, ofPayout }
}

/** Every set of candidates that adds up to the amount: the single ones always, larger ones while there are few that could be in one. */
function* sums(all: readonly number[], amount: bigint, value: (index: number) => bigint): Generator<number[]> {
  const candidates = all.filter(couldHelp(all, amount, value))
  if (candidates.length > candidatesMax) {
    for (const index of candidates) if (value(index) === amount) yield [index]
    return
  }
  yield* subsets(candidates, amount, value, [])
}

/** What overshoots by more than all others of the other sign could bring back is in no sum. */
const couldHelp = (all: readonly number[], amount: bigint, value: (index: number) => bigint) => {
  let [up, down] = [0n, 0n]
  for (const index of all) {
    const each = value(index)
    if (each > 0n) up += each
    else down += each
  }
  return (index: number): boolean => {
    const each = value(index)
    return each > 0n ? each + down <= amount : each + up >= amount
  }
}

function* subsets(
  candidates: readonly number[],
  amount: bigint,
  value: (index: number) => bigint,
  chosen: readonly number[],
): Generator<number[]> {
  for (const [at, index] of candidates.entries()) {
    const members = [...chosen, index]
    const rest = amount - value(index)
    if (rest === 0n) yield members
    if (members.length < membersMax) yield* subsets(candidates.slice(at + 1), rest, value, members)
  }
}

/** A text that carries a reference of the payout's own shape, but another one, is about something else, whatever the amount. */
export const namesAnother = (text: string, name: string): boolean => {
  const prefix = /^[a-z]{2,}(?=.*[0-9])/.exec(name)?.[0]
  if (!prefix || !text.includes(prefix)) return false
  const squeezed = text.split(/[^a-z0-9]+/)
  const shape = shapeOf(name)
  for (let from = 0; from < squeezed.length; from += 1) {
    let said = ''
    for (let to = from; to < squeezed.length && said.length < name.length; to += 1) said += squeezed[to]
    if (said !== name && said.startsWith(prefix) && shapeOf(said) === shape) return true
  }
  return false
}

const shapeOf = (text: string): string => text.replace(/[0-9]/g, '9').replace(/[a-z]/g, 'a')
