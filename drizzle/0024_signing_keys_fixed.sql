-- by hand
-- A signing key may be retired, once; nothing else about it ever changes, and none goes, since what it signed must stay verifiable.
create function lephi_guard_signing_key() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.retired_at is null and new.retired_at is not null
    and to_jsonb(new) - 'retired_at' = to_jsonb(old) - 'retired_at' then
    return new;
  end if;
  raise exception 'signing_keys is append-only: a key is retired, never changed or deleted' using errcode = '55000';
end $$;
--> statement-breakpoint
create trigger retired_only before update or delete on signing_keys for each row execute function lephi_guard_signing_key();
--> statement-breakpoint
create trigger append_only_truncate before truncate on signing_keys for each statement execute function lephi_refuse_change();
