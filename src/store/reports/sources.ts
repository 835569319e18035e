/** Every report by its key. */
import type { ReportKey } from '../../domain/report-columns.ts'
import { collections } from './collections.ts'
import { byAgency, byBudgetItem, byPayeeAccount } from './collections-grouped.ts'
import { discrepancies } from './discrepancies.ts'
import { ledger } from './ledger.ts'
import { onlinePaymentRate } from './online-payment-rate.ts'
import { providerScorecard } from './provider-scorecard.ts'
import { receipts } from './receipts.ts'
import { reconciliation } from './reconciliation.ts'
import { refunds } from './refunds.ts'
import { settlements } from './settlements.ts'
import type { ReportSource } from './source.ts'

export const reportSources: Readonly<Record<ReportKey, ReportSource>> = {
  collections,
  'collections-by-agency': byAgency,
  'collections-by-budget_item': byBudgetItem,
  'collections-by-payee_account': byPayeeAccount,
  reconciliation,
  discrepancies,
  ledger,
  refunds,
  settlements,
  receipts,
  'online-payment-rate': onlinePaymentRate,
  'provider-scorecard': providerScorecard,
}
