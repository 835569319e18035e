/** Every report by name. */
import type { ReportName } from '../../domain/report-columns.ts'
import { collections } from './collections.ts'
import { discrepancies } from './discrepancies.ts'
import { ledger } from './ledger.ts'
import { reconciliation } from './reconciliation.ts'
import { refunds } from './refunds.ts'
import type { ReportSource } from './source.ts'

export const reportSources: Readonly<Record<ReportName, ReportSource>> = {
  collections,
  reconciliation,
  discrepancies,
  ledger,
  refunds,
}
