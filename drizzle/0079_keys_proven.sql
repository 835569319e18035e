-- online
alter table "order_lines" validate constraint "order_lines_order";
--> statement-breakpoint
alter table "attempts" validate constraint "attempts_order";
--> statement-breakpoint
alter table "refunds" validate constraint "refunds_order";
--> statement-breakpoint
alter table "refunds" validate constraint "refunds_attempt";
--> statement-breakpoint
alter table "refund_lines" validate constraint "refund_lines_refund";
--> statement-breakpoint
alter table "refund_lines" validate constraint "refund_lines_line";
--> statement-breakpoint
alter table "money_facts" validate constraint "money_facts_order";
--> statement-breakpoint
alter table "money_facts" validate constraint "money_facts_attempt";
--> statement-breakpoint
alter table "money_facts" validate constraint "money_facts_refund";
--> statement-breakpoint
alter table "disputes" validate constraint "disputes_order";
--> statement-breakpoint
alter table "disputes" validate constraint "disputes_attempt";
--> statement-breakpoint
alter table "receipts" validate constraint "receipts_order";
--> statement-breakpoint
alter table "receipts" validate constraint "receipts_replaces";
--> statement-breakpoint
alter table "receipts" validate constraint "receipts_of_refund";
--> statement-breakpoint
alter table "receipt_notices" validate constraint "receipt_notices_receipt";
--> statement-breakpoint
alter table "receipt_notices" validate constraint "receipt_notices_of_refund";
--> statement-breakpoint
alter table "receipt_tries" validate constraint "receipt_tries_order";
--> statement-breakpoint
alter table "postings" validate constraint "postings_entry";
--> statement-breakpoint
alter table "period_acts" validate constraint "period_acts_period";
--> statement-breakpoint
alter table "unsigned_reopenings" validate constraint "unsigned_reopenings_act";
