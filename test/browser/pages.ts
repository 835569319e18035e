// The pages that `npm run screenshots` takes pictures of: one line each.
import type { Role } from '../../src/domain/staff.ts'
import type { Shown } from './kit/demo-orders.ts'

export type ShownPage = {
  /** The picture's file name, besides its width. */
  name: string
  path: string | ((shown: Shown) => string)
  /** Who of the demo's office is signed in; nobody for the citizens' pages. */
  as?: Role
  /** Windows that it is looked at in: a phone for citizens, a desk for the office, unless said here. */
  widths?: readonly (360 | 1280)[]
  /** A link on that page, which leads to the one that is meant. */
  follow?: string
  language?: 'vi' | 'en'
  dark?: boolean
  /** Only what is seen without scrolling. */
  isCut?: boolean
}

const citizen: readonly ShownPage[] = [
  { name: 'front', path: '/', widths: [360, 1280] },
  { name: 'checkout', path: ({ orders }) => orders.waiting, widths: [360, 1280] },
  { name: 'checkout-dark', path: ({ orders }) => orders.waiting, dark: true },
  { name: 'checkout-en', path: ({ orders }) => orders.waiting, language: 'en' },
  { name: 'leaving-form', path: ({ orders }) => orders.form },
  { name: 'vietqr', path: ({ orders }) => orders.code, widths: [360, 1280] },
  { name: 'confirming', path: ({ orders }) => orders.confirming },
  { name: 'failed', path: ({ orders }) => orders.failed },
  { name: 'wrong-amount', path: ({ orders }) => orders.wrongAmount },
  { name: 'paid', path: ({ orders }) => orders.paid, widths: [360, 1280] },
  { name: 'paid-dark', path: ({ orders }) => orders.paid, dark: true },
  { name: 'paid-twice', path: ({ orders }) => orders.paidTwice },
  { name: 'cancelled', path: ({ orders }) => orders.cancelled },
  { name: 'waived', path: ({ orders }) => orders.waived },
  { name: 'receipt', path: ({ receipt }) => receipt, widths: [360, 1280] },
  { name: 'receipt-en', path: ({ receipt }) => receipt, language: 'en' },
  { name: 'where', path: '/where', widths: [360, 1280] },
  { name: 'verify', path: '/verify', widths: [360, 1280] },
  { name: 'where', path: '/where' },
  { name: 'unknown-return', path: '/pay/unknown' },
  { name: 'not-found', path: '/nothing-here' },
]

const demo: readonly ShownPage[] = [
  { name: 'portal', path: '/demo-portal', widths: [360, 1280] },
  { name: 'sign-in', path: '/console/sign-in', widths: [360, 1280] },
  { name: 'simulators', path: '/simulators', widths: [360, 1280] },
  { name: 'simulated-provider', path: ({ provider }) => provider },
  { name: 'simulated-bank-app', path: '/simulators/vietqr/bank-app' },
]

const office: readonly ShownPage[] = [
  { name: 'console-overview', path: '/console', as: 'accountant', widths: [360, 1280] },
  { name: 'console-overview-dark', path: '/console', as: 'checker', dark: true },
  { name: 'console-statements', path: '/console/statements', as: 'accountant', widths: [360, 1280] },
  {
    name: 'console-statement',
    path: '/console/statements',
    as: 'accountant',
    follow: 'td a[href*="/statements/stm_"]',
  },
  { name: 'console-runs', path: '/console/reconciliations', as: 'accountant' },
  {
    name: 'console-run',
    path: '/console/reconciliations',
    as: 'accountant',
    follow: 'td a[href*="/reconciliations/rec_"]',
    widths: [360, 1280],
  },
  { name: 'console-discrepancy', path: '/console/discrepancies', as: 'accountant', follow: 'td a[href*="/dsc_"]' },
  { name: 'console-discrepancies', path: '/console/discrepancies', as: 'accountant', widths: [360, 1280] },
  { name: 'console-quarantine', path: '/console/quarantine', as: 'accountant' },
  { name: 'console-tracing', path: '/console/tracing', as: 'accountant' },
  { name: 'console-refunds', path: '/console/refunds', as: 'checker' },
  { name: 'console-disputes', path: '/console/disputes', as: 'checker' },
  {
    name: 'console-periods',
    path: ({ account }) => `/console/periods?account=${account}`,
    as: 'accountant',
    widths: [360, 1280],
  },
  { name: 'console-receipts', path: '/console/receipts?list=issued', as: 'accountant' },
  { name: 'console-statements', path: '/console/statements', as: 'accountant', widths: [360, 1280] },
  { name: 'console-statement', path: ({ books }) => `/console/statements/${books.statement}`, as: 'accountant' },
  {
    name: 'console-statement-preview',
    path: ({ books }) => `/console/statements/drafts/${books.draft}`,
    as: 'accountant',
    widths: [360, 1280],
  },
  { name: 'console-reconciliations', path: '/console/reconciliations', as: 'accountant' },
  {
    name: 'console-reconciliation',
    path: ({ books }) => `/console/reconciliations/${books.run}?class=matched`,
    as: 'accountant',
    widths: [360, 1280],
  },
  {
    name: 'console-reconciliation-item',
    path: ({ books }) => `/console/reconciliations/${books.run}/items/${books.item}`,
    as: 'accountant',
    widths: [360, 1280],
  },
  { name: 'console-reports', path: '/console/reports', as: 'accountant' },
  { name: 'console-report', path: '/console/reports/collections', as: 'accountant', widths: [360, 1280] },
  { name: 'console-accounts', path: '/console/accounts', as: 'operator' },
  {
    name: 'console-account',
    path: ({ account }) => `/console/accounts/${account}`,
    as: 'operator',
    widths: [360, 1280],
  },
  { name: 'console-account-new', path: '/console/accounts/new?provider=vnpay', as: 'operator' },
  { name: 'console-orders', path: '/console/orders', as: 'accountant', widths: [360, 1280] },
  {
    name: 'console-order',
    path: ({ paidTwice }) => `/console/orders/${paidTwice}`,
    as: 'accountant',
    widths: [360, 1280],
  },
  { name: 'console-evidence', path: ({ paidTwice }) => `/console/orders/${paidTwice}/evidence`, as: 'auditor' },
  { name: 'console-audit', path: '/console/audit', as: 'auditor' },
  { name: 'console-webhooks', path: '/console/webhooks', as: 'operator' },
  { name: 'console-webhook-new', path: '/console/webhooks/new', as: 'operator' },
  { name: 'console-agencies', path: '/console/agencies', as: 'operator' },
  { name: 'console-agency', path: '/console/agencies/H56.12.03', as: 'operator' },
  { name: 'console-fees', path: '/console/fees', as: 'operator' },
  { name: 'console-fee-new', path: '/console/fees/new', as: 'operator' },
  { name: 'console-clients', path: '/console/clients', as: 'operator' },
  { name: 'console-client-new', path: '/console/clients/new', as: 'operator' },
]

/** Those that the README shows, which are kept with it. */
const readme: readonly ShownPage[] = [
  { name: 'readme-checkout', path: ({ orders }) => orders.waiting, isCut: true },
  { name: 'readme-paid', path: ({ orders }) => orders.paid, isCut: true },
  { name: 'readme-overview', path: '/console', as: 'accountant', isCut: true },
  { name: 'readme-order', path: ({ paidTwice }) => `/console/orders/${paidTwice}`, as: 'accountant', isCut: true },
]

export const shownPages: readonly ShownPage[] = [...citizen, ...demo, ...office, ...readme]
