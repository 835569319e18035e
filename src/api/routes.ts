/** The one list of routes: whatever is not here does not exist, neither for callers nor for openapi.yaml nor for the tests that visit every route. */
import { agencyRoutes } from './agencies.ts'
import { auditRoutes } from './audit.ts'
import { calendarRoutes } from './calendar.ts'
import { callbackRoutes } from './callbacks.ts'
import { catalogueRoutes } from './catalogues.ts'
import { clientRoutes } from './clients.ts'
import { discrepancyRoutes } from './discrepancies.ts'
import { discrepancyDeedRoutes } from './discrepancy-deeds.ts'
import { disputeRoutes } from './disputes.ts'
import { eventRoutes } from './events.ts'
import { feeScheduleRoutes } from './fee-schedules.ts'
import { ledgerRoutes } from './ledger.ts'
import { merchantAccountRoutes } from './merchant-accounts.ts'
import { operationRoutes } from './operations.ts'
import { orderEvidenceRoutes } from './order-evidence.ts'
import { orderRoutes } from './orders.ts'
import { outgoingHostRoutes } from './outgoing-hosts.ts'
import { overviewRoutes } from './overview.ts'
import { periodRoutes } from './periods.ts'
import { providerRoutes } from './providers.ts'
import { quarantineRoutes } from './quarantine.ts'
import { receiptDeedRoutes } from './receipt-deeds.ts'
import { receiptSearchRoutes } from './receipt-search.ts'
import { receiptRoutes } from './receipts.ts'
import { reconciliationItemRoutes } from './reconciliation-item.ts'
import { reconciliationRoutes } from './reconciliations.ts'
import { refundRoutes } from './refunds.ts'
import { refundsByHandRoutes } from './refunds-by-hand.ts'
import { reportRoutes } from './reports.ts'
import { retentionRoutes } from './retention.ts'
import type { Route } from './route.ts'
import { staffRoutes } from './staff.ts'
import { draftRoutes } from './statement-drafts.ts'
import { problemRoutes } from './statement-problems.ts'
import { statementRoutes } from './statements.ts'
import { tokenRoutes } from './token.ts'
import { tracingRoutes } from './tracing-cases.ts'
import { webhookRoutes } from './webhooks.ts'

export const routeTable: readonly Route[] = [
  ...tokenRoutes,
  ...orderRoutes,
  ...orderEvidenceRoutes,
  ...refundRoutes,
  ...refundsByHandRoutes,
  ...disputeRoutes,
  ...receiptRoutes,
  ...receiptDeedRoutes,
  ...receiptSearchRoutes,
  ...eventRoutes,
  ...webhookRoutes,
  ...statementRoutes,
  ...problemRoutes,
  ...draftRoutes,
  ...reconciliationRoutes,
  ...reconciliationItemRoutes,
  ...calendarRoutes,
  ...discrepancyRoutes,
  ...discrepancyDeedRoutes,
  ...tracingRoutes,
  ...quarantineRoutes,
  ...periodRoutes,
  ...reportRoutes,
  ...overviewRoutes,
  ...ledgerRoutes,
  ...auditRoutes,
  ...retentionRoutes,
  ...providerRoutes,
  ...callbackRoutes,
  ...agencyRoutes,
  ...outgoingHostRoutes,
  ...merchantAccountRoutes,
  ...feeScheduleRoutes,
  ...catalogueRoutes,
  ...clientRoutes,
  ...staffRoutes,
  ...operationRoutes,
]
