/** The tree of agencies as a file has it: those that are missing are added, columns that differ are changed, none is ever taken away. */
import { codesAbove } from '../../domain/agency-scope.ts'
import {
  type Change,
  differing,
  type Fault,
  type Placed,
  repeated,
  type Step,
  stepOf,
} from '../../domain/set-up/step.ts'
import { type AgencyRow, listAgencies } from '../../store/agencies.ts'
import { addAgency } from '../add-agency.ts'
import { changeAgency } from '../change-agency.ts'
import type { Deps } from '../deps.ts'
import { entriesMax, operator } from './operator.ts'

export type AgencyEntry = {
  agency: Omit<AgencyRow, 'parentCode' | 'createdAt'>
  /** What the file says; of the rest an agency that is there keeps its own. */
  given: readonly Exclude<keyof AgencyRow, 'agencyCode' | 'parentCode' | 'createdAt'>[]
}

export const enterAgencies = async (
  deps: Deps,
  { file, rows, isDry }: { file: string; rows: readonly Placed<AgencyEntry>[]; isDry: boolean },
): Promise<Step> => {
  const all = await listAgencies(deps.db, operator, { after: null, limit: entriesMax })
  const known = new Map(all.map((agency) => [agency.agencyCode, agency]))
  const faults = faultsOf(file, rows, known)
  if (faults.length > 0) return stepOf(file, { faults })
  const changes: Change[] = []
  let unchanged = 0
  // A parent has a shorter code than what lies below it.
  for (const { value } of rows.toSorted(
    (a, b) => a.value.agency.agencyCode.length - b.value.agency.agencyCode.length,
  )) {
    const { agency, given } = value
    const { agencyCode: code, name } = agency
    const before = known.get(code)
    const changed = before ? differing<AgencyEntry['agency']>(before, agency, given) : []
    if (before && changed.length === 0) unchanged += 1
    else changes.push({ what: before ? 'change' : 'add', name: `${code} ${name}`, detail: changed.join(', ') || null })
    if (isDry) continue
    if (!before) await addAgency(deps, operator, { agency, key: null, body: {} })
    else if (changed.length > 0) {
      const entries = Object.entries(agency).filter(([member]) => changed.includes(member))
      await changeAgency(deps, operator, { code, changes: Object.fromEntries(entries) })
    }
  }
  return stepOf(file, { changes, unchanged })
}

const faultsOf = (
  file: string,
  rows: readonly Placed<AgencyEntry>[],
  known: ReadonlyMap<string, AgencyRow>,
): Fault[] => {
  const codes = new Set([...known.keys(), ...rows.map(({ value }) => value.agency.agencyCode)])
  return [
    ...repeated(rows, ({ agency }) => agency.agencyCode).map(({ line, before }) => ({
      ...{ file, line, column: 'agency_code' },
      reason: `is in line ${before} already`,
    })),
    ...rows.flatMap(({ line, value: { agency, given } }): Fault[] => {
      const above = codesAbove(agency.agencyCode)
      const before = known.get(agency.agencyCode)
      const serialOf = (member: 'receiptSerialPhi' | 'receiptSerialLePhi') =>
        before && !given.includes(member) ? before[member] : agency[member]
      return [
        ...(above.length > 0 && !above.some((code) => codes.has(code))
          ? [
              {
                file,
                line,
                column: 'agency_code',
                reason: `lies below no agency: neither here nor in the file is there ${above.at(-1)}`,
              },
            ]
          : []),
        ...(serialOf('receiptSerialPhi') === serialOf('receiptSerialLePhi')
          ? [{ file, line, column: 'receipt_serial_le_phi', reason: 'must differ from receipt_serial_phi' }]
          : []),
      ]
    }),
  ]
}
