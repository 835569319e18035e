CREATE TABLE "quarantine" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"provider" text NOT NULL,
	"kind" text NOT NULL,
	"outcome" text NOT NULL,
	"callback_id" text NOT NULL,
	"reference" text NOT NULL,
	"merchant_reference" text,
	"provider_reference" text,
	"amount" bigint NOT NULL,
	"text" text,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"candidates" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"entry_id" text,
	"return_entry_id" text,
	"discrepancy_id" text,
	"attempt_id" text,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"note" text,
	"history" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "quarantine_kind" CHECK (kind in ('unknown_reference', 'unknown_credit')),
	CONSTRAINT "quarantine_outcome" CHECK (outcome in ('captured', 'refunded', 'reversed')),
	CONSTRAINT "quarantine_status" CHECK (status in ('open', 'attributed', 'dismissed')),
	CONSTRAINT "quarantine_amount" CHECK (amount > 0),
	CONSTRAINT "quarantine_decided" CHECK ((status = 'open') = (decided_at is null)),
	CONSTRAINT "quarantine_attributed" CHECK ((status = 'attributed') = (attempt_id is not null)),
	CONSTRAINT "quarantine_booked" CHECK ((kind = 'unknown_credit') = (entry_id is not null)),
	CONSTRAINT "quarantine_returned" CHECK ((return_entry_id is not null) = (entry_id is not null and status = 'attributed'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "quarantine_once" ON "quarantine" USING btree ("merchant_account_id","reference","kind","outcome");--> statement-breakpoint
CREATE INDEX "quarantine_agency_code_id_index" ON "quarantine" USING btree ("agency_code","id");--> statement-breakpoint
CREATE INDEX "attempts_by_account" ON "attempts" USING btree ("merchant_account_id","created_at");--> statement-breakpoint

alter table quarantine enable row level security;
--> statement-breakpoint
alter table quarantine force row level security;
--> statement-breakpoint
create policy tenant on quarantine using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- What was told stays as it was told; only what is made of it is written later.
grant select, insert on quarantine to lephi_app;
--> statement-breakpoint
grant update (status, return_entry_id, attempt_id, decided_by, decided_at, note, history) on quarantine to lephi_app;
--> statement-breakpoint

-- What was attributed has found its place for ever; what was dismissed may still find one. Of two who decide at once the second is refused, with whatever
-- else it wanted to write.
create function lephi_guard_quarantine() returns trigger language plpgsql as $$
begin
  if old.status = 'attributed' or new.status = old.status or new.status = 'open' then
    raise exception 'quarantine entry % is % already', old.id, old.status using errcode = '23514', constraint = 'quarantine_open';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger decided_once before update on quarantine for each row execute function lephi_guard_quarantine();
