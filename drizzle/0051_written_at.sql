-- by hand

-- What is old enough to be erased is told by when it was written, so the application may not write that anew: it could date evidence back and erase it at once. Nor does
-- an import that came to its end become another one, since what was rejected is kept for a shorter time.
create function lephi_guard_written() returns trigger language plpgsql as $$
begin
  if row_security_active(tg_relid) then
    raise exception 'when % of % was written, and how it ended, stays as it is', old.id, tg_table_name using errcode = '55000', constraint = 'evidence_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger keep_written before update of created_at on orders for each row
  when (old.created_at is distinct from new.created_at) execute function lephi_guard_written();
--> statement-breakpoint
create trigger keep_written before update of created_at on refunds for each row
  when (old.created_at is distinct from new.created_at) execute function lephi_guard_written();
--> statement-breakpoint
create trigger keep_written before update of created_at, status on statements for each row
  when (old.created_at is distinct from new.created_at or (old.status in ('imported', 'rejected') and old.status is distinct from new.status))
  execute function lephi_guard_written();
--> statement-breakpoint

-- As before, but one that is sealed anew is not said to be erased.
create or replace function lephi_guard_callback_envelope() returns trigger language plpgsql as $$
begin
  if not row_security_active(tg_relid) then
    return new;
  end if;
  if new.erased_at is not distinct from old.erased_at and (new.sealed is not distinct from old.sealed or lephi_is_resealed(old.sealed, new.sealed)) then
    return new;
  end if;
  if old.sealed is not null and new.sealed is null and new.erased_at is not null and lephi_may_erase(old.received_at, old.reading = 'genuine') then
    return new;
  end if;
  raise exception 'callback % is evidence: what it holds can be sealed anew and not be changed', old.id using errcode = '55000', constraint = 'envelope_kept';
end $$;
--> statement-breakpoint
-- As before, but the last use may be written by the application, and the beginning may not.
create or replace function lephi_guard_session() returns trigger language plpgsql as $$
begin
  if not lephi_may_erase(greatest(old.seen_at, old.created_at), false) then
    raise exception 'session % is too young to be forgotten', old.id using errcode = '55000', constraint = 'evidence_kept';
  end if;
  return old;
end $$;
