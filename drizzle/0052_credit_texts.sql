-- by hand

-- As before; and what a payer's bank wrote may be erased behind the decision, which keep_evidence asks the rest of.
create or replace function lephi_guard_quarantine() returns trigger language plpgsql as $$
begin
  if old.text is not null and new.text is null and to_jsonb(new) - 'text' = to_jsonb(old) - 'text' then
    return new;
  end if;
  if old.status = 'attributed' or new.status = old.status or new.status = 'open' then
    raise exception 'quarantine entry % is % already', old.id, old.status using errcode = '23514', constraint = 'quarantine_open';
  end if;
  if new.status = 'attributed' and new.decided_by is distinct from 'lephi' and old.discrepancy_id is not null then
    perform from discrepancies where id = old.discrepancy_id for update;
    if exists (select from discrepancies where id = old.discrepancy_id and status = 'resolved' and proposed_by is not null) then
      raise exception 'two persons have decided about quarantine entry %', old.id using errcode = '23514', constraint = 'quarantine_settled';
    end if;
  end if;
  return new;
end $$;
