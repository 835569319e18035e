// What the gateway's role may do with each table, as its design says. A new table belongs here; `update` and `delete` of what is append-only never do.

/** Tables without an agency, and why each may be read whatever the scope. */
export const ownerless: Readonly<Record<string, string>> = {
  job_leases: 'whose turn a piece of background work is; names no agency',
  lephi_migrations: 'what was applied to the database; names no agency and nobody',
  retention_passes: 'how much each pass of the retention job erased, of the whole gateway; names no agency and nobody',
  signing_keys: 'the keys of the whole gateway: public halves, and private ones sealed with the master key',
}

/** Tables in which the agency that is looked from here has no row of its own, and why. */
export const rowless: Readonly<Record<string, string>> = {
  ledger_chain: 'one chain for a whole province',
  ledger_seals: 'one ledger is sealed for a whole province',
  unsigned_reopenings: 'a migration filled it, and nobody adds to it',
}

export const rights: Readonly<Record<string, string>> = {
  agencies: 'insert select update',
  attempts: 'insert select update',
  audit_log: 'delete insert select',
  callback_nonces: 'insert select',
  callbacks: 'insert select',
  catalogue_entries: 'insert select',
  clients: 'insert select update',
  discrepancies: 'insert select update',
  disputes: 'insert select',
  events: 'insert select',
  fee_schedules: 'insert select update',
  former_agencies: 'insert select',
  former_merchant_accounts: 'insert select',
  idempotency_keys: 'delete insert select',
  job_leases: 'delete insert select update',
  journal_entries: 'insert select',
  ledger_chain: 'select',
  ledger_chain_number_seq: '',
  ledger_seals: 'insert select',
  lephi_migrations: 'select',
  merchant_account_keys: 'insert select update',
  merchant_accounts: 'insert select update',
  money_facts: 'insert select',
  order_lines: 'insert select',
  orders: 'insert select update',
  legal_holds: 'insert select',
  outgoing_hosts: 'insert select',
  retention_passes: 'insert select',
  payer_words: 'delete insert select',
  period_acts: 'insert select',
  periods: 'insert select',
  postings: 'insert select',
  provider_breakers: 'delete insert select update',
  provider_calls: 'delete insert select update',
  provider_statuses: 'delete insert select update',
  quarantine: 'insert select',
  receipt_notices: 'insert select',
  receipt_series: 'insert select update',
  receipt_tries: 'delete insert select update',
  receipts: 'insert select',
  reconciliation_items: 'delete insert select',
  reconciliations: 'insert select update',
  refund_line_amounts: 'select',
  refund_lines: 'insert select',
  refunds: 'insert select update',
  signing_keys: 'insert select update',
  staff_sessions: 'delete insert select',
  statement_chunks: 'delete insert select',
  statement_drafts: 'delete insert select update',
  statement_lines: 'delete insert select',
  statements: 'insert select update',
  taken_references: 'select',
  tracing_cases: 'insert select',
  unsigned_reopenings: 'select',
  webhook_deliveries: 'insert select update',
  webhook_endpoints: 'insert select update',
}
/** Single columns that may be changed where the rest of a row is for ever. */
export const columnRights: Readonly<Record<string, string>> = {
  callbacks: 'erased_at update, replay_of update, sealed update, verdict update',
  catalogue_entries: 'valid_to update',
  idempotency_keys: 'response_body update',
  legal_holds: 'release_reason update, released_at update, released_by update',
  statement_chunks: 'sealed update',
  statement_lines: 'counterparty update, description update',
  disputes:
    'closed_at update, closed_by update, note update, outcome update, release_asked_at update, release_asked_by update, release_note update, released_amount update, released_at update, released_by update, status update',
  quarantine:
    'attempt_id update, decided_at update, decided_by update, history update, note update, return_entry_id update, status update, text update',
  receipts: 'proof update, signature update',
  staff_sessions: 'ended_at update, seen_at update',
  tracing_cases:
    'answered_at update, answered_by update, closed_at update, closed_by update, closing_note update, document update, result update, status update',
}

/** Functions that work with their owner's rights and can be called: what each tells or does for a caller of any scope. */
export const definers: Readonly<Record<string, string>> = {
  'lephi_chain_latest(timestamp with time zone,integer,integer)': 'gives records their places; answers how many',
  'lephi_chain_ledger(timestamp with time zone,integer,boolean)': 'gives records their places; answers how many',
  'lephi_closed_through(text)': 'the last closed day of an account, for the trigger that keeps closed days closed',
  'lephi_drop_month(text,timestamp with time zone,text)':
    'drops a month past the least time that the database asks for; answers how many rows',
  'lephi_make_month(text,date)': 'makes a month of a table that is held by month; no row of anybody',
  'lephi_number_batch()': 'gives events their places; answers how many',
  'lephi_number_events()': 'gives events their places; answers nothing',
  'lephi_open_day(text[],date)': 'the day on which a booking goes, for who commits it; no row of anybody',
  'lephi_writers()': 'when the transactions began that write; no row of anybody',
}
