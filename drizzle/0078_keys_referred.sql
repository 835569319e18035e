-- by hand

-- Whatever refers to a row of an agency says whose it is: proven on the rows that are there by the next file.
alter table "order_lines" add constraint "order_lines_order" foreign key ("order_id", "agency_code") references "orders" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "attempts" add constraint "attempts_order" foreign key ("order_id", "agency_code") references "orders" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "refunds" add constraint "refunds_order" foreign key ("order_id", "agency_code") references "orders" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "refunds" add constraint "refunds_attempt" foreign key ("attempt_id", "agency_code") references "attempts" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "refund_lines" add constraint "refund_lines_refund" foreign key ("refund_id", "agency_code") references "refunds" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "refund_lines" add constraint "refund_lines_line" foreign key ("order_id", "line_no", "agency_code") references "order_lines" ("order_id", "line_no", "agency_code") not valid;
--> statement-breakpoint
alter table "money_facts" add constraint "money_facts_order" foreign key ("order_id", "agency_code") references "orders" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "money_facts" add constraint "money_facts_attempt" foreign key ("attempt_id", "agency_code") references "attempts" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "money_facts" add constraint "money_facts_refund" foreign key ("refund_id", "agency_code") references "refunds" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "disputes" add constraint "disputes_order" foreign key ("order_id", "agency_code") references "orders" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "disputes" add constraint "disputes_attempt" foreign key ("attempt_id", "agency_code") references "attempts" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "receipts" add constraint "receipts_order" foreign key ("order_id", "agency_code") references "orders" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "receipts" add constraint "receipts_replaces" foreign key ("replaces", "agency_code") references "receipts" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "receipts" add constraint "receipts_of_refund" foreign key ("refund_id", "agency_code") references "refunds" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "receipt_notices" add constraint "receipt_notices_receipt" foreign key ("receipt_id", "agency_code") references "receipts" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "receipt_notices" add constraint "receipt_notices_of_refund" foreign key ("refund_id", "agency_code") references "refunds" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "receipt_tries" add constraint "receipt_tries_order" foreign key ("order_id", "agency_code") references "orders" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "postings" add constraint "postings_entry" foreign key ("entry_id", "agency_code") references "journal_entries" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "period_acts" add constraint "period_acts_period" foreign key ("period_id", "agency_code") references "periods" ("id", "agency_code") not valid;
--> statement-breakpoint
alter table "unsigned_reopenings" add constraint "unsigned_reopenings_act" foreign key ("act_id", "agency_code") references "period_acts" ("id", "agency_code") not valid;
