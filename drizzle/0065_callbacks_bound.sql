-- online
-- Proven beside writers: with it the table becomes a part of a larger one without being read.
alter table callbacks validate constraint callbacks_first_months;
