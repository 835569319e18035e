ALTER TABLE "disputes" ADD COLUMN "reversed_before" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "release_asked_by" text;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "release_asked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "release_note" text;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "released_by" text;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "released_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "released_amount" bigint;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_release_asked" CHECK ((release_asked_by is null) = (release_asked_at is null) and (release_asked_by is null) = (release_note is null));--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_released" CHECK ((released_by is null) = (released_at is null) and (released_by is null) = (released_amount is null));--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_released_amount" CHECK (released_amount between 1 and amount);--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_release_four_eyes" CHECK (released_by is null or (release_asked_by is not null and released_by <> release_asked_by));--> statement-breakpoint
-- by hand

-- What had been reversed when each case was opened, as it was told by then: a reversal from before it ends no case's waiting any more. Closed cases are not
-- changed otherwise.
alter table disputes disable trigger disputes_guard;
--> statement-breakpoint
do $$
begin
  perform set_config('lephi.agency', '*', true);
  update disputes as dispute set reversed_before = least(attempt.amount_reversed, coalesce((
    select sum(most) from (
      select max(fact.amount) as most from money_facts as fact
      where fact.attempt_id = dispute.attempt_id and fact.kind = 'reversed' and fact.received_at <= dispute.opened_at
      group by fact.reference) as told), 0))
  from attempts as attempt where attempt.id = dispute.attempt_id;
  perform set_config('lephi.agency', '', true);
end $$;
--> statement-breakpoint
alter table disputes enable trigger disputes_guard;
--> statement-breakpoint
grant update (release_asked_by, release_asked_at, release_note, released_by, released_at, released_amount) on disputes to lephi_app;
--> statement-breakpoint

-- A dispute locks the refunds of its payment: none is asked for, approved or sent while it is open, nor after a lost chargeback until what it takes was reversed
-- since it was opened, or was released, as long as anything of the payment is left. All that were lost from one on wait together, so that no reversal serves two. A
-- refund that nobody has taken goes back from sending to approved all the same.
create or replace function lephi_lock_disputed() returns trigger language plpgsql as $$
declare captured bigint; reversed bigint;
begin
  if new.status not in ('requested', 'approved', 'sending')
    or (tg_op = 'UPDATE' and (new.status = old.status or (new.status = 'approved' and old.status not in ('proposed', 'requested')))) then
    return null;
  end if;
  select amount_captured, amount_reversed into captured, reversed from attempts where id = new.attempt_id for update;
  if exists (select from disputes where attempt_id = new.attempt_id and status = 'open')
    or (captured > reversed and exists (
      select from (
        select reversed_before, sum(amount - coalesce(released_amount, 0)) over (order by reversed_before desc) as wanted
        from disputes where attempt_id = new.attempt_id and kind = 'chargeback' and outcome = 'lost') as waiting
      where wanted > reversed - reversed_before)) then
    raise exception 'the payment % is disputed', new.attempt_id using errcode = '23514', constraint = 'refunds_disputed';
  end if;
  return null;
end $$;
--> statement-breakpoint

-- A dispute and a refund of one payment go one after the other, and a dispute remembers what was reversed before it; a closed dispute stays as it was closed, but
-- a lost chargeback may be released, once.
create or replace function lephi_guard_dispute() returns trigger language plpgsql as $$
declare
  columns constant text[] := array['release_asked_by', 'release_asked_at', 'release_note', 'released_by', 'released_at', 'released_amount'];
  kept boolean;
begin
  if tg_op = 'INSERT' then
    select amount_reversed into new.reversed_before from attempts where id = new.attempt_id for update;
    return new;
  end if;
  kept := to_jsonb(new) - columns = to_jsonb(old) - columns;
  if old.status = 'closed' and (not kept or to_jsonb(new) = to_jsonb(old)) then
    raise exception 'dispute % is closed', old.id using errcode = '23514', constraint = 'dispute_closed';
  elsif (new.release_asked_by is not null or new.released_by is not null or old.release_asked_by is not null)
    and (old.outcome is distinct from 'lost' or old.kind <> 'chargeback' or old.released_by is not null) then
    raise exception 'dispute % waits for nothing', old.id using errcode = '23514', constraint = 'dispute_not_waiting';
  end if;
  return new;
end $$;
