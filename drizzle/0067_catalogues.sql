CREATE TABLE "catalogue_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"catalogue" text NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"name_en" text,
	"fee_codes" text[] DEFAULT '{}' NOT NULL,
	"source" text,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "catalogue_entry_days" CHECK (valid_to is null or valid_to >= valid_from)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "catalogue_entries_by_code" ON "catalogue_entries" USING btree ("agency_code","catalogue","code","valid_from");
--> statement-breakpoint
-- by hand

alter table catalogue_entries enable row level security;
--> statement-breakpoint
alter table catalogue_entries force row level security;
--> statement-breakpoint
create policy tenant on catalogue_entries using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- Orders were checked against an entry, and reports print its name: it gets another last day and stays otherwise as it is.
grant select, insert, update (valid_to) on catalogue_entries to lephi_app;
