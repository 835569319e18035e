ALTER TABLE "refunds" ADD COLUMN "reason_salt" text;--> statement-breakpoint
-- by hand

-- As before; and who confirmed a transfer, and for which day, stays as it was said first.
create or replace function lephi_guard_transfer() returns trigger language plpgsql as $$
begin
  new.transfer_key := old.transfer_key;
  new.bounce_key := old.bounce_key;
  if old.bank_reference is not null and (new.confirmed_by is distinct from old.confirmed_by or new.paid_on is distinct from old.paid_on) then
    raise exception 'refund % is confirmed otherwise', old.id using errcode = '23514', constraint = 'refund_confirmed';
  end if;
  if new.bank_reference is distinct from old.bank_reference then
    if old.bank_reference is not null or old.status not in ('sending', 'pending', 'unknown') or old.method = 'provider' then
      raise exception 'refund % is confirmed otherwise', old.id using errcode = '23514', constraint = 'refund_confirmed';
    elsif new.made_by = 'lephi' and new.confirmed_by = new.decided_by then
      raise exception 'refund % is approved and confirmed by one person', old.id using errcode = '23514', constraint = 'refunds_confirmed';
    end if;
    new.transfer_key := lephi_reference(new.bank_reference);
  end if;
  if new.bounce_reference is distinct from old.bounce_reference then
    if old.bounce_reference is not null or old.bank_reference is null then
      raise exception 'refund % came back otherwise', old.id using errcode = '23514', constraint = 'refund_bounced';
    end if;
    new.bounce_key := lephi_reference(new.bounce_reference);
  end if;
  if new.transfer_key = '' or new.bounce_key = '' then
    raise exception 'the number of a transfer of refund % is blank', old.id using errcode = '23514', constraint = 'refunds_reference_blank';
  end if;
  return new;
end $$;
--> statement-breakpoint
drop trigger refunds_transfer on refunds;
--> statement-breakpoint
create trigger refunds_transfer before update of bank_reference, paid_on, confirmed_by, bounce_reference, transfer_key, bounce_key on refunds
  for each row execute function lephi_guard_transfer();
