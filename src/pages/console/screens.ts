/** The one list of screens, in the order of the navigation: whatever is not here does not exist, neither for people nor for the tests that visit every screen. */
import { accountScreen } from './accounts/account-screen.tsx'
import { accountsScreen, newAccountScreen } from './accounts/account-screens.tsx'
import { agenciesScreen, agencyScreen, newAgencyScreen } from './agencies/agency-screens.tsx'
import { auditFile } from './audit/audit-file.ts'
import { auditScreen } from './audit/audit-screen.tsx'
import { clientScreen, clientsScreen, newClientScreen } from './clients/client-screens.tsx'
import { discrepancyScreen } from './discrepancies/one-screen.tsx'
import { queueScreen } from './discrepancies/queue-screen.tsx'
import { newDisputeScreen } from './disputes/new-screen.tsx'
import { disputeScreen } from './disputes/one-screen.tsx'
import { disputesScreen } from './disputes/queue-screen.tsx'
import { feeScreen, feesScreen, newFeeScreen } from './fees/fee-screens.tsx'
import { orderEvidenceScreen } from './orders/evidence-screen.tsx'
import { orderScreen } from './orders/order-screen.tsx'
import { ordersScreen } from './orders/orders-screen.tsx'
import { orderReceiptFile } from './orders/receipt-file.ts'
import { askRefundScreen } from './orders/refund-screen.tsx'
import { overviewScreen } from './overview/overview-screen.tsx'
import { calendarScreen } from './periods/calendar-screen.tsx'
import { closeContent, closeFile } from './periods/close-files.ts'
import { dayScreen } from './periods/day-screen.tsx'
import { quarantineEntryScreen } from './quarantine/entry-screen.tsx'
import { quarantineScreen } from './quarantine/queue-screen.tsx'
import { receiptsScreen } from './receipts/lists-screen.tsx'
import { receiptScreen } from './receipts/one-screen.tsx'
import { itemScreen } from './reconciliations/item-screen.tsx'
import { runScreen } from './reconciliations/run-screen.tsx'
import { runsScreen } from './reconciliations/runs-screen.tsx'
import { refundDecisionScreen } from './refunds/one-screen.tsx'
import { refundsScreen } from './refunds/queue-screen.tsx'
import { reportFile } from './reports/report-file.ts'
import { reportScreen } from './reports/report-screen.tsx'
import { reportsScreen } from './reports/reports-screen.tsx'
import type { Screen } from './screen.ts'
import { draftScreen } from './statements/draft-screen.tsx'
import { problemsFile, statementScreen } from './statements/statement-screen.tsx'
import { statementsScreen } from './statements/statements-screen.tsx'
import { caseScreen } from './tracing/case-screen.tsx'
import { evidenceFile, evidenceScreen } from './tracing/evidence-screen.tsx'
import { newTracingScreen } from './tracing/new-screen.tsx'
import { tracingScreen } from './tracing/queue-screen.tsx'
import { endpointScreen, newEndpointScreen } from './webhooks/endpoint-screen.tsx'
import { webhooksScreen } from './webhooks/webhooks-screen.tsx'

export const screens: readonly Screen[] = [
  overviewScreen,
  ordersScreen,
  orderScreen,
  askRefundScreen,
  orderReceiptFile,
  orderEvidenceScreen,
  statementsScreen,
  draftScreen,
  problemsFile,
  statementScreen,
  runsScreen,
  runScreen,
  itemScreen,
  reportsScreen,
  reportScreen,
  reportFile,
  accountsScreen,
  newAccountScreen,
  accountScreen,
  agenciesScreen,
  newAgencyScreen,
  agencyScreen,
  feesScreen,
  newFeeScreen,
  feeScreen,
  clientsScreen,
  newClientScreen,
  clientScreen,
  auditScreen,
  auditFile,
  webhooksScreen,
  newEndpointScreen,
  endpointScreen,
  queueScreen,
  discrepancyScreen,
  quarantineScreen,
  quarantineEntryScreen,
  refundsScreen,
  refundDecisionScreen,
  disputesScreen,
  newDisputeScreen,
  disputeScreen,
  tracingScreen,
  newTracingScreen,
  caseScreen,
  evidenceScreen,
  evidenceFile,
  calendarScreen,
  closeFile,
  closeContent,
  dayScreen,
  receiptsScreen,
  receiptScreen,
]
