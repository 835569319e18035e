/** Rows of the bank that pay the same payouts: together they are what those come to, and a payout is paid by one group of them. */
import type { MatchedItem, MatchRow } from './match-evidence.ts'
import { isInWindow } from './match-proof.ts'
import type { PayoutProof } from './present-reconciliation.ts'
import { holdsName } from './row-texts.ts'

type Group = {
  items: MatchedItem[]
  paid: bigint
  net: bigint
  /** So many rows pay together, by the proof of its first. */
  lines: number
  payouts: PayoutProof[]
  /** Rows outside the run that could be among them. */
  outside: MatchRow[]
}

export type Teams = {
  add: (item: MatchedItem, row: MatchRow) => void
  /** Whether a group has rows that are not among the run's own: then `offer` takes all that lie outside its days. */
  needsOthers: () => boolean
  offer: (row: MatchRow) => void
  /** The first that does not hold; `beyond` counts the matches that hold with rows outside the run. */
  end: () => { fault: { item: MatchedItem; problem: string } | null; beyond: number }
}

export const createTeams = (): Teams => {
  const groups = new Map<string, Group>()
  const owner = new Map<string, string>()
  const lacking = () => [...groups.values()].filter(({ items, lines }) => items.length < lines)
  return {
    add: (item, row) => {
      const { payouts = [], team } = item.proof
      if (payouts.length === 0) return
      const names = payouts.map(({ reference, part }) => `${reference} ${part}`)
      const known = names.map((name) => owner.get(name)).find((group) => group !== undefined) ?? item.id
      const group = groups.get(known) ?? {
        items: [],
        paid: 0n,
        net: 0n,
        lines: team?.lines ?? 1,
        payouts: [],
        outside: [],
      }
      group.items.push(item)
      group.paid += row.amount
      for (const [index, name] of names.entries()) {
        const payout = payouts[index]
        if (payout && !owner.has(name)) {
          group.net += BigInt(payout.net)
          group.payouts.push(payout)
        }
        owner.set(name, known)
      }
      groups.set(known, group)
    },
    needsOthers: () => lacking().length > 0,
    offer: (row) => {
      for (const group of lacking())
        if (group.outside.length < outsideMax && couldPay(group, row)) group.outside.push(row)
    },
    end: () => {
      let beyond = 0
      for (const group of groups.values()) {
        const [item] = group.items
        const problem = problemOf(group)
        if (item && problem) return { fault: { item, problem }, beyond }
        if (group.items.length < group.lines) beyond += group.items.length
      }
      return { fault: null, beyond }
    },
  }
}

/** More rows than these that could pay one group are not weighed. */
const outsideMax = 2_000

const problemOf = ({ items, paid, net, lines, outside }: Group): string | null => {
  const wanted = String(net)
  const other = items.find(
    ({ proof: { team } }) =>
      (team?.lines ?? 1) !== lines || (team && (String(team.paid) !== wanted || String(team.net) !== wanted)),
  )
  if (other) return `a proof has other rows, or another sum, than ${lines} and ${net}`
  if (items.length > lines) return `${items.length} rows pay what ${lines} should`
  if (items.length === lines) return paid === net ? null : `the rows together are ${paid}, the payouts ${net}`
  const [count, rest] = [lines - items.length, net - paid]
  return addsUp(outside, { count, rest })
    ? null
    : `no ${count} rows outside the run bring the ${rest} that are left of ${net}`
}

/** By the rule of the group: its rows name a payout, or lie in the days of each. */
const couldPay = ({ items, payouts }: Group, row: MatchRow): boolean =>
  items[0]?.proof.rule.startsWith('payout_reference')
    ? payouts.some(({ reference }) => holdsName(row, reference))
    : isInWindow(payouts, row)

/** Sets that are tried before a sum counts as not shown. */
const triesMax = 200_000

/** Whether so many of the rows, each listing of one once, add up to the rest. */
const addsUp = (rows: readonly MatchRow[], { count, rest }: { count: number; rest: bigint }): boolean => {
  const amounts = [...new Map(rows.map((row) => [nameOf(row), row.amount])).values()]
  const sum = amounts.reduce((total, amount) => total + amount, 0n)
  if (amounts.length === count && sum === rest) return true
  // Equal credits of one day that carry the payout's reference are parts of it, and no listing of one line.
  const parts = rows.map(({ amount }) => amount)
  let tries = 0
  const find = (all: readonly bigint[], from: number, left: number, wanted: bigint): boolean => {
    if (left === 0) return wanted === 0n
    for (let at = from; at <= all.length - left; at += 1) {
      tries += 1
      if (tries > triesMax) return false
      const amount = all[at] ?? 0n
      if (left === 1 ? amount === wanted : find(all, at + 1, left - 1, wanted - amount)) return true
    }
    return false
  }
  return find(parts, 0, count, rest)
}

const nameOf = ({ bankReference, amount, valueDate, rowHash }: MatchRow): string =>
  bankReference === null ? rowHash : [bankReference, amount, valueDate].join('\n')
