-- by hand

-- The new keys take the place and the names of the old, which a former version names in "on conflict" and runs no longer beside this file. What refers to an old key goes with it
-- (cascade): the constraint that holds the agency is there and proven. Nothing is read, so the locks are short; parents come before children, as in the gateway's own transactions.
-- unused since 0.2.0: the key holds the agency
alter table "orders" drop constraint "orders_pkey" cascade, add constraint "orders_pkey" primary key using index "orders_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "orders_checkout_token_index";
--> statement-breakpoint
alter index "orders_checkout_token_index_by_agency" rename to "orders_checkout_token_index";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "attempts" drop constraint "attempts_pkey" cascade, add constraint "attempts_pkey" primary key using index "attempts_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "attempts_merchant_account_id_merchant_reference_index";
--> statement-breakpoint
alter index "attempts_merchant_account_id_merchant_reference_index_by_agency" rename to "attempts_merchant_account_id_merchant_reference_index";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "attempts_one_pays";
--> statement-breakpoint
alter index "attempts_one_pays_by_agency" rename to "attempts_one_pays";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "refunds" drop constraint "refunds_pkey" cascade, add constraint "refunds_pkey" primary key using index "refunds_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "refunds_merchant_account_id_merchant_reference_index";
--> statement-breakpoint
alter index "refunds_merchant_account_id_merchant_reference_index_by_agency" rename to "refunds_merchant_account_id_merchant_reference_index";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "refunds_one_open";
--> statement-breakpoint
alter index "refunds_one_open_by_agency" rename to "refunds_one_open";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "refunds_bank_reference";
--> statement-breakpoint
alter index "refunds_bank_reference_by_agency" rename to "refunds_bank_reference";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "refunds_bounce_reference";
--> statement-breakpoint
alter index "refunds_bounce_reference_by_agency" rename to "refunds_bounce_reference";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "order_lines" drop constraint "order_lines_order_id_line_no_pk" cascade, add constraint "order_lines_order_id_line_no_pk" primary key using index "order_lines_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "refund_lines" drop constraint "refund_lines_refund_id_line_no_pk" cascade, add constraint "refund_lines_refund_id_line_no_pk" primary key using index "refund_lines_by_agency";
