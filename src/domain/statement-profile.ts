/** A statement profile: how a provider's or a bank's own file is written, so that its columns can be read as the canonical ones. */
import { z } from 'zod'
import {
  canonicalColumns,
  requiredColumns,
  type StatementColumn,
  type StatementSource,
  splitColumns,
} from './statement-columns.ts'
import { dateFormatProblem } from './statement-date.ts'
import { lineStatuses, lineTypes } from './statement-line.ts'

/** What a file's text may be in. `latin1` is read as windows-1252, as the Encoding Standard has it; the byte order mark decides in UTF-16. */
const encodings = ['utf-8', 'utf-16', 'windows-1258', 'latin1'] as const
const delimiters = [',', ';', '\t', '|', 'auto'] as const

const word = z.string().max(100)

const shape = z.strictObject({
  encoding: z.enum(encodings).default('utf-8'),
  delimiter: z.enum(delimiters).default('auto'),
  header_row: z.int().min(1).max(1_000).default(1),
  date_format: z.string().min(1).max(40),
  number_format: z
    .strictObject({ decimal: z.enum(['.', ',']), thousands: z.enum(['', '.', ',', ' ', "'"]) })
    .default({ decimal: '.', thousands: '' }),
  columns: z.record(z.string().max(50), z.string().trim().min(1).max(200)),
  values: z
    .strictObject({
      line_type: z.record(word, z.enum(lineTypes)).optional(),
      status: z.record(word, z.enum(lineStatuses)).optional(),
    })
    .default({}),
})

export type StatementProfile = z.infer<typeof shape>

/** The profile as an administrator sends it; each thing that is wrong is named with its place. */
export const statementProfileSchema = shape.superRefine((profile, context) => {
  for (const { path, message } of profileProblems(profile)) context.addIssue({ code: 'custom', path, message })
})

/** Reads a stored profile. Null when it is none that a file can be read by. */
export const readProfile = (stored: unknown): StatementProfile | null => {
  const read = statementProfileSchema.safeParse(stored)
  return read.success ? read.data : null
}

/** The required columns of a source that the profile does not feed. */
export const missingColumns = (
  { columns }: Pick<StatementProfile, 'columns'>,
  source: StatementSource,
): StatementColumn[] =>
  requiredColumns[source].filter(
    (column) => !Object.hasOwn(columns, column) && !(source === 'bank' && column === 'amount' && isSplit({ columns })),
  )

/** Whether amounts stand in a column for money in and one for money out. */
const isSplit = ({ columns }: Pick<StatementProfile, 'columns'>): boolean =>
  splitColumns.some((column) => Object.hasOwn(columns, column))

/** As a header or a word is compared: nobody sees whether letters are composed, nor where a cell's text is broken into lines. */
export const comparable = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()

type ProfileProblem = { path: string[]; message: string }

const profileProblems = (profile: StatementProfile): ProfileProblem[] => {
  const problems: ProfileProblem[] = []
  const note = (path: string[], message: string) => problems.push({ path, message })
  if (!isDecodable(profile.encoding))
    note(['encoding'], 'is not an encoding that this runtime reads; save the file as UTF-8')
  const date = dateFormatProblem(profile.date_format)
  if (date) note(['date_format'], date)
  const { decimal, thousands } = profile.number_format
  if (decimal === thousands) note(['number_format', 'thousands'], 'must be another character than decimal')
  for (const column of Object.keys(profile.columns)) {
    if (!sourcesOf(column).length) note(['columns', column], 'is not a canonical column of a statement')
  }
  if (isSplit(profile) && Object.hasOwn(profile.columns, 'amount')) {
    note(['columns', 'amount'], 'is given besides debit and credit; an amount stands in one place')
  }
  for (const source of meantSources(profile)) {
    for (const column of missingColumns(profile, source)) {
      note(['columns', column], `must be given: a statement of a ${source} is not read without it`)
    }
  }
  for (const [name, table] of Object.entries(profile.values)) {
    for (const twice of wordsTwice(table ?? {})) note(['values', name, twice], 'is given twice, written differently')
  }
  return problems
}

const isDecodable = (encoding: string): boolean => {
  try {
    return new TextDecoder(encoding).encoding !== ''
  } catch {
    return false
  }
}

const sourcesOf = (column: string): StatementSource[] =>
  (['provider', 'bank'] as const).filter((source) =>
    [...canonicalColumns[source], ...(source === 'bank' ? splitColumns : [])].some((known) => known === column),
  )

/** The sources whose own columns are named; with common ones alone it is a bank's, which has the fewest. */
const meantSources = ({ columns }: StatementProfile): StatementSource[] => {
  const own = Object.keys(columns)
    .map(sourcesOf)
    .flatMap((sources) => (sources.length === 1 ? sources : []))
  return own.length === 0 ? ['bank'] : [...new Set(own)]
}

const wordsTwice = (table: Readonly<Record<string, string>>): string[] => {
  const words = Object.keys(table)
  const compared = words.map(comparable)
  return words.filter((_, at) => compared.indexOf(compared[at] ?? '') !== at)
}
