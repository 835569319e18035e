/** The catalogue of procedures as a file has it, once the fees that it names have prices. */
import { covers } from '../../domain/agency-scope.ts'
import { procedureKey } from '../../domain/catalogue.ts'
import { checkProcedures } from '../../domain/set-up/check-procedures.ts'
import type { Price } from '../../domain/set-up/plan-fees.ts'
import { type Step, stepOf } from '../../domain/set-up/step.ts'
import { businessDay } from '../../lib/time.ts'
import { listFeeSchedules } from '../../store/fee-schedules.ts'
import type { Deps } from '../deps.ts'
import { type CatalogueFile, enterCatalogue } from './enter-catalogue.ts'
import { entriesMax, operator } from './operator.ts'

type ProceduresFile = Omit<CatalogueFile, 'catalogue' | 'codeColumn'> & {
  /** Prices that an earlier file adds, which are not there yet when nothing is applied. */
  comingPrices: readonly Price[]
}

/** Procedures are kept by their national codes, in whichever writing the file has them. */
export const enterProcedures = async (deps: Deps, { comingPrices, ...given }: ProceduresFile): Promise<Step> => {
  const { file, rows } = given
  const today = businessDay(deps.now())
  const stored = await listFeeSchedules(deps.db, operator, { after: null, limit: entriesMax, on: today })
  const holding = [
    ...stored,
    ...comingPrices.filter(({ validFrom, validTo }) => validFrom <= today && (validTo === null || validTo >= today)),
  ]
  const faults = checkProcedures({
    ...{ file, rows, today },
    hasPrice: (feeCode, agencyCode) =>
      holding.some((fee) => fee.feeCode === feeCode && (agencyCode === null || covers(fee.agencyCode, agencyCode))),
  })
  if (faults.length > 0) return stepOf(file, { faults })
  const keyed = rows.map(({ line, value }) => ({ line, value: { ...value, code: procedureKey(value.code) } }))
  return enterCatalogue(deps, { ...given, rows: keyed, catalogue: 'procedures', codeColumn: 'procedure_code' })
}
