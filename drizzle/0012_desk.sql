ALTER TABLE "discrepancies" ADD COLUMN "difference" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "discrepancies" ADD COLUMN "holds_difference" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "discrepancies" ADD COLUMN "proposed_by" text;--> statement-breakpoint
ALTER TABLE "discrepancies" ADD COLUMN "proposed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "discrepancies" ADD CONSTRAINT "discrepancies_proposed" CHECK (status <> 'proposed' or (proposed_by is not null and resolution is not null));--> statement-breakpoint
ALTER TABLE "discrepancies" ADD CONSTRAINT "discrepancies_four_eyes" CHECK (status <> 'resolved' or proposed_by is null or coalesce(resolved_by <> proposed_by, false));--> statement-breakpoint
ALTER TABLE "discrepancies" ADD CONSTRAINT "discrepancies_kept" CHECK (status <> 'resolved' or not holds_difference or difference = 0 or proposed_by is not null);--> statement-breakpoint
-- by hand
-- What was said of a discrepancy is only ever added to, and an approval never loses who had proposed it.
create function lephi_guard_discrepancy() returns trigger language plpgsql as $$
begin
  if new.history[1:cardinality(old.history)] is distinct from old.history then
    raise exception 'the history of discrepancy % is only added to', old.id using errcode = '23514', constraint = 'discrepancies_history';
  end if;
  if old.status = 'proposed' and new.status = 'resolved' and new.resolution is not distinct from old.resolution
    and new.proposed_by is distinct from old.proposed_by then
    raise exception 'the resolution of discrepancy % was proposed by another', old.id using errcode = '23514', constraint = 'discrepancies_four_eyes';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger guarded before update on discrepancies for each row execute function lephi_guard_discrepancy();
