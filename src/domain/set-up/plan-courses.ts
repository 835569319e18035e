/**
 * What a file says of things that hold from day to day (prices, codes of catalogues), laid beside what is stored: what is added, what ends when another begins, and what
 * cannot be. Nothing is ever rewritten.
 */
import { addDays } from '../../lib/time.ts'
import { differing, type Fault, type Placed, repeated } from './step.ts'

/** Stored, no end is none; in a file see `isWhole`. */
export type Dated = { validFrom: string; validTo: string | null }

export type CoursesPlan<Value extends Dated> = {
  added: readonly Value[]
  /** What is stored and gets another last day. */
  ended: readonly { id: string; was: Value; validTo: string | null }[]
  unchanged: number
  faults: readonly Fault[]
}

export type CourseKind<Value extends Dated> = {
  file: string
  /** Of one key one holds on a day at most. */
  keyOf: (value: Value) => string
  /** What it says besides its days. */
  said: readonly (keyof Value & string)[]
  /** How members are called in the file. */
  columnOf: Readonly<Record<string, string>>
  /** `a price`, `price` and `fee`: a fee has one price on a day. */
  words: { a: string; one: string; of: string }
  /** A row without an end has none, unless another begins; otherwise it says nothing of an end that is stored. */
  isWhole?: true
}

type Stored<Value> = Value & { id: string }
/** One part of a course; `line` where the file has it, `stored` where it is there already. */
type Entry<Value> = { line: number | null; value: Value; stored: Stored<Value> | null; validTo: string | null }

export const planCourses = <Value extends Dated>(
  kind: CourseKind<Value>,
  rows: readonly Placed<Value>[],
  stored: readonly Stored<Value>[],
): CoursesPlan<Value> => {
  const { file, keyOf, words, isWhole = false } = kind
  const doubled = repeated(rows, (value) => `${keyOf(value)} ${value.validFrom}`)
  const faults: Fault[] = doubled.map(({ line, before }) => ({
    ...{ file, line, column: 'valid_from' },
    reason: `the ${words.of} has ${words.a} from that day on in line ${before} already`,
  }))
  const doubledLines = new Set(doubled.map(({ line }) => line))
  const once = rows.filter(({ line }) => !doubledLines.has(line))
  const storedOf = Map.groupBy(stored, keyOf)
  const [added, ended]: [Value[], CoursesPlan<Value>['ended'][number][]] = [[], []]
  let unchanged = 0
  for (const [key, placed] of Map.groupBy(once, ({ value }) => keyOf(value))) {
    const course = courseOf(placed, storedOf.get(key) ?? [], isWhole)
    faults.push(...course.flatMap((entry, at) => problemsOf(kind, entry, course[at + 1])))
    for (const { line, value, stored: known, validTo } of course) {
      if (!known) added.push({ ...value, validTo })
      else if (known.validTo !== validTo) ended.push({ id: known.id, was: known, validTo })
      else if (line !== null) unchanged += 1
    }
  }
  return { added, ended, unchanged, faults }
}

/** All parts by their first day, each ending before the next begins where nothing else is said of its end. */
const courseOf = <Value extends Dated>(
  placed: readonly Placed<Value>[],
  stored: readonly Stored<Value>[],
  isWhole: boolean,
): Entry<Value>[] => {
  const known = (day: string) => stored.find(({ validFrom }) => validFrom === day) ?? null
  const entries: Entry<Value>[] = [
    ...placed.map(({ line, value }) => {
      const own = known(value.validFrom)
      return { line, value, stored: own, validTo: value.validTo ?? (isWhole ? null : (own?.validTo ?? null)) }
    }),
    ...stored
      .filter(({ validFrom }) => !placed.some(({ value }) => value.validFrom === validFrom))
      .map((value) => ({ line: null, value, stored: value, validTo: value.validTo })),
  ].toSorted((a, b) => (a.value.validFrom < b.value.validFrom ? -1 : 1))
  return entries.map((entry, at) => {
    const next = entries[at + 1]
    return entry.validTo === null && next ? { ...entry, validTo: addDays(next.value.validFrom, -1) } : entry
  })
}

const problemsOf = <Value extends Dated>(
  { file, said, columnOf, words }: CourseKind<Value>,
  { line, value, stored, validTo }: Entry<Value>,
  next: Entry<Value> | undefined,
): Fault[] => {
  const { a, one, of } = words
  const fault = (at: number | null, column: string, reason: string): Fault => ({ file, line: at, column, reason })
  const [changed] = stored && line !== null ? differing<Value>(stored, value, said) : []
  const { validFrom } = value
  return [
    ...(changed
      ? [
          fault(
            line,
            columnOf[changed] ?? changed,
            `differs from what holds since ${validFrom}, and ${a} is never rewritten: let another begin on a later day`,
          ),
        ]
      : []),
    ...(validTo !== null && validTo < validFrom
      ? [fault(line ?? next?.line ?? null, 'valid_to', 'lies before valid_from')]
      : []),
    ...(validTo !== null && next && validTo >= next.value.validFrom
      ? [
          next.line === null
            ? fault(line, 'valid_to', `reaches into the ${one} that holds from ${next.value.validFrom} on`)
            : fault(
                next.line,
                'valid_from',
                `lies within another ${one} of this ${of}, which holds from ${validFrom} to ${validTo}${line === null ? '' : ` (line ${line})`}`,
              ),
        ]
      : []),
  ]
}
