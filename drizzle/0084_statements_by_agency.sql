-- by hand

-- As for orders.
-- unused since 0.2.0: the key holds the agency
alter table "statements" drop constraint "statements_pkey" cascade, add constraint "statements_pkey" primary key using index "statements_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "statements_bytes_once";
--> statement-breakpoint
alter index "statements_bytes_once_by_agency" rename to "statements_bytes_once";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "statement_chunks" drop constraint "statement_chunks_statement_id_chunk_no_pk" cascade, add constraint "statement_chunks_statement_id_chunk_no_pk" primary key using index "statement_chunks_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "statement_lines" drop constraint "statement_lines_statement_id_line_pk" cascade, add constraint "statement_lines_statement_id_line_pk" primary key using index "statement_lines_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "reconciliations" drop constraint "reconciliations_pkey" cascade, add constraint "reconciliations_pkey" primary key using index "reconciliations_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "reconciliation_items" drop constraint "reconciliation_items_pkey" cascade, add constraint "reconciliation_items_pkey" primary key using index "reconciliation_items_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "items_line_once";
--> statement-breakpoint
alter index "items_line_once_by_agency" rename to "items_line_once";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "items_attempt_once";
--> statement-breakpoint
alter index "items_attempt_once_by_agency" rename to "items_attempt_once";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "items_refund_once";
--> statement-breakpoint
alter index "items_refund_once_by_agency" rename to "items_refund_once";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "periods" drop constraint "periods_pkey" cascade, add constraint "periods_pkey" primary key using index "periods_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "periods_version";
--> statement-breakpoint
alter index "periods_version_by_agency" rename to "periods_version";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "period_acts" drop constraint "period_acts_pkey" cascade, add constraint "period_acts_pkey" primary key using index "period_acts_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "period_acts_once";
--> statement-breakpoint
alter index "period_acts_once_by_agency" rename to "period_acts_once";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "unsigned_reopenings" drop constraint "unsigned_reopenings_pkey" cascade, add constraint "unsigned_reopenings_pkey" primary key using index "unsigned_reopenings_by_agency";
