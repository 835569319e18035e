-- by hand

-- Envelopes of lib/sealed-box.ts: version (1) · length of the key's id · id · nonce (12) · ciphertext and tag (16). Which key sealed one; null for what is none. Only the
-- head is read, so that a large value stays where it is.
create function lephi_sealing_key(sealed bytea) returns text language sql immutable parallel safe as $$
  select case
    when octet_length(sealed) >= 31 and get_byte(head, 0) = 1 and get_byte(head, 1) between 1 and 32 and octet_length(sealed) >= 30 + get_byte(head, 1)
    then encode(substring(head from 3 for get_byte(head, 1)), 'escape') end
  from substring(sealed from 1 for 34) as head
$$;
--> statement-breakpoint
create function lephi_sealing_key_of_text(kept text) returns text language sql immutable parallel safe as $$
  select case when kept ~ '^AQ[A-Za-z0-9+/]{30,}={0,2}$' and octet_length(kept) % 4 = 0 then lephi_sealing_key(decode(kept, 'base64')) end
$$;
--> statement-breakpoint
-- Whether one envelope can be the other with its contents sealed anew: AES-GCM keeps their length.
create function lephi_is_resealed(former bytea, later bytea) returns boolean language sql immutable parallel safe as $$
  select coalesce(octet_length(former) - octet_length(lephi_sealing_key(former)) = octet_length(later) - octet_length(lephi_sealing_key(later)), false)
$$;
--> statement-breakpoint
-- Evidence stays what it was: under row-level security, which binds the application, an envelope gives way to another one of the same contents and to nothing else. Who is
-- not bound by that owns the tables and could switch this off as well.
create function lephi_guard_envelope() returns trigger language plpgsql as $$
begin
  if row_security_active(tg_relid) and not lephi_is_resealed(old.sealed, new.sealed) then
    raise exception '% is evidence: what it holds can be sealed anew and not be changed', tg_table_name using errcode = '55000', constraint = 'envelope_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger keep_envelope before update of sealed on callbacks for each row execute function lephi_guard_envelope();
--> statement-breakpoint
create trigger keep_envelope before update of sealed on merchant_account_keys for each row execute function lephi_guard_envelope();
--> statement-breakpoint
create trigger keep_envelope before update of sealed on statement_chunks for each row execute function lephi_guard_envelope();
--> statement-breakpoint
grant update (sealed) on callbacks, statement_chunks to lephi_app;
--> statement-breakpoint

-- Of a payer's data, too.
create function lephi_guard_payer_envelope() returns trigger language plpgsql as $$
begin
  if row_security_active(tg_relid) and new.payer_sealed is distinct from old.payer_sealed and not lephi_is_resealed(old.payer_sealed, new.payer_sealed) then
    raise exception 'the payer of order % stays who it is', old.id using errcode = '55000', constraint = 'envelope_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger keep_envelope before update of payer_sealed on orders for each row execute function lephi_guard_payer_envelope();
--> statement-breakpoint

-- First answers that hold a secret are kept sealed; what is not sealed is never changed.
create function lephi_guard_first_answer() returns trigger language plpgsql as $$
begin
  if lephi_sealing_key_of_text(old.response_body) is null or lephi_sealing_key_of_text(new.response_body) is null
    or not lephi_is_resealed(decode(old.response_body, 'base64'), decode(new.response_body, 'base64')) then
    raise exception 'a first answer stays as it was given' using errcode = '55000', constraint = 'envelope_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger keep_envelope before update on idempotency_keys for each row execute function lephi_guard_first_answer();
--> statement-breakpoint
grant update (response_body) on idempotency_keys to lephi_app;
--> statement-breakpoint

-- As before; and what is known of who gets a refund may be sealed anew.
create or replace function lephi_guard_payee() returns trigger language plpgsql as $$
begin
  if new.payee_account is not distinct from old.payee_account and new.payee_version = old.payee_version and lephi_is_resealed(old.payee_sealed, new.payee_sealed) then
    return new;
  end if;
  if old.payee_account is not null or old.method = 'provider' or old.status not in ('proposed', 'requested') or new.payee_version <> old.payee_version + 1 then
    raise exception 'who gets refund % is settled', old.id using errcode = '23514', constraint = 'refund_payee_settled';
  end if;
  return new;
end $$;
--> statement-breakpoint

-- As before; and the private half may be sealed anew.
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
  if tg_op = 'UPDATE' and to_jsonb(new) - 'sealed_private_jwk' = to_jsonb(old) - 'sealed_private_jwk'
    and lephi_is_resealed(old.sealed_private_jwk, new.sealed_private_jwk) then
    return new;
  end if;
  raise exception 'signing_keys is append-only: a key is retired or revoked, never changed or deleted' using errcode = '55000';
end $$;
