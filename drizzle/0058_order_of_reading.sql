ALTER TABLE "money_facts" ADD COLUMN "told_in" "xid8";--> statement-breakpoint
-- By itself, so that no row of before is written anew: theirs stays null.
ALTER TABLE "money_facts" ALTER COLUMN "told_in" SET DEFAULT pg_current_xact_id();--> statement-breakpoint
ALTER TABLE "reconciliations" ADD COLUMN "place" integer;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD COLUMN "read_in" "pg_snapshot";--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "place" integer;--> statement-breakpoint
-- by hand

-- What a run has read, and which run came later, is told by the order of the database and not by the clocks of several processes. Imports of one merchant account end one
-- after another, so whoever sees a place sees every earlier one; runs of one merchant account read one after another anyhow.
create function lephi_place_statement() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if tg_op = 'UPDATE' and (old.place is not null or old.status = 'imported') then
    new.place := old.place;
  elsif new.status = 'imported' then
    perform pg_advisory_xact_lock(hashtextextended('statements ' || new.merchant_account_id, 0));
    select coalesce(max(place), 0) + 1 into new.place from statements where merchant_account_id = new.merchant_account_id;
  else
    new.place := null;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger statements_place before insert or update of status, place on statements for each row execute function lephi_place_statement();
--> statement-breakpoint
create function lephi_place_run() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if old.progress ? 'phase' then
    new.place := old.place;
    new.read_in := old.read_in;
  elsif new.progress ? 'phase' then
    perform pg_advisory_xact_lock(hashtextextended('reconciliation ' || new.merchant_account_id, 0));
    select coalesce(max(place), 0) + 1 into new.place from reconciliations where merchant_account_id = new.merchant_account_id;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger reconciliations_place before update of progress, place, read_in on reconciliations for each row execute function lephi_place_run();
--> statement-breakpoint
do $$
declare giver text;
begin
  foreach giver in array array['lephi_place_statement()', 'lephi_place_run()'] loop
    execute format('alter function %s set search_path = %I, pg_temp', giver, current_schema());
  end loop;
end $$;
