ALTER TABLE "money_facts" DROP CONSTRAINT "money_facts_kind";--> statement-breakpoint
ALTER TABLE "agencies" ADD COLUMN "refund_working_days" integer DEFAULT 7 NOT NULL;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "method" text DEFAULT 'provider' NOT NULL;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "payee_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "payee_account" jsonb;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "bank_reference" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "paid_on" date;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "confirmed_by" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "promised_on" date;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "expected_on" date;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "overdue_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_bank_reference" ON "refunds" USING btree ("merchant_account_id","bank_reference") WHERE bank_reference is not null;--> statement-breakpoint
CREATE INDEX "refunds_promised" ON "refunds" USING btree ("promised_on") WHERE status in ('approved', 'sending', 'pending', 'unknown');--> statement-breakpoint
ALTER TABLE "money_facts" ADD CONSTRAINT "money_facts_kind" CHECK (kind in ('captured', 'reversed', 'refunded', 'bounced'));--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_method" CHECK (method in ('provider', 'manual', 'treasury'));--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_confirmed" CHECK (bank_reference is null or (paid_on is not null and confirmed_by is not null and confirmed_by <> made_by));--> statement-breakpoint
-- by hand

-- A transfer returns a refund that is under way and has none yet, and stays the one that returned it.
create function lephi_guard_transfer() returns trigger language plpgsql as $$
begin
  if new.bank_reference is distinct from old.bank_reference
    and (old.bank_reference is not null or old.status not in ('sending', 'pending', 'unknown') or old.method = 'provider') then
    raise exception 'refund % is confirmed otherwise', old.id using errcode = '23514', constraint = 'refund_confirmed';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger refunds_transfer before update of bank_reference on refunds for each row execute function lephi_guard_transfer();
--> statement-breakpoint

-- Of two people who say at once what became of a refund, the one who has its transfer is believed.
create function lephi_refuse_confirmed(refund text) returns void language plpgsql as $$
declare reference text;
begin
  select bank_reference into reference from refunds where id = refund for update;
  if reference is not null then
    raise exception 'refund % is confirmed', refund using errcode = '23514', constraint = 'refund_confirmed';
  end if;
end $$;
