-- by hand

-- As for orders.
-- unused since 0.2.0: the key holds the agency
alter table "money_facts" drop constraint "money_facts_pkey" cascade, add constraint "money_facts_pkey" primary key using index "money_facts_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "money_facts_order_id_sequence_index";
--> statement-breakpoint
alter index "money_facts_order_id_sequence_index_by_agency" rename to "money_facts_order_id_sequence_index";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "money_facts_once";
--> statement-breakpoint
alter index "money_facts_once_by_agency" rename to "money_facts_once";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "disputes" drop constraint "disputes_pkey" cascade, add constraint "disputes_pkey" primary key using index "disputes_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "disputes_one_open";
--> statement-breakpoint
alter index "disputes_one_open_by_agency" rename to "disputes_one_open";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "receipts" drop constraint "receipts_pkey" cascade, add constraint "receipts_pkey" primary key using index "receipts_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "receipts_first";
--> statement-breakpoint
alter index "receipts_first_by_agency" rename to "receipts_first";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "receipts_replaced_once";
--> statement-breakpoint
alter index "receipts_replaced_once_by_agency" rename to "receipts_replaced_once";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "receipts_token_index";
--> statement-breakpoint
alter index "receipts_token_index_by_agency" rename to "receipts_token_index";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "receipt_notices" drop constraint "receipt_notices_pkey" cascade, add constraint "receipt_notices_pkey" primary key using index "receipt_notices_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "receipt_notices_refund";
--> statement-breakpoint
alter index "receipt_notices_refund_by_agency" rename to "receipt_notices_refund";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "receipt_tries" drop constraint "receipt_tries_pkey" cascade, add constraint "receipt_tries_pkey" primary key using index "receipt_tries_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "payer_words" drop constraint "payer_words_order_id_word_pk" cascade, add constraint "payer_words_order_id_word_pk" primary key using index "payer_words_by_agency";
