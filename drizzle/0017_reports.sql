CREATE TABLE "former_agencies" (
	"agency_code" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"name" text NOT NULL,
	"tax_code" text,
	"budget_unit_code" text,
	"address" text,
	CONSTRAINT "former_agencies_agency_code_until_pk" PRIMARY KEY("agency_code","until")
);
--> statement-breakpoint
CREATE TABLE "former_merchant_accounts" (
	"merchant_account_id" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"agency_code" text NOT NULL,
	"provider_fee" jsonb NOT NULL,
	"cutoff" text NOT NULL,
	"settlement_days" integer NOT NULL,
	"payee_account" jsonb NOT NULL,
	CONSTRAINT "former_merchant_accounts_merchant_account_id_until_pk" PRIMARY KEY("merchant_account_id","until")
);
--> statement-breakpoint
ALTER TABLE "agencies" ADD COLUMN "budget_unit_code" text;--> statement-breakpoint
CREATE INDEX "former_merchant_accounts_agency_code_index" ON "former_merchant_accounts" USING btree ("agency_code");--> statement-breakpoint
CREATE INDEX "receipts_issued_at_index" ON "receipts" USING btree ("issued_at");--> statement-breakpoint
-- by hand
alter table former_agencies enable row level security;
--> statement-breakpoint
alter table former_agencies force row level security;
--> statement-breakpoint
create policy tenant on former_agencies using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
alter table former_merchant_accounts enable row level security;
--> statement-breakpoint
alter table former_merchant_accounts force row level security;
--> statement-breakpoint
create policy tenant on former_merchant_accounts using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- A report as of an earlier instant bears the names and measures by the terms of that instant: what was, stays.
grant select, insert on former_agencies, former_merchant_accounts to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on former_agencies for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only before update or delete on former_merchant_accounts for each row execute function lephi_refuse_change();
