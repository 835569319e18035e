CREATE TABLE "agencies" (
	"agency_code" text PRIMARY KEY NOT NULL,
	"parent_code" text,
	"name" text NOT NULL,
	"tax_code" text,
	"address" text,
	"phone" text,
	"fee_check" text DEFAULT 'warn' NOT NULL,
	"accepts_late_money" boolean DEFAULT true NOT NULL,
	"refund_limit" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"secret_hash" text,
	"jwks" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "fee_schedules" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"fee_code" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"unit_amount" bigint,
	"budget_item" text,
	"legal_basis" text,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"agency_code" text NOT NULL,
	"client_id" text NOT NULL,
	"route" text NOT NULL,
	"key" text NOT NULL,
	"field_hashes" jsonb NOT NULL,
	"response_status" integer NOT NULL,
	"response_body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_client_id_route_key_pk" PRIMARY KEY("client_id","route","key")
);
--> statement-breakpoint
CREATE TABLE "merchant_account_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "merchant_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"provider" text NOT NULL,
	"title" text NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"payee_account" jsonb NOT NULL,
	"provider_fee" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"cutoff" text DEFAULT '00:00' NOT NULL,
	"settlement_days" integer DEFAULT 1 NOT NULL,
	"statement_profile" jsonb,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"sealed_private_jwk" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "discrepancies" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"class" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"source" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"merchant_account_id" text,
	"order_id" text,
	"attempt_id" text,
	"refund_id" text,
	"reconciliation_id" text,
	"item_id" text,
	"amount" bigint NOT NULL,
	"owner" text,
	"policy" text NOT NULL,
	"due_on" date,
	"resolution" text,
	"note" text,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text,
	"history" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "discrepancies_status" CHECK (status in ('open', 'proposed', 'resolved'))
);
--> statement-breakpoint
CREATE TABLE "journal_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"kind" text NOT NULL,
	"order_id" text,
	"attempt_id" text,
	"refund_id" text,
	"fact_id" text,
	"memo" text,
	"business_day" date NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"posted_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "postings" (
	"entry_id" text NOT NULL,
	"line_no" integer NOT NULL,
	"agency_code" text NOT NULL,
	"account" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"order_id" text,
	"amount" bigint NOT NULL,
	"business_day" date NOT NULL,
	CONSTRAINT "postings_entry_id_line_no_pk" PRIMARY KEY("entry_id","line_no"),
	CONSTRAINT "postings_amount" CHECK (amount <> 0),
	CONSTRAINT "postings_account" CHECK (account in ('provider_receivable', 'collected', 'suspense', 'bank', 'provider_fee'))
);
--> statement-breakpoint
CREATE TABLE "callbacks" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"provider" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"content_hash" text NOT NULL,
	"claimed_reference" text,
	"reading" text NOT NULL,
	"verdict" text,
	"key_id" text,
	"request_id" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"webhook_endpoint_id" text NOT NULL,
	"event_id" text NOT NULL,
	"event_type" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempt_count" integer DEFAULT 0 NOT NULL,
	"attempts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_deliveries_status" CHECK (status in ('pending', 'delivered', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"url" text NOT NULL,
	"event_types" text[],
	"sealed" "bytea" NOT NULL,
	"former_sealed" "bytea",
	"former_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"order_id" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"provider" text NOT NULL,
	"merchant_reference" text NOT NULL,
	"status" text NOT NULL,
	"amount" bigint NOT NULL,
	"pays_order" boolean DEFAULT false NOT NULL,
	"amount_captured" bigint DEFAULT 0 NOT NULL,
	"amount_reversed" bigint DEFAULT 0 NOT NULL,
	"provider_reference" text,
	"bank_code" text,
	"payer_ip" text NOT NULL,
	"action" jsonb,
	"memo" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"failure_code" text,
	"fenced_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"captured_at" timestamp (3) with time zone,
	"next_query_at" timestamp (3) with time zone,
	"query_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "attempts_status" CHECK (status in ('created', 'pending', 'unknown', 'captured', 'failed', 'expired'))
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"type" text NOT NULL,
	"subject_id" text NOT NULL,
	"order_id" text,
	"sequence" integer NOT NULL,
	"data" json NOT NULL,
	"hash" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"position" bigint
);
--> statement-breakpoint
CREATE TABLE "money_facts" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"order_id" text NOT NULL,
	"attempt_id" text NOT NULL,
	"refund_id" text,
	"merchant_account_id" text NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"amount" bigint NOT NULL,
	"source" text NOT NULL,
	"code" text NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"sequence" integer NOT NULL,
	"business_day" date NOT NULL,
	CONSTRAINT "money_facts_kind" CHECK (kind in ('captured', 'reversed', 'refunded')),
	CONSTRAINT "money_facts_amount" CHECK (amount > 0)
);
--> statement-breakpoint
CREATE TABLE "order_lines" (
	"order_id" text NOT NULL,
	"line_no" integer NOT NULL,
	"agency_code" text NOT NULL,
	"dossier_code" text NOT NULL,
	"line_key" text NOT NULL,
	"fee_code" text,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"unit_amount" bigint NOT NULL,
	"quantity" integer NOT NULL,
	"amount" bigint NOT NULL,
	"budget_item" text,
	"exemption" jsonb,
	"fee_schedule_id" text,
	CONSTRAINT "order_lines_order_id_line_no_pk" PRIMARY KEY("order_id","line_no"),
	CONSTRAINT "order_lines_amount" CHECK (amount = case when exemption is null then unit_amount * quantity else 0 end)
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"status" text NOT NULL,
	"dossier_code" text NOT NULL,
	"procedure_code" text,
	"procedure_name" text,
	"collection_stage" text,
	"amount" bigint NOT NULL,
	"amount_paid" bigint DEFAULT 0 NOT NULL,
	"amount_refunded" bigint DEFAULT 0 NOT NULL,
	"payer_name" text NOT NULL,
	"payer_sealed" "bytea",
	"payee_account" jsonb,
	"language" text NOT NULL,
	"return_url" text NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"checkout_token" text NOT NULL,
	"created_by" text NOT NULL,
	"paid_by" text,
	"paid_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"closed_reason" text,
	"next_expiry_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"event_count" integer DEFAULT 0 NOT NULL,
	"event_hash" text,
	CONSTRAINT "orders_status" CHECK (status in ('open', 'paid', 'expired', 'cancelled', 'waived')),
	CONSTRAINT "orders_amounts" CHECK (amount >= 0 and amount_paid >= 0 and amount_refunded >= 0),
	CONSTRAINT "orders_paid" CHECK (status <> 'paid' or paid_by is not null),
	CONSTRAINT "orders_waived" CHECK ((status = 'waived') = (amount = 0))
);
--> statement-breakpoint
CREATE TABLE "receipt_series" (
	"agency_code" text NOT NULL,
	"serial" text NOT NULL,
	"last_number" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "receipt_series_agency_code_serial_pk" PRIMARY KEY("agency_code","serial")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"order_id" text NOT NULL,
	"kind" text NOT NULL,
	"form" text NOT NULL,
	"serial" text NOT NULL,
	"number" integer NOT NULL,
	"amount" bigint NOT NULL,
	"token" text NOT NULL,
	"document" jsonb NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"order_id" text NOT NULL,
	"attempt_id" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"provider" text NOT NULL,
	"merchant_reference" text NOT NULL,
	"source" text NOT NULL,
	"status" text NOT NULL,
	"amount" bigint NOT NULL,
	"amount_refunded" bigint DEFAULT 0 NOT NULL,
	"reason" text NOT NULL,
	"provider_reference" text,
	"failure_code" text,
	"made_by" text NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"succeeded_at" timestamp (3) with time zone,
	"next_query_at" timestamp (3) with time zone,
	"query_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "refunds_amount" CHECK (amount > 0),
	CONSTRAINT "refunds_status" CHECK (status in ('proposed', 'requested', 'approved', 'sending', 'pending', 'unknown', 'succeeded', 'failed', 'rejected', 'withdrawn')),
	CONSTRAINT "refunds_four_eyes" CHECK (decided_by is null or decided_by <> made_by or status in ('rejected', 'withdrawn'))
);
--> statement-breakpoint
CREATE TABLE "job_leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reconciliation_items" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"reconciliation_id" text NOT NULL,
	"class" text NOT NULL,
	"source" text NOT NULL,
	"statement_id" text,
	"line" integer,
	"attempt_id" text,
	"refund_id" text,
	"order_id" text,
	"merchant_reference" text,
	"provider_reference" text,
	"payout_reference" text,
	"amount_here" bigint,
	"amount_there" bigint,
	"provider_fee_here" bigint,
	"provider_fee_there" bigint,
	"business_day" date,
	"value_date" date,
	"candidates" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"proof" jsonb
);
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	"status" text NOT NULL,
	"progress" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"summary" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"failure" text,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "statement_chunks" (
	"agency_code" text NOT NULL,
	"statement_id" text NOT NULL,
	"chunk_no" integer NOT NULL,
	"sealed" "bytea" NOT NULL,
	CONSTRAINT "statement_chunks_statement_id_chunk_no_pk" PRIMARY KEY("statement_id","chunk_no")
);
--> statement-breakpoint
CREATE TABLE "statement_lines" (
	"statement_id" text NOT NULL,
	"line" integer NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"source" text NOT NULL,
	"line_type" text,
	"occurred_at" timestamp (3) with time zone,
	"business_day" date,
	"merchant_reference" text,
	"provider_reference" text,
	"amount" bigint NOT NULL,
	"provider_fee" bigint,
	"net_amount" bigint,
	"status" text,
	"payout_reference" text,
	"value_date" date,
	"bank_reference" text,
	"description" text,
	"counterparty" text,
	"row_hash" text NOT NULL,
	CONSTRAINT "statement_lines_statement_id_line_pk" PRIMARY KEY("statement_id","line")
);
--> statement-breakpoint
CREATE TABLE "statements" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"source" text NOT NULL,
	"format" text,
	"file_name" text NOT NULL,
	"sha256" text NOT NULL,
	"total_bytes" bigint NOT NULL,
	"status" text NOT NULL,
	"read_bytes" bigint DEFAULT 0 NOT NULL,
	"lines" integer DEFAULT 0 NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"problems" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"problem_count" integer DEFAULT 0 NOT NULL,
	"opening_balance" bigint,
	"closing_balance" bigint,
	"credits" bigint DEFAULT 0 NOT NULL,
	"debits" bigint DEFAULT 0 NOT NULL,
	"closes" boolean,
	"account" text,
	"currency" text,
	"from_day" date,
	"to_day" date,
	"reason" text,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"imported_at" timestamp (3) with time zone,
	CONSTRAINT "statements_status" CHECK (status in ('queued', 'processing', 'imported', 'rejected'))
);
--> statement-breakpoint
ALTER TABLE "merchant_account_keys" ADD CONSTRAINT "merchant_account_keys_merchant_account_id_merchant_accounts_id_fk" FOREIGN KEY ("merchant_account_id") REFERENCES "public"."merchant_accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "postings" ADD CONSTRAINT "postings_entry_id_journal_entries_id_fk" FOREIGN KEY ("entry_id") REFERENCES "public"."journal_entries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("webhook_endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "money_facts" ADD CONSTRAINT "money_facts_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "money_facts" ADD CONSTRAINT "money_facts_attempt_id_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."attempts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "money_facts" ADD CONSTRAINT "money_facts_refund_id_refunds_id_fk" FOREIGN KEY ("refund_id") REFERENCES "public"."refunds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_attempt_id_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."attempts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "fee_schedules_agency_code_fee_code_valid_from_index" ON "fee_schedules" USING btree ("agency_code","fee_code","valid_from");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_index" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "merchant_account_keys_merchant_account_id_index" ON "merchant_account_keys" USING btree ("merchant_account_id");--> statement-breakpoint
CREATE INDEX "merchant_accounts_agency_code_index" ON "merchant_accounts" USING btree ("agency_code");--> statement-breakpoint
CREATE INDEX "discrepancies_agency_code_status_index" ON "discrepancies" USING btree ("agency_code","status");--> statement-breakpoint
CREATE INDEX "discrepancies_order_id_index" ON "discrepancies" USING btree ("order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "discrepancies_once" ON "discrepancies" USING btree ("dedupe_key");--> statement-breakpoint
CREATE INDEX "journal_entries_order_id_index" ON "journal_entries" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "journal_entries_agency_code_business_day_index" ON "journal_entries" USING btree ("agency_code","business_day");--> statement-breakpoint
CREATE INDEX "postings_agency_code_account_business_day_index" ON "postings" USING btree ("agency_code","account","business_day");--> statement-breakpoint
CREATE INDEX "postings_merchant_account_id_account_business_day_index" ON "postings" USING btree ("merchant_account_id","account","business_day");--> statement-breakpoint
CREATE INDEX "postings_order_id_index" ON "postings" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "callbacks_merchant_account_id_received_at_index" ON "callbacks" USING btree ("merchant_account_id","received_at");--> statement-breakpoint
CREATE INDEX "callbacks_claimed_reference_index" ON "callbacks" USING btree ("claimed_reference");--> statement-breakpoint
CREATE INDEX "callbacks_unanswered" ON "callbacks" USING btree ("received_at") WHERE verdict is null;--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_webhook_endpoint_id_event_id_index" ON "webhook_deliveries" USING btree ("webhook_endpoint_id","event_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("next_attempt_at") WHERE next_attempt_at is not null;--> statement-breakpoint
CREATE INDEX "webhook_endpoints_agency_code_index" ON "webhook_endpoints" USING btree ("agency_code");--> statement-breakpoint
CREATE UNIQUE INDEX "attempts_merchant_account_id_merchant_reference_index" ON "attempts" USING btree ("merchant_account_id","merchant_reference");--> statement-breakpoint
CREATE UNIQUE INDEX "attempts_one_pays" ON "attempts" USING btree ("order_id") WHERE pays_order;--> statement-breakpoint
CREATE INDEX "attempts_order_id_index" ON "attempts" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "attempts_merchant_reference_index" ON "attempts" USING btree ("merchant_reference");--> statement-breakpoint
CREATE INDEX "attempts_provider_reference_index" ON "attempts" USING btree ("provider_reference");--> statement-breakpoint
CREATE INDEX "attempts_due" ON "attempts" USING btree ("next_query_at") WHERE next_query_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "events_subject_id_sequence_index" ON "events" USING btree ("subject_id","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "events_position_index" ON "events" USING btree ("position");--> statement-breakpoint
CREATE INDEX "events_unnumbered" ON "events" USING btree ("id") WHERE position is null;--> statement-breakpoint
CREATE UNIQUE INDEX "money_facts_order_id_sequence_index" ON "money_facts" USING btree ("order_id","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "money_facts_once" ON "money_facts" USING btree ("attempt_id","kind","reference","amount");--> statement-breakpoint
CREATE INDEX "money_facts_merchant_account_id_business_day_index" ON "money_facts" USING btree ("merchant_account_id","business_day");--> statement-breakpoint
CREATE INDEX "money_facts_merchant_account_id_reference_index" ON "money_facts" USING btree ("merchant_account_id","reference");--> statement-breakpoint
CREATE INDEX "order_lines_agency_code_dossier_code_line_key_index" ON "order_lines" USING btree ("agency_code","dossier_code","line_key");--> statement-breakpoint
CREATE UNIQUE INDEX "orders_checkout_token_index" ON "orders" USING btree ("checkout_token");--> statement-breakpoint
CREATE INDEX "orders_agency_code_dossier_code_index" ON "orders" USING btree ("agency_code","dossier_code");--> statement-breakpoint
CREATE INDEX "orders_agency_code_id_index" ON "orders" USING btree ("agency_code","id");--> statement-breakpoint
CREATE INDEX "orders_dossier_code_index" ON "orders" USING btree ("dossier_code");--> statement-breakpoint
CREATE INDEX "orders_expiry" ON "orders" USING btree ("next_expiry_at") WHERE next_expiry_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "receipts_agency_code_serial_number_index" ON "receipts" USING btree ("agency_code","serial","number");--> statement-breakpoint
CREATE UNIQUE INDEX "receipts_order_id_kind_index" ON "receipts" USING btree ("order_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "receipts_token_index" ON "receipts" USING btree ("token");--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_merchant_account_id_merchant_reference_index" ON "refunds" USING btree ("merchant_account_id","merchant_reference");--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_one_open" ON "refunds" USING btree ("attempt_id") WHERE status in ('proposed', 'requested', 'approved', 'sending', 'pending', 'unknown');--> statement-breakpoint
CREATE INDEX "refunds_order_id_index" ON "refunds" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "refunds_due" ON "refunds" USING btree ("next_query_at") WHERE next_query_at is not null;--> statement-breakpoint
CREATE INDEX "reconciliation_items_reconciliation_id_class_id_index" ON "reconciliation_items" USING btree ("reconciliation_id","class","id");--> statement-breakpoint
CREATE UNIQUE INDEX "items_line_once" ON "reconciliation_items" USING btree ("reconciliation_id","statement_id","line") WHERE statement_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "items_attempt_once" ON "reconciliation_items" USING btree ("reconciliation_id","attempt_id") WHERE refund_id is null and class <> 'duplicate_line';--> statement-breakpoint
CREATE UNIQUE INDEX "items_refund_once" ON "reconciliation_items" USING btree ("reconciliation_id","refund_id") WHERE class <> 'duplicate_line';--> statement-breakpoint
CREATE INDEX "statement_lines_merchant_account_id_merchant_reference_index" ON "statement_lines" USING btree ("merchant_account_id","merchant_reference");--> statement-breakpoint
CREATE INDEX "statement_lines_merchant_account_id_source_business_day_index" ON "statement_lines" USING btree ("merchant_account_id","source","business_day");--> statement-breakpoint
CREATE UNIQUE INDEX "statements_merchant_account_id_source_sha256_index" ON "statements" USING btree ("merchant_account_id","source","sha256");