/** A catalogue's file, which is the whole of it, laid beside what was imported before: codes that are new, have another name, or are gone. Nothing is rewritten or deleted. */
import { addDays } from '../../lib/time.ts'
import type { CatalogueEntry } from '../catalogue.ts'
import { type CoursesPlan, planCourses } from './plan-courses.ts'
import { differing, type Fault, type Placed } from './step.ts'

/** An entry as a file has it; a row without `validFrom` says what holds now. */
export type CatalogueLine = Omit<CatalogueEntry, 'catalogue' | 'validFrom'> & { validFrom: string | null }

type Entry = Omit<CatalogueEntry, 'catalogue'>
type Stored = Entry & { id: string }

export type CatalogueFile = {
  file: string
  /** What the code is called in the file. */
  codeColumn: string
  rows: readonly Placed<CatalogueLine>[]
  stored: readonly Stored[]
  /** The day on which rows without `validFrom` begin, should they say something new. */
  from: string
  /** From which day on the codes that are gone from the file hold no more; null: they hold on. */
  goneFrom: string | null
}

export type CataloguePlan = CoursesPlan<Entry> & {
  /** Codes that are gone from the file and hold on. */
  staying: readonly Stored[]
}

export const planCatalogue = ({ file, codeColumn, rows, stored, from, goneFrom }: CatalogueFile): CataloguePlan => {
  const linesOf = Map.groupBy(rows, ({ value }) => keyOf(value))
  const undated = rows.filter(({ value }) => value.validFrom === null && (linesOf.get(keyOf(value))?.length ?? 0) > 1)
  if (undated.length > 0)
    return { ...nothing, faults: undated.map(({ line }) => ({ file, line, column: 'valid_from', reason: several })) }
  const storedOf = Map.groupBy(stored, keyOf)
  const dated = rows.map(({ line, value }) => ({
    line,
    value: {
      ...value,
      validFrom: value.validFrom ?? beginningOf(value, { known: storedOf.get(keyOf(value)) ?? [], from }),
    },
  }))
  const words = { a: 'an entry', one: 'entry', of: 'code' }
  const plan = planCourses<Entry>(
    { file, keyOf, said, columnOf: { ...columnOf, code: codeColumn }, words, isWhole: true },
    dated,
    stored,
  )
  const day = goneFrom ?? from
  const gone = stored.filter((each) => !linesOf.has(keyOf(each)) && (each.validTo === null || each.validTo >= day))
  if (goneFrom === null) return { ...plan, staying: gone }
  const tooLate = gone.filter(({ validFrom }) => validFrom >= goneFrom)
  return {
    ...plan,
    ended: [...plan.ended, ...gone.map((was) => ({ id: was.id, was, validTo: addDays(goneFrom, -1) }))],
    faults: [
      ...plan.faults,
      ...tooLate.map(
        ({ code, validFrom }): Fault => ({
          ...{ file, line: null, column: codeColumn },
          reason: `${code} is gone from the file and only begins on ${validFrom}: let it end from a later day than ${goneFrom} on`,
        }),
      ),
    ],
    staying: [],
  }
}

const nothing = { added: [], ended: [], unchanged: 0, staying: [] }
const several = 'is missing: the code stands in several rows, so each of them says from when on'

const keyOf = ({ agencyCode, code }: { agencyCode: string; code: string }): string => `${agencyCode} ${code}`

const said = ['name', 'nameEn', 'feeCodes', 'source'] as const
const columnOf = { nameEn: 'name_en', feeCodes: 'fee_codes' }

/** Of a row that says what is stored already its own first day; another one begins on the day from which the file holds. */
const beginningOf = (line: CatalogueLine, { known, from }: { known: readonly Stored[]; from: string }): string => {
  const latest = known
    .filter(({ validFrom }) => validFrom <= from)
    .toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
    .at(-1)
  if (!latest) return from
  const isSame = differing<Omit<Entry, 'validFrom'>>(latest, line, said).length === 0
  const isThere = latest.validTo === null || latest.validTo >= from || latest.validTo === line.validTo
  return isSame && isThere ? latest.validFrom : from
}
