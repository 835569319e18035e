-- by hand

-- A number names one transfer of one bank account, and several merchant accounts may pay out of the same one: so a transfer that returned a refund of one of them
-- returns none of another, nor does one credit give back two. Whoever is second waits for the first. The indexes still hold the line within a merchant account.
create function lephi_guard_bank_account() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare own jsonb; siblings text[];
begin
  select payee_account into own from merchant_accounts where id = new.merchant_account_id;
  select array_agg(id) into siblings from merchant_accounts
  where payee_account ->> 'number' = own ->> 'number' and payee_account ->> 'bank_bin' = own ->> 'bank_bin';
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', own ->> 'bank_bin', own ->> 'number'), 7));
  if new.transfer_key is distinct from old.transfer_key
    and exists (select from refunds where merchant_account_id = any(siblings) and transfer_key = new.transfer_key and id <> new.id) then
    raise exception 'the transfer of refund % has returned another one', new.id using errcode = '23505', constraint = 'refunds_bank_reference';
  elsif new.bounce_key is distinct from old.bounce_key
    and exists (select from refunds where merchant_account_id = any(siblings) and bounce_key = new.bounce_key and id <> new.id) then
    raise exception 'the credit of refund % has given back another one', new.id using errcode = '23505', constraint = 'refunds_bounce_reference';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger refunds_bank_account after update of bank_reference, bounce_reference on refunds for each row
  when (new.transfer_key is distinct from old.transfer_key or new.bounce_key is distinct from old.bounce_key) execute function lephi_guard_bank_account();
--> statement-breakpoint
do $$
begin
  execute format('alter function lephi_guard_bank_account() set search_path = %I, pg_temp', current_schema());
end $$;
