/** What entering one file of an installation comes to: what is added and changed, what is as it was, and what is wrong with it. */

/** `line` and `column` say where; null where the file as a whole is meant. Never the value itself: it may be a secret. */
export type Fault = { file: string; line: number | null; column: string | null; reason: string }

export type Change = { what: 'add' | 'change' | 'end'; name: string; detail: string | null }

export type Step = {
  file: string
  changes: readonly Change[]
  unchanged: number
  /** With one of these nothing of the file is applied. */
  faults: readonly Fault[]
  /** What a person should know; nothing is wrong with it. */
  notes: readonly string[]
}

/** A value with its place in the file. */
export type Placed<Value> = { line: number; value: Value }

export const stepOf = (file: string, more: Partial<Step> = {}): Step => ({
  file,
  changes: [],
  unchanged: 0,
  faults: [],
  notes: [],
  ...more,
})

/** The names of members whose values differ; dates and objects are compared by what they say. */
export const differing = <Row extends object>(was: Row, is: Row, names: readonly (keyof Row & string)[]): string[] =>
  names.filter((name) => said(was[name]) !== said(is[name]))

const said = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'bigint'
      ? `${member} đ`
      : typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : member,
  ) ?? 'undefined'

/** Places of what is there twice, by key, the first one left out. */
export const repeated = <Value>(rows: readonly Placed<Value>[], keyOf: (value: Value) => string) => {
  const first = new Map<string, number>()
  return rows.flatMap(({ line, value }) => {
    const key = keyOf(value)
    const before = first.get(key)
    if (before === undefined) first.set(key, line)
    return before === undefined ? [] : [{ line, before }]
  })
}
