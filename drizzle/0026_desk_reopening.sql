ALTER TABLE "discrepancies" ADD COLUMN "reopening_by" text;--> statement-breakpoint
ALTER TABLE "discrepancies" ADD COLUMN "reopening_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "discrepancies" ADD COLUMN "reopening_note" text;--> statement-breakpoint
ALTER TABLE "discrepancies" ADD CONSTRAINT "discrepancies_reopening" CHECK (reopening_by is null or status = 'resolved');--> statement-breakpoint
-- by hand
-- What two persons decided is opened again, or decided otherwise, by two or by the gateway itself; and what is proposed is proposed over one amount.
create or replace function lephi_guard_discrepancy() returns trigger language plpgsql as $$
declare actor text;
begin
  if new.history[1:cardinality(old.history)] is distinct from old.history then
    raise exception 'the history of discrepancy % is only added to', old.id using errcode = '23514', constraint = 'discrepancies_history';
  end if;
  if old.status = 'proposed' and new.status = 'resolved' and new.resolution is not distinct from old.resolution
    and new.proposed_by is distinct from old.proposed_by then
    raise exception 'the resolution of discrepancy % was proposed by another', old.id using errcode = '23514', constraint = 'discrepancies_four_eyes';
  end if;
  if old.status = 'proposed' and new.status = 'proposed' and (new.amount, new.difference, new.class) is distinct from (old.amount, old.difference, old.class) then
    raise exception 'what is proposed of discrepancy % is proposed over another amount', old.id using errcode = '23514', constraint = 'discrepancies_proposed';
  end if;
  if old.status = 'resolved' and old.proposed_by is not null
    and (new.status, new.resolution, new.proposed_by) is distinct from (old.status, old.resolution, old.proposed_by) then
    actor := new.history[cardinality(new.history)]::jsonb ->> 'by';
    if actor is distinct from 'lephi' and (cardinality(new.history) = cardinality(old.history) or coalesce(old.reopening_by = actor, true)) then
      raise exception 'two persons have decided discrepancy %', old.id using errcode = '23514', constraint = 'discrepancies_four_eyes';
    end if;
  end if;
  -- Whoever decides anew has decided about the opening as well.
  if new.status <> 'resolved' or new.resolved_at is distinct from old.resolved_at then
    new.reopening_by := null;
    new.reopening_at := null;
    new.reopening_note := null;
  end if;
  return new;
end $$;
