-- online
-- Orders of a time are found where that time is, and not by reading all that are newer.
create index concurrently "orders_by_time" on "orders" using btree ("created_at","id");
