CREATE TABLE "period_acts" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"period_id" text NOT NULL,
	"kind" text NOT NULL,
	"done_by" text NOT NULL,
	"done_at" timestamp (3) with time zone NOT NULL,
	"reason" text,
	"signature" text,
	CONSTRAINT "period_acts_kind" CHECK (kind in ('countersigned', 'reopened')),
	CONSTRAINT "period_acts_said" CHECK ((kind = 'reopened') = (reason is not null) and (kind = 'countersigned') = (signature is not null))
);
--> statement-breakpoint
CREATE TABLE "periods" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"day" date NOT NULL,
	"from_day" date,
	"version" integer NOT NULL,
	"postings" integer NOT NULL,
	"document" text NOT NULL,
	"document_hash" text NOT NULL,
	"signature" text NOT NULL,
	"previous_hash" text,
	"closed_by" text NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "periods_days" CHECK (from_day <= day),
	CONSTRAINT "periods_counts" CHECK (version > 0 and postings >= 0)
);
--> statement-breakpoint
ALTER TABLE "period_acts" ADD CONSTRAINT "period_acts_period_id_periods_id_fk" FOREIGN KEY ("period_id") REFERENCES "public"."periods"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "period_acts_once" ON "period_acts" USING btree ("period_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "periods_version" ON "periods" USING btree ("merchant_account_id","day","version");--> statement-breakpoint
CREATE INDEX "periods_agency_code_index" ON "periods" USING btree ("agency_code");--> statement-breakpoint
CREATE INDEX "refunds_under_way" ON "refunds" USING btree ("merchant_account_id") WHERE status in ('sending', 'pending', 'unknown');--> statement-breakpoint
-- by hand
alter table periods enable row level security;
--> statement-breakpoint
alter table periods force row level security;
--> statement-breakpoint
create policy tenant on periods using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
alter table period_acts enable row level security;
--> statement-breakpoint
alter table period_acts force row level security;
--> statement-breakpoint
create policy tenant on period_acts using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
grant select, insert on periods, period_acts to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on periods for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on periods for each statement execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only before update or delete on period_acts for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on period_acts for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- Whoever books holds this lock of the account shared, until its commit; whoever closes a day holds it alone. So bookings never wait for each other, and what a
-- close has counted is all that there will ever be. The bigint is the lock's name.
create function lephi_period_lock(account text) returns bigint language sql immutable as $$
  select hashtextextended('period ' || account, 0)
$$;
--> statement-breakpoint

-- The last day of an account that is closed; null when none is. Days close in order, so every day before it is closed as well. Volatile, so that it sees what
-- was committed while its caller waited for the lock.
create function lephi_closed_through(account text) returns date language plpgsql volatile security definer set lephi.agency = '*' as $$
begin
  return (
    select day from periods
    where merchant_account_id = account and not exists (select from period_acts where period_id = periods.id and kind = 'reopened')
    order by day desc, version desc limit 1);
end $$;
--> statement-breakpoint

-- The day on which money of a business day is booked: the day itself, or the first open one after it, of all the accounts together.
create function lephi_open_day(accounts text[], day date) returns date language plpgsql volatile security definer set lephi.agency = '*' as $$
declare
  account text;
  through date;
  open_day date := day;
begin
  foreach account in array accounts loop
    perform pg_advisory_xact_lock_shared(lephi_period_lock(account));
    through := lephi_closed_through(account);
    if through >= open_day then
      open_day := through + 1;
    end if;
  end loop;
  return open_day;
end $$;
--> statement-breakpoint
create function lephi_open_day(account text, day date) returns date language sql volatile as $$
  select lephi_open_day(array[account], day)
$$;
--> statement-breakpoint

-- Nothing is booked on a closed day, whoever books, and the postings of an entry stand on the entry's day.
create function lephi_guard_posting_day() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare earliest record;
begin
  for earliest in select merchant_account_id as account, min(business_day) as day from posted group by merchant_account_id loop
    perform pg_advisory_xact_lock_shared(lephi_period_lock(earliest.account));
    if earliest.day <= lephi_closed_through(earliest.account) then
      raise exception 'the books of % are closed on %', earliest.account, earliest.day using errcode = '23514', constraint = 'period_closed';
    end if;
  end loop;
  if exists (select from posted join journal_entries as entry on entry.id = posted.entry_id where entry.business_day <> posted.business_day) then
    raise exception 'a posting stands on another day than its entry' using errcode = '23514', constraint = 'postings_day';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger open_day after insert on postings referencing new table as posted for each statement execute function lephi_guard_posting_day();
--> statement-breakpoint

-- A close covers everything that is booked since the close before it: no day is passed over, and the document counted every posting.
create function lephi_guard_close() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare
  through date;
  earlier bigint;
  covered bigint;
begin
  perform pg_advisory_xact_lock(lephi_period_lock(new.merchant_account_id));
  through := lephi_closed_through(new.merchant_account_id);
  if new.day <= through or new.from_day is distinct from through + 1 then
    raise exception 'the books of % are closed through %', new.merchant_account_id, through using errcode = '40001';
  end if;
  select count(*) filter (where business_day < new.day), count(*) into earlier, covered from postings
    where merchant_account_id = new.merchant_account_id and account in ('provider_receivable', 'collected', 'suspense', 'bank', 'provider_fee')
      and business_day <= new.day and business_day >= coalesce(new.from_day, '-infinity');
  if earlier > 0 then
    raise exception 'an earlier day of % is open', new.merchant_account_id using errcode = '40001';
  end if;
  if covered <> new.postings then
    raise exception 'the close counted % postings of %', new.postings, covered using errcode = '40001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger in_order before insert on periods for each row execute function lephi_guard_close();
--> statement-breakpoint

-- Four eyes: who closed a day neither countersigns it nor opens it again. Only the last close is opened again, so that days close and open in order.
create function lephi_guard_period_act() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare closed record;
begin
  select * into closed from periods where id = new.period_id;
  perform pg_advisory_xact_lock(lephi_period_lock(closed.merchant_account_id));
  if closed.closed_by = new.done_by then
    raise exception 'who closed % may not do that', new.period_id using errcode = '23514', constraint = 'period_four_eyes';
  end if;
  if exists (select from period_acts where period_id = new.period_id and kind = 'reopened') then
    raise exception '% was opened again', new.period_id using errcode = '40001';
  end if;
  if new.kind = 'reopened' and closed.day is distinct from lephi_closed_through(closed.merchant_account_id) then
    raise exception 'a later day than % is closed', closed.day using errcode = '23514', constraint = 'period_last';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger four_eyes before insert on period_acts for each row execute function lephi_guard_period_act();
--> statement-breakpoint
do $$
declare guard text;
begin
  foreach guard in array array['lephi_closed_through(text)', 'lephi_open_day(text[], date)', 'lephi_guard_posting_day()', 'lephi_guard_close()', 'lephi_guard_period_act()'] loop
    execute format('alter function %s set search_path = %I, pg_temp', guard, current_schema());
  end loop;
end $$;
