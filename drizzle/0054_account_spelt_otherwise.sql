-- by hand

-- As before; and a bank account is the same however its number is spelt: with dots, hyphens or small letters.
create or replace function lephi_guard_bank_account() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare own jsonb; own_number text; siblings text[];
begin
  select payee_account into own from merchant_accounts where id = new.merchant_account_id;
  own_number := lephi_reference(own ->> 'number');
  select array_agg(id) into siblings from merchant_accounts
  where lephi_reference(payee_account ->> 'number') = own_number and payee_account ->> 'bank_bin' = own ->> 'bank_bin';
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', own ->> 'bank_bin', own_number), 7));
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
do $$
begin
  execute format('alter function lephi_guard_bank_account() set search_path = %I, pg_temp', current_schema());
end $$;
