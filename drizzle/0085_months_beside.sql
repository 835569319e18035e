-- online
-- each part of callbacks
create unique index concurrently "{part}_by_agency" on "{part}" ("id", "agency_code");
--> statement-breakpoint
-- each part of audit_log
create unique index concurrently "{part}_by_agency" on "{part}" ("id", "agency_code");
--> statement-breakpoint
-- each part of provider_calls
create unique index concurrently "{part}_by_agency" on "{part}" ("merchant_account_id", "minute", "operation", "agency_code");
