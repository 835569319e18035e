-- online
-- Lists of orders of one status that is not the usual end: of an agency, and of a scope with many agencies.
CREATE INDEX CONCURRENTLY "orders_not_paid" ON "orders" USING btree ("agency_code","status","id") WHERE status <> 'paid';--> statement-breakpoint
CREATE INDEX CONCURRENTLY "orders_by_status" ON "orders" USING btree ("status","id") WHERE status <> 'paid';