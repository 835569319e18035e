ALTER TABLE "refunds" ADD COLUMN "paid_from" text;--> statement-breakpoint
-- by hand

-- From which bank account a transfer by hand left is what its merchant account had when it was confirmed, and is kept: the account may be changed the day after. What was
-- kept once stays. Rows of before have none yet and are given theirs by the next file.
create function lephi_keep_bank_account() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if old.paid_from is not null then
    new.paid_from := old.paid_from;
  elsif old.bank_reference is null then
    new.paid_from := case when new.bank_reference is not null then (
      select concat_ws(' ', payee_account ->> 'bank_bin', lephi_reference(payee_account ->> 'number'))
      from merchant_accounts where id = new.merchant_account_id) end;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger refunds_transfer_from before update of bank_reference, paid_from on refunds for each row execute function lephi_keep_bank_account();
--> statement-breakpoint
do $$
begin
  execute format('alter function lephi_keep_bank_account() set search_path = %I, pg_temp', current_schema());
end $$;
