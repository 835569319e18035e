CREATE TABLE "staff_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"agency_code" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "staff_sessions_token" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE INDEX "staff_sessions_subject" ON "staff_sessions" USING btree ("subject");--> statement-breakpoint
-- by hand
alter table staff_sessions enable row level security;
--> statement-breakpoint
alter table staff_sessions force row level security;
--> statement-breakpoint
create policy tenant on staff_sessions using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- Who a session is for never changes; it is used, and it ends.
grant select, insert on staff_sessions to lephi_app;
--> statement-breakpoint
grant update (seen_at, ended_at) on staff_sessions to lephi_app;
