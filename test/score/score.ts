// Compares what a run says with what the contract demands: by class, and by what each item links.
import { type ItemClass, itemClasses } from '../../src/domain/reconciliation-classes.ts'
import type { ReconciliationItem } from '../../src/store/reconciliations.ts'
import type { Label } from './world.ts'

/** `expected` labels and `found` items of a class; `right` has the class and the link that are demanded. */
export type ClassScore = { expected: number; found: number; right: number }

export type Score = {
  classes: Record<ItemClass, ClassScore>
  labels: number
  /** Items that link exactly what is demanded. */
  exact: number
  /** Items that link something else than what is demanded. */
  wrongLinks: number
  misses: Miss[]
}

/** `key` names the line, attempt, refund or payout; `demanded` or `got` is null where there is none. */
export type Miss = { key: string; demanded: Label | null; got: string | null; isWrongLink: boolean }

export const newScore = (): Score => ({
  classes: Object.fromEntries(itemClasses.map((name) => [name, { expected: 0, found: 0, right: 0 }])) as Record<
    ItemClass,
    ClassScore
  >,
  labels: 0,
  exact: 0,
  wrongLinks: 0,
  misses: [],
})

/** What the score looks at. */
export type ScoredItem = Pick<
  ReconciliationItem,
  'class' | 'source' | 'statementId' | 'attemptId' | 'refundId' | 'candidates' | 'proof'
> & { payoutReferences?: readonly string[] }

/** What is demanded of one place; labels of one `group` may change places with each other. */
export type Demand = { key: string; group: string; label: Label }

/** Adds a run to a score. `either` are keys of which the contract lets more than one thing be said. */
export const addToScore = (
  score: Score,
  {
    demands,
    items,
    either,
  }: { demands: readonly Demand[]; items: ReadonlyMap<string, ScoredItem>; either: ReadonlySet<string> },
): void => {
  const demanded = new Set(demands.map(({ key }) => key))
  for (const group of Map.groupBy(demands, (demand) => demand.group).values()) {
    for (const { key, label, item } of paired(group, items)) judge(score, { key, label, item })
  }
  for (const [key, item] of items) {
    if (demanded.has(key) || either.has(key)) continue
    score.classes[item.class].found += 1
    // What has no line links nothing: it says that its attempt, refund or payout was not found.
    const isWrongLink = item.statementId !== null && links(item).length > 0
    score.wrongLinks += isWrongLink ? 1 : 0
    score.misses.push({ key, demanded: null, got: shown(item), isWrongLink })
  }
}

/** Gives the labels of a group to its items so that as many classes as possible agree. */
const paired = (group: readonly Demand[], items: ReadonlyMap<string, ScoredItem>) => {
  const left = group.map(({ key }) => ({ key, item: items.get(key) ?? null }))
  const take = (index: number, label: Label) => left.splice(index, 1).map((place) => ({ ...place, label }))
  const waiting: Label[] = []
  const pairs = group.flatMap(({ label }) => {
    const same = left.findIndex(({ item }) => item?.class === label.class)
    if (same < 0) waiting.push(label)
    return same < 0 ? [] : take(same, label)
  })
  return [...pairs, ...waiting.flatMap((label) => take(0, label))]
}

const judge = (score: Score, { key, label, item }: { key: string; label: Label; item: ScoredItem | null }): void => {
  score.labels += 1
  score.classes[label.class].expected += 1
  if (item) score.classes[item.class].found += 1
  const wanted = labelLinks(label)
  const linked = item ? links(item) : []
  // A line that is listed a second time may name what the first one is about, or nothing.
  const isExact = item !== null && (same(wanted, linked) || (label.class === 'duplicate_line' && linked.length === 0))
  const isWrongLink = item?.statementId !== null && linked.some((link) => !wanted.includes(link))
  const hasCandidates = label.candidates === null || same(label.candidates, item?.candidates ?? [])
  score.exact += isExact ? 1 : 0
  score.wrongLinks += isWrongLink ? 1 : 0
  if (isExact && hasCandidates && item?.class === label.class) score.classes[label.class].right += 1
  else score.misses.push({ key, demanded: label, got: item ? shown(item) : null, isWrongLink })
}

const labelLinks = ({ attempt, refund, payouts }: Label): string[] =>
  [attempt, refund, ...payouts].filter((link) => link !== null)

/** What an item links: an attempt, a refund, or the payouts of a bank line. */
const links = ({ source, attemptId, refundId, payoutReferences }: ScoredItem): string[] =>
  (source === 'bank' ? [...(payoutReferences ?? [])] : [attemptId, refundId]).filter((link) => link !== null)

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n')

const shown = (item: ScoredItem): string =>
  [
    item.class,
    links(item).join(' + ') || 'no link',
    ...(item.candidates.length > 0 ? [`candidates ${item.candidates.join(', ')}`] : []),
    `rule ${item.proof?.rule}`,
  ].join(', ')

export const recallOf = ({ expected, right }: ClassScore): number => (expected === 0 ? 1 : right / expected)
export const precisionOf = ({ found, right }: ClassScore): number => (found === 0 ? 1 : right / found)
export const exactOf = ({ labels, exact }: Score): number => (labels === 0 ? 1 : exact / labels)
