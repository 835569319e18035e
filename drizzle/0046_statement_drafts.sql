CREATE TABLE "statement_drafts" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"merchant_account_id" text,
	"source" text,
	"format" text,
	"file_name" text NOT NULL,
	"sha256" text,
	"total_bytes" bigint,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "statement_drafts_created_at_index" ON "statement_drafts" USING btree ("created_at");--> statement-breakpoint
-- by hand
alter table statement_drafts enable row level security;
--> statement-breakpoint
alter table statement_drafts force row level security;
--> statement-breakpoint
create policy tenant on statement_drafts using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
grant select, insert, update, delete on statement_drafts to lephi_app;
