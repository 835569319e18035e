CREATE TABLE "unsigned_reopenings" (
	"act_id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"act_hash" text NOT NULL,
	"listed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "unsigned_reopenings" ADD CONSTRAINT "unsigned_reopenings_act_id_period_acts_id_fk" FOREIGN KEY ("act_id") REFERENCES "public"."period_acts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "unsigned_reopenings_agency_code_index" ON "unsigned_reopenings" USING btree ("agency_code");--> statement-breakpoint
-- by hand

-- When the transactions began that write at this moment, or wait for somebody who does; null where the server does not show it. Whoever has not written his first
-- row yet has locked its table. Everybody may see locks; since when a session works is shown to the owner for sessions that he has opened. The server's own work,
-- which is nobody's session, is passed by.
create function lephi_writers() returns setof timestamptz language sql volatile security definer as $$
  select xact_start from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null
    and pid in (
      select pid from pg_locks
      where not granted or (locktype = 'transactionid' and mode = 'ExclusiveLock') or (locktype = 'relation' and mode = 'RowExclusiveLock'))
$$;
--> statement-breakpoint

-- Reopenings that were made before they were signed, as they stand now. From here on none is added, and one that is not among them opens no day without a signature.
insert into unsigned_reopenings (act_id, agency_code, act_hash, listed_at)
select id, agency_code, encode(sha256(convert_to(json_build_array(id, agency_code, period_id, done_by, (extract(epoch from done_at) * 1000)::bigint, reason)::text, 'UTF8')), 'hex'), lephi_clock()
from period_acts where kind = 'reopened' and signature is null;
--> statement-breakpoint
alter table unsigned_reopenings enable row level security;
--> statement-breakpoint
alter table unsigned_reopenings force row level security;
--> statement-breakpoint
create policy tenant on unsigned_reopenings using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
grant select on unsigned_reopenings to lephi_app;
--> statement-breakpoint
create trigger closed before insert or update or delete on unsigned_reopenings for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger closed_truncate before truncate on unsigned_reopenings for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- The last day of an account that is closed, as before; a reopening without a signature opens nothing.
create or replace function lephi_closed_through(account text) returns date language plpgsql volatile security definer set lephi.agency = '*' as $$
begin
  return (
    select day from periods
    where merchant_account_id = account and not exists (
      select from period_acts as act where act.period_id = periods.id and act.kind = 'reopened'
        and (act.signature is not null or exists (select from unsigned_reopenings where act_id = act.id)))
    order by day desc, version desc limit 1);
end $$;
--> statement-breakpoint

-- Four eyes, as before; and whatever is done to a close is signed.
create or replace function lephi_guard_period_act() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare closed record;
begin
  if new.signature is null then
    raise exception 'what is done to % is not signed', new.period_id using errcode = '23514', constraint = 'period_signed';
  end if;
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

-- A close covers everything that is booked since the close before it, as before; and its document has the sums that the postings have.
create or replace function lephi_guard_close() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare
  through date;
  booked record;
begin
  perform pg_advisory_xact_lock(lephi_period_lock(new.merchant_account_id));
  through := lephi_closed_through(new.merchant_account_id);
  if new.day <= through or new.from_day is distinct from through + 1 then
    raise exception 'the books of % are closed through %', new.merchant_account_id, through using errcode = '40001';
  end if;
  select coalesce(sum(earlier), 0) as earlier, coalesce(sum(count), 0) as count, coalesce(jsonb_object_agg(account, amount), '{}') as totals into booked
    from (select account, count(*) filter (where business_day < new.day) as earlier, count(*) as count, sum(amount) as amount from postings
      where merchant_account_id = new.merchant_account_id and account in ('provider_receivable', 'collected', 'suspense', 'bank', 'provider_fee')
        and business_day <= new.day and business_day >= coalesce(new.from_day, '-infinity')
      group by account) as summed;
  if booked.earlier > 0 then
    raise exception 'an earlier day of % is open', new.merchant_account_id using errcode = '40001';
  end if;
  if booked.count <> new.postings or booked.totals <> new.document::jsonb #> '{ledger,totals}' then
    raise exception 'the close counted % postings of %', new.postings, booked.count using errcode = '40001';
  end if;
  return new;
end $$;
--> statement-breakpoint
do $$
declare guard text;
begin
  foreach guard in array array['lephi_writers()', 'lephi_closed_through(text)', 'lephi_guard_close()', 'lephi_guard_period_act()'] loop
    execute format('alter function %s set search_path = %I, pg_temp', guard, current_schema());
  end loop;
end $$;
