-- online
-- Which of the latest events are payments is asked every second: with this their rows are read, and not all 10,000.
create index concurrently "events_paid" on "events" using btree ("position") where type = 'order.paid';
