/**
 * Where each table would lie on a PostgreSQL that is spread over several servers by agency, such as Citus: what the keys of the schema are chosen for. A distributed
 * table has its rows where their agency is, so that whatever is unique in it, and whatever it refers to that is distributed too, holds `agency_code`; the column stands
 * last, so that an id alone still finds its row by the index of the key. test/store/distribution.test.ts holds the database against this.
 */

export type Placement =
  | { kind: 'distributed' }
  /** Small, and copied to every server; refers to no distributed table. */
  | { kind: 'reference'; why: string }
  /** On one server alone; nothing of another kind refers to it. */
  | { kind: 'local'; why: string }

const distributed: Placement = { kind: 'distributed' }
const reference = (why: string): Placement => ({ kind: 'reference', why })
const local = (why: string): Placement => ({ kind: 'local', why })

export const placements: Readonly<Record<string, Placement>> = {
  agencies: reference('the tree itself, of which every row asks'),
  attempts: distributed,
  audit_log: distributed,
  callback_nonces: distributed,
  callbacks: distributed,
  catalogue_entries: reference('binds its agency and all below it'),
  clients: reference('found by its id before it is known whose it is'),
  discrepancies: distributed,
  disputes: distributed,
  events: distributed,
  fee_schedules: reference('a commune has the prices of its province'),
  former_agencies: reference('one row for each change of an agency'),
  former_merchant_accounts: reference('one row for each change of an account'),
  idempotency_keys: distributed,
  job_leases: local('whose turn a piece of background work is: of the whole gateway'),
  journal_entries: distributed,
  ledger_chain: distributed,
  ledger_seals: distributed,
  legal_holds: reference('few, and asked for by the id of what is held, whosever it is'),
  lephi_migrations: local('what was applied to the database'),
  merchant_account_keys: reference('some for each merchant account'),
  merchant_accounts: reference('a province has contracts for its communes'),
  money_facts: distributed,
  order_lines: distributed,
  orders: distributed,
  outgoing_hosts: reference('binds its agency and all below it'),
  payer_words: distributed,
  period_acts: distributed,
  periods: distributed,
  postings: distributed,
  provider_breakers: reference('one row for each merchant account, changed when a provider falls silent'),
  provider_calls: distributed,
  provider_statuses: reference('one row for each change of how a provider does'),
  quarantine: distributed,
  receipt_notices: distributed,
  receipt_series: distributed,
  receipt_tries: distributed,
  receipts: distributed,
  reconciliation_items: distributed,
  reconciliations: distributed,
  refund_lines: distributed,
  refunds: distributed,
  retention_passes: local('of the whole gateway'),
  signing_keys: reference('the keys of the whole gateway'),
  staff_sessions: reference('found by its cookie before it is known whose it is'),
  statement_chunks: distributed,
  statement_drafts: reference('kept for a day, and imported under another agency than its uploader'),
  statement_lines: distributed,
  statements: distributed,
  taken_references: distributed,
  tracing_cases: distributed,
  unsigned_reopenings: distributed,
  webhook_deliveries: distributed,
  webhook_endpoints: reference('an endpoint hears of its agency and of all below it'),
}
