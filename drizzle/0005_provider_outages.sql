CREATE TABLE "callback_nonces" (
	"merchant_account_id" text NOT NULL,
	"merchant_reference" text NOT NULL,
	"provider_reference" text NOT NULL,
	"outcome" text NOT NULL,
	"agency_code" text NOT NULL,
	"callback_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "callback_nonces_once" PRIMARY KEY("merchant_account_id","merchant_reference","provider_reference","outcome")
);
--> statement-breakpoint
CREATE TABLE "provider_breakers" (
	"merchant_account_id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"unanswered" integer NOT NULL,
	"unanswered_at" timestamp (3) with time zone NOT NULL,
	"opened_at" timestamp (3) with time zone,
	"probes" integer DEFAULT 0 NOT NULL,
	"open_until" timestamp (3) with time zone,
	CONSTRAINT "provider_breakers_open" CHECK ((opened_at is null) = (open_until is null))
);
--> statement-breakpoint
CREATE TABLE "provider_calls" (
	"merchant_account_id" text NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"operation" text NOT NULL,
	"agency_code" text NOT NULL,
	"calls" integer NOT NULL,
	"unanswered" integer NOT NULL,
	"latency_ms" bigint NOT NULL,
	"latency_max_ms" integer NOT NULL,
	CONSTRAINT "provider_calls_merchant_account_id_minute_operation_pk" PRIMARY KEY("merchant_account_id","minute","operation"),
	CONSTRAINT "provider_calls_sums" CHECK (calls > 0 and unanswered between 0 and calls and latency_max_ms >= 0)
);
--> statement-breakpoint
CREATE TABLE "provider_statuses" (
	"merchant_account_id" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"agency_code" text NOT NULL,
	"status" text NOT NULL,
	CONSTRAINT "provider_statuses_merchant_account_id_since_pk" PRIMARY KEY("merchant_account_id","since"),
	CONSTRAINT "provider_statuses_status" CHECK (status in ('up', 'degraded', 'down', 'unknown'))
);
--> statement-breakpoint
ALTER TABLE "merchant_account_keys" ADD COLUMN "replaced_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "merchant_account_keys" ADD COLUMN "ended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "replay_of" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "key_id" text;--> statement-breakpoint
CREATE INDEX "provider_calls_minute_index" ON "provider_calls" USING btree ("minute");--> statement-breakpoint

do $$
declare name text;
begin
  foreach name in array array['provider_calls', 'provider_statuses', 'provider_breakers', 'callback_nonces'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (lephi_covers(agency_code)) with check (lephi_covers(agency_code))', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert, update, delete on provider_calls, provider_statuses, provider_breakers to lephi_app;
--> statement-breakpoint

-- What has had its effect stays so: a nonce is written once.
grant select, insert on callback_nonces to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on callback_nonces for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on callback_nonces for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- Of a callback only the answer may be noted afterwards, and which one it repeats.
grant update (verdict, replay_of) on callbacks to lephi_app;
