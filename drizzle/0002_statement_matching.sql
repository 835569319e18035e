DROP INDEX "items_attempt_once";--> statement-breakpoint
ALTER TABLE "reconciliation_items" ADD COLUMN "capture_reference" text;--> statement-breakpoint
ALTER TABLE "reconciliation_items" ADD COLUMN "heal" text;--> statement-breakpoint
CREATE INDEX "items_to_heal" ON "reconciliation_items" USING btree ("reconciliation_id","id") WHERE heal is not null;--> statement-breakpoint
CREATE INDEX "reconciliation_items_attempt_id_index" ON "reconciliation_items" USING btree ("attempt_id");--> statement-breakpoint
CREATE INDEX "reconciliations_merchant_account_id_from_day_index" ON "reconciliations" USING btree ("merchant_account_id","from_day");--> statement-breakpoint
CREATE INDEX "reconciliations_running" ON "reconciliations" USING btree ("created_at") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "statement_lines_merchant_account_id_provider_reference_index" ON "statement_lines" USING btree ("merchant_account_id","provider_reference");--> statement-breakpoint
CREATE UNIQUE INDEX "items_attempt_once" ON "reconciliation_items" USING btree ("reconciliation_id","attempt_id","capture_reference") WHERE refund_id is null and class <> 'duplicate_line';--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_status" CHECK (status in ('running', 'completed', 'failed'));