-- online
-- What grows is found where it is: statements and runs of an agency and an account, what is open of it, what of a payment goes back, and what is on whose desk.
CREATE INDEX CONCURRENTLY "discrepancies_by_owner" ON "discrepancies" USING btree ("owner","id") WHERE owner is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "refunds_of_attempt" ON "refunds" USING btree ("attempt_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "quarantine_discrepancy_id_index" ON "quarantine" USING btree ("discrepancy_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "quarantine_open" ON "quarantine" USING btree ("merchant_account_id") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX CONCURRENTLY "items_of_bank" ON "reconciliation_items" USING btree ("reconciliation_id") WHERE source = 'bank';--> statement-breakpoint
CREATE INDEX CONCURRENTLY "reconciliations_by_place" ON "reconciliations" USING btree ("merchant_account_id","place");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "reconciliations_agency_code_id_index" ON "reconciliations" USING btree ("agency_code","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "reconciliations_by_account" ON "reconciliations" USING btree ("merchant_account_id","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "statements_by_place" ON "statements" USING btree ("merchant_account_id","place");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "statements_agency_code_id_index" ON "statements" USING btree ("agency_code","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "statements_by_account" ON "statements" USING btree ("merchant_account_id","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "statements_waiting" ON "statements" USING btree ("created_at","id") WHERE status in ('queued', 'processing');