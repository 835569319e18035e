/** The fee schedule as a file has it, with the days on which its prices begin. */
import { type Price, planFees } from '../../domain/set-up/plan-fees.ts'
import { type Change, type Fault, type Placed, type Step, stepOf } from '../../domain/set-up/step.ts'
import { listAgencies } from '../../store/agencies.ts'
import { listFeeSchedules } from '../../store/fee-schedules.ts'
import { addFeeSchedule, closeFeeSchedule } from '../change-fee-schedule.ts'
import type { Deps } from '../deps.ts'
import { entriesMax, operator } from './operator.ts'

type FeesFile = {
  file: string
  rows: readonly Placed<Price>[]
  isDry: boolean
  /** Agencies that an earlier file adds, which are not there yet when nothing is applied. */
  coming?: readonly string[]
}

export const enterFees = async (deps: Deps, { file, rows, isDry, coming = [] }: FeesFile): Promise<Step> => {
  const agencies = await listAgencies(deps.db, operator, { after: null, limit: entriesMax })
  const codes = new Set([...agencies.map(({ agencyCode }) => agencyCode), ...coming])
  const strangers = rows
    .filter(({ value }) => !codes.has(value.agencyCode))
    .map(({ line }): Fault => ({ file, line, column: 'agency_code', reason: 'there is no such agency' }))
  const stored = await listFeeSchedules(deps.db, operator, { after: null, limit: entriesMax })
  const plan = planFees(file, rows, stored)
  const faults = [...strangers, ...plan.faults]
  if (faults.length > 0) return stepOf(file, { faults })
  const nameOf = ({ agencyCode, feeCode, validFrom }: Price) => `${agencyCode} ${feeCode} from ${validFrom}`
  const changes: Change[] = [
    ...plan.ended.map(({ was, validTo }) => ({ what: 'end' as const, name: nameOf(was), detail: validTo })),
    ...plan.added.map((price) => ({
      ...{ what: 'add' as const, name: nameOf(price) },
      detail: price.unitAmount === null ? 'by formula' : `${price.unitAmount} đ`,
    })),
  ]
  if (!isDry) {
    for (const { id, validTo } of plan.ended) await closeFeeSchedule(deps, operator, { id, validTo })
    for (const schedule of plan.added) await addFeeSchedule(deps, operator, { schedule, key: null, body: {} })
  }
  return stepOf(file, { changes, unchanged: plan.unchanged })
}
