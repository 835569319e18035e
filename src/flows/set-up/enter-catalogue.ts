/** A catalogue as a file has it: the whole of it is applied in one commit, or nothing is. */
import { codesAbove } from '../../domain/agency-scope.ts'
import type { CatalogueEntry, CatalogueName } from '../../domain/catalogue.ts'
import { type CatalogueLine, type CataloguePlan, planCatalogue } from '../../domain/set-up/plan-catalogue.ts'
import { type Change, type Fault, type Placed, type Step, stepOf } from '../../domain/set-up/step.ts'
import { businessDay } from '../../lib/time.ts'
import { listAgencies } from '../../store/agencies.ts'
import { readCatalogue, writeCatalogue } from '../../store/catalogues.ts'
import { isConflict } from '../../store/database.ts'
import type { Deps } from '../deps.ts'
import { auditRow } from '../write-audit.ts'
import { entriesMax, operator } from './operator.ts'

/** An entry of a file; without an agency it is that of the installation's one province. */
export type CatalogueItem = Omit<CatalogueLine, 'agencyCode'> & { agencyCode: string | null }

export type CatalogueFile = {
  file: string
  /** Of the bytes that the rows were read from. */
  sha256: string
  catalogue: CatalogueName
  codeColumn: string
  rows: readonly Placed<CatalogueItem>[]
  isDry: boolean
  /** Agencies that an earlier file adds, which are not there yet when nothing is applied. */
  coming?: readonly string[]
  /** From which day on the file holds: what is new begins then, and what is gone has ended. Null: today, and what is gone holds on. */
  from: string | null
  /** What does not fit the whole catalogue as it would be. */
  check?: CatalogueCheck
}

type Entry = Omit<CatalogueEntry, 'catalogue'>
export type CatalogueCheck = (entries: readonly Entry[]) => Pick<Step, 'faults' | 'notes'>

/** Somebody may import the same catalogue at this very moment. */
const turnsMax = 5

export const enterCatalogue = async (deps: Deps, given: CatalogueFile): Promise<Step> => {
  const { file, catalogue, codeColumn, isDry, coming = [], check } = given
  const today = businessDay(deps.now())
  const reason = refusalOf(given, today)
  if (reason !== null) return stepOf(file, { faults: [{ file, line: null, column: null, reason }] })
  const agencies = await listAgencies(deps.db, operator, { after: null, limit: entriesMax })
  const codes = [...new Set([...agencies.map(({ agencyCode }) => agencyCode), ...coming])]
  const { rows, faults, provinces, provinceOf, agencyCodes } = withAgencies(given, codes)
  if (faults.length > 0) return stepOf(file, { faults })
  const place = { catalogue, agencyCodes }
  const from = given.from ?? today
  for (let turn = 1; ; turn += 1) {
    const stored = await readCatalogue(deps.db, place)
    const plan = planCatalogue({ file, codeColumn, rows, stored: stored.rows, from, goneFrom: given.from })
    if (plan.faults.length > 0) return stepOf(file, { faults: plan.faults })
    const checked = check?.(entriesOf(stored.rows, plan)) ?? { faults: [], notes: [] }
    if (checked.faults.length > 0) return stepOf(file, { faults: checked.faults })
    const step = stepOfPlan(file, plan, checked.notes)
    if (isDry || step.changes.length === 0) return step
    const added = plan.added.map((entry) => ({ ...entry, catalogue, id: deps.newId('cat') }))
    try {
      const records = provinces.map((province) => {
        const isOwn = ({ agencyCode }: { agencyCode: string }) => provinceOf(agencyCode) === province
        return recordOf(deps, given, {
          province,
          rows: rows.filter(({ value }) => isOwn(value)).length,
          added: plan.added.filter(isOwn).length,
          ended: plan.ended.filter(({ was }) => isOwn(was)).length,
        })
      })
      await writeCatalogue(deps.db, { ...place, added, ended: plan.ended, records, print: stored.print })
      return step
    } catch (error) {
      if (!isConflict(error) || turn === turnsMax) throw error
    }
  }
}

/** How much of a file is a province's own. */
type Share = { province: string; rows: number; added: number; ended: number }

/** A record for each province with its own share, since whoever reads there does not see the others'. */
const recordOf = (deps: Deps, { file, sha256, catalogue }: CatalogueFile, { province, rows, added, ended }: Share) =>
  auditRow(deps, {
    ...{ scope: operator.agency, actor: operator.clientId, action: 'catalogue.imported' },
    ...{ requestId: operator.tokenId, clientAddress: '', agencyCode: province },
    ...{ object: { id: catalogue, kind: null }, rows },
    query: { file, sha256, added: String(added), ended: String(ended) },
  })

/** A day that is over cannot be changed any more, and a whole catalogue ends by what its rows say and never by their absence. */
const refusalOf = ({ rows, from }: CatalogueFile, today: string): string | null => {
  if (rows.length === 0) return 'has no rows; to end a code, give its row a valid_to'
  return from !== null && from < today ? `cannot hold from ${from} on, which is before today` : null
}

/** The catalogue as it would be. */
const entriesOf = (stored: readonly (Entry & { id: string })[], { added, ended }: CataloguePlan): Entry[] => {
  const endOf = new Map(ended.map(({ id, validTo }) => [id, validTo]))
  return [
    ...stored.map((entry) => ({
      ...entry,
      validTo: endOf.has(entry.id) ? (endOf.get(entry.id) ?? null) : entry.validTo,
    })),
    ...added,
  ]
}

type Owned = {
  rows: readonly Placed<CatalogueLine>[]
  faults: readonly Fault[]
  /** Those that the file is about. */
  provinces: readonly string[]
  /** The province that an agency is in, or is. */
  provinceOf: (agencyCode: string) => string
  /** Every agency of the provinces that the file is about: of those it is the whole catalogue. */
  agencyCodes: readonly string[]
}

/** A row that names no agency is of the one that is above all others, should there be one. */
const withAgencies = ({ file, rows }: CatalogueFile, codes: readonly string[]): Owned => {
  const known = new Set(codes)
  const topOf = (code: string) => codesAbove(code).find((above) => known.has(above)) ?? code
  const tops = new Set(codes.map(topOf))
  const [first] = tops
  const province = tops.size === 1 && first !== undefined ? first : null
  const fault = (line: number, reason: string): Fault => ({ file, line, column: 'agency_code', reason })
  const placed = rows.map(({ line, value }) => ({ line, value, agencyCode: value.agencyCode ?? province }))
  const about = new Set(
    placed.map(({ agencyCode }) => (agencyCode === null ? null : topOf(agencyCode))).concat(province),
  )
  return {
    rows: placed.flatMap(({ line, value, agencyCode }) =>
      agencyCode === null ? [] : [{ line, value: { ...value, agencyCode } }],
    ),
    faults: placed.flatMap(({ line, agencyCode }) => {
      if (agencyCode === null) return [fault(line, 'is missing, and no one agency is above all others')]
      return known.has(agencyCode) ? [] : [fault(line, 'there is no such agency')]
    }),
    provinces: [...about].filter((top) => top !== null),
    provinceOf: topOf,
    agencyCodes: codes.filter((code) => about.has(topOf(code))),
  }
}

const stepOfPlan = (
  file: string,
  { added, ended, unchanged, staying }: CataloguePlan,
  others: readonly string[],
): Step => {
  const nameOf = ({ agencyCode, code, validFrom }: Entry) => `${agencyCode} ${code} from ${validFrom}`
  const changes: Change[] = [
    ...ended.map(({ was, validTo }) => ({
      ...{ what: validTo === null ? ('change' as const) : ('end' as const), name: nameOf(was) },
      detail: validTo ?? 'without an end',
    })),
    ...added.map((entry) => ({ what: 'add' as const, name: nameOf(entry), detail: entry.name })),
  ]
  const codes = staying.slice(0, namedMax).map(({ code }) => code)
  const more = staying.length > namedMax ? ` and ${staying.length - namedMax} more` : ''
  return stepOf(file, {
    ...{ changes, unchanged },
    notes: [
      ...(staying.length === 0
        ? []
        : [`gone from the file and holding on: ${codes.join(', ')}${more}; --catalogues-from DAY ends them`]),
      ...others,
    ],
  })
}

const namedMax = 5
