ALTER TABLE "signing_keys" ADD COLUMN "revoked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "revoked_reason" text;--> statement-breakpoint
CREATE INDEX "orders_taken_back" ON "orders" USING btree ("id") WHERE status = 'paid' and amount_paid < amount;--> statement-breakpoint
-- by hand
-- A signing key may be retired, once, and once it is, revoked, once; nothing else about it ever changes, and none goes, since what it signed must stay verifiable.
create or replace function lephi_guard_signing_key() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.retired_at is null and new.retired_at is not null
    and to_jsonb(new) - 'retired_at' = to_jsonb(old) - 'retired_at' then
    return new;
  end if;
  if tg_op = 'UPDATE' and old.retired_at is not null and old.revoked_at is null and new.revoked_at is not null and new.revoked_reason is not null
    and to_jsonb(new) - 'revoked_at' - 'revoked_reason' = to_jsonb(old) - 'revoked_at' - 'revoked_reason' then
    return new;
  end if;
  raise exception 'signing_keys is append-only: a key is retired or revoked, never changed or deleted' using errcode = '55000';
end $$;
