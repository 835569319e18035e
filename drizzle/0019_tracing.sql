CREATE TABLE "tracing_cases" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"subject" text NOT NULL,
	"merchant_account_id" text,
	"discrepancy_id" text,
	"order_id" text,
	"statement_id" text,
	"line" integer,
	"amount" bigint NOT NULL,
	"currency" text DEFAULT 'VND' NOT NULL,
	"finder" text NOT NULL,
	"cause" text NOT NULL,
	"counterpart" text NOT NULL,
	"evidence" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"due_on" date NOT NULL,
	"opened_by" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"result" text,
	"document" text,
	"answered_by" text,
	"answered_at" timestamp (3) with time zone,
	"closed_by" text,
	"closed_at" timestamp (3) with time zone,
	"closing_note" text,
	CONSTRAINT "tracing_cases_kind" CHECK (kind in ('payer_record', 'payer_voucher', 'treasury', 'provider', 'excess_transfer', 'bank_inquiry')),
	CONSTRAINT "tracing_cases_status" CHECK (status in ('open', 'answered', 'closed')),
	CONSTRAINT "tracing_cases_amount" CHECK (amount >= 0 and currency = 'VND'),
	CONSTRAINT "tracing_cases_answered" CHECK ((answered_at is null) = (result is null) and (status <> 'answered' or result is not null)),
	CONSTRAINT "tracing_cases_closed" CHECK ((status = 'closed') = (closed_at is not null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "tracing_cases_code" ON "tracing_cases" USING btree ("code");--> statement-breakpoint
CREATE UNIQUE INDEX "tracing_cases_one_open" ON "tracing_cases" USING btree ("subject","kind") WHERE status <> 'closed';--> statement-breakpoint
CREATE INDEX "tracing_cases_agency_code_id_index" ON "tracing_cases" USING btree ("agency_code","id");--> statement-breakpoint
CREATE INDEX "tracing_cases_order_id_index" ON "tracing_cases" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "tracing_cases_discrepancy_id_index" ON "tracing_cases" USING btree ("discrepancy_id");--> statement-breakpoint
-- by hand
alter table tracing_cases enable row level security;
--> statement-breakpoint
alter table tracing_cases force row level security;
--> statement-breakpoint
create policy tenant on tracing_cases using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- What is asked about stays as it was asked; only the answer and the end are written later.
grant select, insert on tracing_cases to lephi_app;
--> statement-breakpoint
grant update (status, result, document, answered_by, answered_at, closed_by, closed_at, closing_note) on tracing_cases to lephi_app;
--> statement-breakpoint
create function lephi_guard_tracing() returns trigger language plpgsql as $$
begin
  if (new.amount, new.currency, new.subject) is distinct from (old.amount, old.currency, old.subject) then
    raise exception 'tracing never changes amount, currency or subject of %', old.id using errcode = '23514', constraint = 'tracing_cases_fixed';
  end if;
  if old.status = 'closed' or new.status = old.status or new.status = 'open' then
    raise exception 'tracing case % is % already', old.id, old.status using errcode = '23514', constraint = 'tracing_cases_forward';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger guarded before update on tracing_cases for each row execute function lephi_guard_tracing();
