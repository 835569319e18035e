-- by hand

-- As before; but a proposal in the words by which the gateway itself closes (`matched`, `facts_agree`) does not stand in its way: it approves nothing, it finds.
create or replace function lephi_guard_discrepancy() returns trigger language plpgsql as $$
declare actor text;
begin
  if new.history[1:cardinality(old.history)] is distinct from old.history then
    raise exception 'the history of discrepancy % is only added to', old.id using errcode = '23514', constraint = 'discrepancies_history';
  end if;
  if old.status = 'proposed' and new.status = 'resolved' and new.resolution is not distinct from old.resolution
    and new.proposed_by is distinct from old.proposed_by
    and (new.resolved_by is distinct from 'lephi' or cardinality(new.history) = cardinality(old.history)
      or new.history[cardinality(new.history)]::jsonb ->> 'by' is distinct from 'lephi') then
    raise exception 'the resolution of discrepancy % was proposed by another', old.id using errcode = '23514', constraint = 'discrepancies_four_eyes';
  end if;
  if old.status = 'proposed' and new.status = 'proposed' and (new.amount, new.difference, new.class) is distinct from (old.amount, old.difference, old.class) then
    raise exception 'what is proposed of discrepancy % is proposed over another amount', old.id using errcode = '23514', constraint = 'discrepancies_proposed';
  end if;
  if old.status = 'resolved' and old.proposed_by is not null
    and (new.status, new.resolution, new.proposed_by) is distinct from (old.status, old.resolution, old.proposed_by) then
    actor := new.history[cardinality(new.history)]::jsonb ->> 'by';
    if actor is distinct from 'lephi' and (cardinality(new.history) = cardinality(old.history) or coalesce(old.reopening_by = actor, true)) then
      raise exception 'two persons have decided discrepancy %', old.id using errcode = '23514', constraint = 'discrepancies_four_eyes';
    end if;
  end if;
  -- Whoever decides anew has decided about the opening as well.
  if new.status <> 'resolved' or new.resolved_at is distinct from old.resolved_at then
    new.reopening_by := null;
    new.reopening_at := null;
    new.reopening_note := null;
  end if;
  return new;
end $$;
--> statement-breakpoint
-- As before; and what two persons have decided about a credit's discrepancy no single person undoes by attributing the credit: it is opened again first. Who decides
-- about both at once goes one after the other. What a source of truth tells is another matter: it goes by `lephi`.
create or replace function lephi_guard_quarantine() returns trigger language plpgsql as $$
begin
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
