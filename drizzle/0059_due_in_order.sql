-- online
-- Of what is due at the same instant the lowest id is taken: with the id in the index nothing has to be sorted for it.
create index concurrently "webhook_deliveries_next_due" on "webhook_deliveries" using btree ("next_attempt_at","id") where next_attempt_at is not null;--> statement-breakpoint
create index concurrently "attempts_next_to_confirm" on "attempts" using btree ("confirm_at","id") where confirm_at is not null;--> statement-breakpoint
create index concurrently "attempts_next_due" on "attempts" using btree ("next_query_at","id") where next_query_at is not null;--> statement-breakpoint
create index concurrently "orders_next_expiry" on "orders" using btree ("next_expiry_at","id") where next_expiry_at is not null;--> statement-breakpoint
create index concurrently "refunds_next_due" on "refunds" using btree ("next_query_at","id") where next_query_at is not null;--> statement-breakpoint
drop index concurrently if exists "webhook_deliveries_due";--> statement-breakpoint
drop index concurrently if exists "attempts_to_confirm";--> statement-breakpoint
drop index concurrently if exists "attempts_due";--> statement-breakpoint
drop index concurrently if exists "orders_expiry";--> statement-breakpoint
drop index concurrently if exists "refunds_due";
