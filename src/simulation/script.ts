/**
 * The faults of one town, written down: which kind, where, and how much. They are drawn from the seed, and the same script with the same seed is the same run, also a
 * script of which a part was taken out.
 */
import { type FaultKind, type FaultUnit, faultKinds, faultNames, payoutNumbers } from './fault-kinds.ts'
import type { Random } from './random.ts'

/** `at` counts as the kind says, from 1. */
export type Fault = { kind: FaultKind; at: number; value: number }
export type Script = readonly Fault[]

export type TownSize = { orders: number; days: number }

/** How much of each unit a town has, roughly: where a fault may be put. */
const reachOf = ({ orders, days }: TownSize): Record<FaultUnit, () => number> => ({
  payment: () => orders,
  call: () => orders * 3,
  unit: () => orders * 40,
  request: () => orders * 4,
  webhook: () => orders * 5,
  payout: () => payoutNumbers,
  minute: () => days * 1_440,
  town: () => 1,
})

/** Draws the faults of a town. At most one of those that hit a payment hits the same payment, so that no news of it is lost in every way at once. */
export const drawScript = (random: Random, size: TownSize, kinds: readonly FaultKind[]): Script => {
  const reach = reachOf(size)
  const hit = new Set<number>()
  const faults: Fault[] = []
  for (const kind of kinds) {
    const { unit, perHundred, draw } = faultKinds[kind]
    const own = random.fork(kind)
    const wanted = (perHundred * size.orders) / 100
    const count = unit === 'town' ? (own.chance(0.6) ? 1 : 0) : Math.floor(wanted + own.next())
    for (let drawn = 0; drawn < count; drawn += 1) {
      const place = own.int(1, reach[unit]())
      const at = unit === 'payment' ? place * 10 + 1 : place
      const value = draw(own)
      if (unit === 'payment' && hit.has(at)) continue
      if (unit === 'payment') hit.add(at)
      faults.push({ kind, at, value })
    }
  }
  return faults
}

/** `kind@at` or `kind@at:value`, separated by commas. */
export const writeScript = (script: Script): string =>
  script.map(({ kind, at, value }) => `${kind}@${at}${value === 0 ? '' : `:${value}`}`).join(',')

const faultForm = /^([a-z0-9_]+)@(\d{1,9})(?::(-?\d{1,9}))?$/
const faultsMax = 10_000

/** Reads what writeScript has written; a text that says which part is wrong. */
export const readScript = (text: string): Script | string => {
  const parts = text.split(/[,\s]+/).filter((part) => part !== '')
  if (parts.length > faultsMax) return `a script has at most ${faultsMax} faults`
  const script: Fault[] = []
  for (const part of parts) {
    const [, name, at, value] = faultForm.exec(part) ?? []
    const kind = faultNames.find((known) => known === name)
    if (!kind) return `${JSON.stringify(part.slice(0, 60))} is no fault such as callback_lost@71 or crash@120:2`
    script.push({ kind, at: Number(at), value: Number(value ?? 0) })
  }
  return script
}

/** `all`, `none`, or names separated by commas; a text that names the one that is unknown. */
export const readKinds = (text: string): readonly FaultKind[] | string => {
  if (text === 'all') return faultNames
  if (text === 'none') return []
  const kinds: FaultKind[] = []
  for (const name of text.split(',')) {
    const kind = faultNames.find((known) => known === name.trim())
    if (!kind) return `${JSON.stringify(name)} is no kind of fault; there are ${faultNames.join(', ')}`
    kinds.push(kind)
  }
  return kinds
}

export type Faults = {
  /** The fault of that kind at that place, once; it counts as having happened. */
  take: (kind: FaultKind, at: number) => Fault | null
  /** All of a kind, without counting them. */
  of: (kind: FaultKind) => Script
  /** Counts one that did happen. */
  note: (kind: FaultKind) => void
  counts: () => Readonly<Partial<Record<FaultKind, number>>>
}

/** The faults of a script as a run asks for them. */
export const openFaults = (script: Script): Faults => {
  const waiting = new Map(script.map((fault) => [`${fault.kind}@${fault.at}`, fault]))
  const counts: Partial<Record<FaultKind, number>> = {}
  const note = (kind: FaultKind) => {
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return {
    take: (kind, at) => {
      const key = `${kind}@${at}`
      const found = waiting.get(key) ?? null
      if (found) {
        waiting.delete(key)
        note(kind)
      }
      return found
    },
    of: (kind) => script.filter((fault) => fault.kind === kind),
    note,
    counts: () => counts,
  }
}
