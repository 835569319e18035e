-- by hand

-- As before, but the bank account is the one that the transfer left, which is kept with it, and not what its merchant account has now: else a transfer would return a
-- second refund once the account of the first was changed. A credit that gives a transfer back comes to the account that the transfer left.
create or replace function lephi_guard_bank_account() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if coalesce(new.paid_from, '') = '' then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended(new.paid_from, 7));
  if new.transfer_key is distinct from old.transfer_key
    and exists (select from refunds where paid_from = new.paid_from and transfer_key = new.transfer_key and id <> new.id) then
    raise exception 'the transfer of refund % has returned another one', new.id using errcode = '23505', constraint = 'refunds_bank_reference';
  elsif new.bounce_key is distinct from old.bounce_key
    and exists (select from refunds where paid_from = new.paid_from and bounce_key = new.bounce_key and id <> new.id) then
    raise exception 'the credit of refund % has given back another one', new.id using errcode = '23505', constraint = 'refunds_bounce_reference';
  end if;
  return null;
end $$;
--> statement-breakpoint
do $$
begin
  execute format('alter function lephi_guard_bank_account() set search_path = %I, pg_temp', current_schema());
end $$;
