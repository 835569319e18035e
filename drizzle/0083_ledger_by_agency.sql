-- by hand

-- As for orders.
-- unused since 0.2.0: the key holds the agency
alter table "journal_entries" drop constraint "journal_entries_pkey" cascade, add constraint "journal_entries_pkey" primary key using index "journal_entries_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "postings" drop constraint "postings_entry_id_line_no_pk" cascade, add constraint "postings_entry_id_line_no_pk" primary key using index "postings_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "ledger_chain_once";
--> statement-breakpoint
alter index "ledger_chain_once_by_agency" rename to "ledger_chain_once";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "discrepancies" drop constraint "discrepancies_pkey" cascade, add constraint "discrepancies_pkey" primary key using index "discrepancies_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "discrepancies_once";
--> statement-breakpoint
alter index "discrepancies_once_by_agency" rename to "discrepancies_once";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "quarantine" drop constraint "quarantine_pkey" cascade, add constraint "quarantine_pkey" primary key using index "quarantine_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "quarantine_once";
--> statement-breakpoint
alter index "quarantine_once_by_agency" rename to "quarantine_once";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "tracing_cases" drop constraint "tracing_cases_pkey" cascade, add constraint "tracing_cases_pkey" primary key using index "tracing_cases_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "tracing_cases_code";
--> statement-breakpoint
alter index "tracing_cases_code_by_agency" rename to "tracing_cases_code";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "tracing_cases_one_open";
--> statement-breakpoint
alter index "tracing_cases_one_open_by_agency" rename to "tracing_cases_one_open";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "callback_nonces" drop constraint "callback_nonces_once" cascade, add constraint "callback_nonces_once" primary key using index "callback_nonces_by_agency";
