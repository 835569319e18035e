CREATE TABLE "outgoing_hosts" (
	"agency_code" text NOT NULL,
	"set_at" timestamp (3) with time zone NOT NULL,
	"hosts" text[],
	"set_by" text NOT NULL,
	CONSTRAINT "outgoing_hosts_agency_code_set_at_pk" PRIMARY KEY("agency_code","set_at")
);
--> statement-breakpoint
-- by hand

alter table outgoing_hosts enable row level security;
--> statement-breakpoint
alter table outgoing_hosts force row level security;
--> statement-breakpoint
create policy tenant on outgoing_hosts using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- A list is never changed: what was in force stays on record.
grant select, insert on outgoing_hosts to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on outgoing_hosts for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on outgoing_hosts for each statement execute function lephi_refuse_change();
