ALTER TABLE "receipt_tries" ADD COLUMN "reason" text;--> statement-breakpoint
CREATE INDEX "receipt_tries_agency_code_order_id_index" ON "receipt_tries" USING btree ("agency_code","order_id");