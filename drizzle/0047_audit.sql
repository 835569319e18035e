CREATE TABLE "audit_log" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"object" text,
	"shown" text[] DEFAULT '{}' NOT NULL,
	"format" text,
	"query" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"request_id" text NOT NULL,
	"address" text,
	"rows" integer
);
--> statement-breakpoint
CREATE INDEX "audit_log_by_time" ON "audit_log" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_log_by_actor" ON "audit_log" USING btree ("actor","at");--> statement-breakpoint
CREATE INDEX "audit_log_by_object" ON "audit_log" USING btree ("object","at");--> statement-breakpoint
-- by hand

alter table audit_log enable row level security;
--> statement-breakpoint
alter table audit_log force row level security;
--> statement-breakpoint
create policy tenant on audit_log using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- Rows are only added, by whomever.
grant select, insert on audit_log to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on audit_log for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on audit_log for each statement execute function lephi_refuse_change();
