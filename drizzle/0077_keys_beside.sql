-- online
-- batched
-- Numbers that were given before the triggers were there; who writes by now takes them. Each look reads the table, so that many are brought in at once; one that is taken meanwhile is.
insert into taken_references (merchant_account_id, kind, reference, agency_code, taken_by)
select attempt.merchant_account_id, 'attempt', attempt.merchant_reference, coalesce(account.agency_code, attempt.agency_code), attempt.id
from attempts as attempt left join merchant_accounts as account on account.id = attempt.merchant_account_id
where not exists (
  select from taken_references as taken
  where taken.merchant_account_id = attempt.merchant_account_id and taken.kind = 'attempt' and taken.reference = attempt.merchant_reference)
limit 100000
on conflict do nothing;
--> statement-breakpoint
-- batched
insert into taken_references (merchant_account_id, kind, reference, agency_code, taken_by)
select refund.merchant_account_id, 'refund', refund.merchant_reference, coalesce(account.agency_code, refund.agency_code), refund.id
from refunds as refund left join merchant_accounts as account on account.id = refund.merchant_account_id
where not exists (
  select from taken_references as taken
  where taken.merchant_account_id = refund.merchant_account_id and taken.kind = 'refund' and taken.reference = refund.merchant_reference)
limit 100000
on conflict do nothing;
--> statement-breakpoint
-- batched
insert into taken_references (merchant_account_id, kind, reference, agency_code, taken_by)
select refund.merchant_account_id, 'transfer', refund.transfer_key, coalesce(account.agency_code, refund.agency_code), refund.id
from refunds as refund left join merchant_accounts as account on account.id = refund.merchant_account_id
where refund.transfer_key is not null and not exists (
  select from taken_references as taken
  where taken.merchant_account_id = refund.merchant_account_id and taken.kind = 'transfer' and taken.reference = refund.transfer_key)
limit 100000
on conflict do nothing;
--> statement-breakpoint
-- batched
insert into taken_references (merchant_account_id, kind, reference, agency_code, taken_by)
select refund.merchant_account_id, 'bounce', refund.bounce_key, coalesce(account.agency_code, refund.agency_code), refund.id
from refunds as refund left join merchant_accounts as account on account.id = refund.merchant_account_id
where refund.bounce_key is not null and not exists (
  select from taken_references as taken
  where taken.merchant_account_id = refund.merchant_account_id and taken.kind = 'bounce' and taken.reference = refund.bounce_key)
limit 100000
on conflict do nothing;
--> statement-breakpoint
-- batched
update idempotency_keys as kept set agency_code = client.agency_code from clients as client
where client.id = kept.client_id and (kept.client_id, kept.route, kept.key) in (
  select other.client_id, other.route, other.key from idempotency_keys as other join clients as owner on owner.id = other.client_id
  where owner.agency_code <> other.agency_code limit 1000);
--> statement-breakpoint
create unique index concurrently "orders_by_agency" on "orders" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "attempts_by_agency" on "attempts" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "refunds_by_agency" on "refunds" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "order_lines_by_agency" on "order_lines" ("order_id", "line_no", "agency_code");
--> statement-breakpoint
create unique index concurrently "refund_lines_by_agency" on "refund_lines" ("refund_id", "line_no", "agency_code");
--> statement-breakpoint
create unique index concurrently "money_facts_by_agency" on "money_facts" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "disputes_by_agency" on "disputes" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "receipts_by_agency" on "receipts" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "receipt_notices_by_agency" on "receipt_notices" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "receipt_tries_by_agency" on "receipt_tries" ("order_id", "agency_code");
--> statement-breakpoint
create unique index concurrently "payer_words_by_agency" on "payer_words" ("order_id", "word", "agency_code");
--> statement-breakpoint
create unique index concurrently "events_by_agency" on "events" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "webhook_deliveries_by_agency" on "webhook_deliveries" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "idempotency_keys_by_agency" on "idempotency_keys" ("client_id", "route", "key", "agency_code");
--> statement-breakpoint
create unique index concurrently "journal_entries_by_agency" on "journal_entries" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "postings_by_agency" on "postings" ("entry_id", "line_no", "agency_code");
--> statement-breakpoint
create unique index concurrently "discrepancies_by_agency" on "discrepancies" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "quarantine_by_agency" on "quarantine" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "tracing_cases_by_agency" on "tracing_cases" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "callback_nonces_by_agency" on "callback_nonces" ("merchant_account_id", "merchant_reference", "provider_reference", "outcome", "agency_code");
--> statement-breakpoint
create unique index concurrently "statements_by_agency" on "statements" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "statement_chunks_by_agency" on "statement_chunks" ("statement_id", "chunk_no", "agency_code");
--> statement-breakpoint
create unique index concurrently "statement_lines_by_agency" on "statement_lines" ("statement_id", "line", "agency_code");
--> statement-breakpoint
create unique index concurrently "reconciliations_by_agency" on "reconciliations" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "reconciliation_items_by_agency" on "reconciliation_items" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "periods_by_agency" on "periods" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "period_acts_by_agency" on "period_acts" ("id", "agency_code");
--> statement-breakpoint
create unique index concurrently "unsigned_reopenings_by_agency" on "unsigned_reopenings" ("act_id", "agency_code");
--> statement-breakpoint
create unique index concurrently "orders_checkout_token_index_by_agency" on "orders" ("checkout_token", "agency_code");
--> statement-breakpoint
create unique index concurrently "attempts_merchant_account_id_merchant_reference_index_by_agency" on "attempts" ("merchant_account_id", "merchant_reference", "agency_code");
--> statement-breakpoint
create unique index concurrently "attempts_one_pays_by_agency" on "attempts" ("order_id", "agency_code") where pays_order;
--> statement-breakpoint
create unique index concurrently "refunds_merchant_account_id_merchant_reference_index_by_agency" on "refunds" ("merchant_account_id", "merchant_reference", "agency_code");
--> statement-breakpoint
create unique index concurrently "refunds_one_open_by_agency" on "refunds" ("attempt_id", "agency_code") where status in ('proposed', 'requested', 'approved', 'sending', 'pending', 'unknown');
--> statement-breakpoint
create unique index concurrently "refunds_bank_reference_by_agency" on "refunds" ("merchant_account_id", "transfer_key", "agency_code") where transfer_key is not null;
--> statement-breakpoint
create unique index concurrently "refunds_bounce_reference_by_agency" on "refunds" ("merchant_account_id", "bounce_key", "agency_code") where bounce_key is not null;
--> statement-breakpoint
create unique index concurrently "money_facts_order_id_sequence_index_by_agency" on "money_facts" ("order_id", "sequence", "agency_code");
--> statement-breakpoint
create unique index concurrently "money_facts_once_by_agency" on "money_facts" ("attempt_id", "kind", "reference", "amount", coalesce(refund_id, ''), "agency_code");
--> statement-breakpoint
create unique index concurrently "disputes_one_open_by_agency" on "disputes" ("attempt_id", "agency_code") where status = 'open';
--> statement-breakpoint
create unique index concurrently "receipts_first_by_agency" on "receipts" ("order_id", "kind", "agency_code") where replaces is null;
--> statement-breakpoint
create unique index concurrently "receipts_replaced_once_by_agency" on "receipts" ("replaces", "agency_code") where replaces is not null;
--> statement-breakpoint
create unique index concurrently "receipts_token_index_by_agency" on "receipts" ("token", "agency_code");
--> statement-breakpoint
create unique index concurrently "receipt_notices_refund_by_agency" on "receipt_notices" ("receipt_id", "refund_id", "agency_code") where refund_id is not null;
--> statement-breakpoint
create unique index concurrently "events_subject_id_sequence_index_by_agency" on "events" ("subject_id", "sequence", "agency_code");
--> statement-breakpoint
create unique index concurrently "events_position_index_by_agency" on "events" ("position", "agency_code");
--> statement-breakpoint
create unique index concurrently "webhook_deliveries_webhook_endpoint_id_event_id_index_by_agency" on "webhook_deliveries" ("webhook_endpoint_id", "event_id", "agency_code");
--> statement-breakpoint
create unique index concurrently "ledger_chain_once_by_agency" on "ledger_chain" ("kind", "record_id", "agency_code");
--> statement-breakpoint
create unique index concurrently "discrepancies_once_by_agency" on "discrepancies" ("dedupe_key", "agency_code");
--> statement-breakpoint
create unique index concurrently "quarantine_once_by_agency" on "quarantine" ("merchant_account_id", "reference", "kind", "outcome", "agency_code");
--> statement-breakpoint
create unique index concurrently "tracing_cases_code_by_agency" on "tracing_cases" ("code", "agency_code");
--> statement-breakpoint
create unique index concurrently "tracing_cases_one_open_by_agency" on "tracing_cases" ("subject", "kind", "agency_code") where status <> 'closed';
--> statement-breakpoint
create unique index concurrently "statements_bytes_once_by_agency" on "statements" ("merchant_account_id", "source", "sha256", "agency_code") where status <> 'rejected';
--> statement-breakpoint
create unique index concurrently "items_line_once_by_agency" on "reconciliation_items" ("reconciliation_id", "statement_id", "line", "agency_code") where statement_id is not null;
--> statement-breakpoint
create unique index concurrently "items_attempt_once_by_agency" on "reconciliation_items" ("reconciliation_id", "attempt_id", "capture_reference", "agency_code") where refund_id is null and class <> 'duplicate_line';
--> statement-breakpoint
create unique index concurrently "items_refund_once_by_agency" on "reconciliation_items" ("reconciliation_id", "refund_id", "agency_code") where refund_id is not null and class <> 'duplicate_line';
--> statement-breakpoint
create unique index concurrently "periods_version_by_agency" on "periods" ("merchant_account_id", "day", "version", "agency_code");
--> statement-breakpoint
create unique index concurrently "period_acts_once_by_agency" on "period_acts" ("period_id", "kind", "agency_code");
