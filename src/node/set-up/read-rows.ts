// Reads a CSV file of an installation into objects as the API takes them, a row each; what is wrong with it is named by line and column.
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { z } from 'zod'
import type { Fault, Placed } from '../../domain/set-up/step.ts'
import { type CsvRow, readCsv } from '../../lib/csv.ts'
import { hasCode } from '../folder-users.ts'

/** How a cell becomes a member; an empty cell is an absent member. Undefined: it does not. */
export type CellReader = (cell: string) => unknown

export type RowsOf<Shape extends z.ZodType> = {
  rows: readonly Placed<{ value: z.output<Shape>; given: readonly string[] }>[]
  /** Of the bytes that were read. */
  sha256: string
  faults: readonly Fault[]
}

/** A file with what is wrong in it; null: there is none. */
export type ReadFile<Value> = { file: string; rows: readonly Placed<Value>[]; faults: readonly Fault[] } | null

const fileBytesMax = 8 * 1024 * 1024
const rowsMax = 20_000
const limits = { maxColumns: 40, maxFieldChars: 2_000 }
const faultsMax = 1_000

/** Null when there is no such file. `columns` are those that there may be, with how their cells are read; `absent` are the members of empty cells that are not left out. */
export const readRows = async <Shape extends z.ZodType>(
  path: string,
  shape: Shape,
  columns: Readonly<Record<string, CellReader>>,
  absent: Readonly<Record<string, unknown>> = {},
): Promise<RowsOf<Shape> | null> => {
  const file = basename(path)
  const size = await sizeOf(path)
  if (size === null) return null
  let sha256 = ''
  const faulty = (faults: readonly Fault[]): RowsOf<Shape> => ({ rows: [], sha256, faults })
  const whole = (reason: string) => faulty([{ file, line: null, column: null, reason }])
  if (size > fileBytesMax) return whole(`has more than ${fileBytesMax} bytes`)
  const bytes = await readFile(path)
  sha256 = createHash('sha256').update(bytes).digest('hex')
  const [head, ...body] = await cellsOf(bytes)
  if (!head || head.problem) return whole('has no header that can be read')
  if (body.length > rowsMax) return whole(`has more than ${rowsMax} rows`)
  const names = head.cells.map((cell) => cell.trim().toLowerCase())
  const wrong = names.flatMap((name, at) =>
    Object.hasOwn(columns, name) && names.indexOf(name) === at
      ? []
      : [
          {
            file,
            line: head.line,
            column: name,
            reason: names.indexOf(name) === at ? `is no column of ${file}` : 'stands there twice',
          },
        ],
  )
  if (wrong.length > 0) return faulty(wrong)
  const read = body.map((row) => readRow({ file, row, names, columns, absent, shape }))
  return {
    rows: read.flatMap(({ placed }) => placed),
    sha256,
    faults: read.flatMap(({ faults }) => faults).slice(0, faultsMax),
  }
}

/** Null when there is no such file. */
export const sizeOf = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

const cellsOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<CsvRow[]> => {
  const all: CsvRow[] = []
  for await (const rows of readCsv(new Blob([bytes]).stream(), limits)) {
    all.push(...rows.filter(({ problem, cells }) => problem || cells.some((cell) => cell.trim() !== '')))
    if (all.length > rowsMax + 1) break
  }
  return all
}

type Reading<Shape extends z.ZodType> = {
  file: string
  row: CsvRow
  names: readonly string[]
  columns: Readonly<Record<string, CellReader>>
  absent: Readonly<Record<string, unknown>>
  shape: Shape
}

const readRow = <Shape extends z.ZodType>({ file, row, names, columns, absent, shape }: Reading<Shape>) => {
  const { line, cells, problem, cell: at } = row
  const fault = (column: string | null, reason: string): Fault => ({ file, line, column, reason })
  if (problem) return { placed: [], faults: [fault(names[at ?? -1] ?? null, problem.replaceAll('_', ' '))] }
  if (cells.length > names.length)
    return { placed: [], faults: [fault(null, `has ${cells.length} cells, the header ${names.length}`)] }
  const given = names.filter((_, index) => (cells[index] ?? '').trim() !== '')
  const members = given.map((name) => [name, columns[name]?.((cells[names.indexOf(name)] ?? '').trim())] as const)
  const parsed = shape.safeParse({ ...absent, ...Object.fromEntries(members) })
  if (parsed.success) return { placed: [{ line, value: { value: parsed.data, given } }], faults: [] }
  const faults = parsed.error.issues.map(({ path, message }) => {
    const column = path.length > 0 ? String(path[0]) : null
    return fault(column, column !== null && !given.includes(column) ? 'is missing' : message)
  })
  return { placed: [], faults }
}

export const asText: CellReader = (cell) => cell
/** Plain digits, or with dots in between as Vietnamese write them; what is none is left for the shape to refuse. */
export const asDong: CellReader = (cell) =>
  /^(\d{1,15}|\d{1,3}(\.\d{3}){1,4})$/.test(cell) ? Number(cell.replaceAll('.', '')) : cell
export const asCount: CellReader = (cell) => (/^\d{1,9}$/.test(cell) ? Number(cell) : cell)
export const asList: CellReader = (cell) => cell.split(/[\s;]+/).filter((word) => word !== '')
/** `2026-11-30`, or `30/11/2026` as spreadsheets make of it. */
export const asDay: CellReader = (cell) =>
  cell.replace(
    /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/,
    (_, day, month, year) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
  )

const answers: Readonly<Record<string, boolean>> = {
  yes: true,
  no: false,
  true: true,
  false: false,
  có: true,
  không: false,
}
export const asYesNo: CellReader = (cell) => answers[cell.normalize('NFC').toLowerCase()] ?? cell
