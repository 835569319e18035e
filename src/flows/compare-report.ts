/** What became of a report between two instants, line by line, with the reason. */
import { type ChangeReason, reasonOf } from '../domain/report-changes.ts'
import { toRfc3339 } from '../lib/time.ts'
import { noKey } from '../store/reports/source.ts'
import type { Deps } from './deps.ts'
import { openReader, type Reader, type ReportInput, type Row, reportInstant, worded, wrong } from './read-report.ts'
import { jsonRow } from './report.ts'

const rowsMax = 10_000

export type ReportChange = {
  key: string
  change: 'added' | 'removed' | 'changed'
  reason: ChangeReason
  fields: readonly string[]
  before: ReturnType<typeof jsonRow> | null
  after: ReturnType<typeof jsonRow> | null
}

/** From the earlier of the two instants to the later one. Throws Refusal `invalid_input` beyond 10,000 rows. */
export const compareReport = async (deps: Deps, scope: string, input: ReportInput & { compareTo: Date }) => {
  const { compareTo, ...asked } = input
  const other = await reportInstant(deps, asked.asOf)
  if (compareTo > deps.now()) throw wrong('/query/compare_to', 'lies in the future; a day is meant to its end')
  const [from, to] = compareTo < other ? [compareTo, other] : [other, compareTo]
  const reader = await openReader(deps, scope, { ...asked, asOf: to })
  const before = await linesOf(await openReader(deps, scope, { ...asked, asOf: from }))
  const after = await linesOf(reader)
  const keys = [...new Set([...before.keys(), ...after.keys()])]
  const changes = keys.flatMap((key) => changeOf(reader, { key, before: before.get(key), after: after.get(key) }) ?? [])
  return { from: toRfc3339(from), to: toRfc3339(to), changes }
}

const linesOf = async (reader: Reader): Promise<ReadonlyMap<string, Row>> => {
  const lines = new Map<string, Row>()
  for await (const row of worded(reader)) {
    if (lines.size >= rowsMax) throw wrong('/query/to', `more than ${rowsMax} rows to compare: narrow the period`)
    lines.set(row.key, row)
  }
  return lines
}

const changeOf = (
  { name, shape }: Reader,
  { key, before, after }: { key: string; before: Row | undefined; after: Row | undefined },
): ReportChange | null => {
  const [was, is] = [before, after].map((row) => (row ? jsonRow(shape.columns, row) : null))
  const compared = shape.columns.filter((column) => column.key !== 'number' && was?.[column.key] !== is?.[column.key])
  const fields = was && is ? compared.map((column) => column.key) : []
  if (was && is && fields.length === 0) return null
  const change = !was ? 'added' : is ? 'changed' : 'removed'
  const kind = after?.kind_code ?? null
  const reason = reasonOf(name, { change, kind: typeof kind === 'string' ? kind : null, fields })
  return { key: key === noKey ? '' : key, change, reason, fields, before: was ?? null, after: is ?? null }
}
